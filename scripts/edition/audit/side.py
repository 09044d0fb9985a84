"""What the site says, as the PDF must say it: read while the PDF is being made."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from edition.audit.matching import Unit
from edition.audit.numbering import Numbering, numbered
from edition.audit.paper import squeeze
from edition.audit.reading import Block, read
from edition.audit.site import page_order, texts_of
from edition.audit.units import units_of
from edition.built import by_quarto
from edition.checking import Finished
from edition.latest import latest
from edition.pages import drawn


@dataclass(frozen=True)
class Side:
    """
    What the site says.

    Attributes:
        pages: the texts of each page; *units*: those that the PDF holds too.
        order: the chapters, in the order of the book.
        drawn: (figure, chart) of all that the charts of each chapter draw.
        rows: the number of each figure's row in the register.
        spoken: what screen readers are told of pictures, squeezed.
        addresses: where the links lead.
    """

    pages: Mapping[str, Sequence[Block]]
    order: Sequence[str]
    numbering: Numbering
    units: Sequence[Unit]
    drawn: Mapping[str, Sequence[tuple[str, str]]]
    rows: Mapping[str, int]
    spoken: Collection[str]
    addresses: Collection[str]


def side_of(book: Finished) -> Side:
    """Return what the site of a book says; kept for the process under the bytes of its pages."""
    return _side(texts_of(book.folder), tuple(book.provenance["edition"]["chapters"]))


def prepare_pdf(book: Finished) -> None:
    """Read what the site says before there is a PDF to compare it with."""
    if not by_quarto(book.folder) and (book.folder / "index.html").is_file():
        side_of(book)


@lru_cache(maxsize=2)
def _side(texts: tuple[tuple[str, str], ...], stems: tuple[str, ...]) -> Side:
    by_name = dict(texts)
    pages = {name: read(html, name) for name, html in texts}
    whole = page_order(stems, pages)
    chapters = {f"{stem}.html" for stem in stems}
    order = [each for each in whole if each in chapters]
    return Side(
        pages=pages,
        order=order,
        numbering=numbered(pages, whole),
        units=[unit for name in order for unit in _units(by_name[name], name)],
        drawn={name: drawn(html, name) for name, html in texts if name in chapters},
        rows=_rows(pages),
        spoken={
            squeeze(block.text)
            for blocks in pages.values()
            for block in blocks
            if block.kind in ("@aria-label", "@alt")
        },
        addresses={
            run.node.attributes.get("href", "")
            for blocks in pages.values()
            for block in blocks
            for run in block.runs
        },
    )


@latest
def _units(html: str, name: str) -> tuple[Unit, ...]:
    return tuple(units_of(read(html, name)))


def _rows(pages: Mapping[str, Sequence[Block]]) -> dict[str, int]:
    return {
        run.node.attributes["id"].removeprefix("reg-"): int(block.text[run.start : run.end])
        for blocks in pages.values()
        for block in blocks
        for run in block.runs
        if run.node.attributes.get("id", "").startswith("reg-")
        and block.text[run.start : run.end].strip().isdigit()
    }
