"""
The one solution: closest to what is printed, then first in alphabetical order.

Rounding leaves many solutions.  The sum of the distances between each share
and its print is made least (a centred objective); among the solutions left,
each unknown in turn, sorted by name, is made as small as it can be (the
lexicographic order of integer programming).  The solution is then a property
of the problem, not of the solver or of its version.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import gcd

from enquete.reconstruction.components import Component, given
from enquete.reconstruction.linear import Constraint, Linear, at_most, variable
from enquete.reconstruction.solver import Program

DISTANCE = "écart:"


def solve(
    component: Component,
    n: int,
    hubs: Sequence[Sequence[str]] = (),
    *,
    presolve: bool = True,
) -> dict[str, int]:
    """
    Return the unique solution of a component.

    *hubs* are the margins of questions crossed with several others, the most
    crossed first.  They come first in the order; once they are fixed the
    component falls apart, and every part is as close as the whole.  The solver's
    *presolve* must not matter: tests turn it off.
    """
    posed, distance = _with_distances(component, n)
    posed = replace(posed, presolve=presolve)
    solution = posed.minimise(distance)
    limit = Constraint(distance, 0, distance.value(solution), "écart le plus petit")
    closest = replace(posed, constraints=(*posed.constraints, limit))
    own = set(component.variables)
    names = next((sorted(own.intersection(hub)) for hub in hubs if own.intersection(hub)), None)
    fixed: dict[str, int] = {}
    for name in names or component.variables:
        if solution[name] > 0:
            solution = closest.minimise(variable(name), fixed)
        fixed[name] = solution[name]
    if names is not None:
        for part in given(component, fixed):
            fixed.update(solve(part, n, hubs, presolve=presolve))
    return fixed


def _with_distances(component: Component, n: int) -> tuple[Program, Linear]:
    """Add one unknown at least as large as each distance; return their weighted sum."""
    limits = dict.fromkeys(component.variables, (0, n))
    constraints = [*component.constraints, *component.choices]
    weighted: list[tuple[str, int]] = []
    for number, goal in enumerate(component.goals):
        name = f"{DISTANCE}{number:03}"
        factor = gcd(goal.deviation.constant, *(f for _, f in goal.deviation.terms))
        deviation = Linear(
            tuple((v, f // factor) for v, f in goal.deviation.terms),
            goal.deviation.constant // factor,
        )
        limits[name] = (0, sum(abs(f) for _, f in deviation.terms) * n)
        constraints.append(at_most(deviation, variable(name), goal.origin))
        constraints.append(at_most(deviation * -1, variable(name), goal.origin))
        weighted.append((name, factor))
    return Program(tuple(limits), tuple(constraints), limits), Linear(tuple(weighted))
