"""Counts and shares on the mini survey, against counts made by hand in conftest."""

from __future__ import annotations

import pytest

from enquete import (
    EnqueteError,
    Survey,
    answered,
    answers,
    chose,
    everyone,
    respondents,
    ticks,
    ticks_other_than,
)
from enquete.shares import Count, Interval, as_count, count_from_json


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [
        (respondents(everyone), 12, 12),
        (respondents(answered("Q1")), 11, 11),
        (respondents(chose("Q1", "bien")), 8, 8),
        (respondents(chose("Q1", "tres_bien")), 2, 7),
        (respondents(~chose("Q1", "tres_bien")), 4, 9),  # assez bien 1, mal 3 ; 5 unknown
        (respondents(~answered("Q1")), 1, 1),
        (respondents(chose("Q2", "organisation")), 3, 4),
        (respondents(chose("Q2", "facilitation")), 5, 5),
        (respondents(chose("Q4", "3_4")), 5, 5),
        (respondents(chose("Q4", "3")), 1, 4),
        (respondents(chose("Q8", "acces_droits")), 4, 4),
        (respondents(answered("Q8")), 6, 6),
        (respondents(chose("S4", "plus_10") & chose("Q1", "bien")), 4, 4),
        (answers("Q2", "Q7"), 11, 11),
        (answers("Q2", "Q7", where=chose("Q1", "bien")), 9, 9),
        (ticks("Q8"), 7, 7),
        (ticks("Q8", "acces_droits", "logement"), 6, 6),
        (ticks_other_than("Q8", "aucune"), 6, 6),
        (ticks("Q8", where=chose("S4", "plus_10")), 5, 5),
    ],
    ids=str,
)
def test_counts_are_those_made_by_hand(mini: Survey, count: Count, low: int, high: int) -> None:
    assert mini.answers.count(count) == Interval(low, high)


def test_the_numerator_of_a_share_is_taken_inside_its_base(mini: Survey) -> None:
    base = chose("S4", "plus_10") & answered("Q1")
    share = mini.answers.share(as_count(chose("Q1", "bien")), as_count(base))
    assert (share.numerator, share.base) == (Interval(4, 4), Interval(5, 5))


def test_a_share_of_different_things_is_refused(mini: Survey) -> None:
    with pytest.raises(EnqueteError, match="ne se rapporte pas"):
        mini.answers.share(ticks("Q8", "aucune"), as_count(answered("Q8")))


def test_ticks_of_a_single_choice_question_are_refused(mini: Survey) -> None:
    with pytest.raises(EnqueteError, match="choix unique"):
        mini.answers.count(ticks("Q1"))


@pytest.mark.parametrize(
    "count",
    [
        respondents(chose("Q1", "bien")),
        answers("Q2", "Q7", where=chose("Q1", "bien")),
        ticks("Q8"),
        ticks("Q8", "aucune", where=answered("Q1")),
        ticks_other_than("Q8", "aucune"),
    ],
    ids=str,
)
def test_json_gives_the_same_count_back(count: Count) -> None:
    assert count_from_json(count.to_json()) == count


def test_the_frame_keeps_missing_answers_as_empty_text(mini: Survey) -> None:
    frame = mini.answers.frame
    assert list(frame.columns) == ["S4", "Q1", "Q4"]
    assert frame.loc["R0012", "Q1"] == ""
    assert len(frame) == 12
