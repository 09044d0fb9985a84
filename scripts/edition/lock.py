"""One build of a project at a time: a lock of the operating system, never a stale file."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from edition.disk import told

POLL = 0.2
_PLACE = 1 << 30  # the byte locked on Windows, beyond the text, which stays readable


@contextmanager
def only_build(path: Path, say: Callable[[str], None]) -> Iterator[bool]:
    """
    Hold the lock file *path* during the block; wait, after saying so, while another has it.

    Gives whether nobody else had it, so that nothing was waited for.

    The system lets the lock go when the process ends, however it ends. Processes started
    meanwhile keep the lock alive (see `inherited`): what a killed build left running cannot
    write beside the next one.
    """
    with told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        free = take(descriptor)
        if not free:
            say(f"Une autre construction est en cours{_owner(descriptor)}, j'attends sa fin.")
            while not take(descriptor):
                time.sleep(POLL)
        with told(path):
            os.ftruncate(descriptor, 0)
            os.lseek(descriptor, 0, os.SEEK_SET)
            os.write(descriptor, str(os.getpid()).encode())
        _held.append(descriptor)
        yield free
    finally:
        with suppress(ValueError):
            _held.remove(descriptor)
        os.close(descriptor)


_held: list[int] = []


def inherited() -> tuple[int, ...]:
    """Return the descriptors that a child process must share to keep the lock alive."""
    return tuple(_held) if sys.platform != "win32" else ()


def _owner(descriptor: int) -> str:
    """Say which process has the lock, as it wrote itself; a hint, not a proof."""
    with suppress(OSError, ValueError):
        os.lseek(descriptor, 0, os.SEEK_SET)
        return f" (processus {int(os.read(descriptor, 20))})"
    return ""


if sys.platform == "win32":
    import msvcrt

    def take(descriptor: int) -> bool:
        """Lock an open file; tell whether nobody else had."""
        os.lseek(descriptor, _PLACE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def take(descriptor: int) -> bool:
        """Lock an open file or folder; tell whether nobody else had."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
