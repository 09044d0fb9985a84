"""Tabulated results: the only thing that charts and tables take."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from enquete import french
from enquete.figure import Figure
from enquete.shares import Unit

UNPUBLISHED = "détail non publié"


@dataclass(frozen=True, slots=True)
class Row:
    """
    Hold one line of a table: an option and its figure.

    ``figure`` is ``None`` where nothing published fixes it.  ``others`` are the
    figures of the columns after the first.
    """

    code: str
    label: str
    figure: Figure | None
    level: int = 0
    others: tuple[Figure | None, ...] = ()

    @property
    def text(self) -> str:
        """Return what the cell prints."""
        return self.figure.text if self.figure else UNPUBLISHED

    @property
    def value(self) -> Fraction | None:
        """Return what a chart draws: the exact value, or the printed one."""
        return self.figure.value if self.figure else None

    @property
    def cells(self) -> tuple[Figure | None, ...]:
        """Return the figures of all columns, in order."""
        return (self.figure, *self.others)


@dataclass(frozen=True, slots=True)
class Table:
    """Hold what a chart or a table shows, with what its notes must say."""

    id: str
    rows: tuple[Row, ...]
    columns: tuple[str, ...] = ()
    question: str = ""  # "Q10", or "Q1a, Q1b"
    wording: str = ""  # exact wording, may be unknown
    kind: Literal["unique", "multiple", "note", "ouverte", ""] = ""
    base_words: str = ""  # « répondantes qui ont répondu à Q10 »
    base: str = ""  # « 2 542 répondantes, si toutes ont répondu », or « non publiée »
    unit: Unit | None = None
    complete: bool = True  # whether the sources print every option
    origin: Literal["reconstructed", "original"] = "original"
    chapter: str = ""

    @property
    def known(self) -> tuple[Row, ...]:
        """Return the rows that have a figure."""
        return tuple(row for row in self.rows if row.figure)

    @property
    def reading(self) -> str:
        """Say one row as a sentence, for a reader who is new to the chart."""
        row = next(iter(self.known), None)
        if row is None or row.figure is None:
            return ""
        label = french.quoted(row.label)
        counted = row.figure.sentence
        detail = f" ({counted})" if counted and row.figure.kind == "share" else ""
        among = f" des {self.base_words}" if self.base_words else ""
        return f"Lecture : {label}, {row.text}{among}{detail}."

    @property
    def notes(self) -> tuple[str, ...]:
        """Return the French notes that belong under the chart or table."""
        notes = []
        if self.kind == "multiple":
            notes.append("Plusieurs réponses possibles.")
        if self.kind == "ouverte":
            notes.append("Question ouverte : réponses classées par thème après coup.")
        if not self.complete:
            notes.append("Les sources n’impriment pas toutes les options de cette question.")
        if len(self.known) > 1 and self.known[0].figure and self.known[0].figure.kind == "share":
            notes.append(
                "Pourcentages arrondis séparément : leur somme peut différer de 100\u00a0%."
            )
        return tuple(notes)
