"""Read the PDF: what is on each page, what only screen readers meet, page furniture apart."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from edition.aside import aside, can_copy
from edition.audit.numbers import find

_HYPHENS = "-\u00ad\u2010\ufffe\u0002"
_BUFFER = 8192
_LONG = 16  # pages that are worth a second process
_RARE = re.compile("[\\-\u2010\u2011\u00ad\ufffe\u0002\u200b\u2060\u2063\ufeff]")
_DROPPED = re.compile(
    r"(?<=\d)[\-\u2010\u2011\ufffe\u0002]\s*(?=\d)|[\s\-\u2010\u2011\u00ad\ufffe\u0002\u200b\u2060\u2063\ufeff]+"
)
# pdfium marks so the hyphen that a line break adds.
_BROKEN = re.compile(r"([^\W\d_]+)[\ufffe\u0002]([^\W\d_]+)")


@dataclass(frozen=True)
class PaperPage:
    """
    A page of the PDF.

    Attributes:
        body: the text of the document, in reading order.
        furniture: the texts marked as artifacts: running head, page number, margin notes.
        drawn: all that it shows, in the order in which it is drawn.
    """

    number: int
    body: str
    furniture: tuple[str, ...]
    drawn: str


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


@lru_cache(maxsize=2)
def read_pdf(content: bytes) -> Paper:
    """
    Read a PDF.

    Kept for the process: several checks read the same file, and it is their longest work.
    """
    document = pypdfium2.PdfDocument(content)
    try:
        sheets = _sheets(document)
        outline = []
        for mark in document.get_toc():
            dest = mark.get_dest()
            outline.append((mark.get_title(), dest.get_index() + 1 if dest else 0))
        about = document.get_metadata_dict()
    finally:
        document.close()
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


@dataclass(frozen=True)
class _Sheet:
    """A page with the text alternatives of its tags, and what its links say and lead to."""

    page: PaperPage
    alternatives: tuple[str, ...]
    notes: tuple[tuple[str, int], ...]


def _sheets(document: Any) -> list[_Sheet]:
    """
    Read all pages; a copy of this process reads every other one of a long document.

    Neighbours are alike: halves would not be, with the tables of the register in one of them.
    """
    count = len(document)
    if count < _LONG or not can_copy():
        return [_sheet(document, index) for index in range(count)]
    others = range(1, count, 2)
    with aside(lambda: [_to_json(_sheet(document, at)) for at in others]) as wait:
        sheets = {at: _sheet(document, at) for at in range(0, count, 2)}
        answer = wait()
    if answer is None:
        sheets |= {at: _sheet(document, at) for at in others}
    else:
        sheets |= {at: _from_json(*each) for at, each in zip(others, answer, strict=True)}
    return [sheets[at] for at in range(count)]


def _sheet(document: Any, index: int) -> _Sheet:
    page = document[index]
    try:
        return _Sheet(
            _page(page, index + 1), tuple(_alternatives(page)), tuple(_notes(document, page))
        )
    finally:
        page.close()


def _to_json(sheet: _Sheet) -> list[Any]:
    page = sheet.page
    return [
        [page.number, page.body, page.furniture, page.drawn],
        sheet.alternatives,
        sheet.notes,
    ]


def _from_json(page: list[Any], alternatives: list[str], notes: list[list[Any]]) -> _Sheet:
    number, body, furniture, shown = page
    return _Sheet(
        PaperPage(number, body, tuple(furniture), shown),
        tuple(alternatives),
        tuple((text, to) for text, to in notes),
    )


def _page(page: Any, number: int) -> PaperPage:
    text_page = page.get_textpage()
    body: list[str] = []
    furniture: list[str] = []
    for artifact, text in _texts(page.raw, text_page.raw):
        if artifact:
            furniture.append(text)
        else:
            body.append(text)
    drawn = text_page.get_text_range()
    text_page.close()
    whole = _BROKEN.sub(_mended, _joined(body))
    shown = tuple(each for each in furniture if each.strip())
    return PaperPage(number, whole, shown, drawn)


def _mended(broken: re.Match[str]) -> str:
    """Return the number word that a line break has cut (« di-zaine »), any other as it was."""
    word = f"{broken[1]}{broken[2]}"
    return word if find(word) else broken[0]


def _joined(pieces: list[str]) -> str:
    """Put pieces of lines together: letters of a chart touch, lines are apart."""
    made: list[str] = []
    last = ""
    for piece in pieces:
        if not piece:
            continue
        close = not last or last[-1].isspace() or piece[0].isspace() or last[-1] in _HYPHENS
        if not close and not (len(last) == 1 or len(piece) == 1):
            made.append("\n")
        made.append(piece)
        last = piece
    return "".join(made)


def _texts(page: Any, text_page: Any) -> Iterator[tuple[bool, str]]:
    """Give the texts of a page in the order of its tags, and whether each is an artifact."""
    buffer = ctypes.create_string_buffer(_BUFFER)
    wide = ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort))
    name = ctypes.create_string_buffer(64)
    wide_name = ctypes.cast(name, ctypes.POINTER(ctypes.c_ushort))
    length = ctypes.c_ulong()
    artifact = "Artifact".encode("utf-16le")

    kind_of, text_of = pdfium.FPDFPageObj_GetType, pdfium.FPDFTextObj_GetText
    marks, mark_at = pdfium.FPDFPageObj_CountMarks, pdfium.FPDFPageObj_GetMark
    name_of = pdfium.FPDFPageObjMark_GetName
    string, form = pdfium.FPDF_PAGEOBJ_TEXT, pdfium.FPDF_PAGEOBJ_FORM

    def walk(
        owner: Any, count: Callable[[Any], int], get: Callable[[Any, int], Any], outer: bool
    ) -> Iterator[tuple[bool, str]]:
        for index in range(count(owner)):
            item = get(owner, index)
            kind = kind_of(item)
            if kind not in (string, form):
                continue
            apart = outer
            if not apart and marks(item):
                name_of(mark_at(item, 0), wide_name, 64, length)
                apart = name.raw[: len(artifact)] == artifact
            if kind == form:
                yield from walk(
                    item, pdfium.FPDFFormObj_CountObjects, pdfium.FPDFFormObj_GetObject, apart
                )
                continue
            size = text_of(item, text_page, wide, _BUFFER)
            if size > 2:
                yield apart, ctypes.string_at(buffer, size - 2).decode("utf-16le", "replace")

    return walk(page, pdfium.FPDFPage_CountObjects, pdfium.FPDFPage_GetObject, False)


def _alternatives(page: Any) -> Iterator[str]:
    """Give the text alternatives of the page's tags (figures, formulas, links)."""
    tree = pdfium.FPDF_StructTree_GetForPage(page)
    if not tree:
        return
    count, child = (
        pdfium.FPDF_StructElement_CountChildren,
        pdfium.FPDF_StructElement_GetChildAtIndex,
    )
    spoken = (pdfium.FPDF_StructElement_GetAltText, pdfium.FPDF_StructElement_GetActualText)
    todo = [
        pdfium.FPDF_StructTree_GetChildAtIndex(tree, index)
        for index in range(pdfium.FPDF_StructTree_CountChildren(tree))
    ]
    while todo:
        element = todo.pop()
        if not element:
            continue
        for get in spoken:
            size = get(element, None, 0)
            if size > 2:
                buffer = ctypes.create_string_buffer(size)
                get(element, buffer, size)
                yield buffer.raw[: size - 2].decode("utf-16le", "replace")
        todo += [child(element, index) for index in range(count(element))]
    pdfium.FPDF_StructTree_Close(tree)


def _notes(document: Any, page: Any) -> Iterator[tuple[str, int]]:
    """Give what the page's links say of themselves, and the page each leads to (0: none)."""
    for index in range(pdfium.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        size = pdfium.FPDFAnnot_GetStringValue(annotation, b"Contents", None, 0)
        if size > 2:
            buffer = ctypes.create_string_buffer(size)
            wide = ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort))
            pdfium.FPDFAnnot_GetStringValue(annotation, b"Contents", wide, size)
            link = pdfium.FPDFAnnot_GetLink(annotation)
            dest = pdfium.FPDFLink_GetDest(document, link) if link else None
            to = pdfium.FPDFDest_GetDestPageIndex(document, dest) + 1 if dest else 0
            yield buffer.raw[: size - 2].decode("utf-16le", "replace"), to
        pdfium.FPDFPage_CloseAnnot(annotation)
