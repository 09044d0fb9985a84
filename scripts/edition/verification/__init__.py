"""
Check a finished book: every check in a fixed order, a summary, a page and a file.

A check is a function `check(book) -> Outcome` of its own module; `CHECKS` is the only place
that lists them.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import edition
from edition import accepted, audit, other_formats, privacy, recounting
from edition.aside import can_copy
from edition.audit.site import read_pages
from edition.built import LEDGER, finished
from edition.cache.clean import Clean
from edition.checking import Check, Finished, Outcome
from edition.garbage import no_collection
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

# They read the pages, what these load, the ledger and the project: all there when the PDF is begun.
AHEAD: tuple[Check, ...] = (
    published.check,
    recounting.check,
    claims.check,
    audit.check_html,
    carnets.check,
    accepted.check,
)

# It waits for another process.
BESIDE = recounting.check

# As long as the audit of the site alone.
LIGHTER: tuple[Check, ...] = tuple(check for check in AHEAD if check is not audit.check_html)

# As long as all the others together.
APART: tuple[Check, ...] = (audit.check_pdf, privacy.check)

__all__ = [
    "CHECKS",
    "Ahead",
    "Verified",
    "ahead",
    "all_faults",
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
    if not known and integrity.malformed(book.entries):
        return (integrity.check(book),)
    if not known and set(APART) <= set(checks):
        with suppress(EnqueteError):  # said by the checks that read the pages
            read_pages(book.folder)  # once, before the second process

    def ran(check: Check, book: Finished) -> Outcome:
        return known[check] if check in known else _ran(check, book)

    # With the others known, what is left is to read the PDF: `edition.audit.paper` shares it out.
    return run_all(checks, book, ran, () if known else APART)


@dataclass(frozen=True)
class Ahead:
    """
    What was found before the PDF was there.

    Attributes:
        book: the book, as far as it was; *ledger*: the bytes of its `provenance.json`.
        outcomes: those of the checks that needed no more.
    """

    book: Finished
    ledger: bytes
    outcomes: Mapping[Check, Outcome]


def ahead(folder: Path, root: Path, *, cache: bool = False) -> Ahead:
    """
    Check what can be before the PDF of *folder* is there.

    With *cache*, what was found clean in the same bytes before is not examined again.
    """
    ledger = (folder / LEDGER).read_bytes()
    book = finished(folder, root, clean=Clean(root) if cache else None)
    if integrity.malformed(book.entries):
        return Ahead(book, ledger, {})
    with no_collection():
        return Ahead(book, ledger, _all_ahead(book))


def prepare(known: Ahead) -> None:
    """Read what the checks that are left will ask for."""
    with no_collection(), suppress(EnqueteError):  # said by the checks themselves
        audit.prepare_pdf(known.book)
        integrity.prepare(known.book)


def _all_ahead(book: Finished) -> Mapping[Check, Outcome]:
    """Run the checks of `AHEAD`: in two processes, or beside the one that recounts."""
    if can_copy():
        found = run_all(AHEAD, book, _ran, LIGHTER, _read_files)
        return dict(zip(AHEAD, found, strict=True))
    with ThreadPoolExecutor(max_workers=1) as pool:
        beside = pool.submit(_ran, BESIDE, book)
        outcomes = {check: _ran(check, book) for check in AHEAD if check is not BESIDE}
        _read_files(book)
        return {**outcomes, BESIDE: beside.result()}


def _read_files(book: Finished) -> None:
    with suppress(EnqueteError):  # said by the check itself
        privacy.prepare(book)


def verify(
    folder: Path,
    root: Path,
    survey: Survey | None = None,
    *,
    draft: bool = False,
    known: Ahead | None = None,
    cache: bool = False,
) -> Verified:
    """
    Run every check on the book of *folder* and write what they found into it.

    What a previous verification wrote there goes first: the checks see the same book
    however often they run. What is *known* of the same ledger is taken as it is; *cache* is
    as for `ahead`.
    """
    for name in (f"{VERIFICATION}.html", JSON):
        (folder / name).unlink(missing_ok=True)
    outcomes: Mapping[Check, Outcome] = MappingProxyType({})
    if known and known.ledger == (folder / LEDGER).read_bytes():
        book, outcomes = known.book, known.outcomes
    else:
        book = finished(folder, root, survey, clean=Clean(root) if cache else None)
    _offer_recount(folder)
    found = run(book, known=outcomes)
    figures = published.compared(book) if len(found) > 1 else ()
    write_json(as_json(found, figures, draft=draft), folder)
    page.write_page(book, found, figures, draft=draft)
    book.clean.close()
    return Verified(book, found)


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
