"""`rapport tracer`: all about one figure, the ids that it counts, what rests on a question."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from real_book import ROOT, rapport

from edition.places import places
from edition.tracing import trace, trace_answers, trace_question
from enquete import open_survey
from enquete.errors import EnqueteError
from enquete.survey import Survey

pytestmark = pytest.mark.lent


@pytest.fixture
def survey(project: Path) -> Survey:
    return open_survey(project)


def unfolded(text: str) -> str:
    """Undo the folding of the terminal."""
    return re.sub(r"\n {14}", " ", text)


def read(name: str) -> list[dict[str, str]]:
    with (ROOT / "data" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ids_of(text: str, title: str) -> set[str]:
    """Ids listed under the line that starts with *title*."""
    part = re.search(rf"^{title} : .*\n((?:  .*\n?)*)", text, re.MULTILINE)
    assert part, text[:400]
    return set(part[1].split())


def test_a_share_says_where_it_stands_and_how_it_was_made(book: Path, survey: Survey) -> None:
    account = unfolded(trace(book, survey, "p1-2-surcharge"))

    for part in (
        "p1-2-surcharge : 14\u00a0%",
        "le numérique complique au lieu de simplifier",
        "partie-1.html#chiffre-p1-2-surcharge",
        "registre.html#reg-p1-2-surcharge",
        "En quoi le numérique a fait évoluer vos pratiques",
        "répondantes qui évoquent «\u00a0surcharge de tâches numériques\u00a0» à Q7",
        '{"unit": "respondents", "where": {"q": "Q7", "in": ["surcharge"]}}',
        '{"unit": "respondents", "where": {"q": "Q7", "answered": true}}',
        "effectif non publié",
        "Q7 posée à toutes les répondantes (2\u202f542) ; ont répondu : non publié",
        "14\u00a0% (section 1.2, p1-2-surcharge)",
        "reproduit",
        "data/themes.csv, SHA-256",
        "chapters/partie-1.qmd:",
        'chose("Q7", "surcharge")',
    ):
        assert part in account, part


def test_a_filtered_question_says_who_was_asked_and_what_is_assumed(
    book: Path, survey: Survey
) -> None:
    account = unfolded(trace(book, survey, "p2-1a-communication"))

    assert "aux répondantes qui répondent «\u00a0bien (très ou assez)\u00a0» à Q1" in account
    assert "ont répondu : entre 1\u202f408 et 1\u202f432" in account
    assert "écart déclaré" in account
    assert "Raison      La même phrase introduit deux parts différentes" in account


def test_every_other_place_that_prints_the_figure_is_listed_and_exists(
    book: Path, survey: Survey
) -> None:
    account = unfolded(trace(book, survey, "p2-1-aise"))

    found = places(book, "p2-1-aise")
    assert len(found) >= 8
    assert {place.page for place in found} >= {"index.html", "partie-2.html", "conclusion.html"}
    assert any(place.anchor == "fig-q1" for place in found)  # only drawn there
    for place in found:
        assert f'id="{place.anchor}"' in (book / place.page).read_text("utf-8")
        assert str(place) in account
    # Counted by hand in the pages: nothing else prints it.
    prints = sum(
        len(set(re.findall(r' id="(chiffre-p2-1-aise(?:-\d+)?)"', file.read_text("utf-8"))))
        for file in book.glob("*.html")
    )
    assert sum(place.anchor.startswith("chiffre-") for place in found) == prints


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("meth-date-fin", ("21 juin 2024", "ne se calcule pas depuis les réponses")),
        ("s-q4-somme", ("déduit", "24\u00a0% + 39\u00a0%")),
        ("p1-1-plus-moitie", ("plus de la moitié", "p1-1-facilitation : 59\u00a0%")),
        ("p2-2c-9983", ("coches de Q8 (sauf", "base retenue : non publié")),
        (
            "mots-une-grande-majorite-de-p2-1-aise",
            ("pr-resume-positif", "plus de 60\u00a0%", "p2-1-aise : 80,8\u00a0%"),
        ),
    ],
)
def test_figures_of_every_kind_are_accounted_for(
    book: Path, survey: Survey, name: str, parts: tuple[str, ...]
) -> None:
    account = unfolded(trace(book, survey, name))

    for part in parts:
        assert part in account, part


def test_every_figure_of_the_book_can_be_traced(book: Path, survey: Survey) -> None:
    import json

    entries = json.loads((book / "provenance.json").read_text("utf-8"))["entries"]
    for name in {(each["kind"], each["chapter"]): each["id"] for each in entries}.values():
        assert trace(book, survey, name).startswith(f"{name} : ")


def test_no_solved_count_that_was_not_published_is_said(book: Path, survey: Survey) -> None:
    """1 051 of 1 782 is what the solver chose for « facilitation »; nobody published it."""
    row = next(r for r in read("intervalles.csv") if r["id"] == "p1-1-facilitation")
    account = trace(book, survey, "p1-1-facilitation")
    text, listed = account.replace("\u202f", ""), trace_answers(book, survey, "p1-1-facilitation")

    assert row["numerateur"] not in text
    assert row["base"] not in re.sub(r"SHA-256\s+[0-9a-f]+", "", text)
    assert row["numerateur"] not in re.sub(r"R\d+", "", listed)


def test_an_unknown_id_suggests_near_ones(book: Path, survey: Survey) -> None:
    with pytest.raises(EnqueteError) as caught:
        trace(book, survey, "p1-2-surcharg")

    assert "p1-2-surcharge" in caught.value.que_faire


def test_the_ids_counted_are_those_that_the_files_give(book: Path, survey: Survey) -> None:
    themes = [row for row in read("themes.csv") if row["question"] == "Q7"]

    listed = trace_answers(book, survey, "p1-2-surcharge")

    # « surcharge » has no option below it.
    assert ids_of(listed, "Comptées") == {
        row["repondant"] for row in themes if row["theme"] == "surcharge"
    }
    assert ids_of(listed, "Base") == {row["repondant"] for row in themes}
    assert "ne sont les\nréponses de personne" in listed


def test_the_ids_of_ticks_are_those_of_the_ticks(book: Path, survey: Survey) -> None:
    ticks = [row for row in read("coches.csv") if row["question"] == "Q8"]
    expected = {row["repondant"] for row in ticks if row["option"] != "aucune"}

    listed = trace_answers(book, survey, "p2-2c-9983")

    assert {name.partition("×")[0] for name in ids_of(listed, "Comptées")} == expected


@pytest.mark.parametrize("name", ["meth-date-fin", "s-q4-somme", "p1-1-plus-moitie"])
def test_what_is_not_counted_has_no_ids_and_says_why(book: Path, survey: Survey, name: str) -> None:
    with pytest.raises(EnqueteError, match="ne compte pas directement"):
        trace_answers(book, survey, name)


def test_a_question_lists_its_figures_charts_tables_and_statements(
    book: Path, survey: Survey
) -> None:
    account = trace_question(book, survey, "Q4")

    assert "suffisamment formé-e au numérique" in account
    assert "p3-2f-insuffisant : 43\u00a0%" in account
    assert "partie-3.html#fig-q4 : " in account
    assert "partie-3.html#tbl-p3 : " in account
    assert "pr-majorite-57 : " in account
    assert "p1-2-surcharge" not in account


def test_a_question_that_does_not_exist_is_refused(book: Path, survey: Survey) -> None:
    with pytest.raises(EnqueteError, match="n’existe pas"):
        trace_question(book, survey, "Q44")


def test_the_command_takes_one_of_the_two(project: Path) -> None:
    both = rapport(project, "tracer", "p1-2-surcharge", "--question", "Q4")
    good = rapport(project, "tracer", "--question", "Q10")

    assert both.returncode == 2
    assert "pas les deux" in both.stderr
    assert good.returncode == 0
    assert "Affirmations : " in good.stdout
