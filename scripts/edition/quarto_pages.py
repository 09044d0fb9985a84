"""Read the pages that Quarto made: the figures they print, what was left in them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edition.qmd import Chapter
from edition.quarto_log import leftovers
from enquete.errors import EnqueteError, raise_all
from enquete.suggest import suggestion

_PRINT = re.compile(r'<a\b[^>]*\bid="([^"]+)" class="chiffre" data-chiffre="([^"]+)"')
_FLOAT = re.compile(r'<figure class="quarto-float quarto-float-fig.*?</figure>', re.DOTALL)
_FLOAT_ID = re.compile(r'id="(fig-[\w-]+?)-caption-')
_DRAWN = re.compile(r'<text\b[^>]*\sdata-chiffre="([^"]+)"')
_FOREIGN = re.compile(r'<script\b[^>]*\ssrc="https?://[^"]*"[^>]*></script>\s*')


@dataclass(frozen=True)
class Page:
    """A page of Quarto's site; *prints* are (anchor, figure) in order."""

    chapter: Chapter
    file: Path
    html: str

    @property
    def prints(self) -> list[tuple[str, str]]:
        """Return the figures that the text prints, in order."""
        return _PRINT.findall(self.html)


def read_pages(made: Path, chapters: Sequence[Chapter], others: Sequence[str]) -> tuple[Page, ...]:
    """Return the page of each chapter; raise when one is missing, or one of *others*."""
    files = [made / Path(chapter.path).with_suffix(".html") for chapter in chapters]
    raise_all(
        [
            EnqueteError(
                f"Quarto n'a pas produit {file.relative_to(made).as_posix()}.",
                "_quarto.yml",
                "Vérifiez « output-dir », « output-file » et la liste des chapitres.",
            )
            for file in [*files, *(made / name for name in others)]
            if not file.is_file()
        ]
    )
    return tuple(
        Page(chapter, file, file.read_text("utf-8"))
        for chapter, file in zip(chapters, files, strict=True)
    )


def check_leftovers(pages: Sequence[Page], typst: str) -> None:
    """Raise for each inline expression that a page or the PDF's source shows unevaluated."""
    raise_all([error for page in pages for error in leftovers(page.html + typst, page.chapter)])


def check_prints(pages: Sequence[Page], entries: Sequence[Mapping[str, Any]]) -> None:
    """
    Raise for every number printed under an id that its chapter's ledger does not have.

    A book without any ledger has nothing to compare.
    """
    errors = []
    for page in pages if entries else ():
        known = {entry["id"] for entry in entries if entry["chapter"] == page.chapter.stem}
        errors += [
            EnqueteError(
                f"Le chiffre « {figure} » est imprimé sans être au registre du chapitre."
                f"{suggestion(figure, known)}",
                page.chapter.path,
                "Calculez-le par figures.share, figures.count… dans ce chapitre.",
            )
            for figure in dict.fromkeys(figure for _, figure in page.prints)
            if figure not in known
        ]
    raise_all(errors)


def places(pages: Sequence[Page]) -> dict[tuple[str, str], str]:
    """Return the anchor of each figure's first print in its chapter, else of its chart."""
    found: dict[tuple[str, str], str] = {}
    for page in pages:
        stem = page.chapter.stem
        for anchor, figure in page.prints:
            found.setdefault((stem, figure), anchor)
        for shown in _FLOAT.findall(page.html):
            if ident := _FLOAT_ID.search(shown):
                for figure in _DRAWN.findall(shown):
                    found.setdefault((stem, figure), ident[1])
    return found


def without_network(html: str) -> str:
    """Return the page without the scripts that Quarto takes from the network for tables."""
    return _FOREIGN.sub("", html)
