"""
What execution hands to assembly: chapters with their outputs and inline values.

These classes hold results only, in the order of the source; nothing here runs code.
`edition.qmd` describes the source side (`Chapter`, `Prose`, `Cell`, `Inline`), this module
the same things once executed (`Executed`, `Printed`, `Ran`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from edition.qmd import Cell, Chapter, Prose

Output: TypeAlias = Mapping[str, Any]
"""One nbformat 4 output: `stream`, `display_data` or `execute_result`, as plain JSON data."""


@dataclass(frozen=True)
class Printed:
    """
    A stretch of prose and the values of its inline expressions.

    Attributes:
        source: the prose as written, with the position and line of each expression.
        values: Markdown text of each expression, in the order of `source.inlines`.
    """

    source: Prose
    values: tuple[str, ...]

    @property
    def line(self) -> int:
        """Return the line of the chapter file where this prose begins."""
        return self.source.line

    @property
    def markdown(self) -> str:
        """
        Return the prose with every inline expression replaced by its value.

        Values hold no line break, so line *n* of this text is line `line + n` of the file.
        """
        pieces, done = [], 0
        for inline, value in zip(self.source.inlines, self.values, strict=True):
            pieces += [self.source.text[done : inline.start], value]
            done = inline.end
        return "".join([*pieces, self.source.text[done:]])


@dataclass(frozen=True)
class Ran:
    """
    A code cell and its outputs.

    Attributes:
        source: the cell as written (`code`, `options`, `label`, `line`).
        outputs: nbformat outputs, streams merged; empty when the cell was not run.
        execution_count: 1, 2, … in the chapter; None for `eval: false`.
    """

    source: Cell
    outputs: tuple[Output, ...]
    execution_count: int | None

    @property
    def line(self) -> int:
        """Return the line of the chapter file where the cell's fence opens."""
        return self.source.line


Segment: TypeAlias = Printed | Ran


@dataclass(frozen=True)
class Executed:
    """
    A chapter after its one execution.

    Attributes:
        chapter: the scanned source.
        segments: prose and cells in the order of the file.
        seconds: wall time of the execution; never written to any output.
    """

    chapter: Chapter
    segments: tuple[Segment, ...]
    seconds: float = 0.0

    @property
    def path(self) -> str:
        """Return the chapter's path from the project root, with forward slashes."""
        return self.chapter.path

    @property
    def stem(self) -> str:
        """Return the file name without extension (`partie-1`)."""
        return self.chapter.stem

    @property
    def front_matter(self) -> Mapping[str, Any]:
        """Return the chapter's YAML header (empty when it has none)."""
        return self.chapter.front_matter

    def cells(self) -> Iterator[Ran]:
        """Yield the code cells in order."""
        return (segment for segment in self.segments if isinstance(segment, Ran))
