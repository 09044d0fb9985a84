"""The ids of respondents, found in a text: a million of them cost no more than a few."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import filterfalse

_IDENTIFIER = re.compile(r"[A-Za-z]+[-_]?\d{3,}")  # ids that no other word looks like
_DIGITS = "0123456789"


@lru_cache(maxsize=1)
def identifiers(ids: tuple[str, ...]) -> Identifiers:
    """Return what finds the ids of a survey, made once for all who ask."""
    return Identifiers(ids)


class Identifiers:
    """Find the ids of respondents, where ids are like nothing else (`R0412`)."""

    def __init__(self, ids: Sequence[str]) -> None:
        self._ids = ids
        heads = _heads(ids)
        # Each branch starts with its letters, not with \b: a search skips what has none of them.
        either = "|".join(rf"{head}(?<!\w{head})" for head in heads)
        self._like = re.compile(rf"(?:{either})\d{{3,}}\b") if heads else None

    def among(self, text: str) -> bool:
        """Tell whether a text holds an id as a word of its own."""
        found = self._like.findall(text) if self._like else ()
        return bool(found) and not self._known.isdisjoint(found)

    @cached_property
    def _known(self) -> frozenset[str]:  # a million of them, for the rare text that has one
        return frozenset(self._ids)


def _heads(ids: Sequence[str]) -> list[str]:
    """Return what precedes the number in ids that no other word looks like; mostly one for all."""
    own = next(filter(_IDENTIFIER.fullmatch, ids), "").rstrip(_DIGITS)
    if not own:
        return []
    same = re.compile(rf"{own}[0-9]{{3,}}").fullmatch  # in one pass, without a step of Python each
    others = filter(_IDENTIFIER.fullmatch, filterfalse(same, ids))
    return sorted({own, *(each.rstrip(_DIGITS) for each in others)})
