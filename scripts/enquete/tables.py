"""
Tables of figures, made by great_tables from the figures that the prose prints.

    ```{python}
    #| label: tbl-metiers
    #| tbl-cap: "Les métiers des répondantes"
    figures_table(metiers, stub="Métier")
    ```

Numbers are written by the figures themselves (`fmt_percent` rounds half to even and puts no
French space). A cell that holds a figure is a `span` with the figure's id, so that a table
is traced and audited like the prose; labels go through great_tables' own escaping.

The HTML comes without great_tables' style sheet (10 kB a table): the site has one, and
alignment, which paper needs too, is written on the cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd
from great_tables import GT, html

from enquete.escape import clean
from enquete.figure import Figure
from enquete.french import NBSP
from enquete.tabulate import UNPUBLISHED, Row, Table
from enquete.twin import source

_STYLE = re.compile(r"<style>.*?</style>\s*", re.DOTALL)
_OUTER = re.compile(r'(<div id="[^"]*")[^>]*>')
_RIGHT = re.compile(r'(<t[dh] [^>]*class="[^"]*\bgt_right\b[^"]*")')
_INDENT = "\u2003"


@dataclass(frozen=True, slots=True)
class FiguresTable:
    """
    Hold a finished table and its HTML.

    Only HTML is displayed: the text form of a `GT` holds a memory address, which no two
    executions share. ``gt`` is there for a cell that wants to add to the table.
    """

    id: str
    gt: GT
    html: str

    def _repr_mimebundle_(self, **_: Any) -> Mapping[str, str]:
        return {"text/html": self.html}

    def __repr__(self) -> str:
        return f"<tableau {self.id}>"


def figures_table(
    table: Table,
    *,
    stub: str = "",
    questions: bool = False,
    base: str = "",
    notes: tuple[str, ...] = (),
) -> FiguresTable:
    """
    Lay out *table*: a label a row, its figures at the right, base and source last.

    ``stub`` heads the column of labels. ``questions`` adds the question that each row
    comes from, for a summary that draws on several. ``base`` says in words what the table
    itself does not know (« les répondantes qui ont indiqué leur département »).
    """
    headings = table.columns or ("Part",)
    names = [f"c{rank}" for rank in range(len(headings))]
    frame = pd.DataFrame(_lines(table), columns=["libelle", *names, "question"])
    if not questions:
        frame = frame.drop(columns="question")
    gt = (
        GT(frame, id=f"gt-{table.id}", rowname_col="libelle")
        .tab_stubhead(stub or "Réponse")
        .cols_label(dict(zip(names, headings, strict=True)))
        .cols_align("right", names)
        # Our own HTML, made in `_cell` from an escaped text: the only unescaped column.
        .fmt(str, columns=names)
    )
    if questions:
        gt = gt.cols_label(question="Question").cols_align("left", "question")
    for note in (
        *_base(base or table.base),
        *table.notes,
        *notes,
        f"Source{NBSP}: {source(table)}.",
    ):
        gt = gt.tab_source_note(note)
    return FiguresTable(table.id, gt, _published(gt.as_raw_html()))


def finished(identifier: str, gt: GT) -> FiguresTable:
    """Give a table of our own making the same HTML as the others: no style sheet, alignment."""
    return FiguresTable(identifier, gt, _published(gt.as_raw_html()))


def _lines(table: Table) -> Iterator[tuple[str, ...]]:
    for row in table.rows:
        label = _INDENT * row.level + clean(row.label)
        yield label, *(_cell(figure) for figure in row.cells), ", ".join(_questions(row))


def _questions(row: Row) -> tuple[str, ...]:
    return next((figure.questions for figure in row.cells if figure), ())


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return f'<span class="non-publie">{UNPUBLISHED}</span>'
    text = escape(clean(figure.text)).replace("\u00a0", "&#160;").replace("\u202f", "&#8239;")
    return f'<span class="chiffre" data-chiffre="{escape(figure.id)}">{text}</span>'


def _base(words: str) -> tuple[Any, ...]:
    if not words:
        return ()
    return (html(f'<em>Base&#160;: <span class="base">{escape(clean(words))}</span>.</em>'),)


def _published(raw: str) -> str:
    """Drop the style sheet and the fixed sizes; write the alignment on the cells."""
    bare = _OUTER.sub(r'\1 class="tableau-chiffres">', _STYLE.sub("", raw), count=1)
    return _RIGHT.sub(r'\1 style="text-align:right"', bare)
