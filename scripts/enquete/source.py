"""Where a figure was computed: the cell's code, and its line in the chapter."""

from __future__ import annotations

import linecache
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from enquete import reads
from enquete.figure import Source
from enquete.paths import chapter_file, relative

_HERE = str(Path(__file__).resolve().parent)
_FENCE = "```{python"


@dataclass(frozen=True, slots=True)
class Locator:
    """
    Find in the chapter's source the code that is running.

    Our executor, Jupyter, nbval and Quarto give the cell different names and
    line numbers; its text is the same for all of them.
    """

    chapter: str
    root: Path
    _cells: list[tuple[int, str]] = field(default_factory=list, repr=False, compare=False)

    def here(self) -> Source:
        """Return the place of the first frame outside this package."""
        frame = _caller()
        path = chapter_file(self.chapter, self.root)
        name = relative(path, self.root)
        if frame is None:
            return Source(name, None, "")
        lines = linecache.getlines(frame.f_code.co_filename, frame.f_globals)
        if Path(frame.f_code.co_filename).suffix == ".py" and "ipykernel" not in _name(frame):
            # A script or a test, not a cell: its one line says enough.
            return Source(name, None, "".join(lines[frame.f_lineno - 1 : frame.f_lineno]).strip())
        code, skipped = _body("".join(lines))
        start = next((line for line, cell in self._found(path) if cell == code), None)
        line = None if start is None else start + frame.f_lineno - 1 - skipped
        return Source(name, line, code)

    def _found(self, path: Path) -> list[tuple[int, str]]:
        if not self._cells and path.is_file():
            with reads.unrecorded():  # only the line of a cell depends on it
                self._cells.extend(python_cells(path.read_text(encoding="utf-8")))
        return self._cells


def _caller() -> FrameType | None:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_HERE):
        frame = frame.f_back
    return frame


def _name(frame: FrameType) -> str:
    return frame.f_code.co_filename


def _body(code: str) -> tuple[str, int]:
    """Return the code below its ``#|`` options, and how many lines those took."""
    lines = code.splitlines()
    start = 0
    while start < len(lines) and (not lines[start].strip() or lines[start].startswith("#|")):
        start += 1
    return "\n".join(line.rstrip() for line in lines[start:]).rstrip(), start


def python_cells(text: str) -> list[tuple[int, str]]:
    """Return each cell of a chapter: the line of its first line of code, and its code."""
    cells: list[tuple[int, str]] = []
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        if lines[number].startswith(_FENCE):
            end = number + 1
            while end < len(lines) and lines[end].rstrip() != "```":
                end += 1
            body, skipped = _body("\n".join(lines[number + 1 : end]))
            cells.append((number + 2 + skipped, body))
            number = end
        number += 1
    return cells
