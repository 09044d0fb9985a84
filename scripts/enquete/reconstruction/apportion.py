"""
Counts that nothing published settles, shared out in proportion.

The method is that of largest remainders (Hamilton's; Balinski and Young, *Fair
Representation*, 1982): each part gets the whole number below its exact share,
and the units left go to the largest fractions.  Ties go to the part that comes
first.  It invents no association between two questions: inside what the
figures fix, every group answers alike.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from enquete.readings import MeanOf, ShareOf
from enquete.reconstruction.constraints import Problem, ratio
from enquete.reconstruction.linear import Linear
from enquete.reconstruction.space import Space, Table, margin

Key = TypeVar("Key", bound=Hashable)
Row = TypeVar("Row", bound=Hashable)
Nodes = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cross:
    """Count respondents by the answers to several questions."""

    questions: tuple[str, ...]
    counts: Mapping[Nodes, int]


def largest_remainder(weights: Mapping[Key, int], units: int) -> dict[Key, int]:
    """Share *units* in proportion to *weights*."""
    whole = sum(weights.values())
    if not whole:
        return dict.fromkeys(weights, 0)
    given = {key: units * weight // whole for key, weight in weights.items()}
    order = sorted(
        range(len(weights)),
        key=lambda i: (-(units * list(weights.values())[i] % whole), i),
    )
    keys = list(weights)
    for i in order[: units - sum(given.values())]:
        given[keys[i]] += 1
    return given


def proportional(rows: Mapping[Row, int], columns: Mapping[Key, int]) -> dict[tuple[Row, Key], int]:
    """
    Fill a table from its margins as if rows and columns were independent.

    Row after row, in proportion to what is left of each column: both margins
    come out exact.
    """
    left = dict(columns)
    table: dict[tuple[Row, Key], int] = {}
    for row, size in rows.items():
        given = largest_remainder(left, size)
        for key, units in given.items():
            table[row, key] = units
            left[key] -= units
    return table


def settle_means(problem: Problem, solution: Mapping[str, int]) -> dict[str, int]:
    """
    Choose the counts of which only a mean of shares is published.

    A mean of shares on different bases is not linear.  Each term is free up to
    the remainder of its question, so all terms take the same part of theirs.
    """
    settled = dict(solution)
    for statement in problem.statements:
        if isinstance(statement.reading, MeanOf) and statement.value is not None:
            target = statement.value / 100
            shares = [each for each in statement.reading.of if isinstance(each, ShareOf)]
            settled.update(_same_part(problem, shares, target, settled))
    return settled


def _same_part(
    problem: Problem, shares: list[ShareOf], target: Fraction, solution: Mapping[str, int]
) -> dict[str, int]:
    rooms: list[tuple[str, str, int]] = []
    missing, slope = target * len(shares), Fraction(0)
    for share in shares:
        numerator, counted_in = ratio(share, problem.space)
        base = counted_in.value(solution)
        pair = _free_pair(problem, numerator)
        if pair is None:
            missing -= Fraction(numerator.value(solution), base)
        else:
            room = solution[pair[0]] + solution[pair[1]]
            rooms.append((*pair, room))
            slope += Fraction(room, base)
    part = min(max(missing / slope, Fraction(0)), Fraction(1)) if slope else Fraction(0)
    changed: dict[str, int] = {}
    for counted, rest, room in rooms:
        changed[counted] = int(part * room + Fraction(1, 2))
        changed[rest] = room - changed[counted]
    return changed


def _free_pair(problem: Problem, numerator: Linear) -> tuple[str, str] | None:
    """Return the unknown counted and the unpublished rest it can be traded with."""
    if len(numerator.terms) != 1:
        return None
    (counted,) = numerator.variables
    question = counted.split("=")[0]
    space = problem.space
    for option in space.questionnaire[question].options:
        rest = margin(question, option.code)
        if option.status == "remplissage" and _traded(problem, counted, rest):
            return counted, rest
    return None


def _traded(problem: Problem, one: str, other: str) -> bool:
    """Tell whether every constraint weighs both unknowns alike."""
    return all(
        dict(c.expression.terms).get(one) == dict(c.expression.terms).get(other)
        for c in (*problem.constraints, *problem.choices)
    )


def cross(space: Space, table: Table, known: str, solution: Mapping[str, int]) -> Cross:
    """
    Refine a solved table from classes to answers, *known* being dealt first.

    A table of three questions or more is already solved answer by answer.
    """
    axis = table.questions.index(known)
    others = tuple(q for q in table.questions if q != known)
    counts: dict[Nodes, int] = {}
    if len(others) > 1:
        for cell in table.cells:
            answers = table.sample(cell)
            key = (answers[known], *(answers[q] for q in others))
            counts[key] = solution[table.variable(cell)]
        return Cross((known, *others), counts)
    (other,) = others
    split: dict[int, dict[str, int]] = {}
    for rows in range(len(table.classes[axis])):
        cells = {c[1 - axis]: solution[table.variable(c)] for c in table.cells if c[axis] == rows}
        members = {n: solution[margin(known, n)] for n in table.classes[axis][rows]}
        for (node, column), units in proportional(members, cells).items():
            split.setdefault(column, {})[node] = units
    for column, by_row in split.items():
        members = {n: solution[margin(other, n)] for n in table.classes[1 - axis][column]}
        pairs: Iterable[tuple[Nodes, int]] = proportional(by_row, members).items()
        counts.update(pairs)
    order = {n: i for i, n in enumerate(space.nodes[known])}
    last = {n: i for i, n in enumerate(space.nodes[other])}
    sorted_keys = sorted(counts, key=lambda k: (order[k[0]], last[k[1]]))
    return Cross((known, other), {key: counts[key] for key in sorted_keys})
