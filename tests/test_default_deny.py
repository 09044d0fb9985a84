"""Default deny: on reconstructed answers nothing unpublished prints."""

from __future__ import annotations

import hashlib
import itertools
from pathlib import Path

import pytest

from enquete import (
    Ledger,
    Survey,
    Undetermined,
    answered,
    answers,
    chose,
    open_survey,
    respondents,
    ticks,
)
from enquete.ledger import Ledger as ChapterLedger
from enquete.readings import CountOf, Reading, ShareOf

REPOSITORY = Path(__file__).resolve().parents[1]
TRIED = 200


@pytest.fixture(scope="module")
def survey() -> Survey:
    return open_survey(REPOSITORY)


@pytest.fixture(scope="module")
def unpublished(survey: Survey) -> list[Reading]:
    """
    Computations of every shape that no published figure names.

    Taken from the questionnaire in the order of a hash of their text: spread
    over questions, and the same on every machine.
    """
    questionnaire = survey.questionnaire
    coded = [question for question in questionnaire if question.options]
    found: list[Reading] = []
    for question in coded:
        base = respondents(answered(question.id))
        for code in questionnaire.codes(question.id):
            chosen = respondents(chose(question.id, code))
            found += [ShareOf(chosen, base), CountOf(chosen)]
            if question.kind == "multiple":
                found.append(ShareOf(ticks(question.id, code), ticks(question.id)))
            if question.kind == "ouverte":
                inside = answers(question.id, where=chose(question.id, code))
                found.append(ShareOf(inside, answers(question.id)))
    for one, other in itertools.permutations(coded, 2):
        for a, b in itertools.product(
            questionnaire.codes(one.id)[:4], questionnaire.codes(other.id)[:3]
        ):
            crossed = chose(other.id, b) & answered(one.id)
            found.append(ShareOf(respondents(chose(one.id, a)), respondents(crossed)))
            found.append(CountOf(respondents(chose(one.id, a) & ~chose(other.id, b))))
    new = {r.key: r for r in found if not survey.register.reading(r.key)}
    ordered = sorted(new, key=lambda key: hashlib.sha256(key.encode()).hexdigest())
    # Half crossed, half of one question: crossed ones are far more numerous.
    crossed_keys = [key for key in ordered if len(new[key].questions) > 1][: TRIED // 2]
    single_keys = [key for key in ordered if len(new[key].questions) == 1][: TRIED - TRIED // 2]
    return [new[key] for key in (*crossed_keys, *single_keys)]


def show(ledger: Ledger, name: str, reading: Reading) -> object:
    if isinstance(reading, ShareOf):
        return ledger.share(name, reading.numerator, base=reading.base)
    assert isinstance(reading, CountOf)
    return ledger.count(name, reading.numerator)


def test_two_hundred_unpublished_selections_are_refused(
    survey: Survey, unpublished: list[Reading], tmp_path: Path
) -> None:
    assert survey.origin == "reconstructed"
    assert len(unpublished) == TRIED
    assert sum(len(reading.questions) > 1 for reading in unpublished) == TRIED // 2
    ledger = ChapterLedger(survey, "essai", tmp_path)
    printed = []
    for number, reading in enumerate(unpublished):
        try:
            printed.append(show(ledger, f"essai-{number}", reading))
        except Undetermined:
            continue
    assert printed == []
    assert (tmp_path / "essai.jsonl").read_text(encoding="utf-8") == ""


def test_the_same_selections_do_compute_and_would_have_been_invented(
    survey: Survey, unpublished: list[Reading]
) -> None:
    """The refusal is the policy's, not an accident of empty data."""
    exact = 0
    for reading in unpublished:
        counts = [survey.answers.count(count) for count in reading.counts()]
        exact += all(count.exact for count in counts)
    assert exact > TRIED // 4


def test_an_unpublished_selection_does_not_print_under_a_published_id(
    survey: Survey, unpublished: list[Reading], tmp_path: Path
) -> None:
    ledger = ChapterLedger(survey, "essai", tmp_path)
    shares = [reading for reading in unpublished if isinstance(reading, ShareOf)]
    for reading in shares[:20]:
        with pytest.raises(Exception, match="ne se calcule pas ainsi"):
            show(ledger, "p1-1-facilitation", reading)


def test_every_published_figure_prints(survey: Survey, tmp_path: Path) -> None:
    ledger = ChapterLedger(survey, "essai", tmp_path)
    shown = [
        show(ledger, figure.id, figure.reading)
        for figure in survey.register
        if isinstance(figure.reading, (ShareOf, CountOf))
    ]
    assert len(shown) > 130


def test_a_finer_decimal_than_published_is_refused(survey: Survey, tmp_path: Path) -> None:
    ledger = ChapterLedger(survey, "essai", tmp_path)
    chosen, base = chose("Q2", "facilitation"), answered("Q2")
    for name in ("essai-fin", "p1-1-facilitation"):
        with pytest.raises(Undetermined):
            ledger.share(name, chosen, base=base, decimals=1)


def test_the_same_computation_prints_under_another_id_as_coarsely(
    survey: Survey, tmp_path: Path
) -> None:
    ledger = ChapterLedger(survey, "essai", tmp_path)
    again = ledger.share("autre-nom", chose("Q2", "facilitation"), base=answered("Q2"))
    assert again.text == "59\u00a0%"
    assert again.sentence == "effectif non publié"
    assert again.published[0].id == "p1-1-facilitation"


def test_a_rank_prints_where_every_rival_is_published(survey: Survey, tmp_path: Path) -> None:
    shown = ChapterLedger(survey, "essai", tmp_path).words("p2-2b-rang")

    assert (str(shown), shown.verdict) == ("principal frein", "reproduced")


def test_a_rank_whose_rivals_are_not_published_is_refused(survey: Survey, tmp_path: Path) -> None:
    with pytest.raises(Undetermined, match="premier frein"):
        ChapterLedger(survey, "essai", tmp_path).words("p1-3c-rang")
