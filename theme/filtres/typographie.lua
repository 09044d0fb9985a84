-- French spaces and signs, once, for every format. Shared by our renderer and by Quarto.
--
--   U+00A0  before : % ‰ € », after «, after n° and p. before a number, between a number and its
--           unit (12 h, 45 ans), after an ordinal in a date (1er janvier)
--   U+202F  before ; ! ?, between the thousands of a number typed in the text
--   ’ …     for ' and ...; "quoted" becomes « quoted » (inside: “quoted”)
--   1er 2e  the letters raised; 2ème and 2eme become 2e
--
-- Code, addresses and attributes are other elements than Str: they are never touched, nor
-- is a space that is already unbreakable.

local NBSP, NARROW = "\u{a0}", "\u{202f}"
local GUARDED = { "\u{a0}", "\u{202f}" }

local function starts(text, prefix) return text:sub(1, #prefix) == prefix end
local function ends(text, suffix) return suffix == "" or text:sub(-#suffix) == suffix end

local function guarded_end(text)
  for _, space in ipairs(GUARDED) do
    if ends(text, space) then return true end
  end
  return false
end

-- The space that belongs before this text, or nil.
local function before(text)
  if text:match("^[;!?]") then return NARROW end
  if text:match("^:") and not text:match("^:[%w/:]") then return NBSP end
  if text:match("^%%") or starts(text, "»") or starts(text, "‰") or starts(text, "€") then
    return NBSP
  end
end

local function address(text)
  return text:match("^%w+://") or text:match("://") or text:match("^www%.") or text:match("^mailto:")
    or text:match("^[%w._-]+@[%w.-]+$") or text:match("^doi:") or text:match("^@")
end

-- Signs at the end of a word typed without their space: "mot;" "50%" "«mot»".
local function inside(text)
  if address(text) then return text end
  text = text:gsub("'", "’"):gsub("%.%.%.", "…")
  text = text:gsub("«" .. "([^%s\u{a0}])", function(c) return "«" .. NBSP .. c end)
  -- Lua classes see bytes: mend the sequences that already had a protected space.
  text = text:gsub("«" .. NBSP .. "(\xe2\x80\xaf)", "«%1")
  local body, closing = text:match("^(.-)(»[%)%].,;:!?…]*)$")
  if body and body ~= "" and not guarded_end(body) then text = body .. NBSP .. closing end
  text = text:gsub("(%d)%%", "%1" .. NBSP .. "%%")
  local head, signs = text:match("^(.-)([;!?]+[»%)%]\u{a0}\u{202f}]*)$")
  if head and head ~= "" and not guarded_end(head) and not head:match("[%(%[!?;]$") then
    text = head .. NARROW .. signs
  end
  head, signs = text:match("^(.-)(:)$")
  if head and head ~= "" and not guarded_end(head) and not head:match("[:/]$") then
    text = head .. NBSP .. signs
  end
  return text
end

-- "2 542": one to three digits alone, then exactly three.
local function thousands(left, right)
  local digits = left:gsub("^[%(%[]+", ""):gsub("^«\u{a0}", "")
  return digits:match("^%d%d?%d?$") ~= nil and right:match("^%d%d%d%f[^%d]") ~= nil
    and not right:match("^%d+%a")
end

local function abbreviation(left, right)
  return (left == "n°" or left == "N°" or left == "p." or left == "pp." or left == "art." or left == "§")
    and right:match("^%d") ~= nil
end

local UNITS = {}
for unit in ("h min s an ans mois jour jours km m cm mm kg g Go Mo ko euro euros"):gmatch("%S+") do
  UNITS[unit] = true
end
local MONTHS = {}
for month in ("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"):gmatch("%S+") do
  MONTHS[month] = true
end

local function with_unit(left, right)
  local word = right:gsub("[%p\u{a0}\u{202f}]+$", "")
  return left:match("%d$") ~= nil and UNITS[word] == true
    or left:match("^1er$") ~= nil and MONTHS[word] == true
end

-- 1er, 2e: the number, its letters, the signs that follow; nil for any other word.
local ORDINALS = { er = "er", re = "re", e = "e", ["ème"] = "e", eme = "e", nd = "nd", nde = "nde", es = "es" }

local function ordinal(text)
  local number, letters = text:match("^([%(%[]?%d+)(.+)$")
  if not number then return nil end
  local word, signs = letters, ""
  while #word > 0 and word:match("[,;:!?.%)%]]$") do word, signs = word:sub(1, -2), word:sub(-1) .. signs end
  if ORDINALS[word] then return number, ORDINALS[word], signs end
end

-- The space to put instead of a plain one between two neighbours, or nil.
local function between(left, right)
  local l = left and left.t == "Str" and left.text or ""
  if left and left.t == "Span" and left.attributes.chiffre then l = pandoc.utils.stringify(left) end
  local r = right and right.t == "Str" and right.text or ""
  if r ~= "" and not address(r) then
    local space = before(r)
    if space then return space end
  end
  if ends(l, "«") and l ~= "" then return NBSP end
  if thousands(l, r) then return NARROW end
  if abbreviation(l, r) or with_unit(l, r) then return NBSP end
end

local SEPARATORS = { Space = true, SoftBreak = true, LineBreak = true, Str = true }

-- nil when nothing changes: most lists are left where they are.
local function fix(inlines)
  local changes, changed = {}, false
  local previous, kind
  for i, el in ipairs(inlines) do
    local tag = el.t
    if tag == "Space" or tag == "SoftBreak" then
      local space = between(previous, inlines[i + 1])
      if space then changes[i], changed = { pandoc.Str(space) }, true end
    elseif tag == "Str" then
      local text = inside(el.text)
      -- A sign that follows a number, a link or emphasis without any space.
      local number, letters, signs = ordinal(text)
      local space = kind and not SEPARATORS[kind] and text:match("^[;!?:%%][»%)]*$") and before(text)
      if space then
        changes[i], changed = { pandoc.Str(space), pandoc.Str(text) }, true
      elseif number then
        changes[i], changed = { pandoc.Str(number), pandoc.Superscript({ pandoc.Str(letters) }) }, true
        if signs ~= "" then table.insert(changes[i], pandoc.Str(signs)) end
      elseif text ~= el.text then
        changes[i], changed = { pandoc.Str(text) }, true
      end
    end
    previous, kind = el, tag
  end
  if not changed then return nil end
  local result = pandoc.Inlines({})
  for i, el in ipairs(inlines) do
    if changes[i] then result:extend(changes[i]) else result:insert(el) end
  end
  return result
end

-- "x" reads « x » in French whatever the writer would do; a quotation inside it “x”.
local function quoted(el)
  if el.quotetype ~= "DoubleQuote" then return nil end
  local open, close = "«" .. NBSP, NBSP .. "»"
  local content = el.content:walk({
    Quoted = function(inner)
      local list = pandoc.Inlines({ pandoc.Str("“") })
      list:extend(inner.content)
      list:insert(pandoc.Str("”"))
      return list
    end,
  })
  local list = pandoc.Inlines({ pandoc.Str(open) })
  list:extend(content)
  list:insert(pandoc.Str(close))
  return list
end

-- An automatic link shows its address.
local function link(el)
  if el.classes:includes("uri") or el.classes:includes("email") then return el, false end
end

return {
  { traverse = "topdown", Link = link, Quoted = quoted },
  { traverse = "topdown", Link = link, Inlines = fix },
}
