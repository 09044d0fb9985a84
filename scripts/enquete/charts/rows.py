"""What a bar chart draws of a table: lengths, labels and roles, decided before any drawing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from enquete.errors import EnqueteError
from enquete.escape import clean
from enquete.french import quoted
from enquete.order import Branch, branches, is_other
from enquete.tabulate import Row, Table

_SLIVER = 0.02  # an unknown part is shown even where rounding leaves it no room


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a bar chart; `length` is a share of the whole, exact or an upper bound."""

    label: str
    text: str
    length: float
    role: str
    level: int
    known: bool
    strong: bool
    figure: str


def shares_of(table: Table) -> tuple[Branch, ...]:
    """Return the rows of *table* as a tree; refuse what no length can show."""
    if not table.rows:
        raise EnqueteError(
            quoi="Le tableau à dessiner est vide.",
            ou=table.id,
            que_faire="lui donner au moins une ligne.",
        )
    for row in table.rows:
        if row.figure is not None and (row.figure.kind != "share" or row.value is None):
            raise EnqueteError(
                quoi=f"La ligne {quoted(row.label)} n’est pas une part : aucune barre possible.",
                ou=table.id,
                que_faire="donner au graphique un tableau de pourcentages de même base, "
                "et dire les autres chiffres dans le texte.",
            )
    return branches(table.rows)


def bars_of(table: Table, *, focus: str | None) -> tuple[Bar, ...]:
    """List the bars of *table* from top to bottom."""
    tree = shares_of(table)
    deep = any(branch.children for branch in tree)
    codes = [row.code for row in table.rows]
    if focus is not None and focus not in codes:
        raise EnqueteError(
            quoi=f"Aucune ligne de code {quoted(focus)} à mettre en avant.",
            ou=table.id,
            que_faire=f"choisir parmi : {', '.join(codes)}.",
        )
    # Persons may tick several options; answers and ticks are counted once each.
    partition = table.kind != "multiple" or table.unit == "ticks"

    def walk(level: Sequence[Branch], whole: Fraction, depth: int) -> Iterator[Bar]:
        known = sum((branch.share or Fraction(0) for branch in level), Fraction(0))
        room = whole - known if partition else whole
        for branch in level:
            row, share = branch.row, branch.share
            yield Bar(
                label=clean(row.label),
                text=row.text,
                length=float(share) if share is not None else max(float(room), _SLIVER),
                role=_role(row, depth, focus, known=share is not None),
                level=depth,
                known=share is not None,
                strong=deep and depth == 0,
                figure=row.figure.id if row.figure else "",
            )
            yield from walk(branch.children, room if share is None else share, depth + 1)

    return tuple(walk(tree, Fraction(1), 0))


def _role(row: Row, depth: int, focus: str | None, *, known: bool) -> str:
    if not known:
        return "hatch-field"
    if row.code == focus:
        return "focus-bar"
    if is_other(row):
        return "other"
    return "theme" if depth == 0 else "subtheme"
