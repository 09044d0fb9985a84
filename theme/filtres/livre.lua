-- The book as one document: numbers, captions, references, notes, for our own renderer.
-- (Quarto has its own cross-references; it does not run this filter.)
--
-- edition.assemble writes each chapter after a raw block of format "edition":
--   chapitre <stem> <path of the .qmd> <chapitre|annexe> [title of the part that it opens]
-- and, after one of which it only writes what the others depend on (edition.outline), `esquisse`.
-- Numbers are computed here once and written as text, so HTML and PDF agree.
-- A problem is one line "@@edition {json}" on stderr; edition.pandoc turns it into French.

local here = pandoc.path.directory(PANDOC_SCRIPT_FILE)
local function part(name) return dofile(pandoc.path.join({ here, "livre", name .. ".lua" })) end

local book = {
  html = FORMAT:match("html") ~= nil,
  typst = FORMAT == "typst",
  entries = {}, -- id -> {kind, number, title, chapter, appendix, level}
  prefixes = {},
  titles = {},
  first_id = {}, -- stem -> id of the chapter's h1
  ids = {}, -- id -> path of the chapter that defines it
  prints = {}, -- id of a figure -> true when some page prints it
  lines = {}, -- id of a figure -> its line in the register
  outlined = {}, -- ids of the figures that outlines print
}

local failed = false
function book.problem(kind, path, detail)
  failed = true
  io.stderr:write("@@edition " .. pandoc.json.encode({ genre = kind, ou = path, detail = detail }) .. "\n")
end

local normalise = part("normaliser")
local number = part("numeroter")
local refer = part("renvois")
local emit = part("blocs")
local traces = part("traces")
local native = part("natif")

local function chapters(blocks)
  local list = {}
  for _, block in ipairs(blocks) do
    local mark = block.t == "RawBlock" and block.format == "edition"
    if mark and block.text == "esquisse" then
      list[#list].outline = true
    elseif mark then
      local stem, path, kind, opened = block.text:match("^chapitre (%S+) (%S+) (%S+) ?(.*)$")
      list[#list + 1] = { stem = stem, path = path, kind = kind, part = opened, blocks = pandoc.Blocks({}) }
    elseif #list > 0 then
      list[#list].blocks:insert(block)
    end
  end
  return list
end

local function no_prose(div)
  return div.classes:includes("flottant") or div.classes:find_if(function(class)
    return class:match("^callout%-") ~= nil
  end) ~= nil
end

local function option(meta, group, key, default)
  local table_ = meta[group]
  local value = table_ and table_[key]
  return value and pandoc.utils.stringify(value) or default
end

local function read_options(meta)
  for kind, title in pairs({ fig = "Figure", tbl = "Tableau" }) do
    book.titles[kind] = option(meta, "crossref", kind .. "-title", title)
    book.prefixes[kind] = option(meta, "crossref", kind .. "-prefix", book.titles[kind])
  end
  -- Quarto's own French words, unless the configuration says otherwise.
  book.prefixes.sec = option(meta, "crossref", "sec-prefix", "Section")
  book.prefixes.ch = option(meta, "crossref", "ch-prefix", "Chapitre")
  -- Above a chapter's title stands « Partie 1 » if the configuration names chapters so.
  book.above = option(meta, "crossref", "ch-prefix", nil)
  book.drawn = meta.dessins or {}
  book.prefixes.apx = option(meta, "crossref", "apx-prefix", "Annexe")
end

function Pandoc(doc)
  read_options(doc.meta)
  book.register = doc.meta.registre == true
  local list = chapters(doc.blocks)
  local expected = tonumber(option(doc.meta, "edition", "chapitres", tostring(#list)))
  if expected ~= #list then
    local last = list[#list]
    book.problem("bloc-ouvert", last and last.path or "", "")
  end
  for _, chapter in ipairs(list) do normalise(book, chapter) end
  number(book, list)
  local whole = {}
  for _, chapter in ipairs(list) do
    if not chapter.outline then whole[#whole + 1] = chapter end
  end
  for _, chapter in ipairs(whole) do refer(book, chapter) end
  if book.typst and book.register then
    for _, chapter in ipairs(whole) do
      local function silent(rank) return #chapter.holds[rank].figures == 0 end
      traces.mark(chapter.blocks, book.lines, no_prose, silent)
    end
  end
  local result = pandoc.Blocks({})
  for _, chapter in ipairs(list) do result:extend(emit(book, chapter)) end
  local notice = not book.html and not book.typst and native.notice(doc.meta)
  local title = notice and select(2, result:find_if(function(el) return el.t == "Header" end))
  if title then result:insert(title + 1, notice) end
  if failed then error("edition: voir les lignes @@edition") end
  doc.blocks = result
  doc.meta.esquisses = #book.outlined > 0 and book.outlined or nil
  return doc
end
