"""
What to run for a chapter, and how raw results become its executed form.

Both engines take the same steps and return the same raw results, plain JSON data:

    step    {"code": "…"}           result  {"outputs": […], "count": 1}
            {"expressions": ["…"]}          {"values": [{"data": {…}}, …]}
            anything, when it fails         {"error": {"ename", "evalue", "traceback", …}}

An error ends the chapter: its result is the last one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from edition.execution.errors import cell_failure, inline_failure, inline_refusal
from edition.execution.model import Executed, Output, Printed, Ran, Segment
from edition.qmd import Cell, Chapter, Prose
from enquete.errors import raise_all

Step: TypeAlias = dict[str, Any]
Result: TypeAlias = dict[str, Any]

_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
_CELL_FILE = re.compile(r"<ipython-input-[^>\n]+>|[^\s:]*ipykernel_\d+[/\\]\d+\.py")


@dataclass(frozen=True)
class Job:
    """The execution of one chapter, as it goes to an engine."""

    chapter: Chapter
    steps: tuple[Step, ...]
    prelude: str
    limit: float

    def message(self, number: int) -> dict[str, Any]:
        """Return the job as the JSON line that the warm parent reads."""
        return {
            "job": number,
            "steps": self.steps,
            "prelude": self.prelude,
            "limit": self.limit,
        }


def steps(chapter: Chapter) -> tuple[Step, ...]:
    """List what the kernel is asked, in the order of the file."""
    asked: list[Step] = []
    for segment in chapter.segments:
        if isinstance(segment, Cell):
            if _runs(segment):
                asked.append({"code": segment.code})
        elif segment.inlines:
            asked.append({"expressions": [inline.code for inline in segment.inlines]})
    return tuple(asked)


def executed(chapter: Chapter, results: Sequence[Result], seconds: float) -> Executed:
    """Pair the segments of a chapter with their results; raise its failures in French."""
    remaining = iter(results)
    segments: list[Segment] = []
    for segment in chapter.segments:
        if isinstance(segment, Prose):
            result = next(remaining) if segment.inlines else {"values": []}
            segments.append(Printed(segment, _values(chapter, segment, result)))
        elif not _runs(segment):
            segments.append(Ran(segment, (), None))
        else:
            result = next(remaining)
            if "error" in result:
                raise cell_failure(chapter, segment, result["error"])
            segments.append(Ran(segment, normalised(result["outputs"]), result["count"]))
    return Executed(chapter, tuple(segments), seconds)


def segment_of(chapter: Chapter, step: int) -> Prose | Cell:
    """Return the segment that step number *step* comes from (0 is the first)."""
    active = [s for s in chapter.segments if (_runs(s) if isinstance(s, Cell) else s.inlines)]
    return active[step]


def normalised(outputs: Iterable[Mapping[str, Any]]) -> tuple[Output, ...]:
    """
    Return outputs in the one form that every engine and every run gives.

    Neighbouring streams are merged, stdout first, since a kernel flushes both on timers.
    Memory addresses and the temporary file names of cells are replaced.
    """
    merged: list[dict[str, Any]] = []
    for output in outputs:
        if output["output_type"] != "stream":
            data = {mime: _stable(mime, value) for mime, value in output["data"].items()}
            merged.append({**output, "data": data})
            continue
        run = [other for other in merged[-2:] if other["output_type"] == "stream"]
        if len(merged) > 1 and merged[-1]["output_type"] != "stream":
            run = []
        same = next((other for other in run if other["name"] == output["name"]), None)
        text = _CELL_FILE.sub("<cellule>", _ADDRESS.sub("0x…", output["text"]))
        if same:
            same["text"] += text
        elif run and output["name"] == "stdout":
            merged.insert(len(merged) - 1, {**output, "text": text})
        else:
            merged.append({**output, "text": text})
    return tuple(merged)


def _runs(cell: Cell) -> bool:
    return cell.options.get("eval", True) is True


def _stable(mime: str, value: Any) -> Any:
    """Hide addresses in text reprs; other forms are left as the object made them."""
    return _ADDRESS.sub("0x…", value) if mime == "text/plain" and isinstance(value, str) else value


def _values(chapter: Chapter, prose: Prose, result: Result) -> tuple[str, ...]:
    """Return the Markdown of each inline expression, or raise all that cannot be printed."""
    if "error" in result:
        raise inline_failure(chapter, prose.inlines[0], result["error"])
    values, errors = [], []
    for inline, value in zip(prose.inlines, result["values"], strict=True):
        if value["status"] == "error":
            errors.append(inline_failure(chapter, inline, value))
            continue
        data = value["data"]
        markdown = data.get("text/markdown", "")
        refusal = inline_refusal(chapter, inline, data)
        if refusal:
            errors.append(refusal)
        values.append(markdown)
    raise_all(errors)
    return tuple(values)
