"""Where a figure stands in the pages of a book: anchors, sentences, charts and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

from edition.built import page_files

_HOLDER = re.compile(
    r'<figure class="figure" id="(?P<fig>[^"]+)">.*?</figure>'
    r'|<div class="tableau" id="(?P<tbl>[^"]+)">.*?</table>',
    re.DOTALL,
)
_PRINT = re.compile(r'<[^>]*\bdata-chiffre="(?P<figure>[^"]+)"[^>]*>')
_ID = re.compile(r'\sid="([^"]+)"')
_TITLE = re.compile(r'<span class="legende-titre">(.*?)</span>', re.DOTALL)
_READING = re.compile(r'<div class="lecture">(.*?)</div>', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Place:
    """One place where a page prints a figure; *anchor* is that of its chart when it draws it."""

    page: str
    anchor: str

    def __str__(self) -> str:
        return f"{self.page}#{self.anchor}"


@dataclass(frozen=True)
class Holder:
    """
    A chart or a table of a page.

    Attributes:
        title: its caption; *reading*: the text under it, which names its question.
        figures: the figures that it prints or draws.
    """

    page: str
    anchor: str
    title: str
    reading: str
    figures: frozenset[str]


def places(book: Path, figure: str) -> list[Place]:
    """Return every place that prints *figure*, page after page, once each."""
    found: dict[Place, None] = {}
    for file in page_files(book):
        html = _read(file)
        if f'data-chiffre="{figure}"' not in html:
            continue
        spans = [(each.span(), each["fig"] or each["tbl"]) for each in _HOLDER.finditer(html)]
        for printed in _PRINT.finditer(html):
            if printed["figure"] != figure:
                continue
            own = _ID.search(printed[0])
            inside = (name for (start, end), name in spans if start < printed.start() < end)
            anchor = own[1] if own else next(inside, "")
            if anchor:
                found[Place(file.relative_to(book).as_posix(), anchor)] = None
    return list(found)


def holders(book: Path) -> Iterator[Holder]:
    """Yield the charts and tables of every page."""
    for file in page_files(book):
        for each in _HOLDER.finditer(_read(file)):
            title = _TITLE.search(each[0])
            reading = _READING.search(each[0])
            yield Holder(
                page=file.relative_to(book).as_posix(),
                anchor=each["fig"] or each["tbl"],
                title=_text(title[1]) if title else "",
                reading=_text(reading[1]) if reading else "",
                figures=frozenset(found["figure"] for found in _PRINT.finditer(each[0])),
            )


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def _text(html: str) -> str:
    return re.sub(r"[ \t\r\n]+", " ", unescape(_TAG.sub("", html))).strip(" |")


class _Block(HTMLParser):
    """
    Collect the text of the innermost block that holds the element with one id.

    A cell alone is a bare number: its whole row is the block.
    """

    BLOCKS = frozenset({"p", "li", "tr", "figure", "dd", "figcaption", "blockquote"})
    CELLS = frozenset({"td", "th"})

    def __init__(self, anchor: str) -> None:
        super().__init__()
        self.anchor = anchor
        self.open: list[tuple[str, list[str]]] = []
        self.wanted = -1
        self.at = -1
        self.found = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.found:
            return
        if tag in self.BLOCKS:
            self.open.append((tag, []))
        if dict(attrs).get("id") == self.anchor and self.open:
            self.wanted = len(self.open) - 1
            self.at = sum(len(piece) for piece in self.open[-1][1])

    def handle_endtag(self, tag: str) -> None:
        if tag in self.CELLS and self.open:
            self.open[-1][1].append(" | ")
        if self.found or not self.open or tag != self.open[-1][0]:
            return
        _, pieces = self.open.pop()
        text = "".join(pieces)
        if len(self.open) == self.wanted:
            self.found = _sentence(text, self.at)
        elif self.open:
            self.open[-1][1].append(text)

    def handle_data(self, data: str) -> None:
        if self.open and not self.found:
            self.open[-1][1].append(data)


def sentence_at(page: Path, anchor: str) -> str:
    """Return the sentence of *page* that holds the element *anchor*, or nothing."""
    if not page.is_file():
        return ""
    block = _Block(anchor)
    block.feed(_read(page))
    return block.found


def _sentence(text: str, position: int) -> str:
    """Cut the sentence around *position*; French spaces stay as they are."""
    breaks = re.finditer(r"[.!?…] (?=[A-ZÀÉÈÊÎÔŒ«])", text)
    ends = [0, *(match.end() for match in breaks), len(text)]
    start = max(end for end in ends if end <= position)
    stop = min((end for end in ends if end > position), default=len(text))
    return re.sub(r"[ \t\r\n]+", " ", text[start:stop]).strip(" |")
