"""Split a problem into parts that share no unknown, solved apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from enquete.reconstruction.constraints import Goal, Problem
from enquete.reconstruction.linear import Constraint


@dataclass(frozen=True, slots=True)
class Component:
    """Hold one independent part; unknowns in sorted order."""

    name: str
    variables: tuple[str, ...]
    constraints: tuple[Constraint, ...]
    choices: tuple[Constraint, ...]
    goals: tuple[Goal, ...]


def split(problem: Problem) -> tuple[Component, ...]:
    """Return the independent parts of a problem."""
    return _connected(problem.constraints, problem.choices, problem.goals)


def given(component: Component, fixed: Mapping[str, int]) -> tuple[Component, ...]:
    """Return the parts that a component falls into once some unknowns are known."""

    def known(constraint: Constraint) -> Constraint:
        return replace(constraint, expression=constraint.expression.given(fixed))

    return _connected(
        [known(c) for c in component.constraints],
        [known(c) for c in component.choices],
        [Goal(g.origin, g.deviation.given(fixed)) for g in component.goals],
    )


def _connected(
    constraints: Iterable[Constraint], choices: Iterable[Constraint], goals: Iterable[Goal]
) -> tuple[Component, ...]:
    """Return the connected components of the graph « two unknowns share a constraint »."""
    constraints = [c for c in constraints if c.expression.terms]
    choices = [c for c in choices if c.expression.terms]
    goals = [g for g in goals if g.deviation.terms]
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        parent.setdefault(name, name)
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for constraint in (*constraints, *choices):
        names = constraint.expression.variables
        for name in names:
            left, right = sorted((root(names[0]), root(name)))
            parent[right] = left
    groups: dict[str, list[str]] = {}
    for name in sorted(parent):
        groups.setdefault(root(name), []).append(name)
    return tuple(
        Component(
            name=group,
            variables=tuple(names),
            constraints=tuple(c for c in constraints if root(c.expression.variables[0]) == group),
            choices=tuple(c for c in choices if root(c.expression.variables[0]) == group),
            goals=tuple(g for g in goals if root(g.deviation.variables[0]) == group),
        )
        for group, names in sorted(groups.items())
    )
