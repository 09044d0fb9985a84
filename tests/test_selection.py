"""Selections: one canonical form, JSON and back, three-valued truth."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enquete import EnqueteError, Survey, answered, chose, everyone
from enquete.selection import All, Answered, Any, In, Not, Selection, from_json

MINI = Path(__file__).parent / "data" / "mini" / "data"
CODES = {
    "S4": ["plus_10", "dix_ou_moins"],
    "Q1": ["bien", "tres_bien", "assez_bien", "mal"],
    "Q2": ["facilitation", "organisation", "outils", "impacts"],
    "Q8": ["acces_droits", "logement", "aucune"],
}
ABOVE = {"tres_bien": "bien", "assez_bien": "bien"} | dict.fromkeys(
    ("organisation", "outils"), "facilitation"
)

leaves = st.one_of(
    st.sampled_from(sorted(CODES)).map(Answered),
    st.sampled_from(sorted(CODES)).flatmap(
        lambda q: st.lists(st.sampled_from(CODES[q]), min_size=1, max_size=3).map(
            lambda codes: In(q, tuple(codes))
        )
    ),
)
selections = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: All(tuple(parts))),
        st.lists(inner, max_size=3).map(lambda parts: Any(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=8,
)


def given_answers() -> dict[str, dict[str, list[str]]]:
    """Who gave which codes to which question, read without our library."""
    found: dict[str, dict[str, list[str]]] = {}
    with (MINI / "reponses.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[row["id"]] = {q: [row[q]] for q in ("S4", "Q1", "Q4") if row[q]}
    for name, column in (("coches", "option"), ("themes", "theme")):
        with (MINI / f"{name}.csv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                found[row["repondant"]].setdefault(row["question"], []).append(row[column])
    return found


def holds(selection: Selection, answers: dict[str, list[str]]) -> bool | None:
    """Evaluate by the book: None is unknown; « not » stays within answered."""
    match selection:
        case Answered(question):
            return question in answers
        case In(question, codes):
            codes_given = answers.get(question, [])
            if any(code in codes or ABOVE.get(code) in codes for code in codes_given):
                return True
            return None if any(ABOVE.get(code) in codes_given for code in codes) else False
        case All(parts):
            values = [holds(part, answers) for part in parts]
            return False if False in values else None if None in values else True
        case Any(parts):
            values = [holds(part, answers) for part in parts]
            return True if True in values else None if None in values else False
        case Not(Answered(question)):
            return question not in answers
        case Not(In(question) as part):
            inner = holds(part, answers)
            return None if inner is None else question in answers and not inner
        case Not(All(parts)):
            return holds(Any(tuple(Not(part) for part in parts)), answers)
        case Not(Any(parts)):
            return holds(All(tuple(Not(part) for part in parts)), answers)
        case Not(Not(part)):
            return holds(part, answers)
    raise AssertionError(selection)


@given(selections)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_truth_is_what_the_answers_say_row_by_row(mini: Survey, selection: Selection) -> None:
    truth = mini.answers.truth(selection)
    expected = [holds(selection, answers) for answers in given_answers().values()]
    found = [
        None if unknown else bool(true)
        for true, unknown in zip(truth.true, truth.unknown, strict=True)
    ]
    assert found == expected
    assert not (truth.true & truth.unknown).any()


@given(selections)
def test_json_gives_the_same_selection_back(selection: Selection) -> None:
    assert from_json(selection.to_json()) == selection


@given(selections)
def test_canonical_form_is_stable(selection: Selection) -> None:
    once = selection.canonical()
    assert once.canonical() == once


@given(selections, selections)
def test_order_of_the_parts_does_not_matter(a: Selection, b: Selection) -> None:
    assert (a & b).key == (b & a).key
    assert (a | b).key == (b | a).key


def test_equal_conditions_have_one_canonical_form() -> None:
    spelled = [
        chose("Q1", "bien", "mal") & answered("Q1"),
        answered("Q1") & (chose("Q1", "mal") | chose("Q1", "bien")),
        ~~chose("Q1", "mal", "bien", "bien") & everyone,
    ]
    assert {each.key for each in spelled} == {'{"in":["bien","mal"],"q":"Q1"}'}


def test_negation_is_pushed_to_the_leaves() -> None:
    refused = ~(chose("Q1", "bien") & answered("Q2"))
    assert refused.canonical() == (~chose("Q1", "bien") | ~answered("Q2")).canonical()


def test_a_selection_is_said_in_french(mini: Survey) -> None:
    sentence = (chose("Q2", "organisation", "outils") & ~chose("Q1", "mal")).sayable(
        mini.questionnaire
    )
    assert sentence == (
        "évoquent «\u00a0meilleure organisation\u00a0» ou «\u00a0nouveaux outils\u00a0» à Q2"
        " et répondent autre chose que «\u00a0mal\u00a0» à Q1"
    )


@pytest.mark.parametrize(
    "raw", [{"q": "Q1"}, {"q": "Q1", "in": []}, {"q": "Q1", "answered": False}, {"tous": []}, 3]
)
def test_unreadable_json_is_refused_with_the_grammar(raw: object) -> None:
    with pytest.raises(EnqueteError, match="illisible"):
        from_json(raw)


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        (chose("Q1", "bein"), "L’option 'bein' n’existe pas à la question Q1. Vouliez-vous dire"),
        (answered("Q9"), "La question 'Q9' n’existe pas."),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest_one(
    mini: Survey, selection: Selection, message: str
) -> None:
    with pytest.raises(EnqueteError, match=message):
        mini.answers.truth(selection)


def test_chose_without_option_is_refused() -> None:
    with pytest.raises(EnqueteError, match="quelle option"):
        chose("Q1")
