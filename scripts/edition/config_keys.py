"""The keys of `_quarto.yml` that the book may use, and the values that some must have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from edition.yaml_marks import KeyPath, Marked
from enquete.errors import EnqueteError

SHARED = frozenset(
    {"toc", "toc-depth", "toc-title", "number-sections", "number-depth", "lof", "lot"}
    | {"fig-format", "fig-width", "fig-height", "fig-dpi", "callout-icon", "callout-appearance"}
    | {"code-fold", "link-citations", "reference-section-title", "suppress-bibliography"}
)
ALLOWED: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "": frozenset(
            {"project", "book", "lang", "bibliography", "csl", "citeproc", "crossref", "filters"}
            | {"execute", "format", "rapport", "engine", "jupyter", "language"}
            | SHARED
        ),
        "project": frozenset(
            {"type", "output-dir", "execute-dir", "render", "resources", "lib-dir"}
        ),
        "book": frozenset(
            {"title", "subtitle", "author", "date", "date-format", "chapters", "appendices"}
            | {"output-file", "description", "site-url", "repo-url", "cover-image", "license"}
            | {"search", "page-navigation", "favicon", "downloads"}
        ),
        "crossref": frozenset(
            f"{kind}-{part}" for kind in ("fig", "tbl", "sec") for part in ("title", "prefix")
        )
        | {"chapters", "chapters-appendix", "appendix-title", "appendix-delim", "title-delim"},
        # Quarto's place for the word that names a chapter; its `crossref` has none.
        "language": frozenset({"crossref-ch-prefix", "crossref-apx-prefix"}),
        "execute": frozenset({"echo", "warning", "eval", "output", "daemon", "cache", "freeze"}),
        "rapport": frozenset({"limite-par-chapitre", "apres-tous", "carnets", "veille"}),
        "html": SHARED
        | {"theme", "css", "template-partials", "include-in-header", "include-after-body"}
        | {"page-layout", "html-math-method", "embed-resources", "anchor-sections", "grid"}
        | {"smooth-scroll", "minimal", "document-css", "section-divs", "respect-user-color-scheme"},
        "typst": SHARED
        | {"template", "template-partials", "include-in-header", "pdf-standard", "papersize"}
        | {"margin", "mainfont", "fontsize", "font-paths", "section-numbering", "keep-typ"}
        | {"columns", "linestretch", "citeproc", "list-of-figures", "list-of-tables", "variant"},
    }
)
REASONS: Mapping[KeyPath, tuple[Any, str]] = MappingProxyType(
    {
        ("project", "type"): ("book", "seul un livre (« book ») se construit ici"),
        ("project", "execute-dir"): ("project", "les chapitres s'exécutent à la racine du projet"),
        ("execute", "cache"): (False, "le cache de Quarto ne voit pas changer les données"),
        ("execute", "freeze"): (False, "« freeze » ne voit pas changer les données"),
        ("execute", "daemon"): (False, "un noyau gardé en vie garderait d'anciennes données"),
        ("execute", "eval"): (True, "un livre non exécuté n'aurait pas de chiffres"),
        ("engine",): ("jupyter", "seul Jupyter est pris en charge"),
        ("jupyter",): ("python3", "seul le noyau python3 est pris en charge"),
        ("citeproc",): (True, "les citations françaises passent par citeproc"),
    }
)
"""Keys that have one possible value, with the reason that the refusal gives."""


def unknown_keys(source: Marked) -> Iterator[EnqueteError]:
    """Yield an error for each key outside `ALLOWED`, and for a section that is not a mapping."""
    places: list[tuple[str, tuple[str, ...]]] = [("", ())]
    sections = ("project", "book", "crossref", "language", "execute", "rapport")
    places += [(name, (name,)) for name in sections]
    formats = source.value.get("format")
    if isinstance(formats, Mapping):
        for name in formats:
            if name not in ("html", "typst"):
                yield EnqueteError(
                    f"Format « {name} » non pris en charge.",
                    source.where("format", name),
                    "Le livre se fait en html et en typst (PDF).",
                )
            elif formats[name] != "default":
                places.append((name, ("format", name)))
    for name, keys in places:
        node: Any = source.value
        for key in keys:
            node = node.get(key)
        if node is not None and not isinstance(node, Mapping):
            yield EnqueteError(
                f"« {' > '.join(keys)} » doit contenir des clés.", source.where(*keys), "Corrigez."
            )
        for key in node if isinstance(node, Mapping) else ():
            if key not in ALLOWED[name]:
                yield EnqueteError(
                    f"Clé « {' > '.join((*keys, str(key)))} » non prise en charge.",
                    source.where(*keys, key),
                    f"Retirez-la, ou employez : {', '.join(sorted(ALLOWED[name]))}.",
                )


def forced_values(source: Marked) -> Iterator[EnqueteError]:
    """Yield an error for each key of `REASONS` that has another value."""
    for keys, (only, reason) in REASONS.items():
        node: Any = source.value
        for key in keys:
            node = node.get(key) if isinstance(node, Mapping) else None
        if node is not None and (node != only or type(node) is not type(only)):
            shown = str(only).lower() if isinstance(only, bool) else only
            yield EnqueteError(
                f"« {' > '.join(str(k) for k in keys)}: {node} » non pris en charge : {reason}.",
                source.where(*keys),
                f"Écrivez « {keys[-1]}: {shown} » ou retirez la clé.",
            )
