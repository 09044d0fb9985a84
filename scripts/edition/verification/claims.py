"""Check what the report affirms in words: each statement kept holds, and the book makes it."""

from __future__ import annotations

from edition.checking import Finished, Outcome
from enquete.affirmations import misbound, read_affirmations, unbound, untrue
from enquete.paths import data_dir

NAME = "affirmations"
TITLE = "Affirmations en mots"


def check(book: Finished) -> Outcome:
    """
    Check the statements of `data/affirmations.yml` on the answers and on the ledger.

    Words of the vocabulary (« plus de la moitié ») were judged when they were printed: a
    chapter that says a false one does not build.
    """
    chapters = set(book.provenance["edition"]["chapters"])
    affirmations = read_affirmations(data_dir(book.root), book.survey.register)
    judged = sum(
        each.chapter in chapters and each.kept is not None for each in affirmations.values()
    )
    worded = sum(entry["kind"] in ("words", "rank") for entry in book.entries)
    faults = (
        *untrue(book.survey, affirmations),
        *unbound(book.entries, affirmations, chapters),
        *misbound(book.entries, affirmations, book.survey.register),
    )
    found = f"{len(faults)} défauts" if faults else "toutes établies"
    said = f"{judged} affirmations, {found} ; {worded} tournures liées à un chiffre"
    return Outcome(NAME, TITLE, judged, said, faults)
