"""Look for no garbage where all that is made stays in use."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collection(*, last: bool = False) -> Iterator[None]:
    """
    Collect no garbage meanwhile: a build keeps nearly all that it makes until it ends.

    Python would look through all of it again and again, to find nothing. When it is the *last*
    thing that the process does, nor is it looked through on the way out.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if last:
            gc.freeze()
        if was:
            gc.enable()
