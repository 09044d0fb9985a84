"""Remember what was made of each page as it is now."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

Made = TypeVar("Made")


def latest(make: Callable[[str, str], Made]) -> Callable[[str, str], Made]:
    """
    Return *make*, of the HTML of a page and its file name, with a memory of its last answers.

    One for each name: a book holds them all, however long it is, and a process that lives through
    many builds keeps nothing of former pages.
    """
    known: dict[str, tuple[str, Made]] = {}

    @wraps(make)
    def remembered(html: str, name: str) -> Made:
        found = known.get(name)
        if found is None or found[0] != html:
            found = known[name] = html, make(html, name)
        return found[1]

    return remembered
