"""
The state of an edition: what each figure prints, and what must be known to say why it changed.

A state is made from a ledger, and is what `data/editions/acceptee.json` keeps: one line a
figure, so that git shows which ones moved.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeAlias

Key: TypeAlias = tuple[str, str]
"""Chapter and id."""
_SHORT = 12


@dataclass(frozen=True)
class Line:
    """
    One figure in one chapter.

    Attributes:
        text: what is printed; *label*: what it measures.
        numerator, base, value: the exact numbers, where they are known.
        said: the count in French, with its bounds and its condition.
        computation, code: short hashes of the canonical computation, and of the cell.
        files: the files of answers that it was counted in.
        of: the figures that words are said of; *claim*: the statement that they make.
    """

    text: str
    label: str
    kind: str
    verdict: str
    numerator: int | None
    base: int | None
    value: str | None
    decimals: int
    said: str
    universe: str
    computation: str
    code: str
    files: tuple[str, ...]
    of: tuple[str, ...]
    claim: str


@dataclass(frozen=True)
class State:
    """
    A whole edition.

    Attributes:
        files: SHA-256 of the files of answers; *origin*: `reconstructed` or `original`.
        lines: each figure by chapter and id, in the order of the book.
    """

    origin: str
    files: Mapping[str, str]
    lines: Mapping[Key, Line]


def from_ledger(provenance: Mapping[str, Any]) -> State:
    """Return the state of a ledger (`provenance.json`)."""
    edition = provenance["edition"]
    lines = {(entry["chapter"], entry["id"]): _line(entry) for entry in provenance["entries"]}
    return State(edition["origin"], dict(edition["files"]), lines)


def to_json(state: State) -> dict[str, Any]:
    """Return a state as plain data; what is empty is left out."""
    return {
        "origin": state.origin,
        "files": dict(sorted(state.files.items())),
        "figures": {" ".join(key): _written(line) for key, line in state.lines.items()},
    }


def from_json(content: Mapping[str, Any]) -> State:
    """Read what `to_json` wrote."""
    lines = {}
    for key, written in content["figures"].items():
        chapter, _, name = key.partition(" ")
        lines[chapter, name] = _read(written)
    return State(content["origin"], dict(content["files"]), lines)


def _line(entry: Mapping[str, Any]) -> Line:
    return Line(
        text=entry["text"],
        label=entry["label"],
        kind=entry["kind"],
        verdict=entry["verdict"],
        numerator=entry["numerator"],
        base=entry["base"],
        value=entry["value"],
        decimals=entry["decimals"],
        said=entry["sentence"],
        universe=entry["universe"],
        computation=_short(entry["computation"]) if entry["computation"] else "",
        code=_short(entry["source"]["code"]),
        files=tuple(sorted(entry["data"]["files"])),
        of=tuple(term["id"] for term in entry["terms"]),
        claim=entry.get("claim") or "",
    )


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_SHORT]


_EMPTY: Mapping[str, Any] = {
    "numerator": None, "base": None, "value": None, "decimals": 0, "said": "", "universe": "",
    "computation": "", "code": "", "files": (), "of": (), "claim": "",
}  # fmt: skip


def _written(line: Line) -> dict[str, Any]:
    found = {each.name: getattr(line, each.name) for each in fields(line)}
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in found.items()
        if name not in _EMPTY or value != _EMPTY[name]
    }


def _read(written: Mapping[str, Any]) -> Line:
    found = {**_EMPTY, **written}
    return Line(**{**found, "files": tuple(found["files"]), "of": tuple(found["of"])})
