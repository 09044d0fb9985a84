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
local function short_number(text)
  local digits = text:gsub("^[%(%[]+", ""):gsub("^«\u{a0}", "")
  return digits:match("^%d%d?%d?$") ~= nil
end

local function three_digits(text)
  return text:match("^%d%d%d%f[^%d]") ~= nil and not text:match("^%d+%a")
end

local function set(words)
  local result = {}
  for word in words:gmatch("%S+") do result[word] = true end
  return result
end

local ABBREVIATIONS = set("n° N° p. pp. art. §")
local UNITS = set("h min s an ans mois jour jours km m cm mm kg g Go Mo ko euro euros")
local MONTHS = set("janvier février mars avril mai juin juillet août septembre octobre novembre décembre")

-- 1er, 2e: the number, its letters, the signs that follow; nil for any other word.
local ORDINALS = { er = "er", re = "re", e = "e", ["ème"] = "e", eme = "e", nd = "nd", nde = "nde", es = "es" }

local function ordinal(text)
  local number, letters = text:match("^([%(%[]?%d+)(.+)$")
  if not number then return nil end
  local word, signs = letters, ""
  while #word > 0 and word:match("[,;:!?.%)%]]$") do word, signs = word:sub(1, -2), word:sub(-1) .. signs end
  if ORDINALS[word] then return { number, ORDINALS[word], signs } end
end

-- What the rules need to know of a word. Most words come back often: each is looked at once.
local function examined(text)
  local measure = text:gsub("[%p\u{a0}\u{202f}]+$", "")
  local mended = inside(text)
  return {
    mended = mended,
    ordinal = ordinal(mended),
    sign = mended:match("^[;!?:%%][»%)]*$") and before(mended) or nil,
    before = not address(text) and before(text) or nil,
    opening = text ~= "" and ends(text, "«"),
    abbreviation = ABBREVIATIONS[text],
    ends_in_digit = text:match("%d$") ~= nil,
    starts_with_digit = text:match("^%d") ~= nil,
    first = text == "1er",
    unit = UNITS[measure],
    month = MONTHS[measure],
    short_number = short_number(text),
    three_digits = three_digits(text),
  }
end

local WORDS = setmetatable({}, {
  __index = function(words, text)
    words[text] = examined(text)
    return words[text]
  end,
})

-- The space to put instead of a plain one between two neighbours, or nil.
local function between(left, right)
  if right.before then return right.before end
  if left.opening then return NBSP end
  if left.short_number and right.three_digits then return NARROW end
  if left.abbreviation and right.starts_with_digit or left.ends_in_digit and right.unit
    or left.first and right.month then
    return NBSP
  end
end

local PLAIN = { Space = pandoc.Space(), SoftBreak = pandoc.SoftBreak() }
local SEPARATORS = { Space = true, SoftBreak = true, LineBreak = true, Str = true }

-- "x" reads « x » in French whatever the writer would do; a quotation inside it “x”.
local function quoted(el)
  local content = el.content:walk({
    Quoted = function(inner)
      local list = pandoc.Inlines({ pandoc.Str("“") })
      list:extend(inner.content)
      list:insert(pandoc.Str("”"))
      return list
    end,
  })
  content:insert(1, pandoc.Str("«" .. NBSP))
  content:insert(pandoc.Str(NBSP .. "»"))
  return content
end

-- The list without its quotations, and the kind of each element; the same list when it has none.
local function unquoted(inlines)
  local result, kinds, changed = {}, {}, false
  for _, el in ipairs(inlines) do
    local kind = el.t
    if kind == "Quoted" and el.quotetype == "DoubleQuote" then
      changed = true
      for _, inner in ipairs(quoted(el)) do
        result[#result + 1], kinds[#kinds + 1] = inner, inner.t
      end
    else
      result[#result + 1], kinds[#kinds + 1] = el, kind
    end
  end
  return changed and result or inlines, kinds
end

-- nil when nothing changes: most lists are left where they are.
local function fix(inlines)
  local list, kinds = unquoted(inlines)
  local words, changes = {}, {}
  for i, kind in ipairs(kinds) do
    if kind == "Str" then
      words[i] = WORDS[list[i].text]
    elseif kind == "Span" and list[i].attributes.chiffre then
      words[i] = WORDS[pandoc.utils.stringify(list[i])]
    end
  end
  local changed = list ~= inlines
  for i, kind in ipairs(kinds) do
    local change
    if kind == "Space" or kind == "SoftBreak" then
      local right = kinds[i + 1] == "Str" and words[i + 1] or WORDS[""]
      local space = between(words[i - 1] or WORDS[""], right)
      change = space and { space }
    elseif kind == "Str" then
      local word, last = words[i], kinds[i - 1]
      -- A sign that follows a number, a link or emphasis without any space.
      if word.sign and last and not SEPARATORS[last] then
        change = { word.sign, word.mended }
      elseif word.ordinal then
        local number, letters, signs = table.unpack(word.ordinal)
        change = { number, pandoc.Superscript({ letters }) }
        if signs ~= "" then change[3] = signs end
      elseif word.mended ~= list[i].text then
        change = { pandoc.Str(word.mended) }
      end
    end
    changes[i], changed = change, changed or change ~= nil
  end
  if not changed then return nil end
  -- pandoc takes strings for Str, and one Space for all: elements that were read are dearer.
  local result = {}
  for i, kind in ipairs(kinds) do
    for _, el in ipairs(changes[i] or {}) do result[#result + 1] = el end
    if not changes[i] then result[#result + 1] = kind == "Str" and words[i].mended or PLAIN[kind] or list[i] end
  end
  return result
end

-- An automatic link shows its address.
local function link(el)
  if el.classes:includes("uri") or el.classes:includes("email") then return el, false end
end

return {
  { traverse = "topdown", Link = link, Inlines = fix },
}
