"""
What published figures imply for what was not published: exact intervals, and their figures.

Nothing here reads the answers. A printed number stands for every value that is rounded to it;
each interval is what those values allow, in fractions, rounded only when it is written.
"""

from __future__ import annotations

from collections.abc import Iterable

from enquete.compute import Place
from enquete.deductions import Deduction, named
from enquete.evidence import Evidence
from enquete.figure import Figure, Status, Statuses
from enquete.reckoning import Reckoning


def implied_figure(evidence: Evidence, place: Place) -> Figure:
    """Compute a declared deduction and make its figure."""
    found = Reckoning(evidence).reckon(place.figure)
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
    )


def _questions(evidence: Evidence, deduction: Deduction) -> Iterable[str]:
    for name in named(deduction.form):
        figure = evidence.register.get(name)
        if figure is not None:
            yield from figure.questions
