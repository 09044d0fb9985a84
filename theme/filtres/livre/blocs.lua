-- Figures, tables, callouts, headings and notes in the words of each format: HTML and Typst here,
-- EPUB and DOCX in natif.lua.

local here = pandoc.path.directory(PANDOC_SCRIPT_FILE)
local tables = dofile(pandoc.path.join({ here, "livre", "tableaux.lua" }))
local native = dofile(pandoc.path.join({ here, "livre", "natif.lua" }))

local ICON_BACK = '<svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">'
  .. '<path d="M6 3 2 7l4 4M2 7h8a4 4 0 0 1 0 8H8" fill="none" stroke="currentColor"'
  .. ' stroke-width="1.5"/></svg>'

local function capital(text)
  return pandoc.text.upper(pandoc.text.sub(text, 1, 1)) .. pandoc.text.sub(text, 2)
end

local function html(text) return pandoc.RawBlock("html", text) end
local function typst(text) return pandoc.RawBlock("typst", text) end
local function escape(text)
  return (text:gsub('[&<>"]', { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }))
end
local function quote(text) return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"') .. '"' end

local function caption_inlines(legend) return pandoc.utils.blocks_to_inlines(legend.content) end

-- Caption as HTML inlines: number, then title.
local function html_caption(book, id, legend)
  local entry = book.entries[id]
  local result = pandoc.Inlines({
    pandoc.RawInline("html", ('<span class="legende-numero">%s %s</span><span class="legende-separateur"> – </span><span class="legende-titre">'):format(
      escape(book.titles[entry.kind]), entry.number)),
  })
  result:extend(caption_inlines(legend))
  result:insert(pandoc.RawInline("html", "</span>"))
  return result
end

local function alt_of(image)
  local alt = image.attributes["fig-alt"] or image.attributes.alt
  if not alt and #image.caption > 0 then alt = pandoc.utils.stringify(image.caption) end
  return alt
end

local function check_alt(book, chapter, image)
  local alt = alt_of(image)
  if not alt or alt:match("^%s*$") then
    book.problem("alt", chapter.path, image.src)
    return "?"
  end
  return alt
end

local function html_image(book, chapter, image)
  local alt = check_alt(book, chapter, image)
  return pandoc.RawInline("html", ('<img src="%s" alt="%s">'):format(escape(image.src), escape(alt)))
end

-- pandoc's Typst writer drops the alternative text.
local function typst_image(book, chapter, image)
  local alt = check_alt(book, chapter, image)
  local width = image.attributes.width
  local size = width and width:match("^[%d.]+%%$") and (", width: " .. width) or ""
  return pandoc.RawInline("typst", ("#box(image(%s, alt: %s%s))"):format(quote(image.src), quote(alt), size))
end

local function html_float(book, id, legend, content)
  local kind = book.entries[id].kind
  local blocks = pandoc.Blocks({})
  if kind == "fig" then
    blocks:insert(html(('<figure class="figure" id="%s">'):format(id)))
    local caption = html_caption(book, id, legend)
    caption:insert(1, pandoc.RawInline("html", "<figcaption>"))
    caption:insert(pandoc.RawInline("html", "</figcaption>"))
    blocks:insert(pandoc.Plain(caption))
    blocks:extend(content)
    blocks:insert(html("</figure>"))
    return blocks
  end
  blocks:insert(html(('<div class="tableau" id="%s">'):format(id)))
  blocks:extend(tables.caption(content, html_caption(book, id, legend), id .. "-legende"))
  blocks:insert(html("</div>"))
  return blocks
end

local function typst_float(book, id, legend, content)
  local entry = book.entries[id]
  local blocks = pandoc.Blocks({ typst("#figure([") })
  blocks:extend(content)
  local caption = pandoc.Inlines({ pandoc.RawInline("typst", "], caption: figure.caption(position: top, [") })
  caption:extend(caption_inlines(legend))
  caption:insert(pandoc.RawInline("typst", ('\n]), kind: "quarto-float-%s", supplement: %s, numbering: _ => %s) <%s>'):format(
    entry.kind, quote(book.titles[entry.kind]), quote(entry.number), id)))
  blocks:insert(pandoc.Plain(caption))
  return blocks
end

local function callout_kind(el)
  for _, class in ipairs(el.classes) do
    local kind = class:match("^callout%-(%a+)$")
    if kind then return kind end
  end
end

local function html_callout(el, kind)
  local title = el.content:remove(1)
  local folds = el.attributes.collapse ~= nil
  local open = folds and '<details class="encadre encadre-%s"%s>' or '<div class="encadre encadre-%s" role="note">'
  local blocks = pandoc.Blocks({ html(open:format(kind, el.attributes.collapse == "false" and " open" or "")) })
  local head = pandoc.Inlines({ pandoc.RawInline("html", folds and '<summary class="encadre-titre">' or '<p class="encadre-titre">') })
  head:extend(caption_inlines(title))
  head:insert(pandoc.RawInline("html", folds and "</summary>" or "</p>"))
  blocks:insert(pandoc.Plain(head))
  blocks:extend(el.content)
  blocks:insert(html(folds and "</details>" or "</div>"))
  return blocks
end

local function typst_callout(el, kind)
  local title = el.content:remove(1)
  local head = pandoc.Inlines({ pandoc.RawInline("typst", ('#encadre("%s", ['):format(kind)) })
  head:extend(caption_inlines(title))
  head:insert(pandoc.RawInline("typst", "])["))
  local blocks = pandoc.Blocks({ pandoc.Plain(head) })
  blocks:extend(el.content)
  blocks:insert(typst("]"))
  return blocks
end

-- Typst counts them too, but only once it has laid the book out.
local function sections(chapter)
  return #chapter.blocks:filter(function(el) return el.t == "Header" and el.level == 2 and el.attributes.numero end)
end

local function heading(book, el, chapter)
  local shown = el.attributes.numero
  el.attributes.numero = nil
  if book.typst and el.level == 1 then
    -- A part opens on a page of its own, and what follows the parts; short chapters follow one another.
    local sort = chapter.kind == "annexe" and chapter.kind or shown and "partie" or "chapitre"
    local part = sort == "partie"
    local blocks = pandoc.Blocks({ el })
    if part or book.last_sort == "partie" or not book.last_sort then blocks:insert(1, typst("#nouvelle-page()")) end
    if part then blocks:insert(typst(("#sections-de-la-partie(attendues: %d)"):format(sections(chapter)))) end
    book.last_sort = sort
    return blocks
  end
  if book.typst or not shown then return el end
  local above = chapter.kind == "annexe" and book.prefixes.apx or book.above
  if el.level == 1 and above then shown = capital(above) .. "\u{a0}" .. shown end
  el.content:insert(1, pandoc.Space())
  el.content:insert(1, pandoc.Span({ pandoc.Str(shown) }, pandoc.Attr("", { "numero-section" })))
  return el
end

-- One list of notes a page, numbered from 1.
local function html_notes(chapter)
  local notes = {}
  local filter = {
    traverse = "topdown",
    Note = function(el)
      notes[#notes + 1] = el.content
      local n = #notes
      return pandoc.RawInline("html", ('<a class="appel-note" id="appel-%s-%d" href="#note-%s-%d" role="doc-noteref" aria-label="Note %d"><sup>%d</sup></a>'):format(
        chapter.stem, n, chapter.stem, n, n, n)), false
    end,
  }
  local images = false
  for rank, held in ipairs(chapter.holds) do
    if held.notes then
      chapter.blocks[rank] = pandoc.Blocks({ chapter.blocks[rank] }):walk(filter)[1]
      images = images or held.images
    end
  end
  if #notes == 0 then return end
  local blocks = pandoc.Blocks({ html('<section class="notes" role="doc-endnotes" aria-label="Notes"><ol>') })
  for n, content in ipairs(notes) do
    local back = pandoc.RawInline("html", (' <a class="retour-note" href="#appel-%s-%d" role="doc-backlink" aria-label="Retour à l’appel de la note %d">%s</a>'):format(
      chapter.stem, n, n, ICON_BACK))
    local last = content[#content]
    if last and (last.t == "Para" or last.t == "Plain") then
      last.content:insert(back)
    else
      content:insert(pandoc.Plain({ back }))
    end
    blocks:insert(html(('<li id="note-%s-%d">'):format(chapter.stem, n)))
    blocks:extend(content)
    blocks:insert(html("</li>"))
  end
  blocks:insert(html("</ol></section>"))
  for _, block in ipairs(blocks) do
    chapter.blocks:insert(block)
    table.insert(chapter.holds, { images = images, raw = true, shaped = true })
  end
end

local function by_format(book, html_way, typst_way, native_way)
  return book.html and html_way or book.typst and typst_way or native_way
end

local function only_image(block)
  return (block.t == "Para" or block.t == "Plain") and #block.content == 1 and block.content[1].t == "Image"
end

local function div(book, chapter, el)
  if book.typst and el.classes:includes("notes-tableau") then
    local blocks = pandoc.Blocks({ typst("#lecture[") })
    blocks:extend(el.content)
    blocks:insert(typst("]"))
    return blocks
  end
  local kind = callout_kind(el)
  if kind then return by_format(book, html_callout, typst_callout, native.callout)(el, kind) end
  if el.classes:includes("flottant") then
    local legend = el.content:remove(1)
    local float = by_format(book, html_float, typst_float, native.float)
    return float(book, el.identifier, legend, el.content)
  end
  if not book.html and not book.typst then return native.companion(el, FORMAT) end
end

local function any_image(book, chapter, image)
  if book.html then return html_image(book, chapter, image) end
  if book.typst then return typst_image(book, chapter, image) end
  return native.image(image, check_alt(book, chapter, image), FORMAT)
end

-- A chart's image stands alone in its paragraph: it becomes a block of its own.
local function image_block(book, chapter, el)
  if not only_image(el) then return nil end
  local image = el.content[1]
  if book.html then
    return pandoc.Plain({
      pandoc.RawInline("html", '<div class="figure-image">'),
      html_image(book, chapter, image),
      pandoc.RawInline("html", "</div>"),
    })
  end
  if not book.typst then return nil end
  return pandoc.Plain({ typst_image(book, chapter, image) })
end

-- Of an outline, only what the filters and citeproc still count: citations in their order, and the
-- figures, which paper numbers through the book. What is written of it is thrown away.
local function counted(book, chapter)
  local kept = pandoc.Inlines({})
  pandoc.Blocks(chapter.blocks):walk({
    traverse = "topdown",
    RawBlock = function(el) return tables.raw(book, el) end,
    Div = function(el) if book.typst and el.classes:includes("donnees") then return {}, false end end,
    Header = function(el) heading(book, el, chapter) end, -- whether the next one opens a page
    Cite = function(el) kept:insert(el) end,
    Span = function(el)
      local figure = el.attributes.chiffre
      if figure then table.insert(book.outlined, figure) end
      if figure and book.typst then kept:insert(el) end
    end,
    RawInline = function(el)
      local figures = el.format == "edition" and el.text:match("^chiffres (.*)$") or ""
      for figure in figures:gmatch("%S+") do
        table.insert(book.outlined, figure)
        if book.typst then kept:insert(pandoc.Span({}, pandoc.Attr("", { "chiffre" }, { chiffre = figure }))) end
      end
    end,
  })
  return #kept > 0 and { pandoc.Plain(kept) } or {}
end

return function(book, chapter)
  if book.html and not chapter.outline then html_notes(chapter) end
  local function paragraph(el) return image_block(book, chapter, el) end
  local raw = { RawBlock = function(el) return tables.raw(book, el) end }
  local block_images = { Para = paragraph, Plain = paragraph }
  local inline_images = { Image = function(el) return any_image(book, chapter, el) end }
  local others = {
    Header = function(el) return heading(book, el, chapter) end,
    Div = function(el) return div(book, chapter, el) end,
    Table = function(el) return tables.plain(book, el) end,
  }
  local result = pandoc.Blocks({})
  -- edition.outline cuts what pandoc wrote there.
  if book.html then
    result:insert(html("<!--edition:chapitre " .. chapter.stem .. "-->"))
  elseif book.typst then
    result:insert(typst("//edition:chapitre " .. chapter.stem))
  end
  if not book.html and chapter.kind == "annexe" and not book.in_appendices then
    book.in_appendices = true
    result:insert(typst('#show: appendices.with("Annexes", hide-parent: true)'))
  end
  if book.typst and chapter.part ~= "" then
    result:insert(pandoc.Plain({
      pandoc.RawInline("typst", "#part["), pandoc.Str(chapter.part), pandoc.RawInline("typst", "]"),
    }))
  end
  if chapter.outline then
    result:extend(counted(book, chapter))
    return result
  end
  for rank, block in ipairs(chapter.blocks) do
    local held, blocks = chapter.holds[rank], pandoc.Blocks({ block })
    if held.raw then blocks = blocks:walk(raw) end
    if held.images then blocks = blocks:walk(block_images):walk(inline_images) end
    if held.raw or held.shaped then blocks = blocks:walk(others) end
    result:extend(blocks)
  end
  return result
end
