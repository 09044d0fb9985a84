"""Ranges: what is known of a number, and the arithmetic that keeps it true."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from enquete import french
from enquete.errors import EnqueteError

# Nothing that the book prints reaches it; it stands for an absent bound.
ENDLESS = Fraction(10**12)
_NUMBER = r"(?:[-+]?∞|-?\d+(?:,\d+)?(?:/\d+)?)"
_WRITTEN = re.compile(rf"([\[\]])\s*({_NUMBER})\s*;\s*({_NUMBER})\s*([\[\]])")

Edge = tuple[Fraction, bool]  # a bound, and whether it is left out


@dataclass(frozen=True, slots=True)
class Range:
    """
    Hold every value that a number may have, between two bounds.

    A printed « 59 % » may be 58,5 but not 59,5: that bound is open.
    """

    low: Fraction
    high: Fraction
    low_open: bool = False
    high_open: bool = False

    @classmethod
    def point(cls, value: Fraction | int) -> Range:
        """Return the range of a value known exactly."""
        return cls(Fraction(value), Fraction(value))

    @classmethod
    def printed(cls, value: Fraction, decimals: int) -> Range:
        """Return every value that prints as *value*."""
        low, high = french.rounding_bounds(value, decimals)
        # Half away from zero: below zero, it is the low bound that is left out.
        return cls(low, high, low_open=value < 0, high_open=value >= 0)

    @property
    def exact(self) -> bool:
        """Tell whether a single value is possible."""
        return self.low == self.high

    def inside(self, other: Range) -> bool | None:
        """Tell whether every value, no value, or only some (``None``) lies in *other*."""
        low_in = self.low > other.low or (
            self.low == other.low and (self.low_open or not other.low_open)
        )
        high_in = self.high < other.high or (
            self.high == other.high and (self.high_open or not other.high_open)
        )
        if low_in and high_in:
            return True
        apart = self.above(other) or other.above(self)
        return False if apart else None

    def above(self, other: Range) -> bool | None:
        """Tell whether this number is surely greater, surely not, or perhaps (``None``)."""
        edge = self.low_open or other.high_open
        if self.low > other.high or (self.low == other.high and edge):
            return True
        return False if self.high <= other.low else None

    def at_least(self, other: Range) -> bool | None:
        """Tell whether this number is surely not less, surely less, or perhaps (``None``)."""
        less = other.above(self)
        return None if less is None else not less

    def __add__(self, other: Range) -> Range:
        return Range(
            self.low + other.low,
            self.high + other.high,
            self.low_open or other.low_open,
            self.high_open or other.high_open,
        )

    def __neg__(self) -> Range:
        return Range(-self.high, -self.low, self.high_open, self.low_open)

    def __sub__(self, other: Range) -> Range:
        return self + -other

    def __mul__(self, other: Range) -> Range:
        return self._corners(other, lambda a, b: a * b)

    def __truediv__(self, other: Range) -> Range:
        if other.low <= 0 <= other.high:
            raise EnqueteError(
                "Rapport à un nombre qui peut être nul.", "", "comparer par un écart."
            )
        return self._corners(other, lambda a, b: a / b)

    def __abs__(self) -> Range:
        if self.low >= 0:
            return self
        if self.high <= 0:
            return -self
        high, is_open = _extreme(max, [(-self.low, self.low_open), (self.high, self.high_open)])
        return Range(Fraction(0), high, high_open=is_open)

    def _corners(self, other: Range, of: Callable[[Fraction, Fraction], Fraction]) -> Range:
        found = [(of(a, b), x or y) for a, x in self._edges for b, y in other._edges]
        low, high = _extreme(min, found), _extreme(max, found)
        return Range(low[0], high[0], low[1], high[1])

    @property
    def _edges(self) -> tuple[Edge, Edge]:
        return (self.low, self.low_open), (self.high, self.high_open)


def least(ranges: Iterable[Range]) -> Range:
    """Return the range of the smallest of several numbers."""
    several = list(ranges)
    low = _extreme(min, [(each.low, each.low_open) for each in several])
    # The least of all stays under the lowest of the upper bounds.
    high = min((each.high, not each.high_open) for each in several)
    return Range(low[0], high[0], low[1], not high[1])


def greatest(ranges: Iterable[Range]) -> Range:
    """Return the range of the largest of several numbers."""
    return -least(-each for each in ranges)


def interval(text: str) -> Range:
    """
    Read an interval in French notation.

    >>> interval("]50 ; 75[")
    Range(low=Fraction(50, 1), high=Fraction(75, 1), low_open=True, high_open=True)
    >>> interval("[28 ; 100/3[").high
    Fraction(100, 3)
    """
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise EnqueteError(
            f"Intervalle illisible : « {text} ».", "", "l’écrire « ]50 ; 75[ », « ]0 ; +∞[ »…"
        )
    opening, low, high, closing = found.groups()
    read = Range(_bound(low), _bound(high), opening == "]", closing == "[")
    if read.low > read.high:
        raise EnqueteError(f"Intervalle vide : « {text} ».", "", "échanger ses bornes.")
    return read


def _bound(text: str) -> Fraction:
    if text.endswith("∞"):
        return -ENDLESS if text.startswith("-") else ENDLESS
    return Fraction(text.replace(",", "."))


def _extreme(pick: Callable[..., Fraction], edges: list[Edge]) -> Edge:
    """Return the extreme bound; it is reached if one of those that equal it is."""
    value = pick(value for value, _ in edges)
    return value, all(is_open for each, is_open in edges if each == value)


def every(found: Iterable[bool | None]) -> bool | None:
    """Join several certainties: one failure fails, one doubt leaves in doubt."""
    several = tuple(found)
    if False in several:
        return False
    return None if None in several else True
