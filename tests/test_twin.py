"""The notes and the data table under a chart, read back by pandoc."""

import json
import subprocess
from fractions import Fraction

import pypandoc
import pytest

from enquete.figure import Figure
from enquete.tabulate import Row, Table
from enquete.twin import twin


def part(ident, text, percent, **more):
    return Figure(ident, "partie-1", "share", text, value=Fraction(percent) / 100, **more)


ROWS = (
    Row("a", "Agissent", part("p-a", "91,4\u00a0%", Fraction(914, 10), decimals=1)),
    Row("a1", "Orientent", None, 1),
    Row("b", "N'agissent pas", part("p-b", "8,6\u00a0%", Fraction(86, 10), decimals=1)),
)


def table(rows=ROWS, **more):
    facts = {
        "question": "Q10",
        "wording": "Est-ce que vous agissez ?",
        "kind": "unique",
        "base_words": "répondantes qui ont répondu à Q10",
        "base": "2\u202f542 répondantes, si toutes ont répondu",
        "origin": "reconstructed",
    }
    return Table("fig-q10", rows, **{**facts, **more})


def parse(markdown):
    """The document as pandoc reads it."""
    command = [pypandoc.get_pandoc_path(), "--from", "markdown", "--to", "json"]
    done = subprocess.run(
        command, input=markdown, capture_output=True, encoding="utf-8", check=True
    )
    return json.loads(done.stdout)["blocks"]


def plain(node):
    """The text of a pandoc node."""
    if isinstance(node, list):
        return "".join(plain(item) for item in node)
    if not isinstance(node, dict):
        return ""
    kind, content = node.get("t"), node.get("c")
    if kind in ("Space", "SoftBreak"):
        return " "
    if kind == "Str":
        return content
    return plain(content) if kind != "Quoted" else plain(content[1])


def kinds(node):
    """Every kind of element of the document."""
    if isinstance(node, list):
        return {kind for item in node for kind in kinds(item)}
    if not isinstance(node, dict):
        return set()
    return {node["t"], *kinds(node.get("c"))} if "t" in node else kinds(list(node.values()))


def spans(node):
    """(classes, attributes, text) of each span."""
    if isinstance(node, list):
        return [span for item in node for span in spans(item)]
    if not isinstance(node, dict):
        return []
    if node.get("t") == "Span":
        (_, classes, pairs), content = node["c"]
        return [(classes, dict(pairs), plain(content))]
    return spans(node.get("c", list(node.values()) if "t" not in node else []))


def cells(markdown):
    """The rows of the data table as texts, header first."""
    _, data = parse(markdown)
    grid = data["c"][1][0]["c"]
    head, body = grid[3][1], grid[4][0][3]
    return [[plain(cell[4]) for cell in row[1]] for row in [*head, *body]]


def test_the_two_blocks_bear_the_names_that_the_site_and_the_pdf_look_for():
    blocks = parse(twin(table()).markdown)
    assert [block["t"] for block in blocks] == ["Div", "Div"]
    assert [block["c"][0][1] for block in blocks] == [["lecture"], ["donnees"]]


def test_the_notes_say_question_base_reading_and_source():
    text = plain(parse(twin(table()).markdown)[0])
    assert "Question Q10\u00a0: «\u00a0Est-ce que vous agissez ?\u00a0» Base" in text
    assert "Base\u00a0: 2\u202f542 répondantes, si toutes ont répondu." in text
    assert "91,4\u00a0% des répondantes qui ont répondu à Q10" in text
    assert text.endswith("Source\u00a0: réponses reconstituées d’après le rapport publié.")
    assert "Hachures" in text


def test_question_reading_notes_and_source_are_paragraphs_of_their_own():
    (_, notes), *_ = (block["c"] for block in parse(twin(table()).markdown))
    said = [plain(paragraph) for paragraph in notes]
    assert [text.split()[0] for text in said] == ["Question", "Lecture", "Pourcentages", "Source"]
    assert "Base" in said[0]
    assert "Hachures" in said[2]


def test_nothing_is_said_of_hatching_where_nothing_is_hatched():
    assert "Hachures" not in twin(table(rows=(ROWS[0], ROWS[2]))).markdown


def test_original_answers_are_not_called_reconstructed():
    assert "reconstituées" not in twin(table(origin="original")).markdown


def test_a_question_whose_wording_is_not_published_is_named_so():
    assert "dont l’intitulé n’est pas publié" in plain(parse(twin(table(wording="")).markdown))


def test_the_reading_note_prints_its_figure_traced():
    first = spans(parse(twin(table()).markdown)[0])
    assert (["chiffre"], {"chiffre": "p-a"}, "91,4\u00a0%") in first


def test_the_reading_note_traces_the_figure_and_not_the_same_digits_in_a_label():
    row = Row("a", "Plus de 50 % du temps", part("p-a", "50 %", 50))
    [(_, attributes, text)] = [
        span
        for span in spans(parse(twin(table(rows=(row,))).markdown)[0])
        if span[1].get("chiffre")
    ]
    said = plain(parse(twin(table(rows=(row,))).markdown)[0])
    assert (attributes, text) == ({"chiffre": "p-a"}, "50 %")
    markdown = twin(table(rows=(row,))).markdown
    assert markdown.index("temps") < markdown.index("{.chiffre")
    assert said.count("50 %") == 2
    assert "temps\u00a0», 50 % des" in said


def test_the_data_table_has_every_row_of_the_chart_with_the_same_texts():
    assert cells(twin(table()).markdown) == [
        ["Réponse", "Part"],
        ["Agissent", "91,4\u00a0%"],
        ["\u2003Orientent", "détail non publié"],
        ["N'agissent pas", "8,6\u00a0%"],
    ]


def test_the_data_table_follows_the_order_of_the_chart():
    rows = (
        Row("autre", "Autre", part("p-o", "50\u00a0%", 50)),
        Row("x", "Petit", part("p-x", "10\u00a0%", 10)),
        Row("y", "Grand", part("p-y", "40\u00a0%", 40)),
    )
    sorted_rows = [line[0] for line in cells(twin(table(rows, kind="ouverte")).markdown)]
    kept = [line[0] for line in cells(twin(table(rows), order="questionnaire").markdown)]
    assert sorted_rows == ["Réponse", "Grand", "Petit", "Autre"]
    assert kept == ["Réponse", "Autre", "Petit", "Grand"]


def test_a_long_label_does_not_break_the_table():
    label = "mot " * 60
    found = cells(twin(table(rows=(Row("a", label, ROWS[0].figure),))).markdown)
    assert found[1] == [label.strip(), "91,4\u00a0%"]


@pytest.mark.parametrize(
    "label",
    [
        "a | b",
        "<script>alert(1)</script>",
        "[clic](javascript:alert)",
        "`#read('x')`{=typst}",
        "$x$ et 5$",
        "::: fin",
        "@cle2020 [^1]",
        "{{< env HOME >}}",
        "*gras* _souligné_",
    ],
)
def test_a_hostile_label_is_text_in_the_notes_and_in_the_table(label):
    markdown = twin(table(rows=(Row("a", label, ROWS[0].figure),), wording=label)).markdown
    blocks = parse(markdown)
    assert cells(markdown)[1][0] == label
    assert plain(blocks[0]).count(label) == 2
    dangerous = {"RawInline", "RawBlock", "Link", "Image", "Math", "Cite", "Code", "Emph", "Note"}
    assert not kinds(blocks) & dangerous
    assert len(blocks) == 2


def test_only_the_notes_where_the_data_are_elsewhere():
    assert [b["c"][0][1] for b in parse(twin(table(), data=False).markdown)] == [["lecture"]]


def test_what_the_cell_displays_is_markdown_with_a_stable_repr():
    shown = twin(table())
    assert shown._repr_markdown_() == shown.markdown
    assert repr(shown) == "<données de fig-q10>"


def test_a_label_does_not_repeat_what_its_value_says():
    row = Row("autre_a", "autre effet (détail non publié)", None)
    assert cells(twin(table(rows=(ROWS[0], row))).markdown)[2] == [
        "autre effet",
        "détail non publié",
    ]
