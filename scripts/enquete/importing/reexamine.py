"""Declared discrepancies looked at again on original answers, one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from enquete import french
from enquete.checks import broken
from enquete.discrepancies import Discrepancy
from enquete.evidence import Evidence
from enquete.figure import Verdict
from enquete.measure import measure
from enquete.readings import Reading, ShareOf
from enquete.register import PublishedFigure
from enquete.selection import Selection, answered, everyone
from enquete.shares import respondents
from enquete.verdicts import UNDECLARED, verdicts

CONFIRMED, EXPLAINED, LIFTED, OPEN, NEW = (
    "confirmé", "expliqué", "levé", "à trancher", "nouveau",
)  # fmt: skip
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Reexamined:
    """Say what original answers make of a discrepancy, with the evidence in French."""

    id: str
    outcome: str
    nature: str
    cause: str
    evidence: tuple[str, ...]


def reexamine(survey: Evidence) -> tuple[Reexamined, ...]:
    """
    Test every declared discrepancy on these answers, and look for new ones.

    A declared one is *confirmed* when its test still holds, *explained* when
    some base gives the printed number, *lifted* when its test fails; one
    without a test is shown with the numbers that may settle it.
    """
    bases = _bases(survey)
    declared = tuple(_declared(survey, each, bases) for each in survey.discrepancies)
    judged = verdicts(survey)
    new = tuple(
        Reexamined(
            figure.id,
            NEW,
            "valeur",
            f"le rapport imprime {figure.text}, les réponses donnent {_value(survey, figure)}",
            tuple(_other_bases(survey, figure, bases)),
        )
        for figure in survey.register
        if judged[figure.id].reason == UNDECLARED
    )
    return (*declared, *new)


def counted(survey: Evidence) -> dict[Verdict, int]:
    """Count the published figures by verdict."""
    found: dict[Verdict, int] = {}
    for each in verdicts(survey).values():
        found[each.name] = found.get(each.name, 0) + 1
    return found


def _declared(survey: Evidence, each: Discrepancy, bases: Sequence[Selection]) -> Reexamined:
    named = each.figures or each.neighbours
    figures = [survey.register[name] for name in named if name in survey.register.figures]
    evidence = [line for figure in figures for line in _readings(survey, figure)]
    if each.check is None:
        return Reexamined(each.id, OPEN, each.nature, each.cause, tuple(evidence))
    reasons = list(broken(each.check, survey.register, measure(survey.answers)))
    if reasons:
        said = [f"le test déclaré n’est plus vrai : {reason}" for reason in reasons]
        return Reexamined(each.id, LIFTED, each.nature, each.cause, (*said, *evidence))
    # A rounding or a label needs no other base: one that fits would be a coincidence.
    searched = figures if each.nature == "valeur" else []
    others = [line for figure in searched for line in _other_bases(survey, figure, bases)]
    retained = each.nature == "base" and any(_prints(survey, figure) for figure in figures)
    outcome = EXPLAINED if retained or others else CONFIRMED
    return Reexamined(each.id, outcome, each.nature, each.cause, (*evidence, *others))


def _readings(survey: Evidence, figure: PublishedFigure) -> Iterator[str]:
    if figure.reading is None:
        yield f"{figure.id} : imprimé {figure.text}, non recalculable ({figure.reason})"
        return
    said = _base(survey, figure.reading)
    yield f"{figure.id} : imprimé {figure.text} ; lecture retenue{said} : {_value(survey, figure)}"
    if figure.printed_reading is not None:
        other = _written(survey, figure, figure.printed_reading)
        yield f"{figure.id} : lecture imprimée{_base(survey, figure.printed_reading)} : {other}"


def _other_bases(
    survey: Evidence, figure: PublishedFigure, bases: Sequence[Selection]
) -> Iterator[str]:
    """Yield the usual bases on which the share prints as published."""
    reading = figure.reading
    if not isinstance(reading, ShareOf) or figure.value is None or _prints(survey, figure):
        return
    if reading.numerator.unit != "respondents":
        return
    chosen = survey.answers.truth(reading.numerator.where)
    shown = 0
    for base in bases:
        among = survey.answers.truth(base)
        size = int(among.true.sum())
        if among.unknown.any() or size < survey.policy.least_base:
            continue
        if (
            base.canonical() == reading.base.where.canonical()
            or (chosen.unknown & among.true).any()
        ):
            continue
        share = Fraction(int((chosen.true & among.true).sum()), size)
        if french.rounded(100 * share, figure.decimals) == figure.value:
            words = f"{respondents(base).said(survey.questionnaire)} ({french.integer(size)})"
            yield f"{figure.id} : {figure.text} s’obtient parmi les {words}"
            shown += 1
            if shown == _SHOWN:
                return


def _bases(survey: Evidence) -> tuple[Selection, ...]:
    """Return the bases that a report uses: everyone, who was asked, who answered."""
    asked = [question.asked for question in survey.questionnaire]
    given = [answered(question.id) for question in survey.questionnaire if question.options]
    return tuple(dict.fromkeys(each.canonical() for each in (everyone, *asked, *given)))


def _base(survey: Evidence, reading: Reading) -> str:
    if not isinstance(reading, ShareOf):
        return ""
    size = survey.answers.count(reading.base)
    counted = f" ({french.integer(size.low)})" if size.exact else ""
    return f", parmi les {reading.base.said(survey.questionnaire)}{counted}"


def _prints(survey: Evidence, figure: PublishedFigure) -> bool:
    if figure.reading is None or figure.value is None:
        return False
    value = measure(survey.answers)(figure.reading)
    return value is not None and french.rounded(value, figure.decimals) == figure.value


def _value(survey: Evidence, figure: PublishedFigure) -> str:
    return _written(survey, figure, figure.reading) if figure.reading else "non recalculable"


def _written(survey: Evidence, figure: PublishedFigure, reading: Reading) -> str:
    value = measure(survey.answers)(reading)
    if value is None:
        return "les réponses ne le donnent pas"
    unit = f"{french.NBSP}%" if figure.unit == "pourcentage" else ""
    return french.decimal(value, max(figure.decimals, 0) + (1 if unit else 0)) + unit
