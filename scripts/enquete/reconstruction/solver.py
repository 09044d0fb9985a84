"""
Integer programs: HiGHS proposes, Python integers dispose.

HiGHS (Huangfu and Hall, *Mathematical Programming Computation* 10, 2018) works
in floating point; what it proposes is rounded and every constraint checked
again in exact integers before anyone sees it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from enquete.errors import EnqueteError
from enquete.reconstruction.linear import Constraint, Linear

INFEASIBLE = 2  # the status that scipy.optimize.milp gives


class InfeasibleError(EnqueteError):
    """Say that no answers satisfy the constraints together."""


@dataclass(frozen=True, slots=True)
class Program:
    """Hold integer unknowns in [0, limit] and constraints between them."""

    variables: tuple[str, ...]
    constraints: tuple[Constraint, ...]
    limits: Mapping[str, tuple[int, int]]
    presolve: bool = True

    def minimise(self, objective: Linear, fixed: Mapping[str, int] | None = None) -> dict[str, int]:
        """
        Return a solution that makes *objective* least, checked exactly.

        *fixed* unknowns keep their value.
        """
        fixed = fixed or {}
        index = {name: i for i, name in enumerate(self.variables)}
        cost = np.zeros(len(self.variables))
        for name, factor in objective.terms:
            cost[index[name]] = factor
        low = np.array([fixed.get(v, self.limits[v][0]) for v in self.variables], dtype=float)
        high = np.array([fixed.get(v, self.limits[v][1]) for v in self.variables], dtype=float)
        found = milp(
            cost,
            integrality=np.ones(len(self.variables)),
            bounds=Bounds(low, high),
            constraints=self._matrix(index),
            options={"mip_rel_gap": 0.0, "presolve": self.presolve},
        )
        if found.x is None:
            raise self._failed(int(found.status), str(found.message))
        solution = {v: round(float(x)) for v, x in zip(self.variables, found.x, strict=True)}
        self.check(solution)
        return solution

    def least(self, objective: Linear) -> dict[str, int]:
        """
        Return a solution that makes *objective* least, proved twice.

        A solver that cuts off solutions gives bounds that are too narrow, and
        no check of the solution shows it.  So a second search, without
        presolve, looks for anything lower; it must find nothing.
        """
        solution = self.minimise(objective)
        while True:
            lower = Constraint(objective, None, objective.value(solution) - 1, "plus bas")
            rival = replace(self, constraints=(*self.constraints, lower), presolve=False)
            found = rival.any_solution()
            if found is None:
                return solution
            solution = found

    def any_solution(self) -> dict[str, int] | None:
        """Return some solution, checked exactly, or nothing when there is none."""
        try:
            return self.minimise(Linear())
        except InfeasibleError:
            return None

    def check(self, solution: Mapping[str, int]) -> None:
        """Refuse a solution that breaks a constraint or a limit, in exact integers."""
        broken = [c.origin for c in self.constraints if not c.holds(solution)]
        broken += [v for v in self.variables if not _within(solution[v], self.limits[v])]
        if broken:
            raise EnqueteError(
                f"Le solveur propose des nombres qui enfreignent : {_some(broken)}.",
                "reconstruction",
                "signaler la version de scipy ; les données n'ont pas été touchées.",
            )

    def _matrix(self, index: Mapping[str, int]) -> LinearConstraint:
        rows: list[int] = []
        columns: list[int] = []
        factors: list[float] = []
        low: list[float] = []
        high: list[float] = []
        for row, constraint in enumerate(c.reduced() for c in self.constraints):
            low.append(-np.inf if constraint.low is None else constraint.low)
            high.append(np.inf if constraint.high is None else constraint.high)
            for name, factor in constraint.expression.terms:
                rows.append(row)
                columns.append(index[name])
                factors.append(factor)
        shape = (len(self.constraints), len(self.variables))
        return LinearConstraint(csr_array((factors, (rows, columns)), shape=shape), low, high)

    def _failed(self, status: int, message: str) -> EnqueteError:
        origins = [c.origin for c in self.constraints if ":" not in c.origin]
        if status == INFEASIBLE:
            return InfeasibleError(
                f"Aucune réponse ne satisfait ensemble : {_some(origins)}.",
                "data/figures.yml, lectures retenues",
                "revoir une lecture, ou déclarer l'écart dans data/ecarts.yml.",
            )
        return EnqueteError(
            f"Le solveur s'arrête sans solution : {message}", "reconstruction", "le signaler."
        )


def program(variables: Iterable[str], constraints: Iterable[Constraint], limit: int) -> Program:
    """Build a program whose unknowns lie in [0, *limit*]."""
    names = tuple(sorted(variables))
    return Program(names, tuple(constraints), dict.fromkeys(names, (0, limit)))


def _within(value: int, limits: tuple[int, int]) -> bool:
    return limits[0] <= value <= limits[1]


def _some(names: Sequence[str]) -> str:
    distinct = list(dict.fromkeys(names))
    shown = ", ".join(distinct[:12])
    return shown + (f" … ({len(distinct)} en tout)" if len(distinct) > 12 else "")
