"""
Answers that give the published figures, rebuilt from these figures alone.

The register and the questionnaire make integer constraints (``constraints``,
``space``); independent parts (``components``) are each solved to one solution
(``solver``, ``canonical``); what stays undetermined is shared in proportion
(``apportion``) and dealt to respondents (``deal``).  ``bounds`` says how far
each figure is settled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from enquete.errors import EnqueteError
from enquete.questionnaire import Questionnaire
from enquete.reconstruction.apportion import settle_means
from enquete.reconstruction.bounds import Bounder, ranges, share_interval
from enquete.reconstruction.canonical import solve
from enquete.reconstruction.components import split
from enquete.reconstruction.constraints import Problem, Published, pose, statements
from enquete.reconstruction.deal import deal
from enquete.reconstruction.declared import Declared, read_declared
from enquete.reconstruction.write import files, swap_in

__all__ = [
    "Reconstruction",
    "read_declared",
    "reconstruct",
    "share_interval",
    "solved_counts",
    "write",
]


@dataclass(frozen=True, slots=True)
class Reconstruction:
    """Hold the files made, and the size of the problem solved."""

    files: Mapping[str, bytes]
    components: int
    unknowns: int
    constraints: int


def reconstruct(
    register: Iterable[Published], questionnaire: Questionnaire, declared: Declared
) -> Reconstruction:
    """Solve, deal and bound; the same bytes on any machine, nothing written."""
    problem = pose(statements(register, declared), questionnaire, declared)
    parts = split(problem)
    solution = solved_counts(problem, declared)
    hand = deal(problem.space, solution, declared.seed)
    bounds = ranges(problem, Bounder(parts, declared.n))
    return Reconstruction(
        files(problem, solution, hand, bounds),
        len(parts),
        sum(len(part.variables) for part in parts),
        len(problem.constraints),
    )


def solved_counts(problem: Problem, declared: Declared) -> dict[str, int]:
    """Return every unknown count, checked against every constraint in exact integers."""
    solution: dict[str, int] = {}
    hubs = problem.space.hubs()
    for part in split(problem):
        solution.update(solve(part, declared.n, hubs))
    solution = settle_means(problem, solution)
    broken = sorted(
        {c.origin for c in (*problem.constraints, *problem.choices) if not c.holds(solution)}
    )
    if broken:
        raise EnqueteError(
            f"La solution enfreint : {', '.join(broken)}.",
            "reconstruction",
            "le signaler ; les données n'ont pas été touchées.",
        )
    return solution


def write(reconstruction: Reconstruction, directory: Path) -> None:
    """Put the files in *directory*, all of them or, if interrupted, the old ones."""
    swap_in(reconstruction.files, directory)
