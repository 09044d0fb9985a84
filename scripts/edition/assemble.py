"""Make one document of the chapters and convert it to HTML and to Typst, side by side."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from edition.citations import with_words
from edition.config import Config
from edition.dates import day
from edition.execution.model import Executed
from edition.joined import Document, joined
from edition.pandoc import Job, convert
from edition.reading import READING, Memory, Nothing, read_chapters
from edition.splice import Picture, Spliced, splice
from edition.tables import flexible_columns
from edition.text import french
from enquete.verbatims import read_verbatims

_DRAWN = re.compile(r'\sdata-chiffre="([^"]+)"')
REGISTER = "registre"
FILTERS = (READING, "origine.lua", "livre.lua", "chiffres.lua")
"""What the configuration may name: the filters of the book, some shared with Quarto."""
CONVERTING = ("champs.lua", *FILTERS[1:], "citations.lua")
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet"),
    *("août", "septembre", "octobre", "novembre", "décembre"),
)
TYPST_OPTIONS = frozenset({"toc-depth", "lof", "lot"})
ORIGIN: Mapping[bool, Mapping[str, str]] = {
    False: {},
    True: {
        "origine": "Réponses reconstituées. Les chiffres de cette édition sont recalculés à "
        "partir de réponses reconstituées d’après le rapport publié, pas des réponses d’origine.",
        "origine-pied": "Chiffres recalculés à partir de réponses reconstituées",
    },
}
"""What the cover and the foot of each page say of the answers, by « reconstructed »."""
Format = Literal["html", "typst"]


@dataclass(frozen=True)
class Book:
    """
    The whole book as Markdown, with the pictures of its chapters.

    Attributes:
        pieces: each chapter in Markdown, after its marker.
        cards: whether a number on the site opens its card (it needs a ledger).
        reconstructed: whether the answers are not the original ones.
        draft: whether the book is not fit for publication.
    """

    pieces: tuple[str, ...]
    chapters: tuple[Spliced, ...]
    cards: bool = False
    reconstructed: bool = False
    draft: bool = False

    @property
    def markdown(self) -> str:
        """Return the chapters as one text."""
        return "\n\n".join(self.pieces)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Return the pictures of all chapters."""
        return tuple(picture for chapter in self.chapters for picture in chapter.pictures)

    @property
    def has_register(self) -> bool:
        """Tell whether numbers have a line in a register to link to."""
        return any(chapter.stem == REGISTER for chapter in self.chapters)


def assemble(
    executed: Sequence[Executed],
    config: Config,
    *,
    cards: bool = False,
    reconstructed: bool = False,
    draft: bool = False,
) -> Book:
    """Join the chapters, in the order of the configuration, each after its marker."""
    places = {entry.path: entry for entry in config.entries}
    echo = bool(config.execute.get("echo", True))
    warning = bool(config.execute.get("warning", True))
    chapters = tuple(splice(one, config.root, echo=echo, warning=warning) for one in executed)
    verbatims = read_verbatims(config.root / "data")
    pieces = []
    part = None
    for chapter in chapters:
        place = places[chapter.path]
        kind = "annexe" if place.kind == "appendix" else "chapitre"
        words = ["chapitre", chapter.stem, chapter.path, kind]
        if place.part and place.part != part:
            words.append(french(place.part))
        part = place.part
        marker = f"```{{=edition}}\n{' '.join(words)}\n```"
        text = with_words(chapter.markdown, verbatims)
        pieces.append(f"{marker}\n\n{text.strip()}\n")
    return Book(tuple(pieces), chapters, cards, reconstructed, draft)


def metadata(book: Book, config: Config, *, cards: bool) -> dict[str, Any]:
    """Return what filters, citeproc and templates read, under Quarto's names."""
    return {
        "title": french(config.title),
        "subtitle": french(config.subtitle),
        "author": [french(name) for name in config.authors],
        "by-author": [{"name": {"literal": french(name)}} for name in config.authors],
        "date": french_date(config.date),
        "lang": config.lang,
        "bibliography": [str(config.root.resolve() / path) for path in config.bibliography],
        **({"csl": str(config.root.resolve() / config.csl)} if config.csl else {}),
        "link-citations": True,
        "crossref": dict(config.crossref),
        "cartes": cards,
        "originales": not book.reconstructed,
        "registre": book.has_register,
        "dessins": drawn(book),
        **({"brouillon": True} if book.draft else {}),
        "edition": {"chapitres": str(len(book.chapters))},
    }


def drawn(book: Book) -> dict[str, str]:
    """Return the first chart that draws each figure, for figures that no sentence prints."""
    result: dict[str, str] = {}
    for picture in book.pictures:
        for figure in _DRAWN.findall(picture.wide):
            result.setdefault(figure, Path(picture.name).stem)
    return result


def french_date(iso: str) -> str:
    """Write an ISO date in French; any other text stays as it is."""
    when = day(iso)
    if not when:
        return iso
    return f"{'1er' if when.day == 1 else when.day} {MONTHS[when.month - 1]} {when.year}"


def _day(date: str) -> dict[str, str]:
    """Return the day that the PDF says it was made on: the edition's, never the build's."""
    when = day(date)
    return {"date-iso": when.isoformat()} if when else {}


def write_pictures(book: Book, folder: Path) -> None:
    """Write the charts where the PDF's source looks for them."""
    pictures = folder / "figures"
    pictures.mkdir(parents=True, exist_ok=True)
    for picture in book.pictures:
        (pictures / picture.name).write_bytes(picture.data)


def read(book: Book, theme: Path, folder: Path, memory: Memory | None = None) -> Document:
    """
    Return the book as pandoc's document, each chapter read by itself.

    What a chapter gives does not depend on the others, nor on the format: *memory* may know
    it. Its typography is done, once for all formats.
    """
    paths = [chapter.path for chapter in book.chapters]
    sources = list(zip(paths, book.pieces, strict=True))
    found = read_chapters(sources, theme, folder, memory or Nothing())
    return joined(found, [chapter.stem for chapter in book.chapters])


def render(
    book: Book, name: Format, config: Config, theme: Path, folder: Path, text: str = ""
) -> str:
    """
    Return the book in one format; *folder* holds its pictures.

    *text* is that of what `read` returned, if it was called.
    """
    text = text or read(book, theme, folder).text()
    made = convert(text, _job(name, book, config, theme), folder, "json")
    return flexible_columns(made) if name == "typst" else made


def _job(name: Format, book: Book, config: Config, theme: Path) -> Job:
    filters = [theme / "filtres" / file for file in CONVERTING]
    fields = metadata(book, config, cards=book.cards and name == "html")
    plain = ("--syntax-highlighting", "none")
    if name == "html":
        return Job("html5", fields, filters, arguments=plain)
    options = {key: value for key, value in config.typst.items() if key in TYPST_OPTIONS}
    # Quotes and citations are already made: Typst must not think about them again.
    return Job(
        "typst-smart-citations",
        {**fields, **options, **ORIGIN[book.reconstructed], **_day(config.date)},
        filters,
        template=theme / "typst" / "modele.typ",
        arguments=("--standalone", *plain),
    )
