"""Make the EPUB of the book: accessible, complete in itself, the same bytes each time."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from edition.assemble import Book, french_date, read
from edition.config import Config
from edition.dates import day
from edition.native import RECONSTRUCTED, native_job, repacked
from edition.pages import scoped, text_of
from edition.pandoc import convert
from edition.text import french

# pandoc names the page of a chapter by its file: a reader hears that title first.
_NAME = re.compile(r"<title>ch\d+\.xhtml</title>")
_TITLE = re.compile(r"<h1\b[^>]*>(.*?)</h1>", re.DOTALL)
_TITLE_PAGE = re.compile(r'(<section epub:type="titlepage".*?)</section>', re.DOTALL)
_WIDE = re.compile(r'width="([\d.]+)mm"([^>]*?)viewBox="0 0 ([\d.]+) ')
ROOM = 1.04
_NAMES = uuid.uuid5(uuid.NAMESPACE_URL, "urn:rapport:edition")
ACCESSIBILITY: Mapping[str, Any] = {
    "accessModes": ["textual", "visual"],
    "accessModeSufficient": ["textual"],
    "accessibilityFeatures": [
        *("alternativeText", "readingOrder"),
        *("structuralNavigation", "tableOfContents", "displayTransformability"),
    ],
    "accessibilityHazards": ["none"],
    "accessibilitySummary": french(
        "Chaque graphique a un texte de remplacement et un tableau de ses données. Les titres, "
        "les listes, les tableaux et les notes sont balisés. Chaque chiffre est un lien vers sa "
        "ligne du registre."
    ),
}


def make_epub(book: Book, config: Config, theme: Path, work: Path, folder: Path) -> str:
    """Write the EPUB in *folder* and return the name of its file."""
    name = f"{config.output_file}.epub"
    made = work / name
    convert(
        read(book, theme, work).text(),
        native_job(
            "epub3",
            book,
            config,
            theme,
            {**ACCESSIBILITY, **_identity(config), "toc-title": "Sommaire"},
            *("--output", str(made.resolve())),
            *("--css", str((theme / "epub" / "livre.css").resolve())),
            *("--toc", "--toc-depth", "2", "--split-level", "1"),
        ),
        work,
        "json",
    )

    origin = f"{RECONSTRUCTED[0].upper()}{RECONSTRUCTED[1:]}."

    def named(file: str, xml: str) -> str:
        if file.endswith(".svg"):
            return _WIDE.sub(_widened, xml, count=1)
        xml = xml.replace(
            f'<p class="date">{config.date}</p>',
            f'<p class="date">{escape(french_date(config.date))}</p>',
        ).replace('<div class="rights">', '<div class="rights">Licence ')
        if book.reconstructed:
            xml = _TITLE_PAGE.sub(rf'\1<p class="origine">{origin}</p>\n</section>', xml)
        xml = scoped(xml)
        title = _TITLE.search(xml)
        return _NAME.sub(f"<title>{escape(text_of(title[1]))}</title>", xml) if title else xml

    (folder / name).write_bytes(repacked(made.read_bytes(), config.date, named))
    return name


def _widened(found: re.Match[str]) -> str:
    """Leave room at the right of a drawing: a reader has not our fonts, and wider ones."""
    width, view = float(found[1]) * ROOM, float(found[3]) * ROOM
    return f'width="{width:.2f}mm"{found[2]}viewBox="0 0 {view:.2f} '


def _identity(config: Config) -> dict[str, Any]:
    """Return what names this edition: the same title and date have the same identifier."""
    when = day(config.date)
    name = uuid.uuid5(_NAMES, f"{config.title}\n{config.subtitle}\n{config.date}")
    return {
        "identifier": f"urn:uuid:{name}",
        "lang": "fr-FR" if config.lang == "fr" else config.lang,
        "rights": "CC BY 4.0",
        **({"date": when.isoformat()} if when else {}),
    }
