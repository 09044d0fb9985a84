"""What changed between two states of a frozen notebook: which figures, which cells."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from edition.frozen import is_ledger

NotebookCell = Mapping[str, Any]


def differences(before: str, after: str) -> Iterator[str]:
    """Name the figures that changed, then the cells: short outputs side by side."""
    yield from _figures(before, after)
    old: dict[str, list[NotebookCell]] = {}
    for cell in _cells(before):
        old.setdefault(_source(cell), []).append(cell)
    told: set[str] = set()
    for cell in _cells(after):
        source = _source(cell)
        twins = old.get(source)
        if not twins:
            line = f"cellule nouvelle ou modifiée : {_name(source)}"
        else:
            other = twins.pop(0)
            if other["outputs"] == cell["outputs"]:
                continue
            left, right = _short(other), _short(cell)
            line = f"sortie : {left} -> {right}" if left and right else f"sortie de {_name(source)}"
        if line not in told:  # a value printed twice in the prose changes once
            told.add(line)
            yield line
    for source, left_over in old.items():
        if left_over and f"cellule nouvelle ou modifiée : {_name(source)}" not in told:
            yield f"cellule disparue : {_name(source)}"


def _figures(before: str, after: str) -> Iterator[str]:
    """Compare the ledgers that both notebooks print, line by line."""
    old, new = _ledger(before), _ledger(after)
    for name, line in new.items():
        if name not in old:
            yield f"chiffre nouveau : {name} = {_text(line)}"
        elif old[name] != line:
            left, right = _text(old[name]), _text(line)
            words = f"{left} -> {right}" if left != right else f"{right}, autre calcul ou verdict"
            yield f"chiffre {name} : {words}"
    yield from (f"chiffre disparu : {name}" for name in old if name not in new)


def _ledger(notebook: str) -> dict[str, str]:
    lines = (
        line
        for cell in _code_cells(notebook)
        if is_ledger(_source(cell))
        for output in cell["outputs"]
        for line in "".join(output.get("text", "")).split("\n")
        if line
    )
    return {name: rest for name, _, rest in (line.partition(" = ") for line in lines)}


def _text(line: str) -> str:
    """Return what a line of the ledger prints, without how it was made."""
    return line.partition(" · ")[0]


def _cells(notebook: str) -> list[NotebookCell]:
    """Return the code cells but that of the ledger, whose changes are told figure by figure."""
    return [cell for cell in _code_cells(notebook) if not is_ledger(_source(cell))]


def _code_cells(text: str) -> list[NotebookCell]:
    return [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]


def _source(cell: NotebookCell) -> str:
    return "".join(cell["source"])


def _name(source: str) -> str:
    return source.split("\n")[0].removeprefix("#| label: ")[:70]


def _short(cell: NotebookCell) -> str:
    """Return the text of a cell that printed one line, else nothing."""
    outputs = cell["outputs"]
    if len(outputs) != 1 or outputs[0]["output_type"] != "stream":
        return ""
    text = "".join(outputs[0]["text"]).strip()
    return "" if "\n" in text else text
