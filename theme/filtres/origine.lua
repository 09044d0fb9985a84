-- A chapter may say one thing of reconstructed answers and another of the original ones:
--   ::: {.si-reconstituees} … :::   and   ::: {.si-originales} … :::
-- Only the block that suits the answers of this book is kept, and its Div goes.
-- It runs before livre.lua, which numbers titles and resolves links.

-- Our own renderer says it in `originales`; for Quarto, the data package does.
local function original(meta)
  if meta.originales ~= nil then return meta.originales == true end
  if not quarto then return false end
  local root = quarto.project.directory or "."
  local file = io.open(pandoc.path.join({ root, "data", "datapackage.json" }))
  if not file then return false end
  local package = pandoc.json.decode(file:read("a"), false)
  file:close()
  return package.origine == "originale"
end

return {
  {
    Pandoc = function(doc)
      local kept = original(doc.meta) and "si-originales" or "si-reconstituees"
      local left = kept == "si-originales" and "si-reconstituees" or "si-originales"
      doc.blocks = doc.blocks:walk({
        Div = function(div)
          if div.classes:includes(left) then return {} end
          if div.classes:includes(kept) then return div.content end
        end,
      })
      return doc
    end,
  },
}
