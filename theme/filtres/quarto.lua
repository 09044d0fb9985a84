-- What our own renderer does in livre.lua, for Quarto alone: the mark of reconstructed
-- answers, the contents of a part, the companions of a chart, the register's way back. It runs
-- before chiffres.lua, which gives companions and numbers their form, and before Quarto's filters.

if not quarto then return {} end

local HTML, TYPST = quarto.doc.is_format("html"), quarto.doc.is_format("typst")

local BANNER = '<div class="bandeau"><p><strong>Données reconstituées</strong>. Les chiffres sont '
  .. "recalculés à partir de réponses reconstituées, pas des réponses d’origine.</p></div>"
local COVER = "Réponses reconstituées. Les chiffres de cette édition sont recalculés à partir de "
  .. "réponses reconstituées d’après le rapport publié, pas des réponses d’origine."
local FOOT = "Chiffres recalculés à partir de réponses reconstituées"

-- Unknown answers are labelled: only the data package can say that they are the original ones.
local function reconstructed()
  local file = io.open(pandoc.path.join({ quarto.project.directory or ".", "data", "datapackage.json" }))
  if not file then return true end
  local package = pandoc.json.decode(file:read("a"), false)
  file:close()
  return package.origine ~= "originale"
end

-- What Quarto says of the chapter that follows, in a comment of the book's one document.
local function chapter_of(block)
  local told = block.t == "RawBlock" and block.text:match("quarto%-file%-metadata: (%S+) ")
  local found = told and pandoc.json.decode(quarto.base64.decode(told), false)
  return found and found.bookItemType and found or nil
end

local traces = TYPST
  and dofile(pandoc.path.join({ quarto.project.directory, "theme", "filtres", "livre", "traces.lua" }))

-- Figures and callouts are Quarto's own kind of Div.
local function no_prose(div) return div.attributes.__quarto_custom == "true" end

local APPENDICES = quarto.doc.language["section-title-appendices"] or "Annexes"

local function opens_appendices(block)
  return TYPST and block.t == "Div" and block.classes:includes("quarto-book-part")
    and pandoc.utils.stringify(block):match("^%s*(.-)%s*$") == APPENDICES
end

local function raw(text) return pandoc.RawBlock(FORMAT:match("html") and "html" or FORMAT, text) end

local function mark(doc)
  if not reconstructed() then return nil end
  if TYPST then
    doc.meta["origine"] = pandoc.MetaInlines({ pandoc.Str(COVER) })
    doc.meta["origine-pied"] = pandoc.MetaInlines({ pandoc.Str(FOOT) })
  elseif HTML then
    doc.blocks:insert(1, raw(BANNER))
  end
  return doc
end

-- The sections of a part, with their pages, after its title. A part opens on a page of its own, and
-- what follows the parts; short chapters follow one another.
local function contents(doc)
  if not TYPST then return nil end
  traces.mark(doc.blocks, traces.lines(doc.blocks), no_prose)
  local result, chapter, appendix, last = pandoc.Blocks({}), nil, false, nil
  for _, block in ipairs(doc.blocks) do
    appendix = appendix or opens_appendices(block)
    chapter = chapter_of(block) or chapter
    local opens = block.t == "Header" and block.level == 1 and chapter
    if opens then
      local sort = appendix and "annexe" or chapter.bookItemNumber and "partie" or "chapitre"
      if sort == "partie" or last == "partie" or not last then result:insert(raw("#nouvelle-page()")) end
      last = sort
    end
    result:insert(block)
    if opens and last == "partie" then result:insert(raw("#sections-de-la-partie()")) end
  end
  doc.blocks = result
  return doc
end

-- Quarto keeps a numbered figure as a Div whose first child holds what is shown.
local function float_of(block)
  local found
  if block.t ~= "Div" then return nil end
  local function look(div)
    if div.attributes.__quarto_custom_type == "FloatRefTarget" then found = div end
  end
  look(block)
  block:walk({ Div = look })
  return found
end

local function is_companion(block)
  return block.t == "Div" and (block.classes:includes("lecture") or block.classes:includes("donnees"))
end

-- In its figure, a companion moves with it to the next page.
local function join(block, companion)
  return block:walk({
    Div = function(el)
      if el.attributes.__quarto_custom_type ~= "FloatRefTarget" then return nil end
      el.content[1].content:insert(companion)
      return el
    end,
  })
end

local function companions(blocks)
  local result, changed, target = pandoc.Blocks({}), false, nil
  for _, block in ipairs(blocks) do
    if target and is_companion(block) then
      result[target] = join(result[target], block)
      changed = true
    else
      result:insert(block)
      target = float_of(block) and #result or nil
    end
  end
  return changed and result or nil
end

-- Quarto opens the appendices with a page of their own; the book has none.
local function divider(el)
  if opens_appendices(el) then
    return raw(('#show: appendices.with("%s", hide-parent: true)'):format(APPENDICES))
  end
end

-- A chart stands in its page, where it finds the fonts and colours of the site.
local function chart(el)
  local alt = el.attributes["fig-alt"]
  local file = HTML and alt and el.src:match("_files/.*%.svg$") and io.open(el.src)
  if not file then return nil end
  local svg = file:read("a"):match("<svg.*</svg>")
  file:close()
  local label = alt:gsub('[&<>"]', { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" })
  return pandoc.RawInline("html", (svg:gsub(' role="img"', "", 1)
    :gsub("^<svg", function() return '<svg role="img" aria-label="' .. label .. '"' end, 1)))
end

-- The site's register leads to the page that prints the figure.
local function way_back(el)
  local chapter = el.attributes.chapitre
  if not chapter or not el.classes:includes("retour") then return nil end
  el.attributes.chapitre = nil
  if HTML then
    el.target = (chapter == "index" and "../index" or chapter) .. ".qmd" .. el.target
  end
  return el
end

return {
  { Pandoc = mark },
  { Pandoc = contents },
  { Blocks = companions },
  { Div = divider, Image = chart, Link = way_back },
}
