"""
Run the checks of one book in two processes, with the outcomes of one.

A check only reads the finished folder, so that none needs another's result. The second process
is a copy of this one (`fork`): it has the book, the answers and the pages as they were read.
Where there is no safe copy (another system than Linux, one processor, other threads), and
whenever the copy does not answer, the checks run here, one after the other.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from edition.checking import Check, Finished, Outcome
from enquete.errors import EnqueteError

Run = Callable[[Check, Finished], Outcome]


def run_all(
    checks: Sequence[Check], book: Finished, run: Run, apart: Sequence[Check]
) -> tuple[Outcome, ...]:
    """Return the outcome of each check, in order; those of *apart* may run in a second process."""
    other = [index for index, check in enumerate(checks) if check in apart]
    with _no_collection():
        if len(other) == len(checks) or not other or not _can_copy():
            return tuple(run(check, book) for check in checks)
        process, pipe = _copy(lambda: [run(checks[index], book) for index in other])
        try:
            here = {i: run(check, book) for i, check in enumerate(checks) if i not in other}
        finally:
            there = _answer(process, pipe, len(other))  # no process is left behind
        found = here | dict(zip(other, there, strict=False))
        return tuple(found[i] if i in found else run(check, book) for i, check in enumerate(checks))


@contextmanager
def _no_collection() -> Iterator[None]:
    """Look for no garbage meanwhile: all that checks read is alive until they end."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _can_copy() -> bool:
    return (
        sys.platform == "linux"
        and len(os.sched_getaffinity(0)) > 1
        and threading.active_count() == 1  # what another thread holds is held for ever in a copy
    )


def _copy(work: Callable[[], Sequence[Outcome]]) -> tuple[int, int]:
    """Start *work* in a copy of this process, and return its id and what it will write to."""
    read, write = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads of libraries, idle
        process = os.fork()
    if process:
        os.close(write)
        return process, read
    status = 1
    try:
        os.close(read)
        with os.fdopen(write, "wb") as pipe:
            pipe.write(json.dumps([_to_json(each) for each in work()]).encode())
        status = 0
    finally:
        os._exit(status)  # nothing of the parent's is written twice, whatever happened


def _answer(process: int, pipe: int, count: int) -> list[Outcome]:
    """Return what the copy found; nothing if it failed, so that its checks run again here."""
    with os.fdopen(pipe, "rb") as file:
        written = file.read()
    _, status = os.waitpid(process, 0)
    if status:
        return []
    with suppress(ValueError, TypeError, KeyError):
        found = [_from_json(each) for each in json.loads(written)]
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
