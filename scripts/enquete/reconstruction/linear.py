"""Linear expressions and constraints over counts, in exact integers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import gcd


@dataclass(frozen=True, slots=True)
class Linear:
    """Add integer multiples of variables, and a constant."""

    terms: tuple[tuple[str, int], ...] = ()
    constant: int = 0

    def __add__(self, other: Linear) -> Linear:
        return _collect((*self.terms, *other.terms), self.constant + other.constant)

    def __sub__(self, other: Linear) -> Linear:
        return self + other * -1

    def __mul__(self, factor: int) -> Linear:
        return _collect(
            ((name, coefficient * factor) for name, coefficient in self.terms),
            self.constant * factor,
        )

    @property
    def variables(self) -> tuple[str, ...]:
        """Return the names of the variables, sorted."""
        return tuple(name for name, _ in self.terms)

    def given(self, known: Mapping[str, int]) -> Linear:
        """Replace known variables by their values."""
        added = sum(factor * known[name] for name, factor in self.terms if name in known)
        terms = tuple((name, factor) for name, factor in self.terms if name not in known)
        return Linear(terms, self.constant + added)

    def value(self, solution: Mapping[str, int]) -> int:
        """Evaluate in Python integers: no rounding, no overflow."""
        return self.constant + sum(factor * solution[name] for name, factor in self.terms)


@dataclass(frozen=True, slots=True)
class Constraint:
    """Keep *expression* between two integers, either of which may be absent."""

    expression: Linear
    low: int | None
    high: int | None
    origin: str

    def reduced(self) -> Constraint:
        """
        Divide by the common factor of the coefficients, rounding bounds inwards.

        Same integer solutions, smaller numbers: the floating-point solver errs less.
        """
        factor = gcd(*(f for _, f in self.expression.terms)) or 1
        added = self.expression.constant
        terms = tuple((name, f // factor) for name, f in self.expression.terms)
        low = None if self.low is None else -((added - self.low) // factor)
        high = None if self.high is None else (self.high - added) // factor
        return Constraint(Linear(terms), low, high, self.origin)

    def holds(self, solution: Mapping[str, int]) -> bool:
        """Check in Python integers what a floating-point solver proposes."""
        value = self.expression.value(solution)
        return (self.low is None or self.low <= value) and (self.high is None or value <= self.high)


def variable(name: str) -> Linear:
    """Return the expression that is one variable."""
    return Linear(((name, 1),))


def constant(value: int) -> Linear:
    """Return the expression that is a number."""
    return Linear((), value)


def total(names: Iterable[str]) -> Linear:
    """Return the sum of variables."""
    return _collect(((name, 1) for name in names), 0)


def equal(left: Linear, right: Linear, origin: str) -> Constraint:
    """Make two expressions equal."""
    return Constraint(left - right, 0, 0, origin)


def at_most(left: Linear, right: Linear, origin: str) -> Constraint:
    """Keep *left* at or below *right*."""
    return Constraint(left - right, None, 0, origin)


def _collect(terms: Iterable[tuple[str, int]], added: int) -> Linear:
    sums: dict[str, int] = {}
    for name, factor in terms:
        sums[name] = sums.get(name, 0) + factor
    return Linear(tuple(sorted((n, f) for n, f in sums.items() if f)), added)
