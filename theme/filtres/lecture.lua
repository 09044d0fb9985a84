-- Reads several chapters in one process (edition.reading): to start pandoc and this language for each
-- costs as much as to read a short one. Each is read by itself: its notes and ids are its own. After
-- each comes a raw block of format "edition": `lu`.

local format = os.getenv("EDITION_LECTURE")

function Reader(input, options)
  local blocks = pandoc.Blocks({})
  for text in tostring(input):gmatch("([^\x1e]*)\x1e\n?") do
    blocks:extend(pandoc.read(text, format, options).blocks)
    blocks:insert(pandoc.RawBlock("edition", "lu"))
  end
  return pandoc.Pandoc(blocks)
end
