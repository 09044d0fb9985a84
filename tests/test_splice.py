from __future__ import annotations

import re
from pathlib import Path

import pytest
from rendered import book_of, executed, output, rendered, svg
from small_book import cell

from edition.splice import Spliced, outside_code, own_notes, splice
from edition.tables import clean_html, flexible_columns, own_ids
from enquete.errors import EnqueteError


def spliced(text: str, root: Path, **outputs: object) -> Spliced:
    found = {name.replace("_", "-"): value for name, value in outputs.items()}
    return splice(executed(text, "chapters/un.qmd", found), root)  # type: ignore[arg-type]


def test_inline_values_take_the_place_of_their_expression(tmp_path: Path) -> None:
    text = "Il y a `{python} p1`, puis `{python} p2`."
    assert spliced(text, tmp_path).markdown == (
        'Il y a [59&#160;%]{.chiffre chiffre="p1"}, puis [59&#160;%]{.chiffre chiffre="p2"}.'
    )


def test_a_figure_cell_becomes_one_captioned_block(tmp_path: Path) -> None:
    source = cell("c", "label: fig-a", 'fig-cap: "Un titre"', "fig-alt: 'Dit \"oui\", l''an'")
    made = spliced(source, tmp_path, fig_a=[svg(), output(text_markdown="::: {.lecture}\nL\n:::")])
    assert made.markdown.split("\n\n")[1:-1] == [
        "::: {#fig-a .flottant}",
        "::: {.legende}\nUn titre\n:::",
        '![](figures/fig-a.svg){fig-alt="Dit \\"oui\\", l’an"}',
        "::: {.lecture}\nL\n:::",
        ":::",
    ]
    assert [picture.name for picture in made.pictures] == ["fig-a.svg"]


def test_a_chart_brings_its_drawings_for_the_site(tmp_path: Path) -> None:
    source = cell("c", "label: fig-a", 'fig-cap: "T"', 'fig-alt: "A"')
    picture = spliced(source, tmp_path, fig_a=[svg("<svg>large</svg>")]).pictures[0]
    assert (picture.wide, picture.narrow) == ("<svg>large</svg>", "<svg>large</svg>")


def test_a_chart_without_a_label_is_refused_at_its_line(tmp_path: Path) -> None:
    with pytest.raises(EnqueteError) as caught:
        spliced("Un.\n\n" + cell("c", "label: graphe"), tmp_path, graphe=[svg()])
    assert caught.value.ou == "chapters/un.qmd:3"


def test_a_labelled_cell_that_shows_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EnqueteError, match="n'affiche rien"):
        spliced(cell("c", "label: tbl-a", 'tbl-cap: "T"'), tmp_path)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("label: a", "include: false"), ""),
        (("label: a", "output: false"), ""),
        (("label: a", "output: asis"), "**gras**"),
        (("label: a",), "```{.sortie}\n**gras**\n```"),
        (("label: a", "echo: true", "output: false"), "```python\nc\n```"),
    ],
)
def test_cell_options_decide_what_shows(
    tmp_path: Path, options: tuple[str, ...], expected: str
) -> None:
    stream = {"output_type": "stream", "name": "stdout", "text": "**gras**\n"}
    assert spliced(cell("c", *options), tmp_path, a=[stream]).markdown.strip() == expected


def test_warnings_show_only_when_asked(tmp_path: Path) -> None:
    stream = {"output_type": "stream", "name": "stderr", "text": "attention"}
    assert spliced(cell("c", "label: a"), tmp_path, a=[stream]).markdown.strip() == ""
    shown = spliced(cell("c", "label: a", "warning: true"), tmp_path, a=[stream])
    assert "attention" in shown.markdown


def test_literal_output_cannot_close_its_own_fence(tmp_path: Path) -> None:
    stream = {"output_type": "stream", "name": "stdout", "text": "```\n````\n"}
    made = spliced(cell("c", "label: a"), tmp_path, a=[stream])
    assert made.markdown.strip() == "`````{.sortie}\n```\n````\n`````"


def test_markdown_wins_over_html_and_html_over_text(tmp_path: Path) -> None:
    both = output(text_markdown="M", text_html="<b>H</b>", text_plain="T")
    html = output(text_html="<b>H</b>", text_plain="T")
    assert spliced(cell("c", "label: a"), tmp_path, a=[both]).markdown.strip() == "M"
    assert spliced(cell("c", "label: a"), tmp_path, a=[html]).markdown.strip() == (
        "```{=html}\n<b>H</b>\n```"
    )


def test_a_title_in_the_header_becomes_the_chapter_s_title(tmp_path: Path) -> None:
    assert spliced("---\ntitle: Titre\n---\nTexte.", tmp_path).markdown == "# Titre\n\nTexte."


def test_notes_are_renamed_outside_code_only() -> None:
    text = "Mot[^1] et `[^1]`.\n\n```\n[^1]\n```\n\n[^1]: Note.\n"
    assert own_notes(text, "un") == (
        "Mot[^un--1] et `[^1]`.\n\n```\n[^1]\n```\n\n[^un--1]: Note.\n"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a `b` c", "A `b` C"),
        ("a ``b ` b`` c", "A ``b ` b`` C"),
        ("a\n```\nb\n```\nc", "A\n```\nb\n```\nC"),
        ("a\n~~~~\nb\n~~~\nb\n~~~~\nc", "A\n~~~~\nb\n~~~\nb\n~~~~\nC"),
        ("a\n```\nb", "A\n```\nb"),
        ("a ` b", "A ` B"),
    ],
)
def test_code_is_told_from_text(text: str, expected: str) -> None:
    assert outside_code(text, str.upper) == expected


def test_an_image_of_the_project_joins_the_book(tmp_path: Path) -> None:
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "logo.svg").write_bytes(b"<svg/>")
    made = spliced('![Logo](logo.svg){fig-alt="x"} `![Logo](logo.svg)`', tmp_path)
    assert made.markdown == '![Logo](figures/un-logo.svg){fig-alt="x"} `![Logo](logo.svg)`'
    assert [(picture.name, picture.data) for picture in made.pictures] == [
        ("un-logo.svg", b"<svg/>")
    ]


GT = (
    '<div id="qwertyuiop" style="padding-left:0px;padding-right:0px;"><style>#q{}</style>'
    '<table class="gt_table" data-quarto-disable-processing="false"><tr><th id="p">Part</th></tr>'
    '<tr><th id="s-1">A</th><td headers="s-1 p"><a href="#p">x</a> <a href="#ailleurs">y</a>'
    "</td></tr></table></div>"
)


def test_a_table_keeps_no_style_and_gets_ids_of_its_own() -> None:
    assert clean_html(GT, "tbl-a") == (
        '<div class="gt_cadre"><table class="gt_table"><tr><th id="tbl-a-p">Part</th></tr>'
        '<tr><th id="tbl-a-s-1">A</th><td headers="tbl-a-s-1 tbl-a-p"><a href="#tbl-a-p">x</a> '
        '<a href="#ailleurs">y</a></td></tr></table></div>'
    )


NOTED = (
    '<div><table><tbody><tr><td>1</td></tr></tbody><tfoot><tr class="gt_sourcenotes">'
    '<td class="gt_sourcenote" colspan="2"><em>Base&#160;: ici.</em></td></tr>'
    '<tr><td class="gt_sourcenote">Source.</td></tr></tfoot>\n</table></div>'
)
NOTES = '<div class="notes-tableau"><p><em>Base\u00a0: ici.</em></p><p>Source.</p></div>'


def test_the_notes_of_a_table_stand_after_it(tmp_path: Path) -> None:
    text = spliced(cell("t", "label: t"), tmp_path, t=[output(text_html=NOTED)]).markdown
    table = "<div><table><tbody><tr><td>1</td></tr></tbody>\n</table></div>"
    assert text.strip() == f"```{{=html}}\n{table}\n```\n\n```{{=html}}\n{NOTES}\n```"


def test_a_table_that_scrolls_leaves_its_notes_in_place(tmp_path: Path) -> None:
    text = cell("t", "label: tbl-a", 'tbl-cap: "T"')
    chapters, outputs = {"index.qmd": f"# D\n\n{text}"}, {"tbl-a": [output(text_html=NOTED)]}
    html = rendered(tmp_path, "html", chapters, outputs)
    assert re.search(
        r'</table></div>\s*</div>\s*<div class="notes-tableau">\s*<p><em>Base\xa0: ici\.</em></p>',
        html,
    )
    assert "tfoot" not in html
    typst = rendered(tmp_path, "typst", chapters, outputs)
    table, _, notes = typst.partition("#lecture[")
    assert "Source" not in table.rpartition("#table(")[2]
    assert re.match(r"\s*#emph\[Base~: ici\.\]\s*Source\.\s*\]", notes)


def test_the_first_column_of_a_paper_table_takes_the_rest() -> None:
    source = "#table(\n  columns: 3,\n  align: (auto,right,right,),\n  [columns: 3,]\n)\n"
    fixed = source.replace("columns: 3,\n", "columns: (20%, 80%),\n")
    assert flexible_columns(source).split("\n")[1] == "  columns: (1fr, auto, auto,),"
    assert flexible_columns(source).count("1fr") == 1
    assert flexible_columns(fixed) == fixed


def test_a_paper_table_of_words_shares_its_width_between_its_words() -> None:
    source = "#table(\n  columns: 3,\n  align: (auto,left,left,),\n  [S1], [a], [b]\n)\n"

    assert flexible_columns(source).split("\n")[1] == "  columns: (auto, 1fr, 1fr,),"


def test_ids_of_a_drawing_follow_their_references() -> None:
    svg_text = '<svg><clipPath id="c"/><g clip-path="url(#c)"/><use xlink:href="#c"/></svg>'
    assert own_ids(svg_text, "fig-a") == (
        '<svg><clipPath id="fig-a-c"/><g clip-path="url(#fig-a-c)"/>'
        '<use xlink:href="#fig-a-c"/></svg>'
    )


def test_the_appendix_is_marked_as_such(tmp_path: Path) -> None:
    book, _ = book_of(
        tmp_path,
        {"index.qmd": "# D\n", "chapters/registre.qmd": "# R\n"},
        appendices=("chapters/registre.qmd",),
    )
    assert "chapitre registre chapters/registre.qmd annexe" in book.markdown
    assert book.has_register
