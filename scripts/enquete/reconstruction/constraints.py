"""
From the register to integer linear constraints.

A share printed as v with d decimals, rounded half up, says
``lo * base <= num * K < hi * base`` with K = 2 * 10**(d + 2) and lo, hi odd
integers.  Both counts are sums of unknowns, so the constraint is linear even
where the base is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Protocol

from enquete.questionnaire import Questionnaire
from enquete.readings import CountOf, DifferenceOf, MeanOf, RankOf, Reading, ShareOf, WordsOf
from enquete.reconstruction.declared import Declared
from enquete.reconstruction.layout import build
from enquete.reconstruction.linear import Constraint, Linear, at_most, constant, equal
from enquete.reconstruction.space import Space
from enquete.selection import All, Answered, Selection
from enquete.shares import Count


class Published(Protocol):
    """Say what reconstruction reads of a figure of the register."""

    @property
    def id(self) -> str:
        """Return the id in ``figures.yml``."""

    @property
    def reading(self) -> Reading | None:
        """Return the retained computation, if any."""

    @property
    def value(self) -> Fraction | None:
        """Return the number printed, if any."""

    @property
    def decimals(self) -> int:
        """Return how many decimals are printed."""

    @property
    def approximation(self) -> str | None:
        """Return the words printed beside the number, such as « plus de »."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Hold what reconstruction needs of one published figure."""

    id: str
    reading: Reading | None
    value: Fraction | None  # as printed: 80.8
    decimals: int
    approximation: str | None  # « plus de », « environ », « centaine » …
    imposes: bool  # False where a discrepancy says that the answers do not give the print


@dataclass(frozen=True, slots=True)
class Goal:
    """Ask that a share lie close to the middle of what its print allows."""

    origin: str
    deviation: Linear  # zero when the share is exactly what is printed


@dataclass(frozen=True, slots=True)
class Problem:
    """Gather unknowns, what must hold, what was chosen, and what is aimed at."""

    space: Space
    statements: tuple[Statement, ...]
    constraints: tuple[Constraint, ...]
    choices: tuple[Constraint, ...]
    goals: tuple[Goal, ...]


def statements(figures: Iterable[Published], declared: Declared) -> tuple[Statement, ...]:
    """Return the register in its order, with what each figure imposes."""
    return tuple(
        Statement(
            figure.id,
            figure.reading,
            figure.value,
            figure.decimals,
            figure.approximation,
            figure.id not in declared.silent,
        )
        for figure in figures
    )


def pose(
    stated: Iterable[Statement],
    questionnaire: Questionnaire,
    declared: Declared,
    extra: Iterable[Count] = (),
) -> Problem:
    """
    Pose the problem of the whole register.

    *extra* counts make the unknowns finer without constraining them, so that
    bounds can be asked for selections that the register does not name.
    """
    known = tuple(stated)
    extra = tuple(extra)
    counts = [c for s in known for c in needed(s.reading)]
    counts += [c for choice in declared.choices for c in (choice.count, choice.like) if c]
    counts += extra
    space = build(
        questionnaire,
        [s for count in counts for s in _selections(count)],
        [count.of[0] for count in counts if count.unit == "ticks"],
        declared.n,
        declared.complete,
        declared.exclusive,
        refuse_invention=not extra,
    )
    imposed = [c for s in known if s.imposes and s.reading for c in _imposed(s, space)]
    goals = {g.deviation: g for s in known if s.imposes for g in _goals(s, space)}
    return Problem(
        space=space,
        statements=known,
        constraints=(*space.structure(), *_distinct(imposed)),
        choices=tuple(_choices(declared, space)),
        goals=tuple(sorted(goals.values(), key=lambda goal: goal.origin)),
    )


def needed(reading: Reading | None) -> Iterator[Count]:
    """
    Yield the counts that a reading compares, numerators inside their bases.

    Ranks ask for nothing: they may name options of which nothing is published.
    """
    match reading:
        case ShareOf(numerator, base):
            yield numerator.inside(base)
            yield base
        case CountOf(numerator):
            yield numerator
        case DifferenceOf(a, b):
            yield from needed(a)
            yield from needed(b)
        case MeanOf(of):
            for each in of:
                yield from needed(each)
        case WordsOf(of):
            yield from needed(of)


def share_terms(reading: Reading | None, space: Space) -> tuple[Linear, Linear | None] | None:
    """Return numerator and base of a share or count, or of the one that words are about."""
    match reading:
        case ShareOf(numerator, base):
            return ratio(ShareOf(numerator, base), space)
        case CountOf(numerator):
            return space.count(numerator), None
        case WordsOf(of):
            return share_terms(of, space)
    return None


def _imposed(statement: Statement, space: Space) -> Iterator[Constraint]:
    match statement.reading:
        case WordsOf(of, gt, lt):
            yield from _words(statement.id, of, gt, lt, space)
        case RankOf() as rank:
            yield from _rank(statement.id, rank, space)
        case CountOf(numerator) if statement.value is not None:
            if statement.approximation != "centaine":
                yield equal(space.count(numerator), constant(int(statement.value)), statement.id)
        case ShareOf() as share if statement.value is not None:
            yield from _rounding(statement, statement.value, share, space)


def ratio(share: ShareOf, space: Space) -> tuple[Linear, Linear]:
    """Return numerator, inside its base, and base."""
    return space.count(share.numerator.inside(share.base)), space.count(share.base)


def _rounding(
    statement: Statement, value: Fraction, share: ShareOf, space: Space
) -> Iterator[Constraint]:
    numerator, base = ratio(share, space)
    scale = 10**statement.decimals
    printed = int(value * scale)
    counted = numerator * (200 * scale)
    yield at_most(base * (2 * printed - 1), counted, statement.id)
    yield at_most(counted + constant(1), base * (2 * printed + 1), statement.id)
    yield at_most(constant(1), base, statement.id)
    if statement.approximation == "plus de":
        yield at_most(base * (2 * printed) + constant(1), counted, statement.id)


def _words(
    origin: str, of: Reading, gt: Fraction | None, lt: Fraction | None, space: Space
) -> Iterator[Constraint]:
    terms = share_terms(of, space)
    if terms is None:
        return
    numerator, base = terms[0], terms[1] or constant(1)
    percent = 100 if isinstance(of, ShareOf) else 1
    if gt is not None:
        left = numerator * (percent * gt.denominator)
        yield at_most(base * gt.numerator + constant(1), left, origin)
    if lt is not None:
        left = numerator * (percent * lt.denominator)
        yield at_most(left + constant(1), base * lt.numerator, origin)


def _rank(origin: str, rank: RankOf, space: Space) -> Iterator[Constraint]:
    codes = (rank.first, *(code for code in rank.among if code != rank.first))
    nodes = space.options.get(rank.question) or space.nodes.get(rank.question, ())
    if any(code not in nodes for code in codes):
        return  # an option of which nothing is published: the rank stays undetermined
    counts = [ratio(rank.of_option(code), space)[0] for code in codes]
    for other in counts[1:]:
        yield at_most(other + constant(1), counts[0], origin)


def _goals(statement: Statement, space: Space) -> Iterator[Goal]:
    if not isinstance(statement.reading, ShareOf) or statement.value is None:
        return
    numerator, base = ratio(statement.reading, space)
    deviation = numerator * 10000 - base * int(statement.value * 100)
    if deviation.terms:
        yield Goal(statement.id, deviation)


def _choices(declared: Declared, space: Space) -> Iterator[Constraint]:
    for choice in declared.choices:
        count = space.count(choice.count)
        target = constant(choice.value or 0) if choice.like is None else space.count(choice.like)
        yield equal(count, target, f"choix:{choice.id}")
    for question in space.options:
        yield from _even(question, space)


def _even(question: str, space: Space) -> Iterator[Constraint]:
    """Share a multiple-choice remainder evenly between its placeholders."""
    filler = [
        space.count(Count("ticks", All(), (question,), (option.code,)))
        for option, _ in space.questionnaire[question].walk()
        if option.status == "remplissage"
    ]
    for left, right in pairwise(filler):
        yield at_most(right, left, f"remplissage:{question}")
    if len(filler) > 1:
        yield at_most(filler[0], filler[-1] + constant(1), f"remplissage:{question}")


def _selections(count: Count) -> Iterator[Selection]:
    if count.unit == "respondents":
        yield count.where
    elif count.unit == "answers":
        for question in count.of:
            yield All((Answered(question), count.where))


def _distinct(constraints: Iterable[Constraint]) -> Iterator[Constraint]:
    seen: set[tuple[Linear, int | None, int | None]] = set()
    for constraint in constraints:
        key = (constraint.expression, constraint.low, constraint.high)
        if key not in seen:
            seen.add(key)
            if constraint.expression.terms or not constraint.holds({}):
                yield constraint
