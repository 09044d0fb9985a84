"""Bring the chapters' ledgers together: `provenance.json`, each figure at its place."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

from edition.config import Config
from edition.execution.model import Executed, Printed
from edition.pages import Page, drawn
from enquete.errors import EnqueteError, raise_all
from enquete.suggest import suggestion

SCHEMA = 1
Entry = dict[str, Any]
Key = tuple[str, str]


def by_figure(entries: Iterable[Entry]) -> dict[Key, Entry]:
    """Index entries by chapter and id; a figure made twice in a chapter keeps its last entry."""
    return {(entry["chapter"], entry["id"]): entry for entry in entries}


def check_prints(executed: Sequence[Executed], entries: Mapping[Key, Entry]) -> None:
    """
    Raise for every number printed under an id that its chapter's ledger does not have.

    A book without any ledger (an essay of the renderer) has nothing to compare.
    """
    if not entries:
        return
    errors = []
    for one in executed:
        stem = one.stem
        known = [figure for chapter, figure in entries if chapter == stem]
        errors += [
            EnqueteError(
                f"Le chiffre « {figure} » est imprimé sans être au registre du chapitre."
                f"{suggestion(figure, known)}",
                f"{one.path}:{line}",
                "Calculez-le par figures.share, figures.count… dans ce chapitre.",
            )
            for figure, line in _printed(one)
            if figure not in known
        ]
    raise_all(errors)


def _printed(executed: Executed) -> Iterable[tuple[str, int]]:
    """Yield the figures that inline expressions print, with their line."""
    mark = 'chiffre="'
    for segment in executed.segments:
        if not isinstance(segment, Printed):
            continue
        for inline, value in zip(segment.source.inlines, segment.values, strict=True):
            for piece in value.split(mark)[1:]:
                yield piece.partition('"')[0], inline.line


def located(entries: Iterable[Entry], pages: Sequence[Page]) -> list[Entry]:
    """
    Return the entries with the anchor of their first print in their chapter's page.

    A figure that only a chart draws has the chart's anchor.
    """
    places: dict[Key, str] = {}
    for page in pages:
        for place in page.prints:
            places.setdefault((page.stem, place.figure), place.anchor)
        for figure, anchor in drawn(page.html, page.file):
            places.setdefault((page.stem, figure), anchor)
    return anchored(entries, places)


def anchored(entries: Iterable[Entry], places: Mapping[Key, str]) -> list[Entry]:
    """
    Return the entries with their anchor.

    One that its page does not show has its line of the register, which is on another page.
    """
    return [
        {**entry, "anchor": places.get((entry["chapter"], entry["id"]), f"reg-{entry['id']}")}
        for entry in entries
    ]


def write(
    entries: Sequence[Entry], config: Config, folder: Path, origin: str, files: Mapping[str, str]
) -> None:
    """Write `provenance.json` into *folder*."""
    about = {
        "schema": SCHEMA,
        "edition": {
            "title": config.title,
            "subtitle": config.subtitle,
            "authors": list(config.authors),
            "date": config.date,
            "origin": origin,
            "chapters": [entry.stem for entry in config.entries],
            "files": dict(sorted(files.items())),
        },
    }
    head = json.dumps(about, ensure_ascii=False, indent=1).removesuffix("\n}")
    written = ",\n".join(_written(orjson.dumps(entry)) for entry in entries)
    listed = f"[\n{written}\n ]" if entries else "[]"
    text = f'{head},\n "entries": {listed}\n}}\n'
    (folder / "provenance.json").write_text(text, "utf-8", newline="\n")


@lru_cache(maxsize=4096)
def _written(entry: bytes) -> str:
    """Return an entry, given on one line, as it stands in the list: most are those of before."""
    lines = json.dumps(orjson.loads(entry), ensure_ascii=False, indent=1).split("\n")
    return "\n".join(f"  {line}" for line in lines)


def origin_of(entries: Iterable[Entry]) -> str:
    """Return `reconstructed` as soon as one figure is; a book without figures is `original`."""
    origins = {entry["data"]["origin"] for entry in entries}
    return "reconstructed" if "reconstructed" in origins else "original"


def files_of(entries: Iterable[Entry]) -> dict[str, str]:
    """Return the SHA-256 of every data file that some figure was computed from."""
    return {name: digest for entry in entries for name, digest in entry["data"]["files"].items()}
