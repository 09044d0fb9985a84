"""What a bar chart draws of a table: lengths, labels and roles, decided before any drawing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from enquete.errors import EnqueteError
from enquete.french import quoted
from enquete.order import Branch, branches, is_other, shown_label
from enquete.tabulate import UNPUBLISHED, Row, Table

_SLIVER = 0.005  # a bar of no width would look like a missing one

_NAMED = 5  # more names than this in one label would hide the bars


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


def drawn_label(row: Row) -> str:
    """Return the label with the apostrophe that the page's filters give the prose."""
    return shown_label(row).replace("'", "’")


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
    if not table.known:
        raise EnqueteError(
            quoi="Rien de publié dans ce tableau : le graphique serait tout en hachures.",
            ou=table.id,
            que_faire="vérifier base=… (le registre dit sur quelle base chaque part est imprimée), "
            "ou s’en tenir au texte.",
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
        hidden = [branch for branch in level if not branch.known]
        for branch in level:
            if not branch.known:
                if branch is hidden[0]:
                    yield _unknown(hidden, room, depth, strong=deep and depth == 0)
                continue
            share = branch.share
            yield Bar(
                label=drawn_label(branch.row),
                text=branch.row.text,
                length=_length(room if share is None else share),
                role=_role(branch.row, depth, focus),
                level=depth,
                known=share is not None,
                strong=deep and depth == 0,
                figure=branch.row.figure.id if branch.row.figure else "",
            )
            yield from walk(branch.children, room if share is None else share, depth + 1)

    return tuple(walk(tree, Fraction(1), 0))


def _unknown(hidden: Sequence[Branch], room: Fraction, depth: int, *, strong: bool) -> Bar:
    """
    Show in one line the rows of a level of which nothing is published.

    Together they are what the known rows leave; a line each would repeat it each time. The
    data table under the chart lists them one by one.
    """
    names = [drawn_label(row) for branch in hidden for row in branch.leaves]
    if len(names) > _NAMED:
        names = [*names[: _NAMED - 2], f"{names[_NAMED - 2]}, et d’autres"]
    return Bar(
        label=" · ".join(names),
        text=UNPUBLISHED,
        length=_length(room),
        role="hatch-field",
        level=depth,
        known=False,
        strong=strong,
        figure="",
    )


def _length(share: Fraction) -> float:
    return max(float(share), _SLIVER)


def _role(row: Row, depth: int, focus: str | None) -> str:
    if row.figure is None:
        return "hatch-field"
    if row.code == focus:
        return "focus-bar"
    if is_other(row):
        return "other"
    return "theme" if depth == 0 else "subtheme"
