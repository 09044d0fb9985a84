-- @fig-x, @tbl-x, @sec-x and links between chapters.

local KINDS = { fig = true, tbl = true, sec = true }
local NBSP = "\u{a0}"

local function capital(text)
  return pandoc.text.upper(pandoc.text.sub(text, 1, 1)) .. pandoc.text.sub(text, 2)
end

local function prefix_of(book, entry, kind, upper)
  local word = book.prefixes[kind]
  if kind == "sec" and entry.level == 1 then
    word = entry.appendix and book.prefixes.apx or book.prefixes.ch
  end
  return upper and capital(word) or word
end

-- The reference as inlines, or nil after a problem.
local function one(book, chapter, citation)
  local id = citation.id:sub(1, 1):lower() .. citation.id:sub(2)
  local kind = id:match("^(%a+)%-")
  local entry = book.entries[id]
  if not entry then
    book.problem("renvoi", chapter.path, "@" .. citation.id)
    return nil
  end
  if not entry.number then
    book.problem("renvoi-sans-numero", chapter.path, "@" .. citation.id)
    return nil
  end
  local words = pandoc.Inlines({})
  if #citation.prefix > 0 then
    words:extend(citation.prefix)
    words:insert(pandoc.Str(NBSP))
  elseif citation.mode ~= "SuppressAuthor" then
    words:insert(pandoc.Str(prefix_of(book, entry, kind, citation.id:match("^%u") ~= nil) .. NBSP))
  end
  words:insert(pandoc.Str(entry.number))
  return pandoc.Link(words, "#" .. id, "", pandoc.Attr("", { "renvoi" }))
end

local function cite(book, chapter, el)
  local result, references = pandoc.Inlines({}), 0
  for i, citation in ipairs(el.citations) do
    local kind = citation.id:lower():match("^(%a+)%-")
    if kind and KINDS[kind] then
      references = references + 1
      if i > 1 then result:extend({ pandoc.Str(","), pandoc.Space() }) end
      local link = one(book, chapter, citation)
      if link then result:insert(link) end
      result:extend(citation.suffix)
    end
  end
  if references == 0 then return nil end
  if references < #el.citations then
    book.problem("renvoi-mele", chapter.path, pandoc.utils.stringify(el.content))
  end
  return result
end

-- [text](methodologie.qmd#sec-base) and [text](#sec-base) become links inside the one book.
local function link(book, chapter, el)
  local file, fragment = el.target:match("^([^#:?]*%.qmd)#?(.*)$")
  if file then
    local stem = file:match("([^/]+)%.qmd$")
    local id = fragment ~= "" and fragment or book.first_id[stem]
    if not id then
      book.problem("lien", chapter.path, el.target)
      return nil
    end
    el.target = "#" .. id
  end
  local id = el.target:match("^#(.+)$")
  if not id then return file and el or nil end
  local printed = id:match("^chiffre%-(.+)$")
  if printed then
    -- The register lists every figure; one that only a chart shows has no place in the text.
    local base = printed
    while base and not book.prints[base] do base = base:match("^(.+)%-%d+$") end
    if base then return file and el or nil end
    local chart = book.drawn[printed] and pandoc.utils.stringify(book.drawn[printed])
    local entry = chart and book.entries[chart]
    if not entry then return pandoc.Str("—") end
    local words = pandoc.Str(book.prefixes[entry.kind] .. NBSP .. entry.number)
    return pandoc.Link({ words }, "#" .. chart, "", pandoc.Attr("", { "renvoi" }))
  elseif not book.ids[id] and not id:match("^ref%-") then
    book.problem("lien", chapter.path, el.target)
  end
  return file and el or nil
end

-- In the PDF a number without its line in the register would be a dead link.
local function figure(book, chapter, id)
  if book.register and not book.ids["reg-" .. id] then book.problem("registre", chapter.path, id) end
end

return function(book, chapter)
  local filter = {
    Cite = function(el) return cite(book, chapter, el) end,
    Link = function(el) return link(book, chapter, el) end,
  }
  for rank, held in ipairs(chapter.holds) do
    if held.links then chapter.blocks[rank] = pandoc.Blocks({ chapter.blocks[rank] }):walk(filter)[1] end
    for _, id in ipairs(held.figures) do figure(book, chapter, id) end
  end
end
