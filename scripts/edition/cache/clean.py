"""
The memory of what was found clean: a text that did not change is not examined again.

Only what had no fault is kept, under the hash of all that the finding rests on; what a check
gives with it (which exceptions served) is kept too. A build for publication and `rapport
verifier` examine everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any

import orjson

import edition
import enquete
from edition.cache.conversions import hashes
from edition.cache.keys import digest
from edition.cache.store import read_signed, signed, write_whole

KEPT = 2000
"""Findings kept, those of the last builds: ten states of the book."""
STATES = 3
"""States of a longer book that are kept at least."""
FILE = Path(".rapport") / "cache" / "controles.json"


class Clean:
    """
    Findings by the hash of what they rest on, for one build or, in *root*, for the next ones.

    The file begins with the SHA-256 of its content: one that is damaged is as none.
    """

    def __init__(self, root: Path | None = None) -> None:
        self._file = None if root is None else root / FILE
        self._before = _read(self._file) if self._file else {}
        self._found: dict[str, Any] = {}

    def get(self, key: str) -> Any:
        """Return what was found clean under *key*, None when nothing was."""
        found = self._found.get(key)
        if found is None and (found := self._before.get(key)) is not None:
            self._found[key] = found
        return found

    def put(self, key: str, found: Any) -> None:
        """Remember a clean finding: JSON data, not None."""
        self._found[key] = found

    @property
    def news(self) -> Mapping[str, Any]:
        """Return what was found or met again since the beginning, as JSON data."""
        return self._found

    def learn(self, news: Mapping[str, Any]) -> None:
        """Take over what a copy of this process found."""
        self._found |= news

    def close(self) -> None:
        """Write all down for the next build; a full disk only means that nothing is kept."""
        if self._file is None or self._found.keys() <= self._before.keys():
            return
        older = {key: each for key, each in self._before.items() if key not in self._found}
        kept = {**self._found, **older}  # the most recent first
        last = dict(list(kept.items())[: max(KEPT, STATES * len(self._found))])
        body = orjson.dumps(last)
        with suppress(OSError):
            write_whole(self._file, signed(body))

    @cached_property
    def examined_by(self) -> str:
        """Return the hash of the code that examines: all of ours, and what reads the PDF."""
        folders = [Path(package.__path__[0]) for package in (edition, enquete)]
        reader = metadata.version("pypdfium2")
        return digest([hashes(folders, suffix=".py"), reader])


def _read(file: Path) -> Mapping[str, Any]:
    body = read_signed(file)
    if body is None:
        return {}
    try:
        content = orjson.loads(body)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
