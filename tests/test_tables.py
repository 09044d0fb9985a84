"""Tables of figures, read back by an HTML parser and by pandoc."""

import re
import subprocess
from fractions import Fraction
from html.parser import HTMLParser

import pypandoc
import pytest

from enquete.figure import Figure
from enquete.tables import figures_table
from enquete.tabulate import Row, Table

COUNT = Figure("d-paris-n", "annexe", "count", "1\u202f247", value=Fraction(1247))
SHARE = Figure(
    "d-paris-pct", "annexe", "share", "9,8\u00a0%", value=Fraction(98, 1000), questions=("S7",)
)
RANK = Figure("d-paris-rang", "annexe", "fact", "2")
TABLE = Table(
    "tbl-departements",
    (
        Row("paris", "Paris", COUNT, 0, (SHARE, RANK)),
        Row("nord", "Nord <b>", COUNT, 1, (None, RANK)),
    ),
    columns=("Effectif", "Part", "Rang"),
    base="entre 2\u202f512 et 2\u202f520 répondantes",
    origin="reconstructed",
)


class Reader(HTMLParser):
    """Keeps every start tag with its attributes, and the text of each cell."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.rows, self._cell = [], [], None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self._cell = []

    def handle_data(self, data):
        if self._cell is not None:
            self._cell.append(data)

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.rows[-1].append("".join(self._cell).strip(" \n"))
            self._cell = None


def read(**more):
    return Reader(figures_table(TABLE, stub="Département", **more).html)


def test_each_cell_prints_the_text_of_its_figure():
    assert read().rows[:3] == [
        ["Département", "Effectif", "Part", "Rang"],
        ["Paris", "1\u202f247", "9,8\u00a0%", "2"],
        ["\u2003Nord <b>", "1\u202f247", "détail non publié", "2"],
    ]


def test_each_number_bears_the_id_of_its_figure():
    ids = [attrs["data-chiffre"] for tag, attrs in read().tags if "data-chiffre" in attrs]
    assert ids == ["d-paris-n", "d-paris-pct", "d-paris-rang", "d-paris-n", "d-paris-rang"]


def test_base_then_notes_then_source_stand_last():
    rows = read(notes=("Rang tel qu’imprimé.",)).rows
    assert rows[3:] == [
        ["Base\u00a0: entre 2\u202f512 et 2\u202f520 répondantes."],
        ["Rang tel qu’imprimé."],
        ["Source\u00a0: réponses reconstituées d’après le rapport publié."],
    ]


def test_a_base_given_in_words_replaces_that_of_the_table():
    assert read(base="celles qui <i>ont répondu").rows[3] == [
        "Base\u00a0: celles qui <i>ont répondu."
    ]


def test_headers_are_tied_to_what_they_head():
    tags = read().tags
    scopes = [attrs["scope"] for tag, attrs in tags if tag == "th"]
    assert scopes == ["col"] * 4 + ["row"] * 2
    ids = [attrs["id"] for _, attrs in tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    named = {name for _, attrs in tags for name in attrs.get("headers", "").split()}
    assert named
    assert named <= set(ids)


def test_the_table_id_is_not_the_label_of_the_cell():
    assert read().tags[0] == ("div", {"id": "gt-tbl-departements", "class": "tableau-chiffres"})


def test_numbers_are_aligned_at_the_right_without_a_style_sheet():
    tags = read().tags
    aligned = [attrs.get("style") for tag, attrs in tags if "gt_right" in attrs.get("class", "")]
    assert aligned == ["text-align:right"] * 9  # three columns, header and two rows
    assert not {"style", "script", "link"} & {tag for tag, _ in tags}


def test_a_summary_names_the_question_of_each_row():
    rows = read(questions=True).rows
    assert [row[-1] for row in rows[:3]] == ["Question", "", ""]
    only = Table("tbl-x", (Row("a", "Part", SHARE),))
    assert Reader(figures_table(only, questions=True).html).rows[1] == ["Part", "9,8\u00a0%", "S7"]


@pytest.mark.parametrize(
    "hostile",
    ["<script>alert(1)</script>", "**x** $y$ `z`", '" onmouseover="alert(1)', "a &amp; b"],
)
def test_hostile_labels_headings_and_notes_are_text(hostile):
    table = Table("tbl-x", (Row("a", hostile, SHARE),), columns=(hostile,), base=hostile)
    reader = Reader(figures_table(table, stub=hostile, notes=(hostile,)).html)
    assert reader.rows[0] == [hostile, hostile]
    assert reader.rows[1][0] == hostile
    assert reader.rows[2:4] == [[f"Base\u00a0: {hostile}."], [hostile]]
    assert "script" not in {tag for tag, _ in reader.tags}
    assert not [name for _, attrs in reader.tags for name in attrs if name.startswith("on")]


def test_only_html_is_displayed_and_the_repr_is_stable():
    shown = figures_table(TABLE)
    assert list(shown._repr_mimebundle_()) == ["text/html"]
    assert repr(shown) == "<tableau tbl-departements>"
    assert figures_table(TABLE).html == shown.html


def test_pandoc_keeps_every_cell_and_the_alignment_in_typst():
    command = [pypandoc.get_pandoc_path(), "--from", "html", "--to", "typst", "--wrap", "none"]
    done = subprocess.run(
        command,
        input=figures_table(TABLE, stub="Département").html,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    typst = done.stdout
    for text in ("Département", "Paris", "9,8~%", "Nord \\<b\\>", "détail non publié"):
        assert text in typst
    assert "align: (auto,right,right,right,)" in re.sub(r"\s", "", typst).replace(
        "align:", "align: "
    )
    assert "table.header" in typst
