"""
What published figures imply for what was not published: exact intervals, and their figures.

Nothing here reads the answers. A printed number stands for every value that is rounded to it;
each interval is what those values allow, in fractions, rounded only when it is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from typing import Any

from enquete.compute import Place
from enquete.deductions import (
    Bases,
    Common,
    Computed,
    Counts,
    Days,
    Deduction,
    Form,
    Term,
    Total,
    named,
)
from enquete.evidence import Evidence
from enquete.figure import Figure, Status, Statuses
from enquete.reckoning import Reckoning

KEYS = ("value", "min", "max")


def implied_figure(evidence: Evidence, place: Place) -> Figure:
    """Compute a declared deduction and make its figure."""
    reckoning = Reckoning(evidence)
    found = reckoning.reckon(place.figure)
    deduction = found.deduction
    low, high = found.bounds
    return Figure(
        id=deduction.id,
        chapter=place.chapter,
        kind="implied",
        text=found.text,
        value=found.value,
        decimals=deduction.decimals,
        statuses=Statuses(value=Status("deduced", low, high, deduction.condition)),
        verdict="new",
        reason=found.formula,
        questions=tuple(dict.fromkeys(_questions(evidence, deduction))),
        label=deduction.label,
        note="Déduit des chiffres publiés, dans les limites de leurs arrondis.",
        source=place.source,
        origin=evidence.origin,
        deduction=written(reckoning, deduction),
    )


def written(reckoning: Reckoning, deduction: Deduction) -> dict[str, Any]:
    """
    Write a deduction as arithmetic, with its numbers: the ledger is enough to do it again.

    A percentage is on 1; bounds are those of its print, or those of an earlier deduction; a day
    is its number in the calendar. What was found by trying whole numbers, or by counting rows,
    has no expression.
    """
    expressions, join, integers = _arithmetic(deduction.form)
    return {
        "unit": deduction.unit,
        "sense": deduction.sense,
        "expressions": expressions,
        "join": join,
        "integers": integers,
        "terms": [_term(reckoning, role, term) for role, term in _roles(deduction.form)],
    }


def _arithmetic(form: Form) -> tuple[list[str], str | None, str | None]:
    match form:
        case Computed(expression):
            return [expression.text], "alone", None
        case Total(terms):
            return [f"t{rank}" for rank in range(len(terms))], "sum", None
        case Counts(parts, _, above):
            products = [f"t{rank} * base" for rank in range(len(parts))]
            return products, "sum", "above" if above else "rounded"
        case Bases(pairs, rest):
            share = "(1 - t{0})" if rest else "t{0}"
            quotients = [("n{0} / " + share).format(rank) for rank in range(len(pairs))]
            return quotients, "meet", None
        case Common(names):
            return [f"t{rank}" for rank in range(len(names))], "meet", None
        case Days():
            return ["t1 - t0 + 1"], "alone", None
    return [], None, None


def _roles(form: Form) -> Iterator[tuple[str, Term]]:
    """Yield the terms under the names that the expressions give them."""
    match form:
        case Computed(_, terms):
            yield from terms.items()
        case Total(several):
            yield from _numbered("t", several)
        case Counts(parts, base):
            yield from (*_numbered("t", parts), ("base", Term(base)))
        case Bases(pairs):
            yield from _numbered("n", (Term(count) for count, _ in pairs))
            yield from _numbered("t", (Term(part) for _, part in pairs))
        case _:
            yield from _numbered("t", (Term(name) for name in named(form)))


def _numbered(letter: str, terms: Iterable[Term]) -> Iterator[tuple[str, Term]]:
    return ((f"{letter}{rank}", term) for rank, term in enumerate(terms))


def _term(reckoning: Reckoning, role: str, term: Term) -> dict[str, str]:
    fact = reckoning.evidence.register.facts.get(term.name)
    if fact is not None and isinstance(fact.value, str):
        day = Fraction(date.fromisoformat(fact.value).toordinal())
        found = day, (day, day)
    else:
        number = reckoning.number(term)
        found = number.value, number.bounds
    value, (low, high) = found
    fractions = (f"{each.numerator}/{each.denominator}" for each in (value, low, high))
    return {"role": role, "id": term.name, **dict(zip(KEYS, fractions, strict=True))}


def _questions(evidence: Evidence, deduction: Deduction) -> Iterable[str]:
    for name in named(deduction.form):
        figure = evidence.register.get(name)
        if figure is not None:
            yield from figure.questions
