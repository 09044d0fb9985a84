"""Words said of figures: each true exactly where its published interval says so."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from enquete import (
    EnqueteError,
    Figure,
    Ledger,
    Survey,
    answered,
    chose,
    everyone,
    open_survey,
    ticks,
)
from enquete.figure import Status, Statuses
from enquete.provenance import SCHEMA
from enquete.ranges import Range, interval
from enquete.vocabulary import Vocabulary, read_vocabulary
from enquete.words import name

REPOSITORY = Path(__file__).resolve().parents[1]
VOCABULARY = read_vocabulary(REPOSITORY / "data")
JUST = Fraction(1, 1000)

# Every interval of data/mots.yml, written again by hand: low, included?, high, included?
NO_END = None
THIRD, TWO_THIRDS = Fraction(100, 3), Fraction(200, 3)
INTERVALS: dict[str, tuple[Any, bool, Any, bool]] = {
    "la moitié": (48.5, True, 51.5, True),
    "près de la moitié": (45, True, 50, False),
    "un peu plus de la moitié": (50, False, 55, True),
    "plus de la moitié": (50, False, 75, False),
    "moins de la moitié": (25, False, 50, False),
    "un tiers": (32, True, 34.5, True),
    "près d'un tiers": (28, True, THIRD, False),
    "un peu plus d'un tiers": (THIRD, False, 40, True),
    "plus d'un tiers": (THIRD, False, 50, False),
    "moins d'un tiers": (20, False, THIRD, False),
    "deux tiers": (65, True, 68, True),
    "près des deux tiers": (62.5, True, TWO_THIRDS, False),
    "plus des deux tiers": (TWO_THIRDS, False, 80, False),
    "un quart": (23.5, True, 26.5, True),
    "près d'un quart": (21.5, True, 25, False),
    "plus d'un quart": (25, False, THIRD, False),
    "moins d'un quart": (10, False, 25, False),
    "trois quarts": (73.5, True, 76.5, True),
    "près des trois quarts": (71.5, True, 75, False),
    "plus des trois quarts": (75, False, 90, False),
    "une sur cinq": (18.5, True, 21.5, True),
    "près d'une sur cinq": (16.5, True, 20, False),
    "plus d'une sur cinq": (20, False, 25, False),
    "deux sur cinq": (38.5, True, 41.5, True),
    "près de deux sur cinq": (36.5, True, 40, False),
    "plus de deux sur cinq": (40, False, 50, False),
    "trois sur cinq": (58.5, True, 61.5, True),
    "près de trois sur cinq": (56.5, True, 60, False),
    "quatre sur cinq": (78.5, True, 81.5, True),
    "près de quatre sur cinq": (76.5, True, 80, False),
    "plus de quatre sur cinq": (80, False, 90, False),
    "une sur dix": (8.5, True, 11.5, True),
    "près d'une sur dix": (7.5, True, 10, False),
    "plus d'une sur dix": (10, False, 15, False),
    "moins d'une sur dix": (5, False, 10, False),
    "neuf sur dix": (88.5, True, 91.5, True),
    "près de neuf sur dix": (86.5, True, 90, False),
    "plus de neuf sur dix": (90, False, 100, False),
    "une majorité": (50, False, 100, True),
    "une courte majorité": (50, False, 55, True),
    "une grande majorité": (60, False, 100, True),
    "la plupart": (TWO_THIRDS, False, 100, True),
    "presque toutes": (90, True, 100, False),
    "la quasi-totalité": (95, True, 100, False),
    "toutes": (100, True, 100, True),
    "une minorité": (0, False, 50, False),
    "une forte minorité": (THIRD, True, 50, False),
    "nombreuses": (25, True, 100, True),
    "une part importante": (25, True, 50, False),
    "une part notable": (10, True, THIRD, False),
    "une petite minorité": (0, False, 10, False),
    "seules": (0, False, 10, False),
    "une infime partie": (0, False, 1, False),
    # Differences, in points.
    "davantage": (0, False, NO_END, False),
    "moins": (NO_END, False, 0, False),
    "un peu plus": (0, False, 5, True),
    "un peu moins": (-5, True, 0, False),
    "nettement plus": (10, True, NO_END, False),
    "nettement moins": (NO_END, False, -10, True),
    "autant": (-1, True, 1, True),
    "change peu": (-3, True, 3, True),
    # Ratios.
    "deux fois plus": (1.8, True, 2.2, True),
    "presque deux fois plus": (1.7, True, 2, False),
    "plus de deux fois plus": (2, False, 3.5, False),
    "trois fois plus": (2.7, True, 3.3, True),
    "plus de trois fois plus": (3, False, NO_END, False),
    "une fois et demie plus": (1.4, True, 1.6, True),
    "deux fois moins": (Fraction(5, 11), True, Fraction(5, 9), True),
    # The lead of a first rank, in points.
    "loin devant": (10, True, NO_END, False),
}


def fraction(value: float | Fraction) -> Fraction:
    return value if isinstance(value, Fraction) else Fraction(str(value))


def exactly(identifier: str, percent: Fraction) -> Figure:
    """A share known exactly, as on original answers."""
    value = percent / 100
    return Figure(
        id=identifier,
        chapter="partie-1",
        kind="share",
        text=f"{percent} %",
        value=value,
        exact=True,
        statuses=Statuses(value=Status("deduced", value, value)),
    )


def printed(identifier: str, percent: int) -> Figure:
    """A share known by its print only, as on reconstructed answers."""
    low, high = Fraction(2 * percent - 1, 200), Fraction(2 * percent + 1, 200)
    return Figure(
        id=identifier,
        chapter="partie-1",
        kind="share",
        text=f"{percent} %",
        value=Fraction(percent, 100),
        statuses=Statuses(value=Status("published", low, high)),
    )


@pytest.fixture
def ledger(mini_root: Path, mini: Survey) -> Ledger:
    """A ledger of the mini survey that has the vocabulary of the report."""
    content = (REPOSITORY / "data" / "mots.yml").read_text(encoding="utf-8")
    (mini_root / "data" / "mots.yml").write_text(content, encoding="utf-8", newline="\n")
    return mini.chapter("partie-1")


def holds(ledger: Ledger, words: str, *figures: Figure) -> bool:
    try:
        ledger.say(words, *figures)
    except EnqueteError as error:
        if not re.search("Disent vrai|Aucun mot du vocabulaire", error.que_faire):
            raise  # refused for another reason than being false
        return False
    return True


def said_of(sense: str, value: Fraction) -> tuple[Figure, ...]:
    """Figures whose share, difference or ratio is exactly *value*."""
    if sense == "part":
        return (exactly("a", value),)
    if sense in ("ecart", "premier"):
        return exactly("a", 50 + value), exactly("b", Fraction(50))
    return exactly("a", 10 * value), exactly("b", Fraction(10))


def test_every_interval_of_the_vocabulary_is_written_again_here() -> None:
    ranks = {word.form for word in VOCABULARY if word.bounds is None}
    assert {word.form for word in VOCABULARY} == set(INTERVALS) | ranks
    assert ranks == {"en tête", "le premier des thèmes chiffrés", "le dernier des thèmes chiffrés"}


@pytest.mark.parametrize("form", [form for form in INTERVALS if form != "loin devant"])
def test_each_word_holds_up_to_its_bounds_and_no_further(ledger: Ledger, form: str) -> None:
    low, low_in, high, high_in = INTERVALS[form]
    sense = VOCABULARY[form].sense
    if low is not None:
        bound = fraction(low)
        if not (sense == "part" and bound == 0):
            assert holds(ledger, form, *said_of(sense, bound)) is low_in
            assert not holds(ledger, form, *said_of(sense, bound - JUST))
        if low != high:
            assert holds(ledger, form, *said_of(sense, bound + JUST))
    if high is not None:
        bound = fraction(high)
        assert holds(ledger, form, *said_of(sense, bound)) is high_in
        if low != high:
            assert holds(ledger, form, *said_of(sense, bound - JUST))
        if not (sense == "part" and bound == 100):
            assert not holds(ledger, form, *said_of(sense, bound + JUST))


def test_every_word_has_a_reason_in_one_line() -> None:
    for word in VOCABULARY:
        assert word.reason.endswith("."), word.id
        assert "\n" not in word.reason


@pytest.mark.parametrize(
    ("percent", "form", "true"),
    [
        # « 59 % » may be 58,5 but not 59,5.
        (59, "plus de la moitié", True),
        (59, "près de trois sur cinq", True),
        # « 50 % » may be 49,5: perhaps more than half, perhaps less.
        (50, "plus de la moitié", False),
        (50, "moins de la moitié", False),
        (50, "la moitié", True),
        # 49,5 is not reached by « 49 % »: it is surely below one half.
        (49, "moins de la moitié", True),
        (49, "près de la moitié", True),
        (51, "une majorité", True),
        (45, "près de la moitié", False),  # perhaps 44,6
        (46, "près de la moitié", True),
        (37, "un peu plus d'un tiers", True),
        (40, "un peu plus d'un tiers", False),  # perhaps 40,4
        (29, "presque un tiers", True),
        (28, "presque un tiers", False),
        (100, "toutes", False),  # perhaps 99,6
    ],
)
def test_a_print_counts_for_every_value_it_may_stand_for(
    ledger: Ledger, percent: int, form: str, true: bool
) -> None:
    assert holds(ledger, form, printed("a", percent)) is true


@pytest.mark.parametrize(
    ("a", "b", "form", "true"),
    [
        (43, 34, "davantage", True),
        (43, 43, "davantage", False),
        (15, 14, "davantage", True),  # at least 14,5, and 14,5 is not reached
        (34, 43, "moins", True),
        (67, 51, "nettement plus", True),  # at least 66,5 − 51,5 = 15
        (60, 50, "nettement plus", False),  # perhaps 9,1
        (16, 14, "change peu", True),
        (51, 46, "change peu", False),
        (14, 14, "autant", True),
        (15, 14, "autant", False),  # perhaps 1,9
        (17, 6, "plus de deux fois plus", True),  # 16,5/6,5 = 2,54 ; 17,5/5,5 = 3,18
        (50, 25, "deux fois plus", True),  # 49,5/25,5 = 1,94 ; 50,5/24,5 = 2,06
        (50, 25, "plus de deux fois plus", False),
    ],
)
def test_comparisons_hold_whatever_the_rounding_hides(
    ledger: Ledger, a: int, b: int, form: str, true: bool
) -> None:
    assert holds(ledger, form, printed("a", a), printed("b", b)) is true


def test_false_words_propose_those_that_hold(ledger: Ledger) -> None:
    with pytest.raises(EnqueteError) as caught:
        ledger.say("plus de la moitié", printed("anciennete", 47))
    error = caught.value
    assert "« plus de la moitié » est faux : anciennete vaut 47 % (de 46,5 à 47,5" in error.quoi
    proposed = error.que_faire.split("« plus de la moitié »")[0]
    assert "« près de la moitié »" in proposed
    assert "chapters/partie-1.qmd" in error.ou


def test_words_in_doubt_are_said_to_be_in_doubt(ledger: Ledger) -> None:
    with pytest.raises(EnqueteError, match="n’est pas établi"):
        ledger.say("plus de la moitié", printed("a", 50))


@pytest.mark.parametrize("percent", [4, 9, 14, 19, 25, 29, 37, 43, 47, 51, 59, 67, 81, 91, 97])
def test_every_proposal_holds(ledger: Ledger, percent: int) -> None:
    shown = printed("a", percent)
    with pytest.raises(EnqueteError) as caught:
        ledger.say("toutes", shown)
    proposed = caught.value.que_faire.split(". «\u00a0toutes")[0].split(". « toutes")[0]
    forms = proposed.removeprefix("Disent vrai : ").removesuffix(".").replace(" ou ", ", ")
    found = [form.strip("« »") for form in forms.split("», ")]
    assert found
    for form in found:
        assert holds(ledger, form, shown), form


def share(question: str, code: str, n: int, base: int) -> Figure:
    """The share of one option, as a chapter makes it."""
    return replace(
        exactly(f"{question}-{code}", Fraction(100 * n, base)),
        computation={
            "type": "share",
            "num": {"unit": "respondents", "where": {"q": question, "in": [code]}},
            "base": {"unit": "respondents", "where": {"q": question, "answered": True}},
        },
        questions=(question,),
    )


def test_the_first_rank_is_proven_by_its_siblings(ledger: Ledger) -> None:
    bien, mal = share("Q1", "bien", 8, 11), share("Q1", "mal", 3, 11)
    assert holds(ledger, "en tête", bien, mal)
    assert not holds(ledger, "en tête", mal, bien)


def test_the_first_rank_is_proven_when_nothing_left_out_can_reach_it(ledger: Ledger) -> None:
    # « communication » is not compared; it can have 100 − 60 − 25 = 15 % at most.
    facilitation, impacts = share("Q2", "facilitation", 60, 100), share("Q2", "impacts", 25, 100)
    assert holds(ledger, "en tête", facilitation, impacts)


def test_a_rank_that_something_left_out_could_take_is_refused(ledger: Ledger) -> None:
    # Here it can have 100 − 40 − 15 = 45 %, more than 40.
    facilitation, impacts = share("Q2", "organisation", 40, 100), share("Q2", "impacts", 15, 100)
    with pytest.raises(EnqueteError) as caught:
        ledger.say("en tête", facilitation, impacts)
    assert "n’est pas établi" in caught.value.quoi
    assert "pourrait atteindre 45,0\u00a0%" in caught.value.quoi
    assert holds(ledger, "le premier des thèmes chiffrés", facilitation, impacts)


def test_a_wrong_rank_names_the_first(ledger: Ledger) -> None:
    with pytest.raises(EnqueteError, match=r"En tête : Q1-bien"):
        ledger.say("en tête", share("Q1", "mal", 3, 11), share("Q1", "bien", 8, 11))


def test_a_rank_across_questions_is_refused(ledger: Ledger) -> None:
    with pytest.raises(EnqueteError, match="options d’une même question"):
        ledger.say(
            "en tête",
            share("Q1", "bien", 8, 11),
            share("Q2", "facilitation", 5, 8),
        )


def test_a_lead_must_be_as_wide_as_it_is_said(ledger: Ledger) -> None:
    wide = share("Q1", "bien", 56, 100), share("Q1", "mal", 44, 100)
    assert holds(ledger, "loin devant", *wide)
    close = share("Q1", "bien", 54, 100), share("Q1", "mal", 46, 100)
    assert holds(ledger, "en tête", *close)
    assert not holds(ledger, "loin devant", *close)


def test_the_last_of_those_compared_is_checked(ledger: Ledger) -> None:
    last = "le dernier des thèmes chiffrés"
    assert holds(ledger, last, printed("a", 14), printed("b", 18), printed("c", 24))
    assert not holds(ledger, last, printed("a", 18), printed("b", 14), printed("c", 24))


def test_words_stop_being_said_when_the_data_change(
    mini_root: Path,
) -> None:
    """The same sentence, before and after other answers arrive."""
    content = (REPOSITORY / "data" / "mots.yml").read_text(encoding="utf-8")
    (mini_root / "data" / "mots.yml").write_text(content, encoding="utf-8", newline="\n")
    package = mini_root / "data" / "datapackage.json"
    described = json.loads(package.read_text(encoding="utf-8"))
    described["origine"] = "originale"
    package.write_text(json.dumps(described), encoding="utf-8")

    def sentence() -> str:
        figures = open_survey(mini_root).chapter("partie-1")
        bien = figures.share("m-bien", chose("Q1", "bien"), base=answered("Q1"))
        return figures.say("plus de la moitié", bien).text

    assert sentence() == "plus de la moitié"  # 8 of 11
    path = mini_root / "data" / "reponses.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    q1 = lines[0].split(",").index("Q1")
    rows = [line.split(",") for line in lines[1:]]
    for row in [row for row in rows if row[q1] in ("bien", "assez_bien", "tres_bien")][:5]:
        row[q1] = "mal"
    new = "\n".join([lines[0], *(",".join(row) for row in rows)]) + "\n"
    path.write_text(new, encoding="utf-8", newline="\n")
    described = json.loads(package.read_text(encoding="utf-8"))
    for resource in described["resources"]:
        resource.pop("hash", None)
    package.write_text(json.dumps(described), encoding="utf-8")
    with pytest.raises(EnqueteError, match="« plus de la moitié » est faux : m-bien vaut 27"):
        sentence()  # 3 of 11


def test_words_print_as_a_traced_span_with_their_figures(ledger: Ledger) -> None:
    facilitation = ledger.share("m-facilitation", chose("Q2", "facilitation"), base=answered("Q2"))
    words = ledger.say("Près des deux tiers", facilitation)
    name = "mots-pres-des-deux-tiers-de-m-facilitation"
    assert words._repr_markdown_() == f'[Près des deux tiers]{{.chiffre chiffre="{name}"}}'
    [entry] = [
        json.loads(line)
        for line in ledger._path.read_text(encoding="utf-8").splitlines()
        if json.loads(line)["id"] == name
    ]
    assert entry["kind"] == "words"
    assert [term["id"] for term in entry["terms"]] == ["m-facilitation"]
    assert entry["words"] == {
        "entry": "pres-des-deux-tiers",
        "sense": "part",
        "interval": "[62,5 ; 200/3[",
    }
    assert entry["claim"] is None
    assert entry["sentence"].startswith("63\u00a0% ; « près des deux tiers » veut dire au moins")
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    edition = {"title": "mini", "origin": "reconstructed", "files": {}}
    jsonschema.validate({"schema": 1, "edition": edition, "entries": [entry]}, schema)


def test_the_same_words_said_twice_are_one_figure(ledger: Ledger) -> None:
    facilitation = ledger.share("m-facilitation", chose("Q2", "facilitation"), base=answered("Q2"))
    assert ledger.say("une majorité", facilitation) is ledger.say("une majorité", facilitation)


def test_a_straight_or_a_typographic_apostrophe_is_the_same_word(ledger: Ledger) -> None:
    words = ledger.say("Près d’une répondante sur trois", printed("a", 30))
    assert words.text == "Près d’une répondante sur trois"
    assert ledger.say("près d'un tiers", printed("a", 30)).text == "près d’un tiers"


def test_an_unknown_word_is_refused_with_the_nearest_one(ledger: Ledger) -> None:
    with pytest.raises(EnqueteError, match="Vouliez-vous dire « la plupart »"):
        ledger.say("la plupar", printed("a", 80))


@pytest.mark.parametrize(
    ("words", "percents", "message"),
    [
        ("un tiers", (33, 34), "ne se dit pas de 2 chiffres"),
        ("davantage", (33,), "ne se dit pas d’un seul chiffre"),
        ("en tête", (33,), "ne se dit pas"),
        ("un tiers", (), "ne se dit pas de rien"),
    ],
)
def test_a_word_is_said_of_as_many_figures_as_it_needs(
    ledger: Ledger, words: str, percents: tuple[int, ...], message: str
) -> None:
    with pytest.raises(EnqueteError, match=message):
        ledger.say(words, *(printed(f"f{n}", percent) for n, percent in enumerate(percents)))


def test_a_count_is_not_a_share(ledger: Ledger) -> None:
    n = ledger.count("m-n", everyone)
    assert not holds(ledger, "toutes", n)
    assert not holds(ledger, "davantage", n, printed("a", 5))


def test_words_are_not_said_of_words(ledger: Ledger) -> None:
    bien = ledger.share("m-bien", chose("Q1", "bien"), base=answered("Q1"))
    majority = ledger.say("une majorité", bien)
    with pytest.raises(EnqueteError, match="fait de mots"):
        ledger.say("une majorité", majority)


def test_a_rank_of_ticks_is_proven_by_what_is_left_of_all_ticks(ledger: Ledger) -> None:
    droits = ledger.share("m-droits", ticks("Q8", "acces_droits"), base=ticks("Q8"))
    logement = replace(
        exactly("logement", Fraction(200, 7)),
        computation={
            "type": "share",
            "num": {"unit": "ticks", "of": "Q8", "option": ["logement"]},
            "base": {"unit": "ticks", "of": "Q8"},
        },
    )
    assert holds(ledger, "en tête", droits, logement)  # 4 and 2 of 7: one tick is left


def test_ids_are_made_of_plain_letters() -> None:
    assert name("Près d’un tiers", [printed("a-b", 30)]) == "mots-pres-d-un-tiers-de-a-b"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("]50 ; 75[", Range(Fraction(50), Fraction(75), True, True)),
        ("[28 ; 100/3[", Range(Fraction(28), Fraction(100, 3), False, True)),
        ("[-5 ; 0[", Range(Fraction(-5), Fraction(0), False, True)),
        ("[48,5 ; 51,5]", Range(Fraction(97, 2), Fraction(103, 2))),
    ],
)
def test_intervals_are_read_in_french_notation(text: str, expected: Range) -> None:
    assert interval(text) == expected


@pytest.mark.parametrize(
    ("known", "within", "certain"),
    [
        ("[49,5 ; 50[", "[45 ; 50[", True),
        ("[49,5 ; 50]", "[45 ; 50[", None),
        ("[50 ; 50,5[", "]50 ; 55]", None),
        ("]50 ; 50,5[", "]50 ; 55]", True),
        ("[50 ; 50]", "]50 ; 55]", False),
        ("[56 ; 57[", "]50 ; 55]", False),
        ("]55 ; 56[", "]50 ; 55]", False),
        ("[54 ; 56[", "]50 ; 55]", None),
    ],
)
def test_bounds_left_out_are_left_out(known: str, within: str, certain: bool | None) -> None:
    assert interval(known).inside(interval(within)) is certain


@pytest.mark.parametrize("text", ["50-75", "]75 ; 50[", "[a ; b]"])
def test_an_interval_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(EnqueteError, match="Intervalle"):
        interval(text)


def vocabulary(folder: Path, entry: str) -> Vocabulary:
    (folder / "mots.yml").write_text(
        f"noms:\n  personne: personnes\nmots:\n{entry}\n", encoding="utf-8", newline="\n"
    )
    return read_vocabulary(folder)


def test_a_form_that_two_words_share_is_refused(tmp_path: Path) -> None:
    one = '- {id: a, mot: "le tiers", sens: part, intervalle: "[32 ; 34]", raison: "R."}'
    two = '- {id: b, mot: "Le tiers", sens: part, intervalle: "[30 ; 35]", raison: "R."}'
    with pytest.raises(EnqueteError, match="dit déjà « le tiers »"):
        vocabulary(tmp_path, f"{one}\n{two}")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ("sens: part", "absent pour le sens"),
        ('sens: devant, intervalle: "[1 ; 2]"', "inutile pour le sens"),
        ('sens: part, intervalle: "[2 ; 1]"', "Intervalle vide"),
        ('sens: parts, intervalle: "[1 ; 2]"', "n’est pas permis"),
    ],
)
def test_a_word_badly_written_is_refused(tmp_path: Path, fields: str, message: str) -> None:
    with pytest.raises(EnqueteError, match=message):
        vocabulary(tmp_path, f'- {{id: a, mot: "mot", {fields}, raison: "R."}}')


def test_nouns_decline_the_forms_that_count_people(tmp_path: Path) -> None:
    found = vocabulary(
        tmp_path,
        '- {id: a, mot: "deux sur cinq", formes: ["deux {noms} sur cinq"], sens: part, '
        'intervalle: "[38 ; 42]", raison: "R."}',
    )
    assert found["Deux personnes sur cinq"].id == "a"
