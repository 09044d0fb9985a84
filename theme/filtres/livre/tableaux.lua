-- Tables: great_tables gives HTML, which stays as it is on the site and becomes a real
-- Typst table in the PDF; Markdown tables get a caption and a region that scrolls.

local M = {}

local function html(text) return pandoc.RawInline("html", text) end

-- Figures printed inside raw HTML become spans again, so that chiffres.lua handles them all.
local FIGURE = '<span[^>]- data%-chiffre="([^"]+)"[^>]*>(.-)</span>'

local function pieces(text)
  local result, from = pandoc.Inlines({}), 1
  while true do
    local start, stop, id, shown = text:find(FIGURE, from)
    if not start then break end
    result:insert(html(text:sub(from, start - 1)))
    local content = shown:find("[%s<&]") and pandoc.utils.blocks_to_inlines(pandoc.read(shown, "html").blocks)
      or { pandoc.Str(shown) }
    result:insert(pandoc.Span(content, pandoc.Attr("", { "chiffre" }, { { "chiffre", id } })))
    from = stop + 1
  end
  result:insert(html(text:sub(from)))
  return result
end

local SCROLL = '<div class="tableau-defile" role="group" tabindex="0" aria-label="Tableau">'

-- great_tables marks alignment by classes, pandoc by an attribute of the cell.
local ALIGN = { gt_right = "AlignRight", gt_center = "AlignCenter", gt_left = "AlignLeft" }

local function typst_cell(cell)
  for class, align in pairs(ALIGN) do
    if cell.classes:includes(class) then cell.alignment = align end
  end
  cell.classes, cell.attributes, cell.identifier = {}, {}, ""
end

local function rows_of(tbl)
  local rows = {}
  for _, row in ipairs(tbl.head.rows) do rows[#rows + 1] = row end
  for _, body in ipairs(tbl.bodies) do
    for _, row in ipairs(body.head) do rows[#rows + 1] = row end
    for _, row in ipairs(body.body) do rows[#rows + 1] = row end
  end
  for _, row in ipairs(tbl.foot.rows) do rows[#rows + 1] = row end
  return rows
end

-- Typst: no figure of its own (ours wraps it), alignment on cells, first column flexible.
local function typst_table(tbl)
  for _, row in ipairs(rows_of(tbl)) do
    row.attr = pandoc.Attr()
    for _, cell in ipairs(row.cells) do typst_cell(cell) end
  end
  if not tbl.classes:includes("typst:no-figure") then tbl.classes:insert("typst:no-figure") end
  return tbl
end

function M.raw(book, el)
  if el.format ~= "html" then return nil end
  if book.html then
    if el.text:find("data-chiffre", 1, true) then return pandoc.Plain(pieces(el.text)) end
    return nil
  end
  if not el.text:find("<table", 1, true) then return nil end
  local found = pandoc.Blocks({})
  pandoc.Pandoc(pandoc.read(el.text, "html").blocks):walk({ Table = function(tbl) found:insert(tbl) end })
  return found
end

-- EPUB, DOCX: alignment on columns, which their writers read; no class of great_tables'.
local function native_table(tbl)
  for _, row in ipairs(rows_of(tbl)) do
    row.attr = pandoc.Attr()
    for rank, cell in ipairs(row.cells) do
      typst_cell(cell)
      local column = tbl.colspecs[rank]
      if column and cell.alignment ~= "AlignDefault" then column[1] = cell.alignment end
    end
  end
  tbl.classes, tbl.identifier = {}, ""
  return tbl
end

-- A table outside any caption.
function M.plain(book, el)
  if book.typst then return typst_table(el) end
  if not book.html then return native_table(el) end
  if el.classes:includes("legendee") then
    el.classes = el.classes:filter(function(class) return class ~= "legendee" end)
    return el
  end
  return { pandoc.RawBlock("html", SCROLL), el, pandoc.RawBlock("html", "</div>") }
end

-- Put the caption in the first table of the content (HTML only); its notes do not scroll.
function M.caption(content, caption, id)
  local open = '<div class="tableau-defile" role="group" tabindex="0" aria-labelledby="' .. id .. '">'
  local result, done = pandoc.Blocks({ pandoc.RawBlock("html", open) }), false
  local function place(text, rest)
    local stop = select(2, text:find("<table[^>]*>"))
    local inlines = pandoc.Inlines({ html(text:sub(1, stop) .. '<caption id="' .. id .. '">') })
    inlines:extend(caption)
    inlines:insert(html("</caption>" .. text:sub(stop + 1)))
    inlines:extend(rest)
    done = true
    return pandoc.Plain(inlines)
  end
  local notes = pandoc.Blocks({})
  for _, block in ipairs(content) do
    if not done and block.t == "RawBlock" and block.text:find("<table", 1, true) then
      block = place(block.text, {})
    elseif not done and block.t == "Plain" and block.content[1] and block.content[1].t == "RawInline"
      and block.content[1].text:find("<table", 1, true) then
      local rest = block.content
      local first = rest:remove(1)
      block = place(first.text, rest)
    elseif not done and block.t == "Table" then
      caption:insert(1, html('<span id="' .. id .. '">'))
      caption:insert(html("</span>"))
      block.caption = { long = { pandoc.Plain(caption) } }
      done = true
    end
    local apart = block.t == "Div" and block.classes:includes("notes-tableau")
    if apart then notes:insert(block) else result:insert(block) end
  end
  result:insert(pandoc.RawBlock("html", "</div>"))
  result:extend(notes)
  return result
end

return M
