-- One shape for every figure, table and callout, however the chapter wrote it:
--   Div #fig-x|#tbl-x .flottant      first child Div .legende, then the content
--   Div .callout-note                first child Div .encadre-titre, then the content

local DEFAULT_TITLES = {
  note = "Note",
  tip = "Astuce",
  important = "Important",
  warning = "Avertissement",
  caution = "Mise en garde",
}

local function kind_of(id) return id:match("^(fig)%-") or id:match("^(tbl)%-") end

-- Tables that the caption of their block names; the others only get a region that scrolls.
local function captioned(blocks)
  for _, block in ipairs(blocks) do
    if block.t == "Table" then block.classes:insert("legendee") end
  end
  return blocks
end

local function floating(id, caption, content, attributes)
  local blocks = pandoc.Blocks({ pandoc.Div(caption, pandoc.Attr("", { "legende" })) })
  blocks:extend(content)
  return pandoc.Div(captioned(blocks), pandoc.Attr(id, { "flottant" }, attributes or {}))
end

-- ![Caption](image.svg){#fig-x fig-alt="…"}
local function figure(el)
  local image
  el.content:walk({ Image = function(img) image = image or img end })
  local id = el.identifier ~= "" and el.identifier or (image and image.identifier or "")
  if not image or kind_of(id) ~= "fig" then return nil end
  image.identifier = ""
  image.caption = {}
  local caption = el.caption.long
  return floating(id, caption, { pandoc.Plain({ image }) })
end

-- A Markdown table with ": Caption {#tbl-x}"
local function tabular(el)
  local id = el.identifier
  local caption = el.caption.long
  if id == "" and #caption > 0 then
    local text = pandoc.utils.stringify(caption)
    id = text:match("{#(tbl%-[%w_-]+)}%s*$") or ""
    if id ~= "" then
      local last = caption[#caption]
      while #last.content > 0 do
        local piece = last.content:remove()
        if piece.t == "Str" and piece.text:match("^{#tbl%-") then break end
      end
    end
  end
  if kind_of(id) ~= "tbl" then return nil end
  el.identifier = ""
  el.caption = { long = {}, short = nil }
  return floating(id, caption, { el })
end

-- ::: {#fig-x} … last paragraph is the caption :::  (edition.splice writes .flottant itself)
local function div(book, chapter, el)
  local kind = kind_of(el.identifier)
  if el.classes:includes("flottant") then
    captioned(el.content)
    return el
  end
  if kind then
    local last = el.content[#el.content]
    if not last or last.t ~= "Para" then
      book.problem("legende", chapter.path, el.identifier)
      return nil
    end
    el.content:remove()
    return floating(el.identifier, { last }, el.content, el.attributes)
  end
  for _, class in ipairs(el.classes) do
    local callout = class:match("^callout%-(%a+)$")
    if callout and DEFAULT_TITLES[callout] then
      local title = { pandoc.Str(DEFAULT_TITLES[callout]) }
      if el.attributes.title then
        title = pandoc.utils.blocks_to_inlines(pandoc.read(el.attributes.title, "markdown").blocks)
        el.attributes.title = nil
      elseif el.content[1] and el.content[1].t == "Header" then
        title = el.content:remove(1).content
      end
      el.content:insert(1, pandoc.Div({ pandoc.Plain(title) }, pandoc.Attr("", { "encadre-titre" })))
      return el
    end
  end
end

-- The reading note and the data of a chart, printed by the cell that follows, join its figure.
local COMPANIONS = { "lecture", "donnees", "jumeau" }

local function is_companion(block)
  if block.t ~= "Div" then return false end
  for _, class in ipairs(COMPANIONS) do
    if block.classes:includes(class) then return true end
  end
  return false
end

local function join(blocks)
  local result = pandoc.Blocks({})
  for _, block in ipairs(blocks) do
    local last = result[#result]
    if is_companion(block) and last and last.t == "Div" and last.classes:includes("flottant") then
      last.content:insert(block)
    else
      result:insert(block)
    end
  end
  return result
end

-- Notes of a table, parted from it by edition.splice.
local function notes(el)
  if el.format == "html" and el.text:match('^<div class="notes%-tableau">') then
    return pandoc.read(el.text, "html").blocks
  end
end

return function(book, chapter)
  chapter.blocks = chapter.blocks:walk({
    Figure = figure,
    Table = tabular,
    RawBlock = notes,
    Div = function(el) return div(book, chapter, el) end,
  })
  chapter.blocks = join(chapter.blocks)
end
