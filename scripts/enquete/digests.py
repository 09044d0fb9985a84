"""SHA-256 of files; one of hundreds of megabytes is read once by a process and its children."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

LARGE = 4_000_000
"""Bytes above which a hash is remembered: below, the disk answers as fast as the memory."""
_SETTLED = 2_000_000_000
"""Nanoseconds after which two writes cannot bear the same time, whatever the file system."""

_known: dict[tuple[str, int, int, int, int], str] = {}
_least = [LARGE]


def remember_all() -> None:
    """Remember the hash of any file from now on, in a process whose reads nobody records."""
    _least[0] = 0


def file_digest(path: Path | str) -> str:
    """
    Return the SHA-256 of a file.

    That of a large file (of any, after `remember_all`) is remembered as long as its size and
    times stay, unless it was written just now. Nothing is then opened: whoever records reads
    must note this one.
    """
    state = os.stat(path)  # noqa: PTH116 - names as they come are quicker
    key = (str(path), state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)
    if key in _known:
        return _known[key]
    with open(path, "rb") as file:  # noqa: PTH123
        found = hashlib.file_digest(file, "sha256").hexdigest()
    written = max(state.st_mtime_ns, state.st_ctime_ns)
    if state.st_size > _least[0] and time.time_ns() - written > _SETTLED:
        _known[key] = found
    return found
