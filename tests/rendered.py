"""Chapters with made-up outputs, rendered without running any code."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from small_book import make_book, write

from edition import assemble
from edition.config import Config, Entry
from edition.execution.model import Executed, Output, Printed, Ran
from edition.pandoc import pandoc_path
from edition.qmd import scan

ROOT = Path(__file__).resolve().parents[1]
THEME = ROOT / "theme"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><path d="M0 0h9"/></svg>'
CHART = "application/vnd.rapport.graphique+json"


def output(**data: str) -> Output:
    """Return one display; a keyword is a MIME type with `_` for `/`."""
    return {
        "output_type": "display_data",
        "data": {name.replace("_", "/", 1): value for name, value in data.items()},
        "metadata": {},
    }


def svg(wide: str = "") -> Output:
    data: dict[str, Any] = {"image/svg+xml": SVG}
    if wide:
        data[CHART] = {"id": "x", "large": wide, "etroit": wide}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def executed(text: str, path: str, outputs: Mapping[str, Sequence[Output]]) -> Executed:
    """Return a chapter as if run: an inline expression `x` prints 59 % under the id `x`."""
    segments: list[Printed | Ran] = []
    for segment in scan(text, path).segments:
        if hasattr(segment, "inlines"):
            values = tuple(
                f'[59&#160;%]{{.chiffre chiffre="{inline.code}"}}' for inline in segment.inlines
            )
            segments.append(Printed(segment, values))
        else:
            segments.append(Ran(segment, tuple(outputs.get(segment.label or "", ())), 1))
    return Executed(scan(text, path), tuple(segments))


def book_of(
    root: Path,
    chapters: Mapping[str, str],
    outputs: Mapping[str, Sequence[Output]] | None = None,
    *,
    appendices: Sequence[str] = (),
    parts: Mapping[str, str] | None = None,
    cards: bool = True,
    **config: Any,
) -> tuple[assemble.Book, Config]:
    made = make_book(root, dict(chapters))
    entries = tuple(
        Entry(path, "appendix" if path in appendices else "chapter", 1, (parts or {}).get(path))
        for path in chapters
    )
    made = replace(made, entries=entries, **config)
    ran = [executed(text, path, outputs or {}) for path, text in chapters.items()]
    return assemble.assemble(ran, made, cards=cards), made


def rendered(
    root: Path,
    name: assemble.Format,
    chapters: Mapping[str, str],
    outputs: Mapping[str, Sequence[Output]] | None = None,
    **options: Any,
) -> str:
    """Return the book in one format, before it is cut into pages."""
    book, config = book_of(root, chapters, outputs, **options)
    folder = root / "atelier"
    folder.mkdir(exist_ok=True)
    assemble.write_pictures(book, folder)
    return assemble.render(book, name, config, THEME, folder)


def bibliography(root: Path) -> str:
    write(root, "references.bib", "@book{dupont, author={Dupont, A.}, title={T}, date={2020}}\n")
    return "references.bib"


def pandoc(markdown: str, to: str, *arguments: str) -> str:
    command = [pandoc_path(), "--from", "markdown", "--to", to, "--wrap", "none", *arguments]
    done = subprocess.run(
        command, input=markdown, capture_output=True, encoding="utf-8", check=True, timeout=60
    )
    return done.stdout
