-- Numbers of chapters, sections, figures and tables; every id is entered once.
--
-- What each block of a chapter holds is kept in `chapter.holds`, by its rank: the steps that follow
-- go only where they have something to do. To walk through the whole book is dear.

local here = pandoc.path.directory(PANDOC_SCRIPT_FILE)
local traces = dofile(pandoc.path.join({ here, "livre", "traces.lua" }))

local LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

return function(book, list)
  local chapter_number, appendix_number = 0, 0
  local free = { fig = 0, tbl = 0 } -- figures of chapters that have no number

  local function enter(id, path, entry)
    if id == nil or id == "" then return end
    if book.ids[id] then
      book.problem("doublon", path, id .. " (déjà dans " .. book.ids[id] .. ")")
    end
    book.ids[id] = path
    if entry then book.entries[id] = entry end
  end

  for _, chapter in ipairs(list) do
    local counters, floats, titles = {}, { fig = 0, tbl = 0 }, 0
    local held -- kinds of the elements that the block being walked holds
    local prefix -- "2" or "B"; nil in a chapter without number

    local function header(el)
      held.shaped = true
      if el.level == 1 then
        titles = titles + 1
        if titles > 1 then
          book.problem("deux-titres", chapter.path, pandoc.utils.stringify(el.content))
        end
        if not el.classes:includes("unnumbered") then
          if chapter.kind == "annexe" then
            appendix_number = appendix_number + 1
            prefix = LETTERS:sub(appendix_number, appendix_number)
          else
            chapter_number = chapter_number + 1
            prefix = tostring(chapter_number)
          end
        end
        book.first_id[chapter.stem] = el.identifier
      elseif titles == 0 then
        book.problem("sans-titre", chapter.path, "")
      end
      -- A chapter without number has no numbered section either.
      if not prefix and not el.classes:includes("unnumbered") then el.classes:insert("unnumbered") end
      local parts
      if not el.classes:includes("unnumbered") then
        if el.level > 1 then
          counters[el.level] = (counters[el.level] or 0) + 1
          for level = el.level + 1, 6 do counters[level] = nil end
        end
        parts = { prefix }
        for level = 2, el.level do parts[#parts + 1] = tostring(counters[level] or 0) end
      end
      enter(el.identifier, chapter.path, {
        kind = "sec",
        level = el.level,
        number = parts and table.concat(parts, ".") or nil,
        appendix = chapter.kind == "annexe",
      })
      if parts then el.attributes["numero"] = table.concat(parts, ".") end
      return el
    end

    local function div(el)
      held.shaped = true
      -- Paper and DOCX leave the data of the charts out: nothing in them is printed there.
      if el.classes:includes("donnees") and (book.typst or FORMAT == "docx") then return el, false end
      local kind = el.classes:includes("flottant") and el.identifier:match("^(%a+)%-")
      if not kind then
        enter(el.identifier, chapter.path)
        return nil
      end
      local text
      if prefix then
        floats[kind] = floats[kind] + 1
        text = prefix .. "." .. floats[kind]
      else
        free[kind] = free[kind] + 1
        text = tostring(free[kind])
      end
      enter(el.identifier, chapter.path, { kind = kind, number = text })
      local caption = el.content[1]
      if not caption or pandoc.utils.stringify(caption) == "" then
        book.problem("legende", chapter.path, el.identifier)
      end
      return nil
    end

    local function other(el)
      enter(el.identifier, chapter.path)
      local figure = el.attributes.chiffre
      if figure then book.prints[figure] = true end
      return figure
    end

    local function span(el)
      local figure = other(el)
      if figure then table.insert(held.figures, figure) end
      local id, line = traces.line(el)
      if id then book.lines[id] = line end
    end

    local function holding(kind, handle)
      return function(el)
        held[kind] = true
        if handle then handle(el) end
      end
    end

    -- Figures of a table that came as HTML.
    local function raw(el)
      held.raw = true
      held.images = held.images or el.text:find("<img", 1, true) ~= nil
      for id in el.text:gmatch('data%-chiffre="([^"]+)"') do book.prints[id] = true end
    end

    -- Of an outline (edition.outline): figures printed, lines of the register.
    local function marks(el)
      local kind, words = el.text:match("^(%a+) (.*)$")
      if el.format ~= "edition" or not chapter.outline then return end
      if kind == "chiffres" then
        for figure in words:gmatch("%S+") do book.prints[figure] = true end
      elseif kind == "lignes" then
        for id, line in words:gmatch("(%S+)=(%d+)") do
          enter("reg-" .. id, chapter.path)
          book.lines[id] = tonumber(line)
        end
      end
    end

    local filter = {
      traverse = "topdown",
      RawInline = marks,
      Header = header,
      Div = div,
      Span = span,
      Link = holding("links", other),
      Cite = holding("links"),
      Note = holding("notes"),
      Image = holding("images", other),
      Code = holding("code", other),
      CodeBlock = holding("code", other),
      Table = holding("shaped", other),
      Figure = holding("shaped", other),
      RawBlock = raw,
    }
    chapter.holds = {}
    for rank, block in ipairs(chapter.blocks) do
      held = { figures = {} }
      chapter.holds[rank] = held
      chapter.blocks[rank] = pandoc.Blocks({ block }):walk(filter)[1]
    end
    if titles == 0 then book.problem("sans-titre", chapter.path, "") end
  end
end
