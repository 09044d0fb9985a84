"""Make one pandoc document of chapters that were read one by one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from edition.outline import outline

_OUTLINED = '{"t":"RawBlock","c":["edition","esquisse"]}'
"""Says to the filters that the chapter above is an outline."""
_NUMBERED = re.compile(r"^(.+)-(\d+)$")


@dataclass(frozen=True)
class Document:
    """
    The book as pandoc reads it: pieces of its JSON, that no one has to parse again.

    Attributes:
        version: of pandoc's JSON.
        stems: names of the chapters.
        chapters: the blocks of each chapter, after its marker.
        outlines: of each chapter, the blocks with only what others depend on.
    """

    version: str
    stems: tuple[str, ...]
    chapters: tuple[str, ...]
    outlines: tuple[str, ...]

    def text(self, whole: Collection[int] | None = None) -> str:
        """Return the document, with the outlines of all chapters but those that are *whole*."""
        pieces = (
            chapter if whole is None or rank in whole else f"{outlined},{_OUTLINED}"
            for rank, (chapter, outlined) in enumerate(
                zip(self.chapters, self.outlines, strict=True)
            )
        )
        blocks = ",".join(piece for piece in pieces if piece)
        return f'{{"pandoc-api-version":{self.version},"meta":{{}},"blocks":[{blocks}]}}'


def parted(read: Mapping[str, Any], text: str) -> str:
    """
    Return what `joined` needs of one chapter, pandoc's document of this *text*, in four lines.

    The version of the JSON, the titles (id, and whether the author wrote it), the outline, the
    blocks.
    """
    blocks = read["blocks"]
    ids = [header["c"][1][0] for header in _headers(blocks)]
    titles = [[identifier, _written(identifier, text)] for identifier in ids]
    lines = _dump(read["pandoc-api-version"]), _dump(titles), _list(outline(blocks)), _list(blocks)
    return "\n".join(lines)


def joined(documents: Sequence[str], stems: Sequence[str]) -> Document:
    """
    Return the chapters, what `parted` gave of each, as one document.

    A title without an id of its own gets the one that pandoc gives it when it reads the whole
    book: `bilan`, then `bilan-1` in another chapter. Ids that an author wrote stay, and two
    that are alike are reported by the filters.

    Only the numbers of notes that pandoc keeps with citations start again in each chapter: the
    book's style, author and date, makes no use of them.
    """
    used: set[str] = set()
    version, chapters, outlines = "", [], []
    for document in documents:
        version, titles, outlined, blocks = document.split("\n")
        here: set[str] = set()
        before, after = [], []
        for alone, written in orjson.loads(titles):
            before.append(alone)
            after.append(alone if written else _unique(_base(alone, here), used))
            here.add(alone)
            used.add(after[-1])
        if after != before:
            outlined, blocks = _renamed(blocks, after)
        chapters.append(blocks)
        outlines.append(outlined)
    return Document(version, tuple(stems), tuple(chapters), tuple(outlines))


def _renamed(blocks: str, ids: Sequence[str]) -> tuple[str, str]:
    """Return the outline of a chapter and its blocks, with these ids of titles."""
    read = orjson.loads(f"[{blocks}]")
    for header, identifier in zip(_headers(read), ids, strict=True):
        header["c"][1][0] = identifier
    return _list(outline(read)), _list(read)


def _dump(data: Any) -> str:
    return orjson.dumps(data).decode()


def _list(blocks: Sequence[Any]) -> str:
    return _dump(blocks)[1:-1]


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
