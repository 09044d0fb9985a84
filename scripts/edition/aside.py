"""
Do a part of some work in a copy of this process, where a copy is safe.

The copy (`fork`) has all that this process has read; what it found comes back as JSON. Where
there is no safe copy (another system than Linux, one processor, other threads, a copy already),
and whenever it does not answer, the caller does that part itself.
"""

from __future__ import annotations

import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import orjson

_COPY: set[int] = set()
"""The process that is a copy, in that process."""


def can_copy() -> bool:
    """Tell whether a copy of this process would be whole, and would have a processor."""
    return (
        sys.platform == "linux"
        and len(os.sched_getaffinity(0)) > 1
        and threading.active_count() == 1  # what another thread holds is held for ever in a copy
        and os.getpid() not in _COPY
    )


@contextmanager
def aside(work: Callable[[], Any]) -> Iterator[Callable[[], Any]]:
    """
    Start *work* in a copy, and give what waits for its answer: JSON data, None if it failed.

    No process is left behind, whatever the block raises.
    """
    process, pipe = _copy(work)
    answers: list[Any] = []

    def wait() -> Any:
        if not answers:
            answers.append(answer(process, pipe))
        return answers[0]

    try:
        yield wait
    finally:
        wait()


def _copy(work: Callable[[], Any]) -> tuple[int, int]:
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
        _COPY.add(os.getpid())
        with os.fdopen(write, "wb") as pipe:
            pipe.write(orjson.dumps(work()))
        status = 0
    finally:
        os._exit(status)  # nothing of the parent's is written twice, whatever happened


def answer(process: int, pipe: int) -> Any:
    """Return what the copy found; None if it failed."""
    with os.fdopen(pipe, "rb") as file:
        written = file.read()
    _, status = os.waitpid(process, 0)
    if status:
        return None
    with suppress(ValueError):
        return orjson.loads(written)
    return None
