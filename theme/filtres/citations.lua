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

local function Pandoc(doc)
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
