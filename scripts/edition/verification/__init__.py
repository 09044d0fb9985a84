"""
Check a finished book: every check in a fixed order, a summary, a page and a file.

A check is a function `check(book) -> Outcome` of its own module; `CHECKS` is the only place
that lists them.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import edition
from edition import accepted, audit, other_formats, privacy, recounting
from edition.audit.site import read_pages
from edition.built import finished
from edition.checking import Check, Finished, Outcome
from edition.pages import VERIFICATION
from edition.verification import carnets, claims, integrity, page, published
from edition.verification.report import JSON, all_faults, as_json, holds, summary, write_json
from edition.verification.shared_out import run_all
from enquete.errors import EnqueteError, EnqueteErrors
from enquete.survey import Survey

# In the order in which a reviewer reads them: what follows rests on what precedes.
CHECKS: tuple[Check, ...] = (
    integrity.check,
    published.check,
    recounting.check,
    claims.check,
    audit.check_html,
    audit.check_pdf,
    other_formats.check,
    carnets.check,
    privacy.check,
    accepted.check,
)

# It reads the pages, what they load and the ledger, which are written when the PDF is begun.
AHEAD: tuple[Check, ...] = (audit.check_html,)

# As long as all the others together.
APART: tuple[Check, ...] = (audit.check_pdf, privacy.check)

REFUSED = (
    "Le livre n'est pas publié, le précédent reste en place. "
    "Pour le voir avec ses défauts : rapport construire --brouillon"
)

__all__ = [
    "CHECKS",
    "Gate",
    "Verified",
    "finished",
    "holds",
    "run",
    "summary",
    "verify",
]


@dataclass(frozen=True)
class Verified:
    """
    What the checks of one book found.

    Attributes:
        book: the book; *outcomes*: one for each check, in order.
    """

    book: Finished
    outcomes: tuple[Outcome, ...]

    @property
    def summary(self) -> str:
        """Return the French summary for the terminal."""
        return summary(self.outcomes)

    def raise_faults(self) -> None:
        """Raise every fault at once."""
        if faults := all_faults(self.outcomes):
            raise EnqueteErrors(faults)


def run(
    book: Finished,
    checks: Sequence[Check] = CHECKS,
    known: Mapping[Check, Outcome] = MappingProxyType({}),
) -> tuple[Outcome, ...]:
    """
    Run the checks in order; one that raises an expected error has failed.

    A ledger that has lost its shape stops there: no other check could read it. A check whose
    outcome is *known* does not run again.
    """
    if integrity.malformed(book.entries):
        return (integrity.check(book),)
    if set(APART) <= set(checks):
        with suppress(EnqueteError):  # said by the checks that read the pages
            read_pages(book.folder)  # once, before the second process

    def ran(check: Check, book: Finished) -> Outcome:
        return known[check] if check in known else _ran(check, book)

    return run_all(checks, book, ran, APART)


def verify(
    folder: Path,
    root: Path,
    survey: Survey | None = None,
    *,
    draft: bool = False,
    known: Mapping[Check, Outcome] = MappingProxyType({}),
) -> Verified:
    """
    Run every check on the book of *folder* and write what they found into it.

    What a previous verification wrote there goes first: the checks see the same book
    however often they run. Outcomes that are *known* are taken as they are.
    """
    for name in (f"{VERIFICATION}.html", JSON):
        (folder / name).unlink(missing_ok=True)
    book = finished(folder, root, survey)
    _offer_recount(folder)
    outcomes = run(book, known=known)
    figures = () if integrity.malformed(book.entries) else published.compared(book)
    write_json(as_json(outcomes, figures, draft=draft), folder)
    page.write_page(book, outcomes, figures, draft=draft)
    return Verified(book, outcomes)


class Gate:
    """
    What a build calls on its finished folder before it publishes it.

    It says the summary, and raises the faults unless the book is a *draft*.
    """

    def __init__(
        self, root: Path, *, draft: bool = False, say: Callable[[str], object] = print
    ) -> None:
        self._root, self._draft, self._say = root, draft, say
        self._known: dict[Path, Mapping[Check, Outcome]] = {}

    def ahead(self, folder: Path) -> None:
        """Run the checks that read the site alone, while the PDF is being made."""
        book = finished(folder, self._root)
        if not integrity.malformed(book.entries):
            outcomes = run_all(AHEAD, book, _ran, ())
            self._known[folder] = dict(zip(AHEAD, outcomes, strict=True))

    def __call__(self, folder: Path) -> None:
        """Run all others, and refuse a book that is at fault."""
        known = self._known.pop(folder, {})
        found = verify(folder, self._root, draft=self._draft, known=known)
        self._say(found.summary)
        if holds(found.outcomes):
            return
        if self._draft:
            self._say(str(EnqueteErrors(all_faults(found.outcomes))))
            return
        self._say(REFUSED)
        found.raise_faults()


def _offer_recount(folder: Path) -> None:
    """Put the recount script in the book, for a reader who has nothing else."""
    script = Path(edition.__file__).parents[1] / page.RECOUNT
    if script.is_file():
        shutil.copyfile(script, folder / page.RECOUNT)


def _ran(check: Check, book: Finished) -> Outcome:
    try:
        return check(book)
    except EnqueteErrors as several:
        problems = several.problems
    except EnqueteError as one:
        problems = (one,)
    name = check.__module__.rpartition(".")[2]
    return Outcome(name, f"Vérification « {name} »", 0, "n’a pas pu être menée", problems)
