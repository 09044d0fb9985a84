"""How the base of a figure was made: who was asked, who answered, who is left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from enquete import french
from enquete.readings import CountOf, Reading, ShareOf
from enquete.register import Part
from enquete.selection import All, Selection, answered, everyone
from enquete.shares import Count, respondents
from enquete.survey import Survey

UNPUBLISHED = "non publié"


@dataclass(frozen=True)
class Known:
    """A count between two bounds, and what is assumed for them to hold."""

    low: int
    high: int
    condition: str = ""

    def __str__(self) -> str:
        words = french.interval(self.low, self.high)
        return f"{words}, {self.condition}" if self.condition else words


def steps(survey: Survey, base: Count) -> Iterator[str]:
    """
    Yield, for each question of the base, who was asked, answered, and is left out.

    A subgroup rests on several questions: each takes its own respondents away.
    """
    for question in base.questions:
        found = survey.questionnaire[question]
        who = (
            "à toutes les répondantes"
            if found.asked.canonical() == everyone
            else f"aux répondantes qui {found.asked.canonical().sayable(survey.questionnaire)}"
        )
        asked = known(survey, respondents(found.asked))
        given = known(survey, respondents(_among_asked(found.asked, question)))
        given = given or known(survey, respondents(answered(question)))
        if given is None and base == Count("answers", of=(question,)):
            given = known(survey, base)  # one coded answer a respondent
        left = _left(asked, given)
        yield (
            f"{question} posée {who} ({_said(asked)}) ; ont répondu : {_said(given)} ; "
            f"sans réponse, hors de la base : {_said(left)}"
        )
    if base.unit != "respondents" or len(base.questions) != 1:
        found_base = known(survey, base)
        yield f"base retenue : {f'{found_base}, {base.noun}' if found_base else UNPUBLISHED}"


def known(survey: Survey, count: Count) -> Known | None:
    """
    Return a count that may be said, or nothing.

    On reconstructed answers, only what published figures settle: the whole sample, or the
    base or count of a published figure whose own status is not undetermined.
    """
    if count.unit == "respondents" and count.where.canonical() == everyone:
        return Known(len(survey.answers), len(survey.answers))
    if survey.original:
        found = survey.answers.count(count)
        return Known(found.low, found.high)
    return next(_published(survey, count), None)


def _published(survey: Survey, count: Count) -> Iterator[Known]:
    for figure in survey.register:
        for part, counted in _counts(figure.reading):
            if counted.to_json() != count.to_json() or not figure.known(part):
                continue
            solved = survey.solved(figure.id)
            bounds = (solved.base if part == "base" else solved.count) if solved else None
            if bounds is None:
                continue
            assumed = figure.statuses[part] == "suppose"
            if bounds[1] - bounds[0] <= survey.policy.widest_count:
                yield Known(*bounds, (figure.condition or "") if assumed else "")


def _counts(reading: Reading | None) -> Iterator[tuple[Part, Count]]:
    match reading:
        case ShareOf(numerator, base):
            yield "base", base
            yield "effectif", numerator.inside(base)
        case CountOf(numerator):
            yield "effectif", numerator


def _among_asked(asked: Selection, question: str) -> Selection:
    return All((asked, answered(question)))


def _left(asked: Known | None, given: Known | None) -> Known | None:
    if asked is None or given is None:
        return None
    low, high = asked.low - given.high, asked.high - given.low
    return Known(max(low, 0), high, given.condition or asked.condition)


def _said(found: Known | None) -> str:
    return str(found) if found else UNPUBLISHED
