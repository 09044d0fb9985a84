"""
What a frozen notebook is made of: the chapter's cells, its inline values, its ledger.

nbval compares the outputs of code cells only. So each inline expression of the prose becomes
a code cell that prints `expression = value`, the first cell sets what our engines set, and
the last one prints every entry of the chapter's ledger: a figure that only a chart draws or
a table holds is compared as text too.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edition.config import Config, read_config
from edition.execution import prelude
from edition.qmd import Cell, Chapter, Inline, Prose, Segment, read_chapters
from enquete.ledger import read_ledger
from enquete.paths import ledger_dir

FOLDER = Path("tests") / "carnets"
_LEDGER = "from edition.frozen import show_ledger\nshow_ledger({chapter!r})"
_LEDGER_LABEL = "registre-du-chapitre"


def frozen_chapters(root: Path) -> list[Chapter]:
    """
    Return the chapters to freeze, as their notebooks hold them.

    Chapters that run after all others read what the others left, which a notebook alone
    cannot repeat: they are not frozen.
    """
    config = read_config(root)
    return [
        comparable(chapter, config)
        for chapter in read_chapters(root, config.sources)
        if chapter.runs_code and not _runs_last(chapter, config)
    ]


def comparable(chapter: Chapter, config: Config) -> Chapter:
    """Return the chapter with its settings, its inline values and its ledger as cells."""
    settings = prelude.source(config.figures, chapter.stem)
    segments: list[Segment] = [_cell(settings, "reglages", 1)]
    for segment in chapter.segments:
        if isinstance(segment, Cell):
            segments.append(segment)
        elif segment.text.strip("\n"):
            segments.append(Prose(segment.text, segment.line, ()))
            segments += [_print_cell(inline) for inline in segment.inlines]
    ledger = _LEDGER.format(chapter=chapter.stem)
    segments.append(_cell(ledger, _LEDGER_LABEL, segments[-1].line))
    return dataclasses.replace(chapter, segments=tuple(segments))


def show_ledger(chapter: str) -> None:
    """Print the ledger that *chapter* has just written, one line a figure."""
    for entry in read_ledger(ledger_dir(), [chapter]):
        print(line(entry))


def line(entry: Mapping[str, Any]) -> str:
    """
    Write what must not change of an entry without being seen.

    Hashes of the data stay out: they would change every line whenever one answer does.
    """
    computed = entry["computation"]
    parts = (
        entry["text"],
        entry["sentence"],
        entry["universe"],
        entry["verdict"],
        json.dumps(computed, ensure_ascii=False, sort_keys=True) if computed else "",
    )
    return f"{entry['id']} = " + " · ".join(part for part in parts if part)


def is_ledger(source: str) -> bool:
    """Tell whether a cell of a notebook is the one that prints the ledger."""
    return source.startswith(_LEDGER.partition("\n")[0])


def _print_cell(inline: Inline) -> Cell:
    """Return a cell that prints an inline value; two of one expression print alike."""
    return _cell(f"print({inline.code!r}, '=', {inline.code})", None, inline.line)


def _cell(code: str, label: str | None, line: int) -> Cell:
    return Cell(code, code, {}, label, line, line, {})


def _runs_last(chapter: Chapter, config: Config) -> bool:
    return chapter.front_matter.get("apres") == "tous" or chapter.path in config.after_all
