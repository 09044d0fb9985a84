"""Read the PDF: what is on each page, what only screen readers meet, page furniture apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import lru_cache

import pypdfium2

from edition.aside import can_copy
from edition.audit.sheets import PaperPage, Reading, begun

_RARE = re.compile("[\\-\u2010\u2011\u00ad\ufffe\u0002\u200b\u2060\u2063\ufeff]")
_DROPPED = re.compile(
    r"(?<=\d)[\-\u2010\u2011\ufffe\u0002]\s*(?=\d)|[\s\-\u2010\u2011\u00ad\ufffe\u0002\u200b\u2060\u2063\ufeff]+"
)


@dataclass(frozen=True)
class Paper:
    """
    The PDF, as text.

    Attributes:
        alternatives: (page, text) of every text alternative of the tag tree.
        outline: (title, page) of the bookmarks.
        notes: (page, text, page led to) of what links say of themselves.
        metadata: what the file says of itself in words; *about*: all that it says of itself.
    """

    pages: tuple[PaperPage, ...]
    alternatives: tuple[tuple[int, str], ...]
    outline: tuple[tuple[str, int], ...]
    notes: tuple[tuple[int, str, int], ...]
    metadata: tuple[str, ...]
    about: tuple[str, ...]


@lru_cache(maxsize=30_000)
def squeeze(text: str) -> str:
    """
    Return *text* without what line breaking changes: blanks, hyphens between letters.

    A hyphen between digits stays (« L. 112-8 »), written the same way everywhere.

    >>> squeeze("structures parte\ufffenaires, 2\u202f542 en 112-8")
    'structurespartenaires,2542en112-8'
    """
    text = text.replace("\u2019", "'").replace("\u02bc", "'")
    if not _RARE.search(text):
        return "".join(text.split())
    return _DROPPED.sub(
        lambda match: "-" if match[0][0] in "-\u2010\u2011\ufffe\u0002" and _inner(match) else "",
        text,
    )


def _inner(match: re.Match[str]) -> bool:
    text, start, end = match.string, match.start(), match.end()
    return start > 0 and end < len(text) and text[start - 1].isdigit() and text[end].isdigit()


_begun: dict[bytes, tuple[pypdfium2.PdfDocument, Reading]] = {}


@contextmanager
def started(content: bytes) -> Iterator[None]:
    """Let a copy of this process begin to read the PDF that `read_pdf` will be asked for."""
    if not can_copy():
        yield
        return
    with closing(pypdfium2.PdfDocument(content)) as document, begun(document) as pages:
        _begun[content] = document, pages
        try:
            yield
        finally:
            del _begun[content]


@lru_cache(maxsize=2)
def read_pdf(content: bytes) -> Paper:
    """
    Read a PDF.

    Kept for the process: several checks read the same file, and it is their longest work.
    """
    if content in _begun:
        return _paper(*_begun[content])
    with closing(pypdfium2.PdfDocument(content)) as document, begun(document) as pages:
        return _paper(document, pages)


def _paper(document: pypdfium2.PdfDocument, pages: Reading) -> Paper:
    sheets = pages()
    outline = []
    for mark in document.get_toc():
        dest = mark.get_dest()
        outline.append((mark.get_title(), dest.get_index() + 1 if dest else 0))
    about = document.get_metadata_dict()
    return Paper(
        pages=tuple(sheet.page for sheet in sheets),
        alternatives=tuple(
            (sheet.page.number, text) for sheet in sheets for text in sheet.alternatives
        ),
        outline=tuple(outline),
        notes=tuple((sheet.page.number, *note) for sheet in sheets for note in sheet.notes),
        metadata=tuple(value for name, value in about.items() if value and name in _SAID),
        about=tuple(about.values()),
    )


_SAID = frozenset(("Title", "Author", "Subject", "Keywords"))
