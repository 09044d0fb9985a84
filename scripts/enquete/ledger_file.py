"""The file of a chapter's ledger: one JSON object a line; imports nothing that computes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson

from enquete import reads
from enquete.errors import EnqueteError


def append(path: Path, *entries: Mapping[str, Any]) -> None:
    """Add entries to a chapter's ledger, one a line."""
    lines = [orjson.dumps(each, option=orjson.OPT_APPEND_NEWLINE) for each in entries]
    with path.open("ab") as ledger:
        ledger.write(b"".join(lines))


def read_ledger(directory: Path, chapters: Iterable[str]) -> list[dict[str, Any]]:
    """Return the entries of *chapters*, in their order and in the order they were printed."""
    entries: list[dict[str, Any]] = []
    for chapter in chapters:
        path = directory / f"{chapter}.jsonl"
        if not path.is_file():
            continue  # a chapter without figures writes no ledger
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                entries.append(orjson.loads(line))
            except orjson.JSONDecodeError as error:
                raise EnqueteError(
                    "Ligne de registre illisible.",
                    f"{path}, ligne {number}",
                    "reconstruire le chapitre.",
                ) from error
    return entries


def read_unplaced(directory: Path) -> dict[str, list[dict[str, Any]]]:
    """
    Return the entries of every chapter that has a ledger, without their line in its source.

    For what is printed of the whole ledger: moving a paragraph must not change it.
    """
    reads.note("registre")
    with reads.unrecorded():
        names = sorted(path.stem for path in directory.glob("*.jsonl"))
        return {
            name: [unplaced(entry) for entry in read_ledger(directory, [name])] for name in names
        }


def unplaced(written: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry without its line."""
    return {**written, "source": {**written["source"], "line": None}}
