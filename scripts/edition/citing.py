"""
The citations of the book, made by citeproc once for every format and every chapter.

What a style between brackets writes of a citation depends on the works that the book cites, not on
the place: a style that looks at the place (notes, « ibid. ») is asked again in each conversion,
by the filter that reads what is written here (`theme/filtres/citations.lua`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson

from edition.assemble import Book, metadata
from edition.cache.store import write_whole
from edition.config import Config
from edition.joined import Document
from edition.outline import REFERENCE
from edition.pandoc import Job, convert

FILE = "citations.json"
FILTER = "citations.lua"
_PLACED = re.compile(r'class="note"|\bposition=|\bet-al-subsequent-|\bnear-note-distance=')
_LEFT_OUT = {True: "si-originales", False: "si-reconstituees"}
"""The blocks that a book leaves out, by whether its answers are reconstructed."""


def question(document: Document, config: Config, *, reconstructed: bool) -> str:
    """Return each citation of the book once, as a pandoc document; nothing where none is asked."""
    style = config.root / config.csl if config.csl else None
    if style is None or not style.is_file() or _PLACED.search(style.read_text("utf-8")):
        return ""
    outlines = orjson.loads(f"[{','.join(filter(None, document.outlines))}]")
    asked: dict[bytes, Any] = {}
    references = []
    for node in _cited(outlines, _LEFT_OUT[reconstructed]):
        if node["t"] == "Div":
            references.append(node)
        else:
            asked.setdefault(_key(node), node)
    if not asked:
        return ""
    blocks = [*({"t": "Plain", "c": [cite]} for cite in asked.values()), *references]
    return (
        f'{{"pandoc-api-version":{document.version},"meta":{{}},'
        f'"blocks":{orjson.dumps(blocks).decode()}}}'
    )


def answer(asked: str, book: Book, config: Config, theme: Path, folder: Path) -> bytes:
    """Return each citation of a `question`, then the references, before what citeproc wrote."""
    fields = metadata(book, config, cards=False)
    job = Job("json", fields, [theme / "filtres" / FILTER])
    made = orjson.loads(convert(asked, job, folder, "json"))
    before = orjson.loads(asked)["blocks"]
    pairs = [block for pair in zip(before, made["blocks"], strict=False) for block in pair]
    made["meta"] = {}
    made["blocks"] = [*pairs, *made["blocks"][len(before) :]]
    return orjson.dumps(made)


def write(
    document: Document,
    book: Book,
    config: Config,
    theme: Path,
    folder: Path,
    get: Callable[[str, Callable[[], bytes]], bytes],
) -> None:
    """Write into *folder* what the conversions of a book will ask for; *get* may remember it."""
    if asked := question(document, config, reconstructed=book.reconstructed):
        made = get(asked, lambda: answer(asked, book, config, theme, folder))
        write_whole(folder / FILE, made)  # another format may be reading it


def _cited(node: Any, left_out: str) -> Iterator[Any]:
    """Yield the citations of works, and the place of the references."""
    if isinstance(node, list):
        for each in node:
            yield from _cited(each, left_out)
    elif isinstance(node, dict):
        name, classes = node["c"][0][:2] if node.get("t") == "Div" else ("", [])
        if node.get("t") == "Cite":
            if not any(REFERENCE.match(each["citationId"]) for each in node["c"][0]):
                yield node
        elif name == "refs":
            yield node
        elif left_out not in classes:
            for each in node.values():
                yield from _cited(each, left_out)


def _key(cite: Any) -> bytes:
    names = ("citationId", "citationMode", "citationPrefix", "citationSuffix")
    return orjson.dumps([[each[name] for name in names] for each in cite["c"][0]])
