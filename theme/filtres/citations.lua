-- The citations and the list of references, by citeproc, with French spaces and signs in what it
-- wrote: all the rest has been through typographie.lua. (Quarto calls citeproc itself; it does not
-- run this filter.)
--
-- citeproc goes through all that it is given several times: it is given the citations alone, which
-- is all that a style between brackets looks at. A style of notes moves the signs around them: it
-- is given the whole book.

local here = pandoc.path.directory(PANDOC_SCRIPT_FILE)
local typography = dofile(pandoc.path.join({ here, "typographie.lua" }))

local function typeset(element)
  for _, filter in ipairs(typography) do element = element:walk(filter) end
  return element, false
end

local function references(div)
  if div.identifier == "refs" then return typeset(div) end
end

local function of_notes(meta)
  local file = meta.csl and io.open(pandoc.utils.stringify(meta.csl))
  if not file then return false end
  local style = file:read("a")
  file:close()
  return style:match("<style[^>]-class=[\"'](%w+)") == "note"
end

-- What citeproc works on: each citation in a block of its own, and the place of the references.
local function asked(blocks)
  local found = pandoc.Blocks({})
  blocks:walk({
    traverse = "topdown",
    Cite = function(cite)
      found:insert(pandoc.Plain({ cite }))
      return cite, false
    end,
    Div = function(div)
      if div.identifier == "refs" then found:insert(div) end
    end,
  })
  return found
end

-- A citation, so that two that say the same are the same.
local function key(cite)
  local words = {}
  for _, one in ipairs(cite.citations) do
    local around = ""
    if #one.prefix + #one.suffix > 0 then
      local parts = { pandoc.Plain(one.prefix), pandoc.Plain(one.suffix) }
      around = pandoc.write(pandoc.Pandoc(parts), "native")
    end
    words[#words + 1] = one.id .. "\0" .. one.mode .. "\0" .. around
  end
  return table.concat(words, "\1")
end

-- What edition.citing has had made for the whole book: each citation before its answer, then the
-- references after their place. nil where it has not.
local function made_before()
  local file = io.open("citations.json")
  if not file then return nil end
  local blocks = pandoc.read(file:read("a"), "json").blocks
  file:close()
  local answers, rank = {}, 1
  while rank < #blocks do
    local asked, answer = blocks[rank], blocks[rank + 1]
    if asked.t == "Div" then answers.refs = answer else answers[key(asked.content[1])] = answer.content end
    rank = rank + 2
  end
  answers.last = blocks[rank] -- the references, where the book gives them no place
  return answers
end

-- The book with these answers; nil when one is missing.
local function answered(doc, answers)
  local missing = false
  local blocks = doc.blocks:walk({
    traverse = "topdown",
    Cite = function(cite)
      local answer = answers[key(cite)]
      missing = missing or answer == nil
      return answer or cite, false
    end,
    Div = function(div)
      if div.identifier ~= "refs" then return nil end
      missing = missing or answers.refs == nil
      return answers.refs or div, false
    end,
  })
  if missing then return nil end
  if answers.last then blocks:insert(answers.last) end
  doc.blocks = blocks
  return doc
end

local function Pandoc(doc)
  local answers = made_before()
  local known = answers and answered(doc, answers)
  if known then return known end
  if of_notes(doc.meta) then
    doc = pandoc.utils.citeproc(doc)
    doc.blocks = doc.blocks:walk({ traverse = "topdown", Cite = typeset, Div = references })
    return doc
  end
  local question = asked(doc.blocks)
  if #question == 0 and not doc.meta.nocite then return nil end
  local made = pandoc.utils.citeproc(pandoc.Pandoc(question, doc.meta)).blocks
  local rank = 0
  local function answer()
    rank = rank + 1
    return made[rank]
  end
  doc.blocks = doc.blocks:walk({
    traverse = "topdown",
    Cite = function() return typeset(answer()).content, false end,
    Div = function(div)
      if div.identifier == "refs" then return typeset(answer()), false end
    end,
  })
  -- Without a place of their own, the references come last.
  for left = rank + 1, #made do doc.blocks:insert((typeset(made[left]))) end
  return doc
end

return { { Pandoc = Pandoc } }
