"""Read chapters with pandoc: one by one, or several in one process where many are to be read."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import orjson

from edition.execution import cores
from edition.joined import parted
from edition.pandoc import parse, parse_together

READING = "typographie.lua"
TOGETHER = "lecture.lua"
LARGEST = 400_000
"""Letters that one process reads: its memory is bounded."""


class Memory(Protocol):
    """What remembers what was read (`edition.order`)."""

    def knows(self, name: str, text: str) -> bool:
        """Tell whether what a text gave is remembered."""

    def get(self, name: str, text: str, make: Callable[[], bytes]) -> bytes:
        """Return what a text gave, or what *make* gives."""


class Nothing:
    """Remembers nothing."""

    def knows(self, _name: str, _text: str) -> bool:
        """Return False."""
        return False

    def get(self, _name: str, _text: str, make: Callable[[], bytes]) -> bytes:
        """Return what *make* gives."""
        return make()


def read_chapters(
    sources: Sequence[tuple[str, str]], theme: Path, folder: Path, memory: Memory
) -> list[str]:
    """
    Return what `edition.joined.parted` gives of each chapter, a path and its text.

    A fault is said with its chapter: those of a group in which something is wrong are read
    again one by one.
    """
    filters = [theme / "filtres" / READING]
    shutil.copyfile(theme / "filtres" / TOGETHER, folder / TOGETHER)
    missing = [rank for rank, each in enumerate(sources) if not memory.knows(_name(each), each[1])]
    together: dict[int, str] = {}

    def group(ranks: Sequence[int]) -> Mapping[int, str]:
        texts = [sources[rank][1] for rank in ranks]
        documents = parse_together(texts, TOGETHER, filters, folder)
        # What a document becomes takes a twentieth of its memory.
        return dict(zip(ranks, map(parted, documents, texts), strict=True)) if documents else {}

    def chapter(rank: int) -> str:
        path, text = sources[rank]

        def make() -> bytes:
            made = together.get(rank)
            if made is None:
                made = parted(orjson.loads(parse(text, filters, folder, path)), text)
            return made.encode()

        return memory.get(_name(sources[rank]), text, make).decode()

    with ThreadPoolExecutor(max_workers=cores()) as pool:
        if len(missing) > cores():
            for found in pool.map(group, _groups(missing, [len(text) for _, text in sources])):
                together.update(found)
        return list(pool.map(chapter, range(len(sources))))


def _name(source: tuple[str, str]) -> str:
    return f"lecture de {source[0]}"


def _groups(ranks: Sequence[int], lengths: Sequence[int]) -> list[list[int]]:
    """Share chapters out in groups of like length, at least one for each processor."""
    total = sum(lengths[rank] for rank in ranks)
    groups: list[list[int]] = [[] for _ in range(max(cores(), -(-total // LARGEST)))]
    loads = [0] * len(groups)
    for rank in sorted(ranks, key=lambda rank: -lengths[rank]):
        lightest = loads.index(min(loads))
        groups[lightest].append(rank)
        loads[lightest] += lengths[rank]
    return [group for group in groups if group]
