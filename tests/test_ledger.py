"""The ledger: one line a figure, valid, found again in the chapter's source."""

from __future__ import annotations

import json
import linecache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from enquete import (
    EnqueteError,
    Ledger,
    Survey,
    TooFew,
    Undetermined,
    answered,
    answers,
    chose,
    everyone,
    read_ledger,
    ticks,
)
from enquete.provenance import SCHEMA


def entries(survey: Survey, chapter: str = "partie-1") -> list[dict[str, Any]]:
    return read_ledger(survey.root / ".rapport" / "registre", [chapter])


def print_everything(figures: Ledger) -> None:
    bien = figures.share("m-bien", chose("Q1", "bien"), base=answered("Q1"))
    plus = figures.share(
        "m-bien-plus10", chose("Q1", "bien"), base=chose("S4", "plus_10") & answered("Q1")
    )
    figures.difference("m-ecart", plus, bien)
    figures.count("m-n", everyone)
    figures.count("m-reponses", answers("Q2", "Q7"))
    figures.share("m-facilitation", chose("Q2", "facilitation"), base=answered("Q2"))
    figures.share("m-droits", ticks("Q8", "acces_droits"), base=ticks("Q8"))
    figures.words("m-plus-moitie", of=bien)
    figures.fact("m-cloture")
    figures.fact("s-presse")


@pytest.mark.parametrize("kind", ["mini", "original"])
def test_entries_are_valid_against_the_schema(kind: str, request: pytest.FixtureRequest) -> None:
    survey: Survey = request.getfixturevalue(kind)
    print_everything(survey.chapter("partie-1"))
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    edition = {"title": "mini", "origin": survey.origin, "files": {}}
    found = entries(survey)
    assert len(found) == 10
    jsonschema.validate({"schema": 1, "edition": edition, "entries": found}, schema)


def test_an_undetermined_count_is_not_in_the_ledger(mini: Survey) -> None:
    figures = mini.chapter("partie-1")
    figures.share("m-facilitation", chose("Q2", "facilitation"), base=answered("Q2"))
    [entry] = entries(mini)
    assert (entry["numerator"], entry["base"], entry["value"]) == (None, None, None)
    assert entry["status"]["count"]["min"] is None
    assert entry["status"]["value"]["min"] == "5/8"  # 62,5 %: the least that prints 63 %


def test_an_assumed_count_is_bounded_in_the_ledger(mini: Survey) -> None:
    mini.chapter("partie-1").share("m-bien", chose("Q1", "bien"), base=answered("Q1"))
    [entry] = entries(mini)
    assert entry["status"]["count"] == {
        "status": "assumed",
        "min": 8,
        "max": 8,
        "condition": "si toutes ont répondu",
    }
    assert entry["published"] == [
        {"id": "m-bien", "value": "72,7 %", "section": "1.1"},
        {"id": "m-bien-bis", "value": "72,7%", "section": "1.2"},
    ]
    assert entry["selection"] == {
        "numerator": {"unit": "respondents", "where": {"q": "Q1", "in": ["bien"]}},
        "base": {"unit": "respondents", "where": {"q": "Q1", "answered": True}},
    }


def test_opening_a_chapter_empties_its_ledger(mini: Survey) -> None:
    mini.chapter("partie-1").count("m-n", everyone)
    mini.chapter("partie-1")
    assert entries(mini) == []


def test_a_cell_run_twice_prints_one_figure(mini: Survey) -> None:
    figures = mini.chapter("partie-1")
    first = figures.count("m-n", everyone)
    assert figures.count("m-n", everyone) is first
    assert len(entries(mini)) == 1


def test_one_id_names_one_computation(original: Survey) -> None:
    figures = original.chapter("partie-1")
    figures.share("mal", chose("Q1", "mal"), base=answered("Q1"))
    with pytest.raises(EnqueteError, match="déjà calculé autrement"):
        figures.share("mal", chose("Q4", "1"), base=answered("Q4"))


def test_a_published_id_with_another_selection_shows_both_in_french(figures: Ledger) -> None:
    with pytest.raises(EnqueteError) as caught:
        figures.share("m-bien", chose("Q1", "mal"), base=answered("Q1"))
    message = str(caught.value)
    assert "chapitre : part des répondantes qui répondent «\u00a0mal\u00a0» à Q1" in message
    assert "registre : part des répondantes qui répondent «\u00a0bien" in message
    assert "figures.yml, ligne" in message


def test_words_that_no_longer_hold_are_refused(figures: Ledger) -> None:
    bien = figures.share("m-bien", chose("Q1", "bien"), base=answered("Q1"))
    with pytest.raises(EnqueteError, match="« quatre cinquièmes » n’est plus vrai : 72,7"):
        figures.words("m-quatre-cinquiemes", of=bien)


def test_words_are_checked_without_their_figure_too(figures: Ledger) -> None:
    assert figures.words("m-plus-moitie").verdict == "reproduced"
    with pytest.raises(EnqueteError, match="n’est plus vrai"):
        figures.words("m-quatre-cinquiemes")


def test_words_of_another_figure_are_refused(figures: Ledger) -> None:
    other = figures.share("m-facilitation", chose("Q2", "facilitation"), base=answered("Q2"))
    with pytest.raises(EnqueteError, match="ne portent pas sur"):
        figures.words("m-plus-moitie", of=other)


def test_words_can_take_another_grammatical_form(figures: Ledger) -> None:
    shown = figures.words("m-plus-moitie", words="Plus de la moitié")
    assert shown._repr_markdown_() == '[Plus de la moitié]{.chiffre chiffre="m-plus-moitie"}'


def test_words_that_nothing_allows_to_check_are_refused(figures: Ledger) -> None:
    with pytest.raises(Undetermined, match="premier frein"):
        figures.words("m-rang")


def test_a_small_number_of_the_procedure_is_written_in_words(figures: Ledger) -> None:
    with pytest.raises(ValueError, match="entier de 0 à 16"):
        figures.fact("m-part", spelled=True)


def test_a_figure_names_only_the_files_that_hold_its_questions(mini: Survey) -> None:
    figures = mini.chapter("partie-1")
    figures.share("m-facilitation", chose("Q2", "facilitation"), base=answered("Q2"))
    figures.share("m-bien", chose("Q1", "bien"), base=answered("Q1"))

    assert [list(entry["data"]["files"]) for entry in entries(mini)] == [
        ["themes.csv"],
        ["reponses.csv"],
    ]


def test_facts_print_with_french_spaces(figures: Ledger) -> None:
    assert figures.fact("m-part").text == "53\u00a0% de 2\u202f500"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda figures: figures.fact("m-clotur"), "Vouliez-vous dire « m-cloture »"),
        (lambda figures: figures.words("m-plus-moitié"), "Vouliez-vous dire « m-plus-moitie »"),
        (lambda figures: figures["m-bein"], "n’est pas calculé dans partie-1"),
    ],
)
def test_an_unknown_id_is_refused_with_the_nearest_one(
    figures: Ledger, call: Any, message: str
) -> None:
    with pytest.raises(EnqueteError, match=message):
        call(figures)


def test_a_distribution_shows_published_options_and_names_the_others(figures: Ledger) -> None:
    table = figures.distribution("fig-q1", "Q1")
    assert [(row.label, row.text, row.level) for row in table.rows] == [
        ("bien (très ou assez)", "72,7\u00a0%", 0),
        ("Très bien", "détail non publié", 1),
        ("Assez bien", "détail non publié", 1),
        ("mal", "27\u00a0%", 0),
    ]
    assert table.rows[0].figure is figures["m-bien"]
    assert table.base == "11 répondantes, si toutes ont répondu"
    assert table.wording == "Comment vivez-vous la numérisation ?"


def test_two_questions_are_tabulated_as_one_tree(figures: Ledger) -> None:
    table = figures.distribution("fig-deux", ("Q2", "Q7"), base=answers("Q2", "Q7"))
    assert [(row.code, row.level) for row in table.rows] == [
        ("facilitation", 0),
        ("organisation", 1),
        ("outils", 1),
        ("impacts", 0),
        ("communication", 0),
    ]
    assert table.wording == (
        "Comment le métier a-t-il évolué ? / En quoi vos pratiques ont-elles évolué ?"
    )


def test_a_placeholder_option_is_never_shown(figures: Ledger) -> None:
    labels = [row.label for row in figures.distribution("fig-q8", "Q8").rows]
    assert labels == ["accès aux droits", "logement", "aucune"]


def test_a_distribution_of_original_answers_fills_in(original: Survey) -> None:
    table = original.chapter("partie-1").distribution("fig-s4", "S4")
    assert [(row.text, row.figure and row.figure.sentence) for row in table.rows] == [
        ("42\u00a0%", "5 des 12 répondantes"),
        ("58\u00a0%", "7 des 12 répondantes"),
    ]


def test_a_distribution_of_original_answers_hides_few_people_and_unknown_details(
    original: Survey,
) -> None:
    figures = original.chapter("partie-1")
    # « outils » is 1 or 2 of 8: R0004 has no more than « facilitation ».
    assert [row.text for row in figures.distribution("fig-q2", "Q2").rows] == [
        "63\u00a0%",
        "détail non publié",
        "détail non publié",
        "38\u00a0%",
    ]
    # « autre » is one person of three.
    with pytest.raises(TooFew):
        figures.share("une", chose("Q7", "autre"), base=answered("Q7"))
    assert figures.distribution("fig-q7", "Q7").rows[0].figure is None


def test_a_table_holds_the_figures_given(figures: Ledger) -> None:
    n = figures.count("m-n", everyone)
    bien = figures.share("m-bien", chose("Q1", "bien"), base=answered("Q1"))
    table = figures.table("tbl-x", [("Ensemble", (n, bien))], columns=("Effectif", "Part"))
    assert table.rows[0].cells == (n, bien)


def run_cells(path: Path, name: str) -> list[dict[str, Any]]:
    """Run a chapter's cells as IPython does: compiled under a name that linecache knows."""
    scope: dict[str, Any] = {}
    cells = path.read_text(encoding="utf-8").split("```{python}\n")[1:]
    for number, cell in enumerate(cells):
        code = cell.split("\n```")[0]
        filename = name.format(number)
        linecache.cache[filename] = (len(code), None, code.splitlines(keepends=True), filename)
        exec(compile(code, filename, "exec"), scope)  # noqa: S102 - the mini chapter, as a kernel would
    return entries(scope["survey"])


@pytest.mark.parametrize(
    "name", ["<ipython-input-{}-abc>", "/srv/ipykernel_12/{}34.py"], ids=["shell", "kernel"]
)  # fmt: skip
def test_an_entry_points_at_its_line_and_holds_its_cell(mini_root: Path, name: str) -> None:
    path = mini_root / "chapters" / "partie-1.qmd"
    found = run_cells(path, name)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [entry["id"] for entry in found] == ["m-bien", "m-plus-moitie"]
    for entry in found:
        assert entry["source"]["file"] == "chapters/partie-1.qmd"
        assert entry["id"] in lines[entry["source"]["line"] - 1]
        assert entry["source"]["code"].startswith("bien = figures.share(")
        assert "#|" not in entry["source"]["code"]


def test_a_damaged_ledger_is_named(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text('{"id": 1}\n{"id"\n', encoding="utf-8")
    with pytest.raises(EnqueteError, match="illisible") as caught:
        read_ledger(tmp_path, ["absent", "c"])
    assert caught.value.ou.endswith("c.jsonl, ligne 2")
