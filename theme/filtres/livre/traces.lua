-- The paper trail of the PDF: beside a paragraph, the lines of the register that answer for its
-- figures. Shared by livre.lua and quarto.lua, which know their figures and callouts: those, notes
-- and tables carry no trail. Typst would need several layouts of the book to find this out.

local M = {}

-- The figure that a span of the register stands for, and its line.
function M.line(span)
  local id = span.identifier:match("^reg%-(.+)$")
  if id then return id, tonumber(pandoc.utils.stringify(span)) end
end

-- id of a figure -> its line in the register
function M.lines(blocks)
  local lines = {}
  blocks:walk({
    Span = function(el)
      local id, line = M.line(el)
      if id then lines[id] = line end
    end,
  })
  return lines
end

-- 41–43, 47
function M.ranges(numbers)
  table.sort(numbers)
  local spans = {}
  for _, number in ipairs(numbers) do
    local last = spans[#spans]
    if last and number <= last[2] + 1 then
      last[2] = number
    else
      spans[#spans + 1] = { number, number }
    end
  end
  local words = {}
  for rank, span in ipairs(spans) do
    words[rank] = span[1] == span[2] and tostring(span[1]) or (span[1] .. "–" .. span[2])
  end
  return table.concat(words, ", ")
end

local function printed(block, lines)
  local found = {}
  block:walk({
    traverse = "topdown",
    Note = function(el) return el, false end,
    Span = function(el)
      local line = lines[el.attributes.chiffre or ""]
      if line then found[#found + 1] = line end
    end,
  })
  return found
end

-- Indents of typst-template.typ: a list, a definition.
local ITEM, DEFINITION = "1.4em", "5mm"

-- `apart(block)`: whether a block is no prose (figure, callout). `silent(rank)`: whether the block of
-- that rank is known to print no figure.
function M.mark(blocks, lines, apart, silent)
  local first = true

  local function paragraph(block, indent)
    local numbers = printed(block, lines)
    if #numbers == 0 then return end
    local words = (first and "registre " or "") .. M.ranges(numbers)
    local shift = #indent > 0 and (", retrait: " .. table.concat(indent, " + ")) or ""
    block.content:insert(1, pandoc.RawInline("typst", ('#trace("%s"%s);'):format(words, shift)))
    first = false
  end

  -- Key figures stand in a grid: each says its own line.
  local function keys(div)
    for _, list in ipairs(div.content) do
      for _, item in ipairs(list.t == "BulletList" and list.content or {}) do
        for _, block in ipairs(item) do
          local numbers = printed(block, lines)
          for _, span in ipairs(#numbers > 0 and block.content or {}) do
            if span.t == "Span" and span.classes:includes("cle-trace") then
              span.content:insert(pandoc.Str(" · registre\u{a0}" .. M.ranges(numbers)))
            end
          end
        end
      end
    end
  end

  local visit
  local function inside(list, indent, more)
    local deeper = { table.unpack(indent) }
    deeper[#deeper + 1] = more
    for _, item in ipairs(list) do visit(item, deeper) end
  end

  visit = function(list, indent, known)
    for rank, block in ipairs(list) do
      if block.t == "Header" then
        first = true
      elseif known and known(rank) and block.t ~= "Div" then
        -- Only headings, in a block, matter to what follows.
      elseif block.t == "Para" or block.t == "Plain" then
        paragraph(block, indent)
      elseif block.t == "BulletList" or block.t == "OrderedList" then
        inside(block.content, indent, ITEM)
      elseif block.t == "DefinitionList" then
        for _, item in ipairs(block.content) do inside(item[2], indent, DEFINITION) end
      elseif block.t == "Div" and block.classes:includes("chiffres-cles") then
        keys(block)
      elseif block.t == "Div" and not apart(block) then
        visit(block.content, indent)
      end
    end
  end

  visit(blocks, {}, silent)
  return blocks
end

return M
