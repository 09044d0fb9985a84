"""What a chart draws, read back from its SVG with another parser and measured by hand."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from enquete import charts
from enquete.charts import MIME, fonts
from enquete.errors import EnqueteError
from enquete.figure import Figure
from enquete.palette import TOKENS
from enquete.tabulate import Row, Table

ROOT = Path(__file__).resolve().parents[1]
SVG = "{http://www.w3.org/2000/svg}"
VERSIONS = ("svg", "svg_site", "svg_narrow")
UNKNOWN = "détail non publié"
bars, scale = cache(charts.bars), cache(charts.scale)  # the tests look at the same drawings


def part(ident, text, percent, kind="share"):
    """A figure as the ledger makes it; text and value are given apart, on purpose."""
    return Figure(ident, "partie-1", kind, text, value=Fraction(percent) / 100)


def table(*rows, kind="unique", **more):
    return Table("fig-essai", rows, kind=kind, origin="reconstructed", **more)


HALF = Row("a", "Une option", part("p-a", "80\u00a0%", 80))
FIFTH = Row("b", "Une autre", part("p-b", "20\u00a0%", 20))


def parsed(svg):
    return ET.fromstring(svg)  # noqa: S314 - drawn by the test itself


def texts(svg):
    return [(node.text, node.get("data-chiffre")) for node in parsed(svg).iter(f"{SVG}text")]


def words(svg):
    return " ".join(text for text, _ in texts(svg))


def rectangles(svg):
    """(left, top, width, fill) of each bar, from top to bottom."""
    found = []
    for node in parsed(svg).iter(f"{SVG}path"):
        if node.get("class") != "barre":
            continue
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", node.get("d"))]
        xs, ys = numbers[0::2], numbers[1::2]
        fill = re.search(r"fill:([^;]+)", node.get("style"))[1]
        found.append((min(xs), min(ys), max(xs) - min(xs), fill))
    return sorted(found, key=lambda bar: (bar[1], bar[0]))


def test_each_value_is_printed_with_the_id_of_its_figure():
    chart = bars(table(HALF, FIFTH))
    for version in VERSIONS:
        printed = texts(getattr(chart, version))
        assert ("80\u00a0%", "p-a") in printed
        assert ("20\u00a0%", "p-b") in printed


@pytest.mark.parametrize("version", VERSIONS)
def test_lengths_are_in_the_ratio_of_the_shares(version):
    first, second = rectangles(getattr(bars(table(HALF, FIFTH)), version))
    assert first[2] / second[2] == pytest.approx(4, rel=0.01)
    assert first[0] == second[0]


@pytest.mark.parametrize("version", VERSIONS)
def test_an_unknown_part_is_hatched_and_named_and_never_longer_than_its_whole(version):
    svg = getattr(bars(table(HALF, Row("a1", "Un détail", None, 1), FIFTH)), version)
    whole, detail, _ = rectangles(svg)
    assert words(svg).count(UNKNOWN) == 1
    assert detail[3] != whole[3]
    assert 0 < detail[2] <= whole[2] + 0.01
    stroked = [
        node
        for node in parsed(svg).iter(f"{SVG}path")
        if "fill:none" in node.get("style") and "stroke:" in node.get("style")
    ]
    assert len(stroked) == 2  # the diagonal lines, and those of « réponses reconstituées »


def test_an_unknown_theme_can_be_what_the_others_leave():
    unknown = Row("b", "Inconnu", None)
    known, hatched = rectangles(bars(table(HALF, unknown, kind="ouverte")).svg)
    assert hatched[2] / known[2] == pytest.approx(20 / 80, rel=0.01)


def test_an_unknown_option_of_a_multiple_choice_can_be_anything():
    unknown = Row("b", "Inconnue", None)
    ticked, hatched = rectangles(bars(table(HALF, unknown, kind="multiple")).svg)
    assert hatched[2] / ticked[2] > 1.1


def test_unknown_rows_of_a_level_share_one_bar_that_names_them():
    rows = (
        HALF,
        Row("a1", "connu", part("p-a1", "50\u00a0%", 50), 1),
        Row("a2", "ceci", None, 1),
        Row("autre_a", "autre option (détail non publié)", None, 1),
        Row("a3", "cela", None, 2),
        Row("a4", "encore", None, 2),
        FIFTH,
    )
    svg = bars(table(*rows, kind="ouverte")).svg_site
    whole, known, hidden, _ = rectangles(svg)
    assert "ceci · cela · encore" in words(svg)
    assert "autre option" not in words(svg)
    assert hidden[2] / whole[2] == pytest.approx(30 / 80, rel=0.01)
    assert known[2] / whole[2] == pytest.approx(50 / 80, rel=0.01)


def test_a_long_list_of_unknown_names_is_cut_short_in_words():
    rows = [Row(c, f"nom {c}", None, 1) for c in "bcdefg"]
    chart = bars(table(HALF, *rows, FIFTH, kind="ouverte"))
    assert "nom b · nom c · nom d · nom e, et d’autres" in words(chart.svg_site)
    assert "nom f" not in words(chart.svg_site)


def test_a_typed_apostrophe_is_drawn_as_a_printed_one():
    assert "façons d’agir" in words(bars(table(Row("a", "façons d'agir", HALF.figure))).svg)


def test_an_unknown_theme_with_a_known_detail_keeps_its_own_bar():
    rows = (Row("t", "Thème", None), Row("t1", "détail", HALF.figure, 1), Row("u", "Autre", None))
    svg = bars(table(*rows, kind="ouverte")).svg
    shown = [text for text, _ in texts(svg) if text in ("Thème", "détail", "Autre")]
    assert shown == ["Thème", "détail", "Autre"]
    assert words(svg).count(UNKNOWN) == 2
    names = ("hatch-field", "subtheme", "hatch-field")
    drawn = [bar[3] for bar in rectangles(svg)]
    assert drawn == [TOKENS[name].light for name in names]


def test_a_table_of_which_nothing_is_published_is_refused():
    with pytest.raises(EnqueteError, match="Rien de publié"):
        bars(table(Row("a", "Une option", None)))


def test_rows_go_by_value_with_details_under_their_theme_and_other_last():
    rows = (
        Row("autre", "Autres", part("p-o", "40\u00a0%", 40)),
        Row("x", "Petit", part("p-x", "10\u00a0%", 10)),
        Row("y", "Grand", part("p-y", "30\u00a0%", 30)),
        Row("y1", "moindre", part("p-y1", "5\u00a0%", 5), 1),
        Row("y2", "premier", part("p-y2", "9\u00a0%", 9), 1),
        Row("z", "Non chiffré", None),
    )
    chart = bars(table(*rows, kind="ouverte"))
    labels = {row.label for row in rows}
    shown = [text for text, _ in texts(chart.svg_site) if text in labels]
    assert shown == ["Grand", "premier", "moindre", "Petit", "Non chiffré", "Autres"]


def test_a_closed_single_question_keeps_the_order_of_the_questionnaire():
    chart = bars(table(FIFTH, HALF))
    shown = [text for text, _ in texts(chart.svg) if text in ("Une option", "Une autre")]
    assert shown == ["Une autre", "Une option"]


def test_only_the_focused_row_has_the_accent():
    chart = bars(table(HALF, FIFTH), focus="b")
    fills = [bar[3] for bar in rectangles(chart.svg)]
    assert fills == [TOKENS["theme"].light, TOKENS["focus-bar"].light]


@pytest.mark.parametrize(
    "label",
    [
        "<script>alert(1)</script>",
        "entre 5$ et 6$",
        "$\\badcmd$",
        "a & b < c",
        '" onload="alert(1)',
        "émoji 🎈",
        "{{< env HOME >}}",
        "=1+1",
    ],
)
def test_a_hostile_label_is_drawn_as_it_is_written(label):
    chart = bars(table(Row("a", label, part("p-a", "80\u00a0%", 80))))
    for version in VERSIONS:
        svg = getattr(chart, version)
        tags = {node.tag.removeprefix(SVG) for node in parsed(svg).iter()}
        assert tags <= {"svg", "path", "text"}
        names = {name for node in parsed(svg).iter() for name in node.attrib}
        assert not [name for name in names if name.startswith("on")]
        assert label in words(svg)


def test_invisible_controls_of_a_label_are_dropped():
    chart = bars(table(Row("a", "ab\u202ec\x00d", part("p-a", "80\u00a0%", 80))))
    assert "abcd" in words(chart.svg)


def width_in(text, size, weight, cache={}):  # noqa: B006 - the faces are read once
    """Width of a text from the advances in the font file, read with fontTools."""
    name = "SourceSans3-SemiBold.ttf" if weight == "600" else "SourceSans3-Regular.ttf"
    if name not in cache:
        font = TTFont(ROOT / "theme" / "polices" / name)
        cache[name] = (font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm)
    glyphs, advances, em = cache[name]
    return sum(advances[glyphs[ord(c)]][0] for c in text) * size / em


def boxes(svg):
    """(left, right, y, size) of each text."""
    for node in parsed(svg).iter(f"{SVG}text"):
        size = float(node.get("font-size"))
        left = float(node.get("x"))
        width = width_in(node.text, size, node.get("font-weight", "400"))
        yield left, left + width, float(node.get("y")), size


@pytest.mark.parametrize("version", VERSIONS)
def test_no_text_leaves_the_drawing(version):
    long = Row("c", "mot " * 40 + "x" * 300, part("p-c", "100\u00a0%", 100))
    svg = getattr(bars(table(HALF, Row("a1", "Détail", None, 1), FIFTH, long)), version)
    _, _, width, height = (float(n) for n in parsed(svg).get("viewBox").split())
    assert words(svg).count("x") >= 300
    for left, right, y, size in boxes(svg):
        assert left >= 0
        assert right <= width + 0.5
        assert size < y + 4 <= height + 4


@pytest.mark.parametrize(("version", "least"), [("svg", 8), ("svg_site", 14), ("svg_narrow", 14)])
def test_no_text_is_too_small_to_read(version, least):
    for chart in (bars(table(HALF, FIFTH), title="Un titre"), scale(NOTE)):
        assert min(size for *_, size in boxes(getattr(chart, version))) >= least


@pytest.mark.parametrize("version", VERSIONS)
def test_no_line_of_a_label_touches_the_next(version):
    rows = [Row(c, f"{c} " + "mot " * 12, part(f"p-{c}", "20\u00a0%", 20)) for c in "abc"]
    found = list(boxes(getattr(bars(table(*rows)), version)))
    labels = sorted((y, size) for left, _, y, size in found if left == 0)
    assert len(labels) >= 3
    assert all(after - before >= size for (before, size), (after, _) in pairwise(labels))


def test_any_crop_of_the_chart_says_that_answers_are_reconstructed():
    for chart in (bars(table(HALF, FIFTH)), scale(NOTE)):
        for version in VERSIONS:
            assert "Réponses reconstituées" in words(getattr(chart, version))


def test_a_chart_of_original_answers_does_not_say_reconstructed():
    original = Table("fig-essai", (HALF, FIFTH), kind="unique", origin="original")
    svg = bars(original).svg
    assert "reconstituées" not in words(svg)
    assert "fill:none" not in svg  # nor does it have the hatched square


def test_paper_has_plain_colours_and_the_site_has_variables_only():
    rows = (HALF, Row("a1", "Détail", None, 1), FIFTH)
    for chart in (bars(table(*rows), focus="b"), scale(NOTE)):
        assert "var(" not in chart.svg
        for site in (chart.svg_site, chart.svg_narrow):
            used = dict(re.findall(r"var\(--([\w-]+), (#[0-9a-f]{6})\)", site))
            assert used
            assert all(TOKENS[name].light == fallback for name, fallback in used.items())
            assert not re.findall(r"#[0-9a-f]{3,6}", re.sub(r"var\([^)]*\)", "", site))


def test_an_inline_drawing_brings_nothing_that_could_meet_another():
    chart = bars(table(HALF, Row("a1", "Détail", None, 1), FIFTH))
    for version in VERSIONS:
        root = parsed(getattr(chart, version))
        assert not [node for node in root.iter() if "id" in node.attrib]
        assert not list(root.iter(f"{SVG}style"))
        assert root.get("role") == "img"


def test_the_cell_output_holds_paper_for_all_and_site_for_our_renderer():
    chart = bars(table(HALF, FIFTH))
    bundle = chart._repr_mimebundle_()
    assert bundle["image/svg+xml"] == chart.svg
    assert bundle[MIME]["large"] == chart.svg_site
    assert bundle[MIME]["etroit"] == chart.svg_narrow
    assert repr(chart) == "<graphique fig-essai, 2 parts>"


def test_the_paper_width_is_160_millimetres():
    svg = bars(table(HALF, FIFTH)).svg
    assert 'width="160.00mm" height="' in svg
    # In points, so that 8,5 pt is 8,5 pt on the page.
    assert float(parsed(svg).get("viewBox").split()[2]) == pytest.approx(453.54, abs=0.01)


DIGEST = """
import hashlib, sys
sys.path.insert(0, "tests")
from test_charts import FIFTH, HALF, NOTE, bars, scale, table
charts = bars(table(HALF, FIFTH), title="T"), scale(NOTE)
print(hashlib.sha256(repr([c._repr_mimebundle_() for c in charts]).encode()).hexdigest())
"""


def test_two_processes_draw_the_same_bytes():
    def digest(seed):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", DIGEST]
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        ).stdout

    assert digest("1") == digest("2")


def test_a_title_is_drawn_first_and_whole():
    title = "Quatre sur cinq, soit 80\u00a0%, choisissent la première"
    chart = bars(table(HALF, FIFTH), title=title)
    for version in VERSIONS:
        joined = words(getattr(chart, version))
        assert joined.startswith(title)


def test_a_count_among_shares_is_refused_in_french():
    rows = (HALF, Row("n", "Aucune", Figure("p-n", "x", "count", "11", value=Fraction(11))))
    with pytest.raises(EnqueteError, match="Aucune\u00a0» n’est pas une part"):
        bars(table(*rows))


def test_an_empty_table_is_refused():
    with pytest.raises(EnqueteError, match="vide"):
        bars(table())


def test_an_unknown_focus_is_refused_with_the_codes_that_exist():
    with pytest.raises(EnqueteError, match=r"(?s)z\u00a0».*choisir parmi : a, b"):
        bars(table(HALF, FIFTH), focus="z")


def test_widths_are_those_of_the_font_file():
    text = "Où œuvrent-elles ? 80,8\u00a0% de 2\u202f542"
    assert fonts.family() == "Source Sans 3"
    assert fonts.width(text, 15) == pytest.approx(width_in(text, 15, "400"), rel=1e-3)
    assert fonts.width(text, 15, 600) == pytest.approx(width_in(text, 15, "600"), rel=1e-3)


def test_a_no_break_space_holds_its_line_together():
    lines = fonts.wrap("aaaa bbbb 80\u00a0%", width_in("aaaa bbbb 80", 10, "400"), 10)
    assert lines == ("aaaa bbbb", "80\u00a0%")


# -- the scale ---------------------------------------------------------------------------

NOTE = table(
    Row("1", "1 - pas du tout", part("p-1", "13\u00a0%", 13)),
    Row("2", "2", part("p-2", "30\u00a0%", 30)),
    Row("3_4", "3 ou 4", part("p-34", "57\u00a0%", 57)),
    Row("3", "3", None, 1),
    Row("4", "4 - oui totalement", None, 1),
    kind="note",
)


def segments(svg):
    """The parts of the bar, from left to right; the swatches of the legend left out."""
    found = rectangles(svg)
    top = found[0][1]
    return [bar for bar in found if bar[1] == top]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_scale_shares_its_width_in_the_order_of_the_steps(version):
    one, two, rest = segments(getattr(scale(NOTE), version))
    assert one[0] < two[0] < rest[0]
    assert two[2] / one[2] == pytest.approx(30 / 13, rel=0.03)
    assert rest[2] / one[2] == pytest.approx(57 / 13, rel=0.03)


def test_two_steps_of_which_only_the_sum_is_published_are_hatched_and_named():
    chart = scale(NOTE)
    assert "3 ou 4 (détail non publié)" in words(chart.svg)
    fills = [part[3] for part in segments(chart.svg)]
    assert fills == [TOKENS[name].light for name in ("likert-1", "likert-2", "likert-3")]
    hatched = [n for n in parsed(chart.svg).iter(f"{SVG}path") if "class" not in n.attrib]
    lines = [n for n in hatched if f"stroke:{TOKENS['likert-4'].light}" in n.get("style")]
    assert len(lines) == 2  # the segment and its swatch


def test_a_value_too_wide_for_its_segment_stands_in_the_legend():
    tiny = Row("1", "1", part("p-1", "1\u00a0%", 1))
    rows = (
        tiny,
        Row("2", "2", part("p-2", "39\u00a0%", 39)),
        Row("3", "3", part("p-3", "40\u00a0%", 40)),
        Row("4", "4", part("p-4", "20\u00a0%", 20)),
    )
    for version in VERSIONS:
        svg = getattr(scale(table(*rows, kind="note")), version)
        assert sorted(ident for _, ident in texts(svg) if ident) == ["p-1", "p-2", "p-3", "p-4"]
        legend = next(n for n in parsed(svg).iter(f"{SVG}text") if n.text == "1\u00a0%")
        inside = next(n for n in parsed(svg).iter(f"{SVG}text") if n.text == "20\u00a0%")
        assert float(legend.get("y")) > float(inside.get("y"))


def test_a_step_that_is_not_published_keeps_its_place_and_what_the_rest_leaves():
    rows = (
        Row("1", "1", part("p-1", "20\u00a0%", 20)),
        Row("2", "2", None),
        Row("3_4", "3 ou 4", part("p-34", "50\u00a0%", 50)),
    )
    chart = scale(table(*rows, kind="note"))
    first, hidden, last = segments(chart.svg_site)
    assert hidden[2] / first[2] == pytest.approx(30 / 20, rel=0.03)
    assert hidden[3] == TOKENS["hatch-field"].variable
    assert last[3] == TOKENS["likert-3"].variable
    assert "2 (détail non publié)" in words(chart.svg_site)


def test_known_details_replace_their_sum():
    rows = (
        Row("bien", "bien", part("p-b", "80\u00a0%", 80)),
        Row("tres_bien", "très bien", part("p-tb", "30\u00a0%", 30), 1),
        Row("assez_bien", "assez bien", part("p-ab", "50\u00a0%", 50), 1),
        Row("mal", "mal", part("p-m", "20\u00a0%", 20)),
        Row("assez_mal", "assez mal", None, 1),
        Row("tres_mal", "très mal", None, 1),
    )
    found = segments(scale(table(*rows), positive_first=True).svg)
    names = ("likert-4", "likert-3", "likert-2")
    assert [part[3] for part in found] == [TOKENS[name].light for name in names]


def test_rounded_shares_above_100_do_not_leave_the_bar():
    share = Fraction(51, 2)
    rows = [Row(n, n, part(f"p-{n}", "25,5\u00a0%", share)) for n in "1234"]
    last = segments(scale(table(*rows, kind="note")).svg_site)[-1]
    assert last[0] + last[2] <= 576.01


def test_three_steps_are_refused():
    rows = [Row(c, c, part(f"p-{c}", "30\u00a0%", 30)) for c in "abc"]
    with pytest.raises(EnqueteError, match="deux ou quatre degrés ; ce tableau en a 3"):
        scale(table(*rows))
