-- French spaces and signs in the metadata. The chapters have been through typographie.lua, one
-- by one, when they were read (edition.assemble).

local here = pandoc.path.directory(PANDOC_SCRIPT_FILE)
local typography = dofile(pandoc.path.join({ here, "typographie.lua" }))

function Pandoc(doc)
  local fields = pandoc.Pandoc({}, doc.meta)
  for _, filter in ipairs(typography) do fields = fields:walk(filter) end
  doc.meta = fields.meta
  return doc
end
