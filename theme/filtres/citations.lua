-- French spaces and signs in what citeproc wrote, which comes after the other filters: its
-- citations and its list of references. All the rest has been through typographie.lua.

local here = pandoc.path.directory(PANDOC_SCRIPT_FILE)
local typography = dofile(pandoc.path.join({ here, "typographie.lua" }))

local function typeset(element)
  for _, filter in ipairs(typography) do element = element:walk(filter) end
  return element, false
end

local function references(div)
  if div.identifier == "refs" then return typeset(div) end
end

return { { traverse = "topdown", Cite = typeset, Div = references } }
