"""« Pourquoi ? » : how many answers each branch may have, found by trying whole numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from enquete import french


@dataclass(frozen=True, slots=True)
class Published:
    """
    Hold what is printed of the two branches, in percent.

    ``problems_well`` is on the answers of those at ease; ``problems_well_of_all`` and
    ``problems`` are on the answers of both branches.
    """

    answers: int
    problems_well: Fraction
    problems_well_of_all: Fraction
    problems: Fraction


@dataclass(frozen=True, slots=True)
class Branches:
    """Hold one solution: answers of each branch, and those coded as problems."""

    well: int
    ill: int
    problems_well: int
    problems_ill: int


@lru_cache
def both(published: Published) -> tuple[Branches, ...]:
    """Return the solutions where the printed number of answers is that of both branches."""
    n = published.answers
    return tuple(each for well in range(1, n) for each in _solutions(published, well, n - well))


@lru_cache
def well_only(published: Published) -> tuple[Branches, ...]:
    """Return the solutions where the printed number of answers is that of those at ease."""
    n = published.answers
    return tuple(each for ill in range(1, n) for each in _solutions(published, n, ill))


def _solutions(published: Published, well: int, ill: int) -> Iterator[Branches]:
    """Yield, for each possible count of problems, the least of them among the ill at ease."""
    total = well + ill
    of_well = _counts(published.problems_well, well)
    of_all = _counts(published.problems_well_of_all, total)
    for counted in range(max(of_well.start, of_all.start), min(of_well.stop, of_all.stop)):
        least = _counts(published.problems, total).start - counted
        if 0 <= least <= ill:
            yield Branches(well, ill, counted, least)


def _counts(printed: Fraction, base: int) -> range:
    """Return the whole numbers whose share of *base* prints as *printed* percent."""
    low, high = (bound * base / 100 for bound in french.rounding_bounds(printed))
    return range(-int(-low // 1), -int(-high // 1))
