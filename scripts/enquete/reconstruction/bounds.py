"""
How far the published figures leave a count, or a share, free.

Bounds hold over every solution of the constraints, the choices of
``contraintes.yml`` apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from enquete.questionnaire import Questionnaire
from enquete.readings import ShareOf
from enquete.reconstruction.components import Component, split
from enquete.reconstruction.constraints import (
    Problem,
    Published,
    pose,
    ratio,
    share_terms,
    statements,
)
from enquete.reconstruction.declared import Declared
from enquete.reconstruction.linear import Linear
from enquete.reconstruction.solver import program
from enquete.reconstruction.space import TooComplexError


@dataclass(frozen=True, slots=True)
class Range:
    """Hold the least and greatest value of a count."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Bounds:
    """Hold numerator and base of a figure, with their ranges; a plain count has no base."""

    numerator: Linear
    count: Range
    base: Linear | None
    base_range: Range | None


class Bounder:
    """Find the range of sums of unknowns, each asked once."""

    def __init__(self, components: Iterable[Component], n: int) -> None:
        self._n = n
        self._components = tuple(components)
        self._of = {name: c for c in self._components for name in c.variables}
        self._known: dict[Linear, Range] = {}

    def range(self, expression: Linear) -> Range:
        """Return the range of *expression* over every solution."""
        found = self._known.get(expression)
        if found is None:
            found = self._known[expression] = self._computed(expression)
        return found

    def share(self, numerator: Linear, base: Linear) -> tuple[Fraction, Fraction]:
        """
        Return the exact least and greatest value of numerator / base.

        Dinkelbach's method (*Management Science* 13, 1967): the least of
        numerator - λ·base is zero exactly when λ is the least ratio.
        """
        return self._ratio(numerator, base), -self._ratio(numerator * -1, base)

    def _ratio(self, numerator: Linear, base: Linear) -> Fraction:
        solution = self._solve(numerator + base)
        ratio = Fraction(numerator.value(solution), base.value(solution))
        while True:
            gap = numerator * ratio.denominator - base * ratio.numerator
            solution = self._solve(gap)
            if gap.value(solution) >= 0:
                return ratio
            ratio = Fraction(numerator.value(solution), base.value(solution))

    def _computed(self, expression: Linear) -> Range:
        low = expression.value(self._solve(expression))
        high = expression.value(self._solve(expression * -1))
        return Range(low, high)

    def _solve(self, objective: Linear) -> Mapping[str, int]:
        solution: dict[str, int] = {}
        parts: dict[str, list[tuple[str, int]]] = {}
        for name, factor in objective.terms:
            parts.setdefault(self._of[name].name, []).append((name, factor))
        for component in self._components:
            if component.name in parts:
                posed = program(component.variables, component.constraints, self._n)
                solution.update(posed.least(Linear(tuple(parts[component.name]))))
        return solution


def share_interval(
    share: ShareOf,
    register: Iterable[Published],
    questionnaire: Questionnaire,
    declared: Declared,
) -> tuple[Fraction, Fraction]:
    """
    Return the exact interval of a share that the register need not name.

    Unknowns are made fine enough for the share's selections.  If these close a
    loop of crossed questions the interval is that of a relaxation: it contains
    the exact one, so nothing undetermined is ever let through.  A selection
    too complex to be said in linear terms, or a base that may be empty, leaves
    the share anywhere.
    """
    try:
        problem = pose(
            statements(register, declared),
            questionnaire,
            declared,
            (share.numerator.inside(share.base), share.base),
        )
        top, base = ratio(share, problem.space)
    except TooComplexError:
        return Fraction(0), Fraction(1)
    bounder = Bounder(split(problem), declared.n)
    if bounder.range(base).low <= 0:
        return Fraction(0), Fraction(1)
    return bounder.share(top, base)


def ranges(problem: Problem, bounder: Bounder) -> dict[str, Bounds]:
    """Return the ranges of every figure that is a count, a share, or words about one."""
    found: dict[str, Bounds] = {}
    for statement in problem.statements:
        terms = share_terms(statement.reading, problem.space)
        if terms is not None:
            top, base = terms
            found[statement.id] = Bounds(
                top, bounder.range(top), base, bounder.range(base) if base else None
            )
    return found
