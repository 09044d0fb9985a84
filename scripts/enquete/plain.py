"""Large plain CSV files: cells cut and encoded by whole blocks, without a Python loop over rows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

import numpy as np
import numpy.typing as npt

from enquete.columns import Column

BLOCK = 1 << 20
"""Bytes treated at once: they and what is made of them stay in the processor's cache."""
FEW = 512
"""Distinct texts up to which a column has a table of them; above, a dictionary only."""

Words = npt.NDArray[np.uint64]
Places = npt.NDArray[np.intp]

_WORD = 8
_ALIEN = (b'"', b"\r", b"\0")
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(_WORD + 1)], dtype=np.uint64)
_MIX = 0x9E3779B97F4A7C15  # odd: no bit of a word is lost


def read_plain(raw: bytes, expected: Sequence[Sequence[str]]) -> tuple[Column, ...] | None:
    """
    Encode the columns of a file whose every line is plainly one row; skip its first.

    *expected* holds, for each column, texts that it should repeat, or none: the column then
    keeps their list and their order. Quotation marks, other ends of line, blank or uneven
    lines, a last line without end, no row at all and bytes that are not UTF-8 give nothing:
    the careful reader then says what is wrong with them.
    """
    start = raw.find(b"\n") + 1
    if any(sign in raw for sign in _ALIEN) or not raw.endswith(b"\n") or start == len(raw):
        return None
    columns = [_Encoder(texts) for texts in expected]
    while start < len(raw):
        end = raw.rfind(b"\n", start, start + BLOCK) + 1 or raw.find(b"\n", start) + 1
        block = raw[start:end]
        cells = _cells(block, len(columns))
        if cells is None:
            return None
        for column, starts, ends in zip(columns, *cells, strict=True):
            column.add(block, starts, ends)
        start = end
    try:
        return tuple(column.column() for column in columns)
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
    starts = np.concatenate(([0], ends[:-1] + 1))
    return tuple(np.ascontiguousarray(each.reshape(-1, width).T) for each in (starts, ends))  # type: ignore[return-value]


class _Encoder:
    """
    Gives the same number to equal texts of one column.

    The first of neighbours that are equal is looked up for all of them, eight bytes at a
    time, in a table of what the column is expected to hold or has held; then in a dictionary.
    """

    def __init__(self, expected: Sequence[str]) -> None:
        self._expected = tuple(expected)
        self._new: dict[bytes, int] = {}
        self._codes: list[npt.NDArray[np.int32]] = []
        self._table = _table([text.encode() for text in expected]) if expected else None

    def column(self) -> Column:
        """Return all that was added; raises UnicodeDecodeError for other bytes than UTF-8."""
        values = (*self._expected, *map(bytes.decode, self._new)) if self._new else self._expected
        return Column(values, np.concatenate(self._codes))

    def add(self, block: bytes, starts: Places, ends: Places) -> None:
        """Encode the cells of *block* from *starts* to *ends*."""
        words = _words(block, starts, ends)
        heads = np.flatnonzero((words[:, 1:] != words[:, :-1]).any(axis=0)) + 1
        heads = np.concatenate(([0], heads))
        codes = self._looked_up(words[:, heads])
        missing = codes < 0
        if missing.any():
            codes[missing] = self._found(words[:, heads[missing]])
        self._codes.append(np.repeat(codes, np.diff(heads, append=len(starts))))

    def _looked_up(self, words: Words) -> npt.NDArray[np.int32]:
        """Return the numbers of what the table has, -1 for the rest."""
        if self._table is None:
            return np.full(words.shape[1], -1, dtype=np.int32)
        keys, known, numbers = self._table
        at = np.minimum(np.searchsorted(keys, _key(words)), len(keys) - 1)
        same = np.ones(len(at), dtype=np.bool_)
        for ours, theirs in zip_longest(words, known):  # equal keys are not yet equal texts
            same &= (0 if ours is None else ours) == (0 if theirs is None else theirs[at])
        return np.where(same, numbers[at], np.int32(-1))

    def _found(self, words: Words) -> list[int]:
        """Look texts up in the dictionary, which learns those that it has not."""
        new, first = self._new, len(self._expected)
        before = len(new)
        texts = np.ascontiguousarray(words.T, dtype="<u8").view(f"S{_WORD * len(words)}")
        found = [new.setdefault(text, first + len(new)) for text in texts[:, 0].tolist()]
        if not first and before < len(new):
            self._table = _table(list(new)) if len(new) <= FEW else None
        return found


def _table(texts: Sequence[bytes]) -> tuple[Words, Words, npt.NDArray[np.int32]]:
    """Return the keys of *texts* in order, their words and their numbers."""
    lengths = np.fromiter(map(len, texts), dtype=np.intp, count=len(texts))
    ends = np.cumsum(lengths)
    words = _words(b"".join(texts), ends - lengths, ends)
    keys = _key(words)
    order = np.argsort(keys)
    return keys[order], words[:, order], order.astype(np.int32)


def _words(block: bytes, starts: Places, ends: Places) -> Words:
    """Return the cells as rows of eight bytes, zeros after their ends; no text has a zero."""
    lengths = ends - starts
    longest = max(1, -(-int(lengths.max()) // _WORD))
    padded = block + bytes(longest * _WORD)
    every = np.ndarray(len(padded) - _WORD + 1, "<u8", padded, strides=(1,))
    return np.array(
        [
            every[starts + rank * _WORD] & _MASKS[np.clip(lengths - rank * _WORD, 0, _WORD)]
            for rank in range(longest)
        ]
    )


def _key(words: Words) -> Words:
    """Mix the words of each cell into one; equal cells have equal keys, others rarely."""
    key: Words = words[0]
    for rank, word in enumerate(words[1:], 1):
        key = key + word * np.uint64(_MIX * (2 * rank + 1) % (1 << 64))
    return key
