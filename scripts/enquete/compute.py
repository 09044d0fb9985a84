"""From a computation to a figure: evaluated, judged, written in French."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from enquete import french
from enquete.deny import Grant, grant, said
from enquete.errors import EnqueteError, TooFew, Undetermined
from enquete.evidence import Evidence, printed_decimals
from enquete.figure import Figure, Printed, Source, Status, Statuses, StatusName
from enquete.judge import judge
from enquete.measure import measure
from enquete.readings import CountOf, DifferenceOf, MeanOf, Reading, ShareOf
from enquete.register import Part, PublishedFigure
from enquete.shares import Count, Interval

Shown = Literal["pourcentage", "effectif", "points"]
STATUS: dict[str, StatusName] = {
    "publie": "published",
    "deduit": "deduced",
    "suppose": "assumed",
    "indetermine": "undetermined",
}
# Points and percentages print on 100; the exact value stays between 0 and 1.
SCALE = {"pourcentage": 100, "effectif": 1, "points": 100}


@dataclass(frozen=True, slots=True)
class Place:
    """Say where a figure is printed and by which code."""

    figure: str
    chapter: str
    source: Source


def share(evidence: Evidence, place: Place, reading: ShareOf, decimals: int | None) -> Figure:
    """Compute a share; refuse an empty base and what the answers do not settle."""
    allowed = grant(evidence, place.figure, reading, decimals)
    measured = evidence.answers.share(reading.numerator, reading.base)
    if measured.base.exact and measured.base.low == 0:
        raise EnqueteError(
            f"Base vide pour {place.figure!r}.",
            f"base : {reading.base.said(evidence.questionnaire)}",
            "vérifier la sélection donnée à base=.",
        )
    if not measured.exact:
        raise Undetermined.coarse(f"{place.figure!r} ({said(evidence, reading)})")
    figure = _figure(
        evidence,
        place,
        allowed,
        reading,
        measured.value,
        "pourcentage",
        statuses(evidence, allowed, measured.numerator, measured.base),
    )
    return _guarded(evidence, figure, measured.numerator.low, measured.base.low)


def count(evidence: Evidence, place: Place, reading: CountOf) -> Figure:
    """Compute a plain count."""
    allowed = grant(evidence, place.figure, reading, None)
    measured = evidence.answers.count(reading.numerator)
    if not measured.exact:
        raise Undetermined.coarse(f"{place.figure!r} ({said(evidence, reading)})")
    return _figure(
        evidence,
        place,
        allowed,
        reading,
        Fraction(measured.low),
        "effectif",
        statuses(evidence, allowed, measured, None),
    )


def difference(
    evidence: Evidence,
    place: Place,
    a: Figure,
    b: Figure,
    reading: DifferenceOf,
    decimals: int | None,
) -> Figure:
    """Subtract two shares, in points."""
    allowed = grant(evidence, place.figure, reading, decimals)
    value = _solved(evidence, reading)
    figure = _figure(
        evidence, place, allowed, reading, value, "points", statuses(evidence, allowed, None, None)
    )
    return replace(figure, terms=(a, b))


def mean(evidence: Evidence, place: Place, reading: MeanOf, decimals: int | None) -> Figure:
    """Average several shares, each weighing the same."""
    allowed = grant(evidence, place.figure, reading, decimals)
    value = _solved(evidence, reading)
    return _figure(
        evidence,
        place,
        allowed,
        reading,
        value,
        "pourcentage",
        statuses(evidence, allowed, None, None),
    )


def _solved(evidence: Evidence, reading: Reading) -> Fraction:
    value = measure(evidence.answers)(reading)
    if value is None:
        raise Undetermined.coarse(said(evidence, reading))
    return value / 100


def statuses(
    evidence: Evidence, allowed: Grant, numerator: Interval | None, base: Interval | None
) -> Statuses:
    """Say how well value, base and count are known; the value's bounds come later."""
    if evidence.original or allowed.entry is None:
        known = Status("deduced")
        return Statuses(known, _exactly(base), _exactly(numerator))
    entry = allowed.entry
    solved = evidence.solved(entry.id)

    def status(part: Part, bounds: tuple[int, int] | None, found: Interval | None) -> Status:
        name = STATUS[entry.statuses[part]]
        if name == "undetermined" or found is None:
            return Status(name, condition=entry.condition if name == "assumed" else None)
        if bounds is None:
            bounds = (found.low, found.high) if name == "published" else None
        low, high = bounds or (None, None)
        return Status(name, low, high, entry.condition if name == "assumed" else None)

    return Statuses(
        Status(STATUS[entry.statuses["valeur"]]),
        status("base", solved.base if solved else None, base),
        status("effectif", solved.count if solved else None, numerator),
    )


def _exactly(found: Interval | None) -> Status:
    return Status("deduced", found.low, found.high) if found else Status("undetermined")


def _figure(
    evidence: Evidence, place: Place, allowed: Grant, reading: Reading,
    value: Fraction, unit: Shown, known: Statuses,
) -> Figure:  # fmt: skip
    entry, decimals = allowed.entry, allowed.decimals
    text = written(value, unit, decimals)
    printed = value if evidence.original else _shown(evidence, allowed, value, unit)
    exact = evidence.original or (known.count.exact and (unit == "effectif" or known.base.exact))
    bounds = french.rounding_bounds(french.rounded(value * SCALE[unit], decimals), decimals)
    low, high = (bound / SCALE[unit] for bound in bounds)
    if exact:
        low = high = value
    counts = next(reading.counts())
    published = backing(allowed, unit)
    judged = judge(evidence, entry, published, value * SCALE[unit])
    return Figure(
        id=place.figure,
        chapter=place.chapter,
        kind=reading.to_json()["type"],
        text=text,
        value=value if exact else printed,
        exact=exact,
        decimals=decimals,
        numerator=_known(known.count),
        base=_known(known.base),
        unit=counts.unit,
        statuses=replace(known, value=replace(known.value, low=low, high=high)),
        published=tuple(Printed(each.id, each.text, each.section) for each in published),
        verdict=judged.name,
        reason=judged.reason,
        computation=reading.to_json(),
        universe=_universe(evidence, reading),
        questions=reading.questions,
        label=entry.label if entry else said(evidence, reading),
        note=entry.note if entry else "",
        source=place.source,
        origin=evidence.origin,
        widest=evidence.policy.widest_count,
    )


def written(value: Fraction, unit: Shown, decimals: int) -> str:
    """Write a value as the report prints its kind."""
    if unit == "pourcentage":
        return french.percentage(value, decimals)
    if unit == "points":
        return french.points(100 * value, decimals)
    return french.decimal(value, decimals)


def backing(allowed: Grant, unit: Shown) -> tuple[PublishedFigure, ...]:
    """Return the published figures that this one prints again, as finely."""
    return tuple(
        entry
        for entry in allowed.same
        if printed_decimals(entry) == allowed.decimals and entry.unit == unit
    )


def _shown(evidence: Evidence, allowed: Grant, value: Fraction, unit: Shown) -> Fraction:
    """Return the value as printed; refuse a discrepant one that could print otherwise."""
    entry = allowed.entry
    shown = french.rounded(value * SCALE[unit], allowed.decimals)
    if entry and entry.value is not None:
        same = french.rounded(entry.value, allowed.decimals) == shown
        solved = evidence.solved(entry.id)
        if not same and not (solved and solved.settles(allowed.decimals)):
            raise Undetermined.unpublished(
                f"{entry.id!r} diffère du chiffre publié et rien ne fixe sa valeur",
                entry.where,
            )
    return shown / SCALE[unit]


def _known(status: Status) -> int | None:
    return int(status.low) if status.exact and status.low is not None else None


def _universe(evidence: Evidence, reading: Reading) -> str:
    said_once = dict.fromkeys(base.said(evidence.questionnaire) for base in _bases(reading))
    return french.enumeration(tuple(said_once), "et")


def _bases(reading: Reading) -> tuple[Count, ...]:
    match reading:
        case ShareOf(_, base):
            return (base,)
        case DifferenceOf(a, b):
            return (*_bases(a), *_bases(b))
        case MeanOf(of):
            return tuple(base for each in of for base in _bases(each))
    return tuple(reading.counts())


def _guarded(evidence: Evidence, figure: Figure, count: int, base: int) -> Figure:
    """Refuse new shares of few people, and flag a small base that is known."""
    policy = evidence.policy
    if evidence.original and not figure.published:
        sensitive = any(each in policy.sensitive_questions for each in figure.questions)
        least = policy.small_sensitive_count if sensitive else policy.small_count
        if base < policy.least_base or 0 < count < least or 0 < base - count < least:
            raise TooFew(
                f"Trop peu de {figure.noun} pour {figure.id!r} : quelqu’un pourrait être reconnu.",
                f"data/politique.yml (base_minimale {policy.least_base}, petit_effectif {least})",
                "élargir la base ou regrouper des options.",
            )
    if figure.base is not None and figure.base < policy.small_base:
        return replace(figure, flags=(*figure.flags, "small-base"))
    return figure
