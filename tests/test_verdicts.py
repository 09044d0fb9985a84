"""Verdicts: what the answers give, figure by figure, and what excuses the rest."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from enquete.checks import OtherValue
from enquete.discrepancies import Discrepancy
from enquete.measure import measure, truth
from enquete.readings import RankOf, WordsOf
from enquete.selection import In, chose, everyone
from enquete.shares import Interval, respondents
from enquete.survey import open_survey
from enquete.verdicts import UNDECLARED, Verdict, compare, verdict, verdicts

ROOT = Path(__file__).parents[1]
DATA = ROOT / "data"

# Written by hand from the audit of the report; everything else is reproduced.
OTHER_BASE = [
    "p2-1-facilitateurs", "p2-1-problematiques", "p2-1a-facilitateurs-bis", "p2-1a-organisation",
    "p2-1a-centralisation", "p2-1a-facilitateurs-ter", "p2-1a-aise-sans-detail",
    "p2-1a-fluidification", "p2-2a-problematiques", "p2-2ai-aise-problematiques",
    "p2-2aii-refractaires", "p2-2c-9983", "a1-dep-paris-pct", "a1-dep-gironde-pct",
    "a1-dep-nord-pct", "a1-dep-bas-rhin-pct", "a1-dep-rhone-pct", "a1-dep-savoie-pct",
    "a1-dep-seine-saint-denis-pct",
]  # fmt: skip
DISCREPANT = {
    "p2-1-rural": "libelle",
    "p2-1a-communication": "libelle",
    "a1-urbain": "libelle",
    "p2-1-mal-20": "arrondi",
    "p2-2ai-aise-80": "arrondi",
    "p2-1-ass-global": "valeur",
    "p2-1-cip-global": "valeur",
}
UNDETERMINED = ["p1-3c-rang", "p3-1b-submergee-rang", "p3-1b-principale-transformation",
                "p3-2a-premiere"]  # fmt: skip
NOT_RECOMPUTABLE = ["p1-3a-principalement", "p3-2f-sujets", "p3-3-seuil", "a1-dep-principalement"]


@pytest.fixture(scope="module")
def survey():
    return open_survey(ROOT)


@pytest.fixture(scope="module")
def declared(survey):
    return survey.discrepancies


@pytest.fixture(scope="module")
def found(survey):
    return verdicts(survey)


@pytest.fixture(scope="module")
def rows():
    with (DATA / "reponses.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# --- the whole register


def test_all_statements_have_a_verdict(found):
    assert len(found) == 166
    assert Counter(v.name for v in found.values()) == {
        "reproduced": 132,
        "reproduced-other-base": 19,
        "discrepant": 7,
        "undetermined": 4,
        "not-recomputable": 4,
    }


def test_the_trial_reconstruction_is_not_done_worse(survey, found):
    quantities = [f for f in survey.register if f.unit not in ("mots", "rang")]
    assert len(quantities) == 142
    hold = [
        f.id
        for f in quantities
        if found[f.id].name in ("reproduced", "reproduced-other-base")
        or found[f.id].nature == "libelle"
    ]
    assert len(hold) == 137


def test_figures_on_another_base(found):
    assert [i for i, v in found.items() if v.name == "reproduced-other-base"] == OTHER_BASE


def test_discrepant_figures_and_their_nature(found):
    seen = {i: v.nature for i, v in found.items() if v.name == "discrepant"}
    assert seen == DISCREPANT


def test_what_cannot_be_settled(found):
    assert [i for i, v in found.items() if v.name == "undetermined"] == UNDETERMINED
    assert [i for i, v in found.items() if v.name == "not-recomputable"] == NOT_RECOMPUTABLE


def test_nothing_but_the_reproduced_goes_undeclared(found):
    for figure, judged in found.items():
        if judged.name == "reproduced":
            assert judged == Verdict("reproduced"), figure
        else:
            assert judged.declared, figure
            assert judged.reason, figure
            assert UNDECLARED not in judged.reason, figure


def test_every_computation_that_the_report_describes_otherwise_is_declared(survey, declared):
    described = {f.id for f in survey.register if f.printed_reading is not None}
    covered = {name for d in declared if d.nature in ("base", "libelle") for name in d.figures}
    assert described <= covered


# --- a few recounted from the files, without our code


def test_one_value_recounted_with_a_counter(survey, rows):
    ill_at_ease = [row["S6"] for row in rows if row["Q1"] == "mal"]
    rural = Counter(ill_at_ease)["rural"]
    reading = survey.register["p2-1-rural"].reading
    assert measure(survey.answers)(reading) == Fraction(100 * rural, len(ill_at_ease))


def test_one_share_of_answers_recounted_with_a_counter(survey):
    with (DATA / "themes.csv").open(encoding="utf-8", newline="") as file:
        why = [
            (r["question"], r["theme"])
            for r in csv.DictReader(file)
            if r["question"] in ("Q1a", "Q1b")
        ]
    hardline = Counter(why)["Q1b", "refractaire"]
    assert (hardline, len(why)) == (8, 1782)
    reading = survey.register["p2-2aii-refractaires"].reading
    assert measure(survey.answers)(reading) == Fraction(800, 1782)


def test_one_share_of_ticks_recounted_with_a_counter(survey):
    with (DATA / "coches.csv").open(encoding="utf-8", newline="") as file:
        ticks = Counter(row["option"] for row in csv.DictReader(file) if row["question"] == "Q8")
    reading = survey.register["p2-2c-9983"].reading
    others = ticks.total() - ticks["aucune"]
    assert measure(survey.answers)(reading) == Fraction(100 * others, ticks.total())


def test_a_difference_subtracts_the_rounded_shares(survey):
    assert measure(survey.answers)(survey.register["p2-2aii-5pts"].reading) == 16 - 11


def test_a_selection_finer_than_the_data_is_not_measured(survey):
    share = survey.register["p2-1-aise"].reading
    finer = replace(share, numerator=respondents(chose("Q1", "tres_bien")))
    assert measure(survey.answers)(finer) is None


# --- ranks and words


def test_a_rank_over_hidden_frequencies_is_not_settled(survey):
    assert truth(survey.answers, survey.register["p1-3c-rang"].reading) is None


def test_a_rank_holds_or_fails(survey):
    rank = survey.register["p2-2b-rang"].reading
    assert isinstance(rank, RankOf)
    assert truth(survey.answers, rank) is True
    assert truth(survey.answers, replace(rank, first="formation")) is False


class Counted:
    """Answers reduced to the bounds of two options."""

    def __init__(self, first: tuple[int, int], second: tuple[int, int]) -> None:
        self.bounds = {"first": first, "second": second}

    def count(self, count):
        codes = [leaf.codes[0] for leaf in count.where.leaves() if isinstance(leaf, In)]
        return Interval(*self.bounds[codes[0]])


@pytest.mark.parametrize(
    ("first", "second", "settled"),
    [
        ((7, 7), (6, 6), True),
        ((7, 9), (6, 6), True),
        ((6, 6), (6, 6), False),  # a tie is not a first rank
        ((5, 9), (6, 6), None),
        ((5, 6), (7, 9), False),
    ],
)
def test_a_rank_between_bounds(first, second, settled):
    rank = RankOf("Q0", "first", ("first", "second"), everyone)
    assert truth(Counted(first, second), rank) is settled


@pytest.mark.parametrize(
    ("gt", "lt", "holds"), [("80", None, True), ("81", None, False), ("50", "80", False)]
)
def test_words_hold_strictly_between_their_bounds(survey, gt, lt, holds):
    words = WordsOf(
        survey.register["p2-1-aise"].reading, Fraction(gt), None if lt is None else Fraction(lt)
    )
    assert truth(survey.answers, words) is holds


# --- one comparison at a time


@pytest.mark.parametrize(
    ("figure", "value", "name"),
    [
        ("p1-1-facilitation", "58.5", "reproduced"),  # rounds half up to the printed 59
        ("p1-1-facilitation", "58.4999", "discrepant"),
        ("p2-1-aise", "80.75", "reproduced"),
        ("p2-1-aise", "80.85", "discrepant"),
        ("reco-43", "43.01", "reproduced"),
        ("reco-43", "43", "discrepant"),  # « plus de » is strict
        ("reco-43", "43.5", "discrepant"),
        ("p2-2b-formation", "14.5", "reproduced"),
        ("front-2500", "2542", "reproduced"),
        ("front-2500", "2449", "discrepant"),
        ("p2-1-mal-20", "19.2", "discrepant"),  # near, but not what rounding gives
        ("p2-1-mal-20", "19.6", "reproduced"),
        ("p2-2c-11", "11", "reproduced"),
        ("p2-2c-11", "12", "discrepant"),
    ],
)
def test_a_value_against_its_print(survey, declared, figure, value, name):
    judged = compare(survey.register[figure], Fraction(value), declared, survey.policy)
    assert judged.name == name


def test_a_wrong_value_that_nothing_declares_says_so(survey, declared):
    judged = compare(survey.register["p1-1-facilitation"], Fraction(60), declared, survey.policy)
    assert judged == Verdict("discrepant", None, UNDECLARED)


def test_a_declaration_excuses_only_the_figures_that_its_check_names(survey):
    entry = Discrepancy(
        id="X",
        figures=("p2-1-aise", "p2-1-mal-20"),
        neighbours=(),
        nature="arrondi",
        severity="mineure",
        cause="essai",
        check=OtherValue(("p2-1-mal-20",)),
        where="essai",
    )
    named = compare(survey.register["p2-1-mal-20"], Fraction(19), [entry], survey.policy)
    other = compare(survey.register["p2-1-aise"], Fraction(19), [entry], survey.policy)
    assert named == Verdict("discrepant", "arrondi", "essai", "X")
    assert other == Verdict("discrepant", None, UNDECLARED)


def test_a_declared_label_decides_even_when_the_number_agrees(survey, declared):
    judged = compare(survey.register["a1-urbain"], Fraction("24.4"), declared, survey.policy)
    assert (judged.name, judged.nature, judged.declared) == ("discrepant", "libelle", "L-URBAIN")


def test_without_its_declaration_the_same_figure_is_reproduced(survey):
    judged = compare(survey.register["a1-urbain"], Fraction("24.4"), (), survey.policy)
    assert judged == Verdict("reproduced")


def test_false_words_are_discrepant(survey, declared):
    figure = survey.register["p1-1-plus-moitie"]
    assert compare(figure, True, declared, survey.policy).name == "reproduced"
    assert compare(figure, False, declared, survey.policy).name == "discrepant"


def test_what_is_not_settled_gives_the_reason_of_the_register_when_nothing_is_declared(survey):
    figure = survey.register["p1-3c-rang"]
    judged = verdict(figure, survey, declared=())
    assert judged == Verdict("undetermined", None, figure.reason)
