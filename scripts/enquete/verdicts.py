"""Verdicts: whether the answers give what the report printed, and why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, Protocol

from enquete import french
from enquete.answers import Answers
from enquete.checks import OtherValue
from enquete.discrepancies import Discrepancy, Nature
from enquete.measure import measure, truth
from enquete.policy import Policy
from enquete.readings import RankOf, WordsOf
from enquete.register import PublishedFigure, Register

Name = Literal[
    "reproduced",
    "reproduced-other-base",
    "discrepant",
    "undetermined",
    "not-recomputable",
    "new",
]

UNDECLARED = "écart non déclaré dans data/ecarts.yml"


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    Tell whether the answers give a published figure.

    ``nature`` is the kind of the discrepancy that decides, if any; ``declared``
    its id.  A discrepant figure without one is a fault of the edition.
    """

    name: Name
    nature: Nature | None = None
    reason: str = ""
    declared: str | None = None


class Surveyed(Protocol):
    """Give what a verdict rests on."""

    @property
    def answers(self) -> Answers:
        """Return the answers."""

    @property
    def register(self) -> Register:
        """Return the register."""

    @property
    def discrepancies(self) -> Sequence[Discrepancy]:
        """Return the declared discrepancies."""

    @property
    def policy(self) -> Policy:
        """Return the policy."""


def verdict(
    published: PublishedFigure, survey: Surveyed, declared: Sequence[Discrepancy] | None = None
) -> Verdict:
    """
    Recompute a published figure from the answers and judge it.

    Without *declared*, the survey's own discrepancies excuse it.
    """
    if declared is None:
        declared = survey.discrepancies
    reading = published.reading
    found: Fraction | bool | None = None
    if isinstance(reading, (RankOf, WordsOf)):
        found = truth(survey.answers, reading)
    elif reading is not None:
        found = measure(survey.answers)(reading)
    return compare(published, found, declared, survey.policy)


def verdicts(survey: Surveyed, declared: Sequence[Discrepancy] | None = None) -> dict[str, Verdict]:
    """
    Judge every figure of the register, in the order of the report.

    Kept for the last survey asked for: the check and the page of what was checked both ask.
    """
    if declared is not None:
        return {figure.id: verdict(figure, survey, declared) for figure in survey.register}
    if not _last or _last[0][0] is not survey:
        _last[:] = [(survey, verdicts(survey, survey.discrepancies))]
    return dict(_last[0][1])


_last: list[tuple[Surveyed, dict[str, Verdict]]] = []


def compare(
    published: PublishedFigure,
    found: Fraction | bool | None,
    declared: Sequence[Discrepancy],
    policy: Policy,
) -> Verdict:
    """
    Judge what was found, in the printed unit, against what was printed.

    ``found`` is a truth for ranks and words, and ``None`` where the answers do
    not settle it.  A declared discrepancy of base or label decides even though
    the number agrees: it is what the words around it say that differs.
    """
    concerned = [each for each in declared if published.id in each.figures]
    if published.reading is None:
        return _because("not-recomputable", _first(concerned, "indecidable"), published.reason)
    if found is None:
        return _because("undetermined", next(iter(concerned), None), published.reason)
    if not _reproduced(published, found, policy):
        return _because("discrepant", _excuse(concerned, published.id), UNDECLARED)
    if (label := _first(concerned, "libelle")) is not None:
        return _because("discrepant", label)
    if (base := _first(concerned, "base")) is not None:
        return _because("reproduced-other-base", base)
    return Verdict("reproduced")


def _reproduced(published: PublishedFigure, found: Fraction | bool, policy: Policy) -> bool:
    if isinstance(found, bool):
        return found
    if published.value is None:
        return False
    rule = policy.approximations.get(published.approximation or "")
    if rule is not None and not rule.holds(found, published.value, published.decimals):
        return False
    # A rounder figure in a title, « 2 500 », is rounded by its own rule only.
    if rule is not None and rule.step is not None:
        return True
    return french.rounded(found, published.decimals) == published.value


def _first(concerned: Sequence[Discrepancy], *natures: Nature) -> Discrepancy | None:
    return next((each for each in concerned if each.nature in natures), None)


def _excuse(concerned: Sequence[Discrepancy], figure: str) -> Discrepancy | None:
    """Return the entry whose test says that this very figure prints otherwise."""
    return next(
        (
            each
            for each in concerned
            if isinstance(each.check, OtherValue) and figure in each.check.figures
        ),
        None,
    )


def _because(name: Name, cause: Discrepancy | None, otherwise: str = "") -> Verdict:
    if cause is None:
        return Verdict(name, None, otherwise)
    return Verdict(name, cause.nature, cause.cause, cause.id)
