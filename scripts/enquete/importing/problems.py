"""Problems of cells, gathered: one message for all cells that have the same one."""

from __future__ import annotations

from dataclasses import dataclass, field

from enquete.errors import EnqueteError
from enquete.importing.table import Table, shortened
from enquete.importing.wording import SHOWN, mended, mojibake
from enquete.personal import kinds

_LINES = 3


@dataclass(slots=True)
class Problems:
    """Gather what is wrong with a table; the first lines of each problem are kept."""

    table: Table
    _found: dict[tuple[str, int | None, str], list[int]] = field(default_factory=dict)

    def add(self, what: str, todo: str, row: int, position: int | None = None) -> None:
        """Add a problem of a row, or of one of its cells."""
        self._found.setdefault((what, position, todo), []).append(self.table.lines[row])

    def errors(self) -> list[EnqueteError]:
        """Return one error for each kind of problem, in the order of the file."""
        ordered = sorted(self._found.items(), key=lambda item: (item[1][0], item[0][1] or 0))
        return [
            EnqueteError(what, self._where(position, lines), todo)
            for (what, position, todo), lines in ordered
        ]

    def _where(self, position: int | None, lines: list[int]) -> str:
        shown = ", ".join(str(line) for line in lines[:_LINES])
        more = len(lines) - _LINES
        rest = f" et {more} autre{'s' if more > 1 else ''}" if more > 0 else ""
        number = "ligne" if len(lines) == 1 else "lignes"
        column = f", {self.table.place(position)}" if position is not None else ""
        return f"{self.table.path}, {number} {shown}{rest}{column}"


def quoted(value: str) -> str:
    """
    Show the value of a cell, or only its length.

    A long one may be somebody's words, and one with a sign of personal data
    must not reach a log.
    """
    if len(value) > SHOWN:
        return f"(texte de {len(value)} signes)"
    if kinds(value):
        return "(texte qui semble nommer quelqu’un)"
    damaged = mojibake(value)
    if damaged:
        return f"« {shortened(value)} » (accents abîmés : « {damaged} » pour « {mended(damaged)} »)"
    return f"« {value} »"
