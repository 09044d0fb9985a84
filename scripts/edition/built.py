"""Read a built book back: its ledger, and what its pages hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from edition.cache.clean import Clean
from edition.checking import Finished
from edition.pages import VERIFICATION
from enquete.errors import EnqueteError
from enquete.survey import Survey, open_survey

LEDGER = "provenance.json"
CHAPTERS = "chapters"
OF_QUARTO = (
    "les pages de Quarto n’ont pas les repères que l’audit lit ; construisez aussi le livre "
    "par le moteur intégré, qui imprime les mêmes chiffres"
)
"""Why the audits of our own pages do not run on a book that Quarto made."""
_ID = re.compile(r'\sid="([^"]+)"')


def read_book(folder: Path) -> Mapping[str, Any]:
    """Read a book's `provenance.json`."""
    file = folder / LEDGER
    if not file.is_file():
        raise EnqueteError(
            "Pas de livre à lire : provenance.json manque.",
            str(file),
            "Construisez le livre : rapport construire.",
        )
    try:
        content = orjson.loads(file.read_bytes())
    except ValueError as error:
        raise EnqueteError(
            f"Le registre du livre est illisible : {error}.",
            str(file),
            "Reconstruisez le livre : rapport construire.",
        ) from error
    if not isinstance(content, dict) or not {"edition", "entries"} <= content.keys():
        raise EnqueteError(
            "Ce fichier n'est pas le registre d'un livre.",
            str(file),
            "Reconstruisez le livre : rapport construire.",
        )
    return content


def finished(
    folder: Path, root: Path, survey: Survey | None = None, *, clean: Clean | None = None
) -> Finished:
    """Return the book of *folder*, made from the project *root*, ready for its checks."""
    return Finished(folder, root, survey or open_survey(root), read_book(folder), clean or Clean())


def page_files(folder: Path) -> list[Path]:
    """Return the pages that a reader reads; Quarto leaves those of chapters in their folder."""
    found = [*folder.glob("*.html"), *(folder / CHAPTERS).glob("*.html")]
    return sorted(file for file in found if file.stem != VERIFICATION)


def pages(folder: Path) -> dict[str, str]:
    """Return the text of each page by its stem; empty for a book without a site."""
    return {file.stem: file.read_text(encoding="utf-8") for file in page_files(folder)}


def by_quarto(folder: Path) -> bool:
    """Tell whether Quarto made the book: its pages have its structure, not ours."""
    return (folder / "site_libs").is_dir()


def page_of(folder: Path, stem: str) -> str:
    """Return the address of a chapter's page from the book's folder."""
    name = f"{stem}.html"
    return f"{CHAPTERS}/{name}" if (folder / CHAPTERS / name).is_file() else name


def anchors(html: str) -> list[str]:
    """Return the ids of a page, in order."""
    return _ID.findall(html)
