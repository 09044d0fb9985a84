"""Compare two editions of the report: figures, words, and why they changed."""

from __future__ import annotations

from edition.comparison.changes import Change, Changes, compare
from edition.comparison.sources import Source, read
from edition.comparison.state import Line, State, from_json, from_ledger, to_json

__all__ = [
    "Change",
    "Changes",
    "Line",
    "Source",
    "State",
    "compare",
    "from_json",
    "from_ledger",
    "read",
    "to_json",
]
