"""
Executed chapters as Jupyter notebooks, the same bytes at every build.

Inline values are where Quarto puts them: `metadata.user_expressions` of Markdown cells.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import yaml

from edition.execution.model import Executed, Output, Printed, Ran

_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def notebook(executed: Executed) -> dict[str, Any]:
    """Return the chapter as an nbformat 4.5 notebook, in plain dicts and lists."""
    cells: list[dict[str, Any]] = []
    if executed.front_matter:
        header = yaml.safe_dump(
            dict(executed.front_matter), allow_unicode=True, sort_keys=False, width=1000
        )
        cells.append({"cell_type": "raw", "metadata": {}, "source": _lines(f"---\n{header}---")})
    for segment in executed.segments:
        if isinstance(segment, Ran):
            cells.append(_code_cell(segment))
        elif segment.source.text.strip("\n"):
            cells.append(_markdown_cell(segment))
    for number, cell in enumerate(cells, 1):
        cell["id"] = f"cellule-{number:03}"
    return {"cells": cells, "metadata": _METADATA, "nbformat": 4, "nbformat_minor": 5}


def dump(notebook: Mapping[str, Any]) -> str:
    """Write a notebook as nbformat does: sorted keys, one space of indent, last line ended."""
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _markdown_cell(segment: Printed) -> dict[str, Any]:
    values = [
        {
            "expression": inline.code,
            "result": {"status": "ok", "data": {"text/markdown": value}, "metadata": {}},
        }
        for inline, value in zip(segment.source.inlines, segment.values, strict=True)
    ]
    return {
        "cell_type": "markdown",
        "metadata": {"user_expressions": values} if values else {},
        "source": _lines(segment.source.text.strip("\n")),
    }


def _code_cell(segment: Ran) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": segment.execution_count,
        "metadata": {},
        "outputs": [_output(output) for output in segment.outputs],
        "source": _lines(segment.source.source),
    }


def _output(output: Output) -> dict[str, Any]:
    """Return an output with its texts split in lines, so that a difference shows in git."""
    written = dict(output)
    if "text" in written:
        written["text"] = _lines(written["text"])
    if "data" in written:
        written["data"] = {
            mime: _lines(value) if isinstance(value, str) and _is_text(mime) else value
            for mime, value in written["data"].items()
        }
    return written


def _is_text(mime: str) -> bool:
    return mime.startswith("text/") or mime == "image/svg+xml"


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)
