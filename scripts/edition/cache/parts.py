"""The present hash of each thing that a chapter may have read (names: `enquete.reads`)."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from edition.cache.keys import digest, file_digest
from enquete.ledger_file import read_unplaced
from enquete.titles import chapter_title

LARGEST = 4_000_000
"""Bytes of a data file above which its parts are not told apart: any change is of them all."""


class Parts:
    """Hashes of files and parts of files of one project, each computed once."""

    def __init__(self, root: Path, ledger: Path, first: Iterable[str]) -> None:
        """Take the chapters that run *first*: only their ledgers are the register's matter."""
        self._root, self._ledger, self._first = root, ledger, sorted(first)
        self._known: dict[str, str] = {}
        self._split: dict[str, dict[str, str]] = {}

    def digest(self, name: str) -> str:
        """Return the hash of the thing of this name."""
        if name == "registre":
            return self._register()  # changes as chapters end: never remembered
        if name not in self._known:
            self._known[name] = self._computed(name)
        return self._known[name]

    def forget(self) -> None:
        """Read everything again from now on."""
        self._known.clear()
        self._split.clear()

    def _computed(self, name: str) -> str:
        if name.startswith("titre:"):
            return digest(chapter_title(name.removeprefix("titre:"), self._root))
        file, _, part = name.partition("#")
        path = self._root / file
        if part == "description":
            return digest(_description(path))
        if part:
            return self._part(file, path, part)
        if name.endswith("/"):
            return digest(sorted(p.name for p in path.iterdir()) if path.is_dir() else None)
        return file_digest(path)

    def _part(self, file: str, path: Path, part: str) -> str:
        if file not in self._split:
            self._split[file] = _parts(path)
        return self._split[file].get(part) or self._split[file].get("*") or "absent"

    def _register(self) -> str:
        ledgers = read_unplaced(self._ledger)
        return digest([[name, ledgers.get(name)] for name in self._first])


def _parts(path: Path) -> dict[str, str]:
    """Hash each question of a file of answers: its column, or its rows."""
    try:
        if path.stat().st_size > LARGEST:
            return {"*": file_digest(path)}
        lines = csv.reader(io.StringIO(path.read_bytes().decode("utf-8")))
        header = next(lines, [])
        if "question" in header:
            at = header.index("question")
            rows: dict[str, list[list[str]]] = defaultdict(list)
            for line in lines:
                rows[line[at]].append(line)
            return {name: digest([header, held]) for name, held in rows.items()}
        columns = zip(*lines, strict=True)
        return {name: digest(column) for name, column in zip(header, columns, strict=True)}
    except (OSError, ValueError, IndexError, csv.Error):
        return {"*": file_digest(path)}


def _description(path: Path) -> Any:
    """Return the data package without what only repeats its files: their hashes and sizes."""
    try:
        package = json.loads(path.read_bytes())
        for resource in package["resources"]:
            resource.pop("hash", None)
            resource.pop("bytes", None)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return file_digest(path)
    return package
