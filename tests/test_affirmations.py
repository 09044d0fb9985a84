"""What the report affirms in words: judged as published, kept true, bound to the book."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from enquete import EnqueteError, Ledger, Survey, answered, chose
from enquete.affirmations import (
    Affirmation,
    Affirmations,
    judge,
    read_affirmations,
    unbound,
    untrue,
)
from enquete.known import Values, published
from enquete.predicates import check, holds, names
from enquete.ranges import Range

REPOSITORY = Path(__file__).resolve().parents[1]
# Truth of each statement at the printed values, established by another program.
EXPECTED = Path(__file__).resolve().parent / "data" / "affirmations-attendues.csv"
TRUTH = {"vrai": True, "faux": False, "": None}


@pytest.fixture(scope="module")
def affirmations(shipped: Survey) -> Affirmations:
    return read_affirmations(REPOSITORY / "data", shipped.register)


def expected() -> list[dict[str, str]]:
    with EXPECTED.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_hundred_and_four_statements_are_all_there(affirmations: Affirmations) -> None:
    assert list(affirmations) == [row["id"] for row in expected()]
    assert len(affirmations) == 104


@pytest.mark.parametrize("row", expected(), ids=lambda row: row["id"])
def test_each_statement_is_judged_as_published(
    shipped: Survey, affirmations: Affirmations, row: dict[str, str]
) -> None:
    predicate = affirmations[row["id"]].predicate
    found = None if predicate is None else holds(predicate, published(shipped.register))
    assert found is TRUTH[row["publie"]]


def test_what_is_not_plainly_true_is_not_kept_as_it_is(affirmations: Affirmations) -> None:
    kept = {each.id for each in affirmations.values() if each.status == "tenue"}
    plainly = {row["id"] for row in expected() if row["verdict"] == "vrai"}
    # True of the two figures compared, but two more themes have none.
    assert plainly - kept == {"pr-premier-frein"}
    assert kept <= plainly


def test_counts_of_statuses(affirmations: Affirmations) -> None:
    assert Counter(each.status for each in affirmations.values()) == {
        "tenue": 63,
        "reformulee": 39,
        "non_retenue": 2,
    }


def test_everything_the_edition_says_holds_on_the_answers(
    shipped: Survey, affirmations: Affirmations
) -> None:
    assert untrue(shipped, affirmations) == []
    judged = judge(shipped, affirmations)
    assert all(each.kept for each in judged if each.affirmation.kept is not None)


def values(**known: float | tuple[float, float]) -> Values:
    """Values written in sight; a pair is a printed range, its upper bound left out."""

    def span(name: str) -> Range | None:
        value = known.get(name)
        if value is None:
            return None
        if isinstance(value, tuple):
            low, high = (Fraction(str(bound)) for bound in value)
            return Range(low, high, high_open=True)
        return Range.point(Fraction(str(value)))

    def point(name: str) -> Fraction | None:
        found = span(name)
        return None if found is None else (found.low + found.high) / 2

    return Values(span, point, lambda name: bool(known[name]) if name in known else None)


@pytest.mark.parametrize(
    ("predicate", "true", "false", "doubt"),
    [
        ({"superieur": ["a", 50]}, {"a": 51}, {"a": 50}, {"a": (49.5, 50.5)}),
        ({"inferieur": ["a", 50]}, {"a": (49.5, 50)}, {"a": 50}, {"a": (49.5, 50.5)}),
        ({"au_moins": ["a", 25]}, {"a": 25}, {"a": (24, 25)}, {"a": (24.5, 25.5)}),
        ({"au_plus": ["a", 25]}, {"a": 25}, {"a": 26}, {"a": (24.5, 25.5)}),
        (
            {"superieur": ["a", "b", "c"]},
            {"a": 3, "b": 2, "c": 1},
            {"a": 3, "b": 1, "c": 2},
            {"a": 3, "b": (1, 2.5), "c": 2},
        ),
        ({"egal": [{"somme": ["a", "b"]}, 100]}, {"a": 57, "b": 43}, {"a": 57, "b": 42}, {"a": 1}),
        (
            {"tous": [{"superieur": ["a", 1]}, {"superieur": ["b", 1]}]},
            {"a": 2, "b": 2},
            {"a": (0.5, 2), "b": 1},
            {"a": (0.5, 2), "b": 2},
        ),
        ({"registre": "a"}, {"a": 1}, {"a": 0}, {}),
        (
            {"au_moins": [{"difference": ["a", "b"]}, 10]},
            {"a": (66.5, 67.5), "b": (50.5, 51.5)},
            {"a": 60, "b": 51},
            {"a": (60.5, 61.5), "b": (50.5, 51.5)},
        ),
        (
            {"superieur": [{"part_de": ["a", "b"]}, 25]},
            {"a": (54.5, 55.5), "b": (50.5, 51.5)},
            {"a": 50, "b": 50},
            {"a": (49, 51), "b": 50},
        ),
        (
            {"au_plus": [{"ecart": ["a", "b"]}, 5]},
            {"a": 46, "b": 51},
            {"a": 40, "b": 51},
            {"a": (45.5, 46.5), "b": (50.5, 51.5)},
        ),
        (
            {"superieur": ["a", {"maximum": ["b", "c"]}]},
            {"a": 3, "b": 2, "c": 1},
            {"a": 3, "b": 2, "c": 4},
            {"a": 3, "b": 2, "c": (2, 4)},
        ),
        (
            {"inferieur": ["a", {"minimum": ["b", "c"]}]},
            {"a": 1, "b": 2, "c": 3},
            {"a": 2, "b": 2, "c": 3},
            {"a": (1, 3), "b": 2, "c": 3},
        ),
        (
            {"au_moins": ["a", {"produit": [2, "b"]}]},
            {"a": (16.5, 17.5), "b": (5.5, 6.5)},
            {"a": 11, "b": 6},
            {"a": (12, 14), "b": (5.5, 6.5)},
        ),
        (
            {"superieur": [{"rapport": ["a", "b"]}, 2]},
            {"a": 5, "b": 2},
            {"a": 4, "b": 2},
            {"a": (3, 5), "b": 2},
        ),
        (
            {"superieur": [{"nombre_au_plus": [10, "a", "b", "c"]}, 1.5]},
            {"a": 1, "b": 10, "c": 19},
            {"a": 1, "b": 11, "c": 19},
            {"a": 1, "b": (9, 12), "c": 19},
        ),
        (
            {"egal": [{"arrondi": ["a", -2]}, 2500]},
            {"a": 2542},
            {"a": 2550},
            {},
        ),
    ],
)
def test_each_predicate_holds_fails_or_stays_in_doubt(
    predicate: Any, true: dict[str, Any], false: dict[str, Any], doubt: dict[str, Any]
) -> None:
    check(predicate)
    assert holds(predicate, values(**true)) is True
    assert holds(predicate, values(**false)) is False
    assert holds(predicate, values(**doubt)) is None


@pytest.mark.parametrize(
    ("predicate", "message"),
    [
        ({"plus_grand": ["a", 50]}, "n’est pas une comparaison"),
        ({"superieur": ["a"]}, "deux termes"),
        ({"superieur": "a"}, "deux termes"),
        ({"superieur": [{"moyenne": ["a", "b"]}, 1]}, "n’est pas un calcul"),
        ({"superieur": [{"somme": ["a"]}, 1]}, "deux termes"),
        ("a > 50", "un seul mot-clé"),
        ({"superieur": ["a", 1], "inferieur": ["b", 1]}, "un seul mot-clé"),
        ({"superieur": ["inconnu", 1]}, "« inconnu »"),
    ],
)
def test_a_predicate_outside_the_grammar_is_refused(predicate: Any, message: str) -> None:
    with pytest.raises(EnqueteError, match=message):
        check(predicate, {"a", "b"}.__contains__)


def test_a_predicate_names_its_figures_once_each() -> None:
    assert names({"tous": [{"superieur": ["a", {"somme": ["b", "a"]}]}, {"registre": "c"}]}) == (
        "a",
        "b",
        "c",
    )


# --- the file ---------------------------------------------------------------------------

ENTRY = """\
- id: pr-a
  section: "1.1"
  chapitre: partie-1
  affirme: "plus de la moitié vivent bien la numérisation"
  predicat: {superieur: [m-bien, 50]}
  statut: tenue
  liaison: mots
"""


def read(mini: Survey, text: str) -> Affirmations:
    folder = mini.root / "data"
    content = f"affirmations:\n{text}"
    (folder / "affirmations.yml").write_text(content, encoding="utf-8", newline="\n")
    return read_affirmations(folder, mini.register)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("superieur", "superieure", "n’est pas une comparaison"),
        ("m-bien", "m-bein", "« m-bein »"),
        ("statut: tenue", "statut: tenu", "n’est pas permis"),
        ("predicat: {superieur: [m-bien, 50]}", "predicat: null", "absent d’une affirmation tenue"),
        ("statut: tenue", "statut: reformulee", "« raison »"),
        (
            "statut: tenue",
            'statut: reformulee\n  raison: "R."',
            "présent si et seulement si",
        ),
        ("statut: tenue", 'statut: non_retenue\n  raison: "R."', "inutile : rien n’est dit"),
        ("liaison: mots", "liaison: mots\n  mots: [m-absent]", "n’est pas au registre"),
        ("liaison: mots", "liaison: mots\n  note: rien", "« note » inconnu"),
    ],
)
def test_a_statement_badly_declared_is_refused(
    mini: Survey, old: str, new: str, message: str
) -> None:
    with pytest.raises(EnqueteError) as caught:
        read(mini, ENTRY.replace(old, new))
    assert message in str(caught.value)
    assert "affirmations.yml, ligne 2" in str(caught.value)


# --- binding ------------------------------------------------------------------------------


@pytest.fixture
def ledger(mini: Survey) -> Ledger:
    content = (REPOSITORY / "data" / "mots.yml").read_text(encoding="utf-8")
    (mini.root / "data" / "mots.yml").write_text(content, encoding="utf-8", newline="\n")
    read(
        mini,
        ENTRY
        + ENTRY.replace("pr-a", "pr-non").replace(
            "statut: tenue\n  liaison: mots",
            'statut: non_retenue\n  raison: "Rien ne le dit."\n  liaison: aucune',
        )
        + ENTRY.replace("pr-a", "pr-faux").replace("50", "80"),
    )
    return mini.chapter("partie-1")


def test_words_tied_to_a_statement_say_so_in_the_ledger(ledger: Ledger) -> None:
    bien = ledger.share("m-bien", chose("Q1", "bien"), base=answered("Q1"))
    words = ledger.say("plus de la moitié", bien, claim="pr-a")
    assert words.claim == "pr-a"
    assert '"claim":"pr-a"' in ledger._path.read_text(encoding="utf-8").splitlines()[-1]


def test_words_are_tied_through_another_id_of_the_same_computation(ledger: Ledger) -> None:
    bien = ledger.share("m-bien-bis", chose("Q1", "bien"), base=answered("Q1"))
    assert ledger.say("plus de la moitié", bien, claim="pr-a").claim == "pr-a"


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        ("pr-b", "Vouliez-vous dire « pr-a »"),
        ("pr-non", "n’est pas retenue : Rien ne le dit"),
        ("pr-faux", "L’affirmation « pr-faux » est fausse"),
    ],
)
def test_a_statement_that_may_not_be_made_is_refused(
    ledger: Ledger, claim: str, message: str
) -> None:
    bien = ledger.share("m-bien", chose("Q1", "bien"), base=answered("Q1"))
    with pytest.raises(EnqueteError, match=message):
        ledger.say("plus de la moitié", bien, claim=claim)


def test_a_statement_about_other_figures_is_refused(ledger: Ledger) -> None:
    other = ledger.share("m-facilitation", chose("Q2", "facilitation"), base=answered("Q2"))
    with pytest.raises(EnqueteError, match="ne porte pas sur m-facilitation"):
        ledger.say("plus de la moitié", other, claim="pr-a")


def statement(**changed: Any) -> Affirmation:
    plain = Affirmation(
        id="pr-a",
        section="1.1",
        chapter="partie-1",
        affirms="plus de la moitié",
        predicate={"superieur": ["m-bien", 50]},
        status="tenue",
        reason="",
        binding="mots",
        words=(),
        rewording="",
        reworded=None,
        where="data/affirmations.yml, ligne 2",
    )
    return replace(plain, **changed)


def entry(identifier: str, claim: str | None = None, *prints: str) -> dict[str, Any]:
    return {"id": identifier, "claim": claim, "published": [{"id": each} for each in prints]}


@pytest.mark.parametrize(
    ("kept", "entries", "bound"),
    [
        (statement(), [entry("mots-x", "pr-a")], True),
        (statement(), [entry("mots-x", "pr-b")], False),
        (statement(), [entry("m-bien")], False),
        (statement(words=("m-plus-moitie",)), [entry("m-plus-moitie")], True),
        (statement(words=("m-plus-moitie",)), [entry("m-bien")], False),
        (statement(binding="chiffres"), [entry("m-bien")], True),
        (statement(binding="chiffres"), [entry("m-bien-bis", None, "m-bien")], True),
        (statement(binding="chiffres"), [entry("mots-x", "pr-a")], False),
        (statement(binding="aucune"), [], True),
        (statement(chapter="partie-2"), [], True),  # a chapter that is still to be written
    ],
)
def test_a_kept_statement_is_bound_to_the_book_or_found(
    kept: Affirmation, entries: list[dict[str, Any]], bound: bool
) -> None:
    found = unbound(entries, {kept.id: kept}, {"partie-1"})
    assert (found == []) is bound
    assert all("pr-a" in str(error) for error in found)


def test_a_statement_that_the_answers_no_longer_hold_is_found(mini: Survey) -> None:
    told = {
        "pr-a": statement(),
        "pr-b": statement(id="pr-b", predicate={"superieur": ["m-bien", 90]}),
    }
    [error] = untrue(mini, told)
    assert "« pr-b » est fausse" in str(error)
