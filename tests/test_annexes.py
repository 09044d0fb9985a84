"""The generated annexes: the whole questionnaire, every discrepancy, every result a figure."""

from __future__ import annotations

import csv
import re
from html import unescape
from pathlib import Path

import pytest
import yaml

from enquete import open_survey, read_ledger
from enquete.coherence import discrepancies, implications
from enquete.deductions import read_deductions
from enquete.questionnaire_table import questionnaire_table
from enquete.reckoning import Reckoning

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
SURVEY = open_survey(ROOT)
PARTS = (("S1", "S7"), ("Q1", "Q6a"), ("Q7", "Q14"))
GAPS = yaml.safe_load((DATA / "ecarts.yml").read_text(encoding="utf-8"))["ecarts"]
NUMBER = re.compile(r"(?<![\w,])\d[\d\u202f ]*(?:,\d+)?(?!\w)")
# Numbers that a cause only names: an age, a year, and those that the label of a fact says.
CELL = r"<t[hd][^>]*>(.*?)</t[hd]>"
NAMED = {"C-45ANS": {"45"}, "D-1991": {"1991"}}


@pytest.fixture
def figures(tmp_path, monkeypatch):
    monkeypatch.setenv("RAPPORT_REGISTRE", str(tmp_path))
    return SURVEY.chapter("coherence")


def plain(text):
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def rows():
    """The three cells of each question: its number, its words, what is known."""
    tables = (questionnaire_table(SURVEY, *part).html for part in PARTS)
    found = [
        [unescape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(CELL, line, re.DOTALL)]
        for table in tables
        for line in re.findall(r"<tr[ >].*?</tr>", table, re.DOTALL)
    ]
    return [cells for cells in found if len(cells) == 3 and re.match(r"[SQ]\d", cells[0])]


def test_the_questionnaire_has_its_33_rows_in_the_order_of_the_report():
    with (DATA / "questions.csv").open(encoding="utf-8", newline="") as file:
        expected = [row["id"] for row in csv.DictReader(file)]

    assert [number for number, _, _ in rows()] == expected
    assert len(expected) == 33


def test_each_row_has_the_exact_wording_or_says_that_it_is_missing():
    with (DATA / "questions.csv").open(encoding="utf-8", newline="") as file:
        asked = list(csv.DictReader(file))
    for row, question in zip(rows(), asked, strict=True):
        title = question["titre"]
        words = f"«\u00a0{title}\u00a0»" if title else "Intitulé non publié."
        assert row[1].startswith(words)

    assert sum("Intitulé non publié" in words for _, words, _ in rows()) == 3


@pytest.mark.parametrize(
    ("question", "printed"),
    [
        ("S6", "Le milieu dans lequel vous exercez est plutôt ?"),
        ("Q5a", "Quel(s) autre thématique(s) vous intéresse(nt) ?"),
        ("Q10a", "Quelles actions avez-vous mise en place ?"),
        ("Q11", "Quel est l'émotion qui vous vient quand on évoque le numérique de demain dans "
         "votre secteur professionnel ?"),
    ],
)  # fmt: skip
def test_wordings_keep_the_mistakes_of_the_print(question, printed):
    [words] = [words for number, words, _ in rows() if number == question]

    assert words.startswith(f"«\u00a0{printed}\u00a0»")


def test_types_are_counted_as_in_the_report():
    words = ("Une seule réponse", "Plusieurs réponses", "Note sur", "Question ouverte")

    assert [sum(f" {kind}" in row for _, row, _ in rows()) for kind in words] == [10, 3, 1, 19]


def test_who_was_asked_is_said_or_said_unknown():
    told = {number: known for number, _, known in rows()}

    assert told["Q3a"].startswith("Celles qui répondent «\u00a0perte de lien humain\u00a0» à Q3")
    assert told["Q5a"].startswith("Condition non publiée.")
    assert told["Q2"].strip() == "Toutes les répondantes (b)."
    assert told["S1a"].startswith("Celles qui font une des 9 réponses concernées à S1.")


def test_a_note_stands_under_the_tables_that_use_it():
    first, second, _ = (unescape(questionnaire_table(SURVEY, *part).html) for part in PARTS)

    assert "(a)\u00a0" in first
    assert "(b)\u00a0" not in first
    assert "(b)\u00a0" in second


def test_every_discrepancy_has_its_title_its_cause_and_its_place(figures):
    severities = ("majeure", "moyenne", "mineure")
    made = {severity: discrepancies(SURVEY, figures, severity) for severity in severities}

    assert [made[severity].entries for severity in severities] == [7, 10, 28]
    for gap in GAPS:
        markdown = made[gap["gravite"]].markdown
        assert markdown.count(f"{{#ecart-{gap['id'].lower()} ") == 1, gap["id"]
        assert plain(gap["cause"].replace("'", "’")) in plain(unescape(markdown)), gap["id"]


def test_every_audited_discrepancy_that_has_numbers_has_its_arithmetic(figures):
    """Those without are about books, years and ranks: nothing published to compute with."""
    declared = read_deductions(ROOT, SURVEY.register)
    without = [gap["id"] for gap in GAPS if not declared.serving(gap["id"])]

    assert without == [
        "D-RANG", "D-1991", "I-ORIENTATION", "I-FREIN", "I-TRANSFORMATION", "I-SUJETS",
        "I-SEUIL", "C-HORS-SUJET",
    ]  # fmt: skip


def test_every_number_of_a_cause_is_computed_or_printed_somewhere():
    """A cause is typed by hand: a number in it that nothing gives would be an opinion."""
    reckoning = Reckoning(SURVEY)
    lost = {}
    for gap in GAPS:
        known = []
        for deduction in reckoning.declared.serving(gap["id"]):
            found = reckoning.reckon(deduction.id)
            known += [found.text, found.formula]
        for name in (*gap["figures"], *gap["voisins"]):
            entry = SURVEY.register.figures.get(name) or SURVEY.register.secondary.get(name)
            known.append(entry.text if entry else SURVEY.register.fact(name).printed)
        given = {_bare(number) for text in known for number in NUMBER.findall(text)}
        given |= NAMED.get(gap["id"], set())
        missing = {_bare(n) for n in NUMBER.findall(gap["cause"])} - given
        if missing:
            lost[gap["id"]] = missing

    assert lost == {}


def _bare(number: str) -> str:
    return re.sub(r"[\u202f ]", "", number)


def test_every_result_of_the_page_is_a_figure_of_its_ledger(figures, tmp_path):
    made = [discrepancies(SURVEY, figures, each) for each in ("majeure", "moyenne", "mineure")]
    made.append(implications(SURVEY, figures))
    entries = {entry["id"]: entry["text"] for entry in read_ledger(tmp_path, ["coherence"])}
    bold = [found for each in made for found in re.findall(r"\*\*(.+?)\*\*", each.markdown)]

    assert len(bold) > 150
    for result in bold:
        match = re.fullmatch(r'\[(.*)\]\{\.chiffre chiffre="(.*)"\}', result)
        assert match, result
        assert unescape(match[1]) == entries[match[2]]


def test_what_was_not_published_is_told_under_every_heading(figures):
    declared = read_deductions(ROOT, SURVEY.register)
    made = implications(SURVEY, figures)

    assert re.findall(r"\{#implique-(\w+)\}", made.markdown) == list(declared.headings)
    for name in ("x-age-plus45", "x-frein-mal", "x-q4-aise", "x-anc-negatif", "n-dep-absentes"):
        assert f'chiffre="{name}"' in made.markdown, name
    assert made.entries == made.markdown.count("\n- ")


def test_every_title_is_that_of_a_check_that_something_uses():
    declared = read_deductions(ROOT, SURVEY.register)
    used = {control for each in declared.entries.values() for control in each.controls}

    assert set(declared.titles) == used | {gap["id"] for gap in GAPS}
