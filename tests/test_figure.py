"""What one figure prints, and what it keeps to itself."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from IPython.core.formatters import DisplayFormatter

from enquete import EnqueteError, Ledger, Survey, Undetermined, answered, chose, everyone, ticks
from enquete.figure import Figure, Status, Statuses

ASSUMED = "si toutes ont répondu"


def test_an_inline_figure_is_a_span_that_carries_its_id(figures: Ledger) -> None:
    figure = figures.share("m-bien", chose("Q1", "bien"), base=answered("Q1"))
    data, _ = DisplayFormatter().format(figure)  # what Jupyter and Quarto send
    assert data["text/markdown"] == '[72,7&#160;%]{.chiffre chiffre="m-bien"}'
    assert "text/html" not in data


def test_a_known_figure_shows_its_integers(figures: Ledger) -> None:
    base = chose("S4", "plus_10") & answered("Q1")
    figure = figures.share("m-bien-plus10", chose("Q1", "bien"), base=base)
    assert (figure.numerator, figure.base, figure.value) == (4, 5, Fraction(4, 5))
    assert repr(figure) == "<m-bien-plus10 80\u00a0% = 4/5>"
    assert figure.sentence == "4 des 5 répondantes"


def test_an_undetermined_count_appears_nowhere(figures: Ledger) -> None:
    # 5 of 8 in the data, which the solver chose: 62,5 %.
    figure = figures.share("m-facilitation", chose("Q2", "facilitation"), base=answered("Q2"))
    assert figure.text == "63\u00a0%"
    assert figure.sentence == "effectif non publié"
    assert (figure.numerator, figure.base) == (None, None)
    assert figure.value == Fraction(63, 100)  # as printed, not 5/8
    assert "5/8" not in repr(figure)


def test_an_assumed_count_says_its_condition(figures: Ledger) -> None:
    figure = figures.share("m-bien", chose("Q1", "bien"), base=answered("Q1"))
    assert figure.sentence == f"8 des 11 répondantes, {ASSUMED}"
    assert (figure.numerator, figure.base) == (None, None)


def figure_with(count: Status, base: Status, **changes: object) -> Figure:
    made = Figure("x", "c", "share", "80,8\u00a0%", unit="respondents", widest=30)
    return replace(made, statuses=Statuses(base=base, count=count), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("count", "base", "expected"),
    [
        (
            Status("assumed", 2053, 2055, ASSUMED),
            Status("assumed", 2542, 2542, ASSUMED),
            f"entre 2\u202f053 et 2\u202f055 des 2\u202f542 répondantes, {ASSUMED}",
        ),
        (
            Status("published", 247, 247),
            Status("deduced", 2512, 2520),
            "247 sur un total de 2\u202f512 à 2\u202f520 répondantes",
        ),
        (Status("deduced", 1541, 1699), Status("deduced", 2542, 2542), "effectif non publié"),
        (Status("published", 8, 8), Status("undetermined"), "effectif non publié"),
        (Status("published", 8, 8), Status("deduced", 850, 1094), "effectif non publié"),
    ],
)  # fmt: skip
def test_the_sentence_of_a_count(count: Status, base: Status, expected: str) -> None:
    assert figure_with(count, base).sentence == expected


@pytest.mark.parametrize(("width", "shown"), [(30, True), (31, False)])
def test_an_interval_wider_than_the_policy_is_not_printed(width: int, shown: bool) -> None:
    figure = figure_with(Status("deduced", 100, 100 + width), Status("published", 500, 500))
    assert (figure.sentence != "effectif non publié") is shown


def test_ticks_and_answers_are_named(figures: Ledger) -> None:
    figure = figures.share("m-droits", ticks("Q8", "acces_droits"), base=ticks("Q8"))
    assert figure.sentence == "entre 3 et 5 sur un total de 6 à 9 coches"


def test_what_is_discrepant_prints_the_recomputed_value(figures: Ledger) -> None:
    figure = figures.share("m-mal-faux", chose("Q1", "mal"), base=answered("Q1"))
    assert figure.text == "27\u00a0%"
    assert figure.verdict == "discrepant"
    assert figure.published[0].text == "25%"
    assert figure.reason == "Le texte imprime 25 % ; les réponses donnent 27 %."


def test_a_repeated_figure_covers_its_repetitions(figures: Ledger) -> None:
    figure = figures.share("m-bien", chose("Q1", "bien"), base=answered("Q1"))
    assert [printed.id for printed in figure.published] == ["m-bien", "m-bien-bis"]


def test_original_answers_show_counts_and_details(original: Survey) -> None:
    figures = original.chapter("partie-1")
    figure = figures.share("m-facilitation", chose("Q2", "facilitation"), base=answered("Q2"))
    assert (figure.sentence, figure.value) == ("5 des 8 répondantes", Fraction(5, 8))
    assert figure.flags == ("small-base",)
    assert figures.share("nouveau", chose("Q4", "1"), base=answered("Q4")).verdict == "new"


def test_original_answers_that_lack_a_detail_say_so(original: Survey) -> None:
    # R0004 is coded « facilitation » without more: « outils » is 1 or 2.
    with pytest.raises(Undetermined, match="ne donnent pas ce détail"):
        original.chapter("partie-1").share("x", chose("Q2", "outils"), base=answered("Q2"))


def test_original_answers_do_not_show_a_lone_person(original: Survey) -> None:
    figures = original.chapter("partie-1")
    with pytest.raises(EnqueteError, match="reconnu"):
        figures.share("seule", chose("Q7", "autre"), base=answered("Q7"))


def test_an_empty_base_is_refused(original: Survey) -> None:
    nobody = chose("Q1", "mal") & chose("Q2", "organisation")
    with pytest.raises(EnqueteError, match="Base vide"):
        original.chapter("partie-1").share("vide", chose("Q4", "1"), base=nobody)


def test_a_count_of_everyone_is_exact(figures: Ledger) -> None:
    figure = figures.count("m-n", everyone)
    assert (figure.text, figure.numerator, figure.sentence) == ("12", 12, "12 répondantes")


def test_more_decimals_than_published_are_refused(figures: Ledger) -> None:
    chosen, base = chose("Q2", "facilitation"), answered("Q2")
    with pytest.raises(Undetermined):
        figures.share("m-facilitation", chosen, base=base, decimals=1)
