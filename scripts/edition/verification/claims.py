"""Check what the report affirms in words: each statement kept holds, and the book makes it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from edition.cache.keys import digest
from edition.checking import Finished, Outcome
from edition.config import read_config
from edition.qmd import Cell, read_chapters
from enquete.affirmations import Affirmation, misbound, read_affirmations, unbound, untrue
from enquete.captions import Caption, read_captions, unmatched_captions, untrue_captions
from enquete.errors import EnqueteError
from enquete.paths import data_dir
from enquete.survey import Survey

NAME = "affirmations"
TITLE = "Affirmations en mots"


def check(book: Finished) -> Outcome:
    """
    Check the statements of `data/affirmations.yml` on the answers and on the ledger.

    So are the captions of charts, which say a finding too: `data/legendes.yml`.

    Words of the vocabulary (« plus de la moitié ») were judged when they were printed: a
    chapter that says a false one does not build.
    """
    chapters = set(book.provenance["edition"]["chapters"])
    affirmations = read_affirmations(data_dir(book.root), book.survey.register)
    judged = sum(
        each.chapter in chapters and each.kept is not None for each in affirmations.values()
    )
    worded = sum(entry["kind"] in ("words", "rank") for entry in book.entries)
    captions = read_captions(data_dir(book.root), book.survey.register)
    printed = _printed(book, chapters) if captions else {}
    key = digest([NAME, book.clean.examined_by, book.data_digests])
    false = () if book.clean.get(key) else _untrue(book.survey, affirmations, captions)
    if not false:
        book.clean.put(key, 1)
    faults = (
        *false,
        *unbound(book.entries, affirmations, chapters),
        *misbound(book.entries, affirmations, book.survey.register),
        *unmatched_captions(
            printed, {name: each for name, each in captions.items() if each.chapter in chapters}
        ),
    )
    found = f"{len(faults)} défauts" if faults else "toutes établies"
    tied = f" et {len(captions)} légendes" if captions else ""
    said = f"{judged} affirmations{tied}, {found} ; {worded} tournures liées à un chiffre"
    return Outcome(NAME, TITLE, judged + len(captions), said, faults)


def _untrue(
    survey: Survey, affirmations: Mapping[str, Affirmation], captions: Mapping[str, Caption]
) -> tuple[EnqueteError, ...]:
    """Return what the answers do not bear out; they and the statements all stand in `data/`."""
    return (*untrue(survey, affirmations), *untrue_captions(survey, captions))


def _printed(book: Finished, chapters: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return the caption of each chart of the book, and the place where it is written."""
    paths = [path for path in read_config(book.root).sources if Path(path).stem in chapters]
    charted = [path for path in paths if "fig-cap" in (book.root / path).read_text("utf-8")]
    return {
        cell.label: (
            " ".join(str(cell.options["fig-cap"]).split()),
            f"{source.path}, ligne {cell.option_lines['fig-cap']}",
        )
        for source in read_chapters(book.root, charted)
        for cell in source.segments
        if isinstance(cell, Cell) and cell.label and "fig-cap" in cell.options
    }
