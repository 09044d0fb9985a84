"""The order of the chapters, as `_quarto.yml` gives it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from enquete.paths import root


def book_order(base: Path | None = None) -> tuple[str, ...]:
    """Return the names of the chapters then the appendices; none without a list of them."""
    file = (base or root()) / "_quarto.yml"
    content = yaml.safe_load(file.read_text("utf-8")) if file.is_file() else None
    book = content.get("book") if isinstance(content, dict) else None
    if not isinstance(book, dict):
        return ()
    sources = (*_sources(book.get("chapters")), *_sources(book.get("appendices")))
    return tuple(Path(source).stem for source in sources)


def _sources(listed: Any) -> Iterator[str]:
    """Yield the chapters of a list, those of its parts included."""
    if isinstance(listed, str) and listed.endswith(".qmd"):
        yield listed
    elif isinstance(listed, list):
        for each in listed:
            yield from _sources(each)
    elif isinstance(listed, dict):
        yield from _sources(listed.get("part"))
        yield from _sources(listed.get("chapters"))
