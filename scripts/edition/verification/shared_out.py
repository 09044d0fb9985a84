"""
Run the checks of one book in two processes, with the outcomes of one.

A check only reads the finished folder, so that none needs another's result. The second process
is a copy of this one (`edition.aside`): it has the book, the answers and the pages as they were
read. Without a safe copy, and whenever the copy does not answer, the checks run here, one after
the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from edition.aside import aside, can_copy
from edition.checking import Check, Finished, Outcome
from edition.garbage import no_collection
from enquete.errors import EnqueteError

Run = Callable[[Check, Finished], Outcome]


def run_all(
    checks: Sequence[Check],
    book: Finished,
    run: Run,
    apart: Sequence[Check],
    then: Callable[[Finished], object] = id,
) -> tuple[Outcome, ...]:
    """
    Return the outcome of each check, in order; those of *apart* may run in a second process.

    What *then* finds after them is for `book.clean` alone.
    """
    other = [index for index, check in enumerate(checks) if check in apart]
    with no_collection():
        if len(other) == len(checks) or not other or not can_copy():
            found = tuple(run(check, book) for check in checks)
            then(book)
            return found

        def there_run() -> Any:
            outcomes = [_to_json(run(checks[index], book)) for index in other]
            then(book)
            return {"outcomes": outcomes, "clean": book.clean.news}

        with aside(there_run) as wait:
            here = {i: run(check, book) for i, check in enumerate(checks) if i not in other}
            answer = wait()
            there = _outcomes(answer, len(other))
            if there:
                book.clean.learn(answer["clean"])
        known = here | dict(zip(other, there, strict=False))
        return tuple(known[i] if i in known else run(check, book) for i, check in enumerate(checks))


def _outcomes(answer: Any, count: int) -> list[Outcome]:
    """Return what the copy found; nothing if it failed, so that its checks run again here."""
    with suppress(ValueError, TypeError, KeyError):
        found = [_from_json(each) for each in answer["outcomes"]]
        return found if len(found) == count else []
    return []


def _to_json(outcome: Outcome) -> Mapping[str, Any]:
    if any(type(fault) is not EnqueteError for fault in outcome.faults):
        raise TypeError("a fault that says more than its three texts")
    faults = [[fault.quoi, fault.ou, fault.que_faire] for fault in outcome.faults]
    return {**vars(outcome), "faults": faults}


def _from_json(content: Mapping[str, Any]) -> Outcome:
    faults = tuple(EnqueteError(*fault) for fault in content["faults"])
    return Outcome(**{**content, "faults": faults, "notes": tuple(content["notes"])})
