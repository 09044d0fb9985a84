"""
Read the pages of a PDF, shared out between this process and a copy of it.

Both take the next page from one queue until none is left: whoever has other work meanwhile reads
fewer. A page is read in the order of its tags, what surrounds the text apart.
"""

from __future__ import annotations

import ctypes
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium

from edition.aside import aside, can_copy
from edition.audit.numbers import find

_HYPHENS = "-\u00ad\u2010\ufffe\u0002"
_BUFFER = 8192
_LONG = 16  # pages that are worth a second process
_RANK = 4  # bytes of a page's rank in the queue
_MOST = 10_000  # ranks that a pipe surely holds
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
class Sheet:
    """A page with the text alternatives of its tags, and what its links say and lead to."""

    page: PaperPage
    alternatives: tuple[str, ...]
    notes: tuple[tuple[str, int], ...]


Reading = Callable[[], list[Sheet]]


@contextmanager
def begun(document: Any) -> Iterator[Reading]:
    """
    Give what reads all the pages of a document; a copy begins at once, if it is a long one.

    It holds inside the block. The pages that the copy does not answer for are read here.
    """
    count = len(document)
    if not _LONG <= count <= _MOST or not can_copy():
        yield lambda: [_read(document, index) for index in range(count)]
        return
    with _queue(count) as queue:

        def there() -> list[Any]:
            return [[index, *_to_json(_read(document, index))] for index in _taken(queue)]

        with aside(there) as wait:

            def reading() -> list[Sheet]:
                sheets = {index: _read(document, index) for index in _taken(queue)}
                for index, *written in wait() or ():
                    sheets[index] = _from_json(*written)
                return [sheets.get(index) or _read(document, index) for index in range(count)]

            try:
                yield reading
            finally:
                list(_taken(queue))  # what nobody asked for need not be read


@contextmanager
def _queue(count: int) -> Iterator[int]:
    """Give the end of a pipe from which several processes can take ranks, each given once."""
    read, write = os.pipe()
    try:
        os.write(write, b"".join(rank.to_bytes(_RANK, "big") for rank in range(count)))
        os.close(write)  # who finds nothing left reads the end
        yield read
    finally:
        os.close(read)


def _taken(queue: int) -> Iterator[int]:
    while rank := os.read(queue, _RANK):
        yield int.from_bytes(rank, "big")


def _read(document: Any, index: int) -> Sheet:
    page = document[index]
    try:
        return Sheet(
            _page(page, index + 1), tuple(_alternatives(page)), tuple(_notes(document, page))
        )
    finally:
        page.close()


def _to_json(sheet: Sheet) -> list[Any]:
    page = sheet.page
    return [
        [page.number, page.body, page.furniture, page.drawn],
        sheet.alternatives,
        sheet.notes,
    ]


def _from_json(page: list[Any], alternatives: list[str], notes: list[list[Any]]) -> Sheet:
    number, body, furniture, shown = page
    return Sheet(
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
