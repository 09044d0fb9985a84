"""Make one pandoc document of chapters that were read one by one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

_NUMBERED = re.compile(r"^(.+)-(\d+)$")


def joined(documents: Sequence[str], texts: Sequence[str]) -> str:
    """
    Return the documents, pandoc's JSON of these *texts*, as one.

    A title without an id of its own gets the one that pandoc gives it when it reads the whole
    book: `bilan`, then `bilan-1` in another chapter. Ids that an author wrote stay, and two
    that are alike are reported by the filters.

    Only the numbers of notes that pandoc keeps with citations start again in each chapter: the
    book's style, author and date, makes no use of them.
    """
    read = [json.loads(document) for document in documents]
    used: set[str] = set()
    for document, text in zip(read, texts, strict=True):
        here: set[str] = set()
        for header in _headers(document["blocks"]):
            attributes = header["c"][1]
            alone = attributes[0]
            if not _written(alone, text):
                attributes[0] = _unique(_base(alone, here), used)
            here.add(alone)
            used.add(attributes[0])
    blocks = [block for document in read for block in document["blocks"]]
    whole = {**read[0], "meta": {}, "blocks": blocks}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def _headers(blocks: Sequence[Any]) -> Iterator[Any]:
    for block in blocks:
        if block["t"] == "Header":
            yield block
        elif block["t"] == "Div":
            yield from _headers(block["c"][1])
        elif block["t"] == "BlockQuote":
            yield from _headers(block["c"])


def _written(identifier: str, text: str) -> bool:
    """Tell whether an author gave this id, between braces."""
    return bool(re.search(r"\{[^{}]*#" + re.escape(identifier) + r"(?=[\s}])", text))


def _base(identifier: str, here: set[str]) -> str:
    """Return the id before pandoc told it from an earlier one of the same chapter."""
    found = _NUMBERED.match(identifier)
    return found[1] if found and found[1] in here else identifier


def _unique(base: str, used: set[str]) -> str:
    """Return the first id that is free, numbered as pandoc does."""
    if base not in used:
        return base
    number = 1
    while f"{base}-{number}" in used:
        number += 1
    return f"{base}-{number}"
