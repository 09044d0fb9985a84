"""« Vouliez-vous dire … ? »: the nearest known name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def suggestion(wrong: str, known: Iterable[str]) -> str:
    """Return a question with the nearest of *known*, or nothing when none is near."""
    close = difflib.get_close_matches(wrong, list(known), n=1, cutoff=0.6)
    return f" Vouliez-vous dire « {close[0]} » ?" if close else ""
