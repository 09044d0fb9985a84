"""Columns of repeated texts, held once each: a million answers are a million small integers."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
import numpy.typing as npt

from enquete.lookups import Many, Numbers, Places

Mask = npt.NDArray[np.bool_]

_FEW = 8
_LARGE, _HUGE = np.iinfo(np.int32).max, np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, eq=False)
class Column(Sequence[str]):
    """
    Hold a column as its distinct texts and, for each row, which one it is.

    Attributes:
        values: distinct texts; all of them are in some row, unless the column repeats
            texts of another and shares the list with it.
        codes: for each row, the place of its text in *values*.
        table: where to look texts up in *values*, if another column repeats them.
    """

    values: tuple[str, ...]
    codes: Numbers
    table: Many | None = None

    @classmethod
    def of(cls, texts: Sequence[str]) -> Column:
        """Encode *texts*; a column stays itself."""
        if isinstance(texts, Column):
            return texts
        places: dict[str, int] = {}
        codes = [places.setdefault(text, len(places)) for text in texts]
        return cls(tuple(places), np.array(codes, dtype=np.int32))

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, row: int) -> str: ...
    @overload
    def __getitem__(self, row: slice) -> list[str]: ...
    def __getitem__(self, row: int | slice) -> str | list[str]:
        if isinstance(row, slice):
            return [self.values[code] for code in self.codes[row]]
        return self.values[int(self.codes[row])]

    def __iter__(self) -> Iterator[str]:
        return map(self.values.__getitem__, self.codes.tolist())

    def among(self, texts: Iterable[str]) -> Mask:
        """Tell for each row whether its text is one of *texts*."""
        wanted = frozenset(texts)
        hits = [code for code, value in enumerate(self.values) if value in wanted]
        if len(hits) <= _FEW:  # comparing is ten times quicker than looking up
            found = np.zeros(len(self), dtype=np.bool_)
            for code in hits:
                found |= self.codes == code
            return found
        hit = np.zeros(len(self.values), dtype=np.bool_)
        hit[hits] = True
        return hit[self.codes]

    def where(self, rows: Places) -> Column:
        """Return the column of some rows only, by their numbers."""
        codes = self.codes[rows]
        used = np.zeros(len(self.values), dtype=np.bool_)
        used[codes] = True
        places = np.cumsum(used, dtype=np.int32) - 1
        kept = np.flatnonzero(used).tolist()
        return Column(tuple(self.values[code] for code in kept), places[codes])


def distinct(texts: Sequence[str]) -> Collection[str]:
    """Return the distinct texts of a column, in any order, perhaps with others expected there."""
    return texts.values if isinstance(texts, Column) else set(texts)


def distinct_rows(columns: Sequence[Sequence[str]]) -> set[tuple[str, ...]]:
    """Return the distinct rows that *columns* hold side by side."""
    encoded = [column for column in columns if isinstance(column, Column)]
    if len(encoded) < len(columns):
        return set(zip(*columns, strict=True))
    keys, room = _keys(encoded), math.prod(len(column.values) for column in encoded)
    if room > len(keys):
        rows = np.unique(keys, return_index=True)[1]
    else:  # a row of each number, without sorting them all
        some = np.full(room, -1)
        some[keys] = np.arange(len(keys))
        rows = some[some >= 0]
    return {tuple(column[row] for column in encoded) for row in rows.tolist()}


def unknown(
    columns: Sequence[Sequence[str]], target: Sequence[Sequence[str]]
) -> set[tuple[str, ...]]:
    """Return the rows of *columns* that *target* has not; a row without any text is no row."""
    if len(columns) == 1 and distinct(columns[0]) is distinct(target[0]):
        return set()
    if len(columns) == 1:
        missing = set(distinct(columns[0])) - set(distinct(target[0]))
        return {(value,) for value in missing if value}
    return {row for row in distinct_rows(columns) - distinct_rows(target) if any(row)}


def repeated(columns: Sequence[Sequence[str]]) -> bool:
    """Tell whether two rows hold the same texts in all *columns*."""
    encoded = [column for column in columns if isinstance(column, Column)]
    if len(encoded) < len(columns):
        return len(distinct_rows(columns)) < len(columns[0])
    if len(encoded) == 1:
        return bool((np.bincount(encoded[0].codes) > 1).any())
    keys = _keys(encoded)
    if (keys[1:] > keys[:-1]).all():  # in order already, as most files are
        return False
    ordered = np.sort(keys)
    return bool((ordered[1:] == ordered[:-1]).any())


def _keys(columns: Sequence[Column]) -> Numbers:
    """Give each row a number, the same to equal rows; rows in order mostly have theirs so."""
    *others, last = columns
    keys: Numbers = last.codes
    room = max(len(last.values), 1)
    for column in reversed(others):
        if room * len(column.values) > _HUGE:
            keys = np.unique(keys, return_inverse=True)[1]
            room = len(keys)
        before, room = room, room * max(len(column.values), 1)
        more: Numbers = column.codes.astype(np.int32 if room < _LARGE else np.int64)
        np.multiply(more, before, out=more)  # in place: a million rows are many pages
        keys = np.add(more, keys, out=more)
    return keys
