"""Texts as rows of eight-byte words, and two tables that give each of many its number."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]
"""One row a rank (first eight bytes, next eight…), one column a text; zeros after its end."""
Places = npt.NDArray[np.intp]
Numbers = npt.NDArray[np.signedinteger[Any]]

FEW = 512
"""Texts that `Few` can hold: their numbers fit sixteen bits, their slots the cache."""

_WORD = 8
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(_WORD + 1)], dtype=np.uint64)
_MIX = 0x9E3779B97F4A7C15  # odd: no bit of a word is lost


def cut(raw: bytes, starts: Places, ends: Places) -> Words:
    """Return the cells of *raw*, given where each begins and ends, in their order."""
    lengths = ends - starts
    ranks = max(1, -(-int(lengths.max()) // _WORD))
    room = int(starts[-1]) + 1
    if room + ranks * _WORD > len(raw):
        raw += bytes(ranks * _WORD)
    every = np.ndarray(room, f"V{ranks * _WORD}", raw, strides=(1,))
    rows = every[starts].view("<u8").reshape(-1, ranks)
    words = np.empty((ranks, len(starts)), dtype=np.uint64)
    for rank in range(ranks):
        rest = lengths - rank * _WORD if rank else lengths
        np.bitwise_and(rows[:, rank], _MASKS.take(np.clip(rest, 0, _WORD)), out=words[rank])
    return words


def words_of(texts: Sequence[bytes]) -> Words:
    """Return the words of *texts*, at least one."""
    lengths = np.fromiter(map(len, texts), dtype=np.intp, count=len(texts))
    ends = np.cumsum(lengths)
    return cut(b"".join(texts), ends - lengths, ends)


def texts_of(words: Words) -> list[bytes]:
    """Return the texts again; none holds a zero byte."""
    rows = np.ascontiguousarray(words.T, dtype="<u8")
    texts: list[bytes] = rows.view(f"S{_WORD * len(words)}")[:, 0].tolist()
    return texts


def side_by_side(blocks: Sequence[Words]) -> Words:
    """Return the columns of all *blocks*, which may differ in ranks."""
    ranks = max(map(len, blocks))
    return np.concatenate([np.pad(each, ((0, ranks - len(each)), (0, 0))) for each in blocks], 1)


class Few:
    """
    Finds texts among at most `FEW`, each in a slot of its own.

    The slot is the top bits of a product; multipliers are tried until no two texts share one.
    """

    def __init__(self, known: Words) -> None:
        self._known, texts = known, known.shape[1]
        size = max(4, (texts**2 // 4).bit_length())
        self._shift = np.uint64(64 - size)
        for attempt in count():
            if attempt % 64 == 63:  # a larger table: chance then suffices
                self._shift -= np.uint64(1)
            self._first = attempt * len(self._known)
            slots = self._slots(self._known)
            if len(np.unique(slots)) == texts:
                break
        self._numbers = np.zeros(1 << (64 - int(self._shift)), dtype=np.int16)
        self._numbers[slots] = np.arange(texts)

    def find(self, words: Words) -> tuple[Numbers, Places]:
        """Return a number for each text, and which texts are not among those that it has."""
        numbers = self._numbers[self._slots(words)]
        return numbers, np.flatnonzero(_different(words, self._known, numbers))

    def _slots(self, words: Words) -> Places:
        return (_mixed(words, self._first) >> self._shift).view(np.intp)


class Many:
    """Finds texts among any number, those near each other in its order the quickest."""

    def __init__(self, words: Words) -> None:
        self._words = words
        keys = self._keys_of(words)
        self._order: Places | None = None
        if not (keys[1:] > keys[:-1]).all():
            self._order = np.argsort(keys)
            keys = keys[self._order]
        self._keys = keys

    @property
    def distinct(self) -> bool:
        """Tell whether no two texts are the same; two that only look so are held as such."""
        return bool((self._keys[1:] != self._keys[:-1]).all())

    def find(self, words: Words) -> tuple[Numbers, Places]:
        """Return a number for each text, and which texts are not among those that it has."""
        numbers = np.searchsorted(self._keys, self._keys_of(words))
        np.minimum(numbers, len(self._keys) - 1, out=numbers)
        if self._order is not None:
            numbers = self._order[numbers]
        missing = np.flatnonzero(_different(words, self._words, numbers))
        return numbers.astype(np.int32), missing

    def _keys_of(self, words: Words) -> Words:
        """Give equal texts equal keys, others rarely; short texts in alphabetical order."""
        return words[0].byteswap() if len(self._words) == 1 else _mixed(words)


def _different(words: Words, known: Words, numbers: Numbers) -> npt.NDArray[np.bool_]:
    """Tell which texts are not the known ones of these numbers: equal keys are not yet texts."""
    differs: npt.NDArray[np.bool_] = words[0] != known[0][numbers]
    for rank in range(1, max(len(words), len(known))):
        ours: Any = words[rank] if rank < len(words) else 0
        theirs: Any = known[rank][numbers] if rank < len(known) else 0
        differs |= ours != theirs
    return differs


def _mixed(words: Words, first: int = 0) -> Words:
    key: Words = words[0] * _multiplier(first)
    for rank, word in enumerate(words[1:], first + 1):
        key = key + word * _multiplier(rank)
    return key


def _multiplier(rank: int) -> np.uint64:
    return np.uint64(_MIX * (2 * rank + 1) % (1 << 64))
