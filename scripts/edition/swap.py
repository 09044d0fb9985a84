"""Put a folder in the place of another in one step, where the system knows how."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

_HERE = -100  # AT_FDCWD
_EXCHANGE = 2  # RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS


def exchange(one: Path, other: Path) -> bool:
    """
    Exchange two folders so that neither name is ever missing; tell whether it was done.

    Python has no name for this call of Linux and macOS. Elsewhere, or on a file system that
    refuses it, nothing is done.
    """
    paths = os.fsencode(one), os.fsencode(other)
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "linux":
            done = library.renameat2(_HERE, paths[0], _HERE, paths[1], ctypes.c_uint(_EXCHANGE))
        elif sys.platform == "darwin":
            done = library.renamex_np(paths[0], paths[1], ctypes.c_uint(_EXCHANGE))
        else:
            return False
    except (OSError, AttributeError, TypeError):
        return False
    return bool(done == 0)
