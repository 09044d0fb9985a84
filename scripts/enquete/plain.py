"""Large plain CSV files: cells cut and encoded by whole blocks, without a Python loop over rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

import numpy as np

from enquete.columns import Column
from enquete.lookups import (
    FEW,
    Few,
    Many,
    Numbers,
    Places,
    Words,
    cut,
    side_by_side,
    texts_of,
    words_of,
)

BLOCK = 1 << 20
"""Bytes treated at once: they and what is made of them stay in the processor's cache."""

_ALIEN = (b'"', b"\r", b"\0")
_SLACK = 64  # bytes after a block: its last cells are cut as the others, whole words at a time
_SHORT = 4  # words of eight bytes
_TINY = 127  # the largest number of eight bits


def read_plain(file: BinaryIO, expected: Sequence[Column | None]) -> tuple[Column, ...] | None:
    """
    Encode the columns of the rows left in a *file* whose every line is plainly one row.

    *expected* holds, for each column, another whose texts it should repeat, or none: it then
    keeps their list and their order. Quotation marks, other ends of line, blank or uneven
    lines, a last line without end, no row at all and bytes that are not UTF-8 give nothing:
    the careful reader then says what is wrong with them.
    """
    columns = [_Repeating(each) if each and each.values else _Encoder() for each in expected]
    some = False
    while block := file.read(BLOCK) + file.readline():
        if any(sign in block for sign in _ALIEN) or not block.endswith(b"\n"):
            return None
        cells = _cells(block, len(columns))
        if cells is None:
            return None
        padded = block + bytes(_SLACK)
        for column, starts, ends in zip(columns, *cells, strict=True):
            column.add(cut(padded, starts, ends))
        some = True
    try:
        return tuple(column.column() for column in columns) if some else None
    except UnicodeDecodeError:
        return None


def _cells(block: bytes, width: int) -> tuple[Places, Places] | None:
    """Return where the cells of each column begin and end, if all lines have as many."""
    signs = np.frombuffer(block, dtype=np.uint8)
    ends = np.flatnonzero((signs == ord(",")) | (signs == ord("\n")))
    if len(ends) % width:
        return None
    last = (signs[ends] == ord("\n")).reshape(-1, width)
    if last[:, :-1].any() or not last[:, -1].all():
        return None
    starts = np.empty_like(ends)
    starts[0], starts[1:] = 0, ends[:-1] + 1
    return tuple(np.ascontiguousarray(each.reshape(-1, width).T) for each in (starts, ends))  # type: ignore[return-value]


class _Encoder:
    """
    Gives the same number to equal texts of one column, in the order in which they come.

    They are looked up in a table of those seen before. A column that has too many for it is
    cut to its end, then encoded at once: mostly each of its texts is there once. If they are
    long too, a dictionary takes them as they come: cut, they would fill the memory.
    """

    def __init__(self) -> None:
        self._texts: dict[bytes, int] = {}
        self._table: Few | None = None
        self._codes: list[Numbers] = []
        self._many: list[Words] = []

    def add(self, words: Words) -> None:
        """Encode the next cells."""
        if self._many:
            self._many.append(words)
            if len(words) > _SHORT:
                self._codes, self._many = [self._numbered(each) for each in self._many], []
        elif len(self._texts) > FEW:
            self._codes.append(self._numbered(words))
        else:
            self._looked_up(words)

    def _looked_up(self, words: Words) -> None:
        if self._table is None:
            numbers = self._numbered(words)
        else:
            numbers, missing = self._table.find(words)
            if not len(missing):
                self._codes.append(numbers)
                return
            numbers = numbers.astype(np.int32)
            numbers[missing] = self._numbered(words[:, missing])
        known = words_of(list(self._texts))
        if len(self._texts) <= FEW:
            self._table = Few(known)
        elif len(known) <= _SHORT:
            self._codes, self._many = [], [*(known[:, codes] for codes in self._codes), words]
            return
        self._codes.append(numbers)

    def column(self) -> Column:
        """Return all that was added; raises UnicodeDecodeError for other bytes than UTF-8."""
        if self._many:
            return _encoded(side_by_side(self._many))
        codes = np.concatenate(self._codes)
        if len(self._texts) <= _TINY:
            codes = codes.astype(np.int8)
        return Column(tuple(map(bytes.decode, self._texts)), codes)

    def _numbered(self, words: Words) -> Numbers:
        new = self._texts
        return np.array([new.setdefault(text, len(new)) for text in texts_of(words)], np.int32)


def _encoded(words: Words) -> Column:
    """Encode a column of many texts."""
    index, texts = Many(words), texts_of(words)
    if index.distinct:
        codes = np.arange(len(texts), dtype=np.int32)
        return Column(tuple(map(bytes.decode, texts)), codes, index)
    places: dict[bytes, int] = {}
    found = [places.setdefault(text, len(places)) for text in texts]
    return Column(tuple(map(bytes.decode, places)), np.array(found, dtype=np.int32))


class _Repeating:
    """Gives the texts of a column their numbers in another; neighbours are mostly equal."""

    def __init__(self, target: Column) -> None:
        self._values = target.values
        self._table = target.table or Many(words_of([text.encode() for text in target.values]))
        self._new: dict[bytes, int] = {}
        self._codes: list[Numbers] = []

    def add(self, words: Words) -> None:
        """Encode the next cells."""
        heads = np.flatnonzero((words[:, 1:] != words[:, :-1]).any(axis=0)) + 1
        heads = np.concatenate(([0], heads))
        some = words[:, heads]
        numbers, missing = self._table.find(some)
        if len(missing):
            new, first = self._new, len(self._values)
            texts = texts_of(some[:, missing])
            numbers[missing] = [new.setdefault(text, first + len(new)) for text in texts]
        self._codes.append(np.repeat(numbers, np.diff(heads, append=words.shape[1])))

    def column(self) -> Column:
        """Return all that was added; raises UnicodeDecodeError for other bytes than UTF-8."""
        values = (*self._values, *map(bytes.decode, self._new)) if self._new else self._values
        return Column(values, np.concatenate(self._codes))
