-- Every printed figure answers: in HTML its card (or its line in the register), in the PDF
-- its line in the register. Shared by our renderer and by Quarto, with what a chart brings
-- along: .lecture (its reading note) and .donnees (its table, folded on the site; the PDF
-- leaves it out, the register has its figures).
--
-- A figure arrives as [59 %]{.chiffre chiffre="p1-1-facilitation"}. Metadata read:
--   cartes: true       HTML: a button that opens #carte-ID; otherwise a link to the register
--   registre: false    the book has no register: the number stays without a link
--   esquisses: [ID…]   figures printed in chapters that are not here (livre.lua)
-- Each print has an anchor: chiffre-ID, then chiffre-ID-2, chiffre-ID-3… (on the site, each
-- page counts its own)

local HTML, TYPST = FORMAT:match("html") ~= nil, FORMAT == "typst"
local ONE_DOCUMENT = FORMAT:match("epub") ~= nil or FORMAT == "docx"
local cards, register = false, true
local named, prints, used = {}, {}, {}

local function read_options(meta)
  cards = meta.cartes == true
  register = meta.registre ~= false
  for _, id in ipairs(meta.esquisses or {}) do named[pandoc.utils.stringify(id)] = true end
end

local function anchor(id)
  local n = prints[id] or 0
  local candidate
  repeat
    n = n + 1
    candidate = n == 1 and id or (id .. "-" .. n)
  until n == 1 or not (named[candidate] or used[candidate])
  prints[id], used[candidate] = n, true
  return "chiffre-" .. candidate
end

-- The whole book passes here at once in our renderer, page by page in Quarto: same anchors.
local function new_page(block)
  local opens = HTML and block.t == "RawBlock" and block.text:match("^<!%-%-edition:chapitre ")
  if opens then prints, used = {}, {} end
end

-- Address of a register line from the page being made.
local function register_address(id)
  local target = "#reg-" .. id
  if not quarto then return "registre.html" .. target end
  local from = (quarto.doc.input_file or ""):gsub("\\", "/")
  local inside = from:match("/chapters/[^/]*$") ~= nil
  return (inside and "registre.qmd" or "chapters/registre.qmd") .. target
end

local function escape(text)
  return (text:gsub('[&<>"]', { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }))
end

local function as_button(span, id)
  local words = escape(pandoc.utils.stringify(span))
  local open = ('<button type="button" class="chiffre" id="%s" data-chiffre="%s"'
    .. ' popovertarget="carte-%s" aria-label="%s, voir d’où vient ce chiffre">'):format(
    anchor(id), escape(id), escape(id), words)
  local result = pandoc.Inlines({ pandoc.RawInline("html", open) })
  result:extend(span.content)
  result:insert(pandoc.RawInline("html", "</button>"))
  return result
end

local function as_typst(span, id)
  local result = pandoc.Inlines({})
  -- The box keeps "59 %" on one line; the semicolon keeps a following "(" out of the call.
  if register then
    result:insert(pandoc.RawInline("typst", ("#link(<reg-%s>)["):format(id)))
  else
    result:insert(pandoc.RawInline("typst", "#box["))
  end
  result:extend(span.content)
  result:insert(pandoc.RawInline("typst", ("]<%s>"):format(anchor(id))))
  return result
end

-- Ordered pairs: a Lua table of attributes comes out in another order at each run.
local function attr(id) return pandoc.Attr(anchor(id), { "chiffre" }, { { "chiffre", id } }) end

-- EPUB and DOCX are one document: the register is in it. Word finds a place by the bookmark that a
-- span becomes, and a style by its name.
local function as_link(span, id)
  local link = pandoc.Link(span.content, "#reg-" .. id, "")
  if FORMAT ~= "docx" then
    link.attr = attr(id)
    return link
  end
  local place = pandoc.Attr(anchor(id), { "chiffre" }, { { "custom-style", "Chiffre" } })
  return pandoc.Span({ link }, place)
end

-- Typst cannot put a label on nothing: an empty anchor becomes an invisible element.
local function empty_anchor(span)
  if TYPST and #span.content == 0 and span.identifier ~= "" then
    return pandoc.RawInline("typst", "#metadata(none)<" .. span.identifier .. ">")
  end
end

-- The register's way back: on paper, the page.
local function way_back(link)
  local id = link.target:match("^#chiffre%-(.+)$")
  if id and TYPST and link.classes:includes("retour") then
    return pandoc.RawInline("typst", ('#page-du-chiffre("%s")'):format(id)), false
  end
end

local function handle(span)
  local id = span.attributes.chiffre
  if not id then return empty_anchor(span) end
  if HTML and cards then return as_button(span, id), false end
  if TYPST then return as_typst(span, id), false end
  if not register then
    return pandoc.Span(span.content, attr(id)), false
  end
  if ONE_DOCUMENT then return as_link(span, id), false end
  return pandoc.Link(span.content, register_address(id), "", attr(id)), false
end

-- A link cannot hold a button or another link: there the number is plain text.
local function plain_in_link(link)
  local page = way_back(link)
  if page then return page, false end
  local found = false
  local content = link.content:walk({
    Span = function(span)
      found = found or span.attributes.chiffre ~= nil
      if span.attributes.chiffre then return span.content end
    end,
  })
  if found then
    link.content = content
    return link, false
  end
end

-- A browser may break the line on either side of a button: what touches it goes along. Only
-- ordinary spaces part words; U+00A0 and U+202F are letters of the run.
local function touches(inline)
  return inline.t == "Str" or inline.t == "Note"
    or (inline.t == "RawInline" and inline.text:find('class="appel-note"', 1, true) ~= nil)
end

local function is_figure(inline)
  if inline.t == "Strong" or inline.t == "Emph" then
    return #inline.content == 1 and is_figure(inline.content[1])
  end
  return inline.t == "Span" and inline.attributes.chiffre ~= nil
end

local function glue(inlines)
  local result, run, figure = pandoc.Inlines({}), pandoc.Inlines({}), false
  local function close()
    if figure and #run > 1 then
      result:insert(pandoc.Span(run, pandoc.Attr("", { "insecable" })))
    else
      result:extend(run)
    end
    run, figure = pandoc.Inlines({}), false
  end
  for _, inline in ipairs(inlines) do
    local printed = is_figure(inline)
    if printed or touches(inline) then
      figure = figure or printed
      run:insert(inline)
    else
      close()
      result:insert(inline)
    end
  end
  close()
  return result
end

local function glued(inlines)
  if inlines:find_if(is_figure) then return glue(inlines) end
end

local function between(format, open, blocks, close)
  local result = pandoc.Blocks({ pandoc.RawBlock(format, open) })
  result:extend(blocks)
  result:insert(pandoc.RawBlock(format, close))
  return result
end

-- Key figures: a list whose items are [value]{.cle-valeur} [what it says]{.cle-phrase}
-- [where]{.cle-trace}. On the site the list itself is the grid; paper has its own.
local KEYS = { "cle-valeur", "cle-phrase", "cle-trace" }

local function part_of(item, class)
  local found = pandoc.Inlines({})
  pandoc.Blocks(item):walk({
    Span = function(span)
      if span.classes:includes(class) then found = span.content end
    end,
  })
  return found
end

local function key_figures(div)
  local list = div.content:find_if(function(block) return block.t == "BulletList" end)
  if not list then return nil end
  local inlines = pandoc.Inlines({ pandoc.RawInline("typst", "#chiffres-cles(") })
  for _, item in ipairs(list.content) do
    inlines:insert(pandoc.RawInline("typst", "("))
    for _, class in ipairs(KEYS) do
      inlines:insert(pandoc.RawInline("typst", "["))
      inlines:extend(part_of(item, class))
      inlines:insert(pandoc.RawInline("typst", "], "))
    end
    inlines:insert(pandoc.RawInline("typst", "), "))
  end
  local label = div.identifier ~= "" and (" <" .. div.identifier .. ">") or ""
  inlines:insert(pandoc.RawInline("typst", ")" .. label))
  return pandoc.Plain(inlines)
end

-- In Word the item is a paragraph: where it leads goes to the line.
local function parted_keys(div)
  return div:walk({
    Span = function(span)
      if span.classes:includes("cle-trace") then return { pandoc.LineBreak(), span } end
      if span.classes:includes("cle-valeur") then return pandoc.Strong(span.content) end
    end,
  })
end

local function companion(div)
  if FORMAT == "docx" and div.classes:includes("chiffres-cles") then return parted_keys(div) end
  if TYPST and div.classes:includes("chiffres-cles") then return key_figures(div) end
  if div.classes:includes("donnees") then
    if TYPST then return {} end
    if not HTML then return nil end
    local open = '<details class="donnees"><summary>Tableau des données</summary>'
    return between("html", open, div.content, "</details>")
  end
  if TYPST and div.classes:includes("lecture") then
    return between("typst", "#lecture[", div.content, "]")
  end
end

-- Ids of all figures first: the second print of "p1-2" must not take the anchor of "p1-2-2". Tells
-- which blocks hold something to handle: pandoc hands over every word of a block that is handled.
local function survey(blocks)
  local found
  local filter = {
    Span = function(span)
      local id = span.attributes.chiffre
      if id then named[id] = true end
      found = found or id ~= nil or TYPST and span.identifier ~= ""
    end,
  }
  if TYPST then
    filter.Link = function(link) found = found or link.classes:includes("retour") end
  end
  local handled = {}
  for rank, block in ipairs(blocks) do
    found = false
    pandoc.Blocks({ block }):walk(filter)
    handled[rank] = found
  end
  return handled
end

local function answer(doc)
  local result, handled = pandoc.Blocks({}), survey(doc.blocks)
  for rank, block in ipairs(doc.blocks) do
    new_page(block)
    local blocks = pandoc.Blocks({ block })
    if handled[rank] and HTML and cards then blocks = blocks:walk({ Inlines = glued }) end
    if handled[rank] then
      blocks = blocks:walk({ traverse = "topdown", Span = handle, Link = plain_in_link })
    end
    result:extend(blocks)
  end
  doc.blocks = result
  return doc
end

return {
  { Div = companion },
  { Meta = read_options },
  { Pandoc = answer },
}
