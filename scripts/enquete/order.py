"""The order in which a chart, its data table and its CSV show the rows of one result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from enquete.escape import clean
from enquete.tabulate import UNPUBLISHED, Row, Table

Order = Literal["valeur", "questionnaire"]


@dataclass(frozen=True, slots=True)
class Branch:
    """A row with the rows that detail it."""

    row: Row
    children: tuple[Branch, ...] = ()

    @property
    def share(self) -> Fraction | None:
        """The published share, or None."""
        return self.row.value

    @property
    def known(self) -> bool:
        """Tell whether the row or one of its details has a figure."""
        return any(row.figure for row in self.rows)

    @property
    def leaves(self) -> tuple[Row, ...]:
        """The rows that nothing details, from this one down."""
        if not self.children:
            return (self.row,)
        return tuple(row for child in self.children for row in child.leaves)

    @property
    def rows(self) -> tuple[Row, ...]:
        """The row, then its details, as a table lists them."""
        return (self.row, *(row for child in self.children for row in child.rows))


def branches(rows: Sequence[Row]) -> tuple[Branch, ...]:
    """Build the tree that the levels of *rows* describe."""
    found: list[Branch] = []
    here = 0
    while here < len(rows):
        end = here + 1
        while end < len(rows) and rows[end].level > rows[here].level:
            end += 1
        found.append(Branch(rows[here], branches(rows[here + 1 : end])))
        here = end
    return tuple(found)


def shown_label(row: Row) -> str:
    """Return the label without « (détail non publié) », which the value beside it says."""
    return clean(row.label).removesuffix(f" ({UNPUBLISHED})")


def is_other(row: Row) -> bool:
    """Tell whether a row gathers what has no name of its own; it stands last, in grey."""
    return row.code == "hors_sujet" or row.code.split("_", 1)[0] in ("autre", "autres")


def in_order(table: Table, order: Order | None = None) -> Table:
    """
    Sort the rows as they are shown, details under what they detail.

    By default a closed single question and a score keep the questionnaire's order and
    everything else goes by value, unknown parts after the known ones, « autre » last.
    """
    chosen = order or ("questionnaire" if table.kind in ("unique", "note") else "valeur")
    if chosen == "questionnaire":
        return table
    rows = tuple(row for branch in _by_value(branches(table.rows)) for row in branch.rows)
    return replace(table, rows=rows)


def _by_value(tree: Sequence[Branch]) -> tuple[Branch, ...]:
    ranked = sorted(tree, key=lambda branch: (is_other(branch.row), -_rank(branch.share)))
    return tuple(Branch(branch.row, _by_value(branch.children)) for branch in ranked)


def _rank(share: Fraction | None) -> Fraction:
    return Fraction(-1) if share is None else share
