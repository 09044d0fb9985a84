-- Figures, tables, callouts and headings as pandoc's own elements, for EPUB and DOCX: their
-- writers know what a figure, a caption, a note and a row of headers are.
--
-- `custom-style` names the style of Word's; EPUB has the class.

local M = {}

local function styled(class, style, content)
  local look = FORMAT == "docx" and { { "custom-style", style } } or {}
  return pandoc.Div(content, pandoc.Attr("", { class }, look))
end

-- « Figure 1.1 – Title »
local function caption(book, id, legend)
  local entry = book.entries[id]
  local result = pandoc.Inlines({ pandoc.Str(("%s\u{a0}%s\u{a0}– "):format(book.titles[entry.kind], entry.number)) })
  result:extend(pandoc.utils.blocks_to_inlines(legend.content))
  return { long = { pandoc.Plain(result) } }
end

-- The words that pandoc writes as alternative text are an image's caption.
function M.image(image, alt, format)
  image.caption = { pandoc.Str(alt) }
  image.attributes["fig-alt"], image.attributes.alt = nil, nil
  -- Word draws no SVG of ours: edition.docx writes each chart as PNG too.
  if format == "docx" then image.src = image.src:gsub("%.svg$", ".png") end
  return image
end

local function only_image(block)
  return (block.t == "Plain" or block.t == "Para") and #block.content == 1 and block.content[1].t == "Image"
end

function M.float(book, id, legend, content)
  local blocks, captioned = pandoc.Blocks({}), false
  for _, block in ipairs(content) do
    if not captioned and block.t == "Table" then
      block.caption, captioned = caption(book, id, legend), true
      blocks:insert(block)
    elseif not captioned and only_image(block) then
      blocks:insert(pandoc.Figure({ block }, caption(book, id, legend)))
      captioned = true
    else
      blocks:insert(block)
    end
  end
  if not captioned then blocks:insert(1, pandoc.Para(caption(book, id, legend).long[1].content)) end
  return pandoc.Div(blocks, pandoc.Attr(id, { book.entries[id].kind == "fig" and "figure" or "tableau" }))
end

function M.callout(el)
  local title = el.content:remove(1)
  local blocks = pandoc.Blocks({
    pandoc.Para({ pandoc.Strong(pandoc.utils.blocks_to_inlines(title.content)) }),
  })
  blocks:extend(el.content)
  return styled("encadre", "Encadré", blocks)
end

-- What stands under a figure or a table. The charts' data are in the EPUB, where no other page
-- gives them; a DOCX is for comments on the text.
function M.companion(div, format)
  if div.classes:includes("lecture") or div.classes:includes("notes-tableau") then
    return styled("lecture", "Lecture", div.content)
  elseif div.classes:includes("donnees") then
    if format == "docx" then return {} end
    local blocks = pandoc.Blocks({ pandoc.Para({ pandoc.Str("Tableau des données") }) })
    blocks:extend(div.content)
    return pandoc.Div(blocks, pandoc.Attr("", { "donnees" }))
  end
end

-- What every reader must know before the first number.
function M.notice(meta)
  local said = pandoc.Blocks({})
  if meta.brouillon then
    said:insert(pandoc.Para({ pandoc.Strong("Brouillon"), pandoc.Str(". Édition qui n’a pas passé ses vérifications.") }))
  end
  if meta.origine then said:insert(pandoc.Para(meta.origine)) end
  return #said > 0 and styled("encadre", "Encadré", said) or nil
end

return M
