"""
What stands under a chart: its question, base, reading and source, and its data as a table.

`twin(table)` is the last line of a cell with the option `output: asis`, just after the
chart's own cell. Its Markdown holds two blocks that Quarto, pandoc and Jupyter read alike:

    ::: {.lecture}      paragraphs: Question and Base, Lecture, notes, Source
    ::: {.donnees}      the data table, every row of the chart, same texts

The site folds `.donnees` into a disclosure; the PDF leaves it out (the register has its
figures). Every text that comes with the data goes through `esc`; a figure prints its own
span, so that it is traced from the table as from the prose.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from enquete import french
from enquete.escape import clean, esc
from enquete.figure import Figure
from enquete.french import NBSP, NNBSP
from enquete.order import Order, in_order, shown_label
from enquete.tabulate import UNPUBLISHED, Table

RECONSTRUCTED = "réponses reconstituées d’après le rapport publié"
ORIGINAL = "réponses à l’enquête"
_HATCHED = (
    f"Hachures{NBSP}: détail non publié{NNBSP}; "
    "leur longueur est le maximum possible, pas une mesure."
)


@dataclass(frozen=True, slots=True)
class Twin:
    """Hold the Markdown that accompanies a chart."""

    id: str
    markdown: str

    def _repr_markdown_(self) -> str:
        return self.markdown

    def __repr__(self) -> str:
        return f"<données de {self.id}>"


def twin(table: Table, *, order: Order | None = None, data: bool = True) -> Twin:
    """
    Write the notes of *table* and, unless ``data`` is false, its rows in the chart's order.

    ``order`` is the one given to the chart, if any.
    """
    blocks = [_div("lecture", "\n\n".join(_paragraphs(table)))]
    if data:
        blocks.append(_div("donnees", _pipe_table(in_order(table, order))))
    return Twin(table.id, "\n\n".join(blocks) + "\n")


def source(table: Table) -> str:
    """Say what the answers are, in the words used everywhere a figure can be taken away."""
    return RECONSTRUCTED if table.origin == "reconstructed" else ORIGINAL


def _div(name: str, body: str) -> str:
    return f"::: {{.{name}}}\n{body}\n:::"


def _paragraphs(table: Table) -> list[str]:
    """Return what was asked of whom, how to read a row, what to beware of, what the answers are."""
    notes = [esc(note) for note in table.notes]
    if len(table.known) < len(table.rows):
        notes.append(esc(_HATCHED))
    found = (
        " ".join(_asked(table)),
        _reading(table),
        " ".join(notes),
        esc(f"Source{NBSP}: {source(table)}."),
    )
    return [paragraph for paragraph in found if paragraph]


def _asked(table: Table) -> Iterator[str]:
    if table.wording:
        number = f" {table.question}" if table.question else ""
        wording = clean(table.wording)
        stop = "" if wording.endswith(("?", "!", "…")) else "."
        yield esc(f"Question{number}{NBSP}: {french.quoted(wording)}{stop}")
    elif table.question:
        yield esc(f"Question {table.question}, dont l’intitulé n’est pas publié.")
    if table.base:
        yield f"Base&#160;: [{esc(table.base)}]{{.base}}."


def _reading(table: Table) -> str:
    """Write the reading note, its figure and its count traced like any other."""
    row = next(iter(table.known), None)
    if row is None or row.figure is None:
        return ""
    # The figure is looked for after the label, which could hold the same digits.
    head, label, tail = table.reading.partition(french.quoted(row.label))
    before, _, after = tail.partition(row.text)
    counted = row.figure.sentence
    middle, found, end = after.partition(counted) if counted else (after, "", "")
    detail = f'[{esc(found)}]{{.effectif de="{row.figure.id}"}}' if found else ""
    printed = _inline(row.figure)
    return f"{_text(head + label + before)}{printed}{_text(middle)}{detail}{_text(end)}"


def _text(text: str) -> str:
    """Escape a piece of a sentence; `esc` would drop the spaces at its ends."""
    inner = text.strip(" ")
    if not inner:
        return " " * bool(text)
    start, stop = text.startswith(" "), text.endswith(" ")
    return f"{' ' * start}{esc(inner)}{' ' * stop}"


def _inline(figure: Figure) -> str:
    return figure._repr_markdown_()


def _pipe_table(table: Table) -> str:
    """
    Write the rows as a pipe table.

    The dashes give the widths: a label may be longer than pandoc's line.
    """
    headings = table.columns or ("Part",)
    lines = [
        f"| Réponse | {' | '.join(esc(heading) for heading in headings)} |",
        f"|:{'-' * 40}|{'|'.join(['-' * 15 + ':'] * len(headings))}|",
    ]
    for row in table.rows:
        indent = "&emsp;" * row.level
        cells = [_inline(figure) if figure else UNPUBLISHED for figure in row.cells]
        lines.append(f"| {indent}{esc(shown_label(row))} | {' | '.join(cells)} |")
    return "\n".join(lines)
