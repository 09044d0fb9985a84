"""From a computation to a figure: evaluated, judged, written in French."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from enquete import french
from enquete.deny import Grant, grant, said
from enquete.disclosure.thresholds import least, reveals, small, unsafe
from enquete.errors import EnqueteError, TooFew, Undetermined
from enquete.evidence import Evidence, printed_decimals
from enquete.figure import Figure, Printed, Source, Status, Statuses, StatusName
from enquete.judge import judge
from enquete.measure import measure
from enquete.readings import CountOf, DifferenceOf, MeanOf, Reading, ShareOf
from enquete.register import Part, PublishedFigure
from enquete.shares import Count, Interval, Share

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
    known = statuses(evidence, allowed, measured.numerator, measured.base)
    secret = _guarded(evidence, place.figure, allowed, reading, measured)
    if secret is not None:
        known = secret
    figure = _figure(
        evidence, place, allowed, reading, measured.value, "pourcentage", known,
        masked=secret is not None,
    )  # fmt: skip
    if figure.base is not None and figure.base < evidence.policy.small_base:
        return replace(figure, flags=(*figure.flags, "small-base"))
    return figure


def count(evidence: Evidence, place: Place, reading: CountOf) -> Figure:
    """Compute a plain count."""
    allowed = grant(evidence, place.figure, reading, None)
    measured = evidence.answers.count(reading.numerator)
    if not measured.exact:
        raise Undetermined.coarse(f"{place.figure!r} ({said(evidence, reading)})")
    limit = least(evidence.policy, reading.questions)
    if evidence.original and not allowed.same and small(measured.low, limit):
        raise _too_few(evidence, place.figure, reading.numerator, limit)
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
    # The exact difference would give back a count that one of the two keeps.
    masked = any("masked" in term.flags for term in (a, b))
    if masked and reading.round == "result" and not allowed.same:
        raise _too_few(evidence, place.figure, next(reading.counts()), evidence.policy.small_count)
    figure = _figure(
        evidence, place, allowed, reading, value, "points",
        statuses(evidence, allowed, None, None), masked=masked,
    )  # fmt: skip
    return replace(figure, terms=(a, b))


def mean(evidence: Evidence, place: Place, reading: MeanOf, decimals: int | None) -> Figure:
    """Average several shares, each weighing the same."""
    allowed = grant(evidence, place.figure, reading, decimals)
    value = _solved(evidence, reading)
    shares = [each for each in reading.of if isinstance(each, ShareOf)]
    secrets = [
        _guarded(evidence, place.figure, allowed, each, measured)
        for each in shares
        for measured in (evidence.answers.share(each.numerator, each.base),)
    ]
    return _figure(
        evidence, place, allowed, reading, value, "pourcentage",
        statuses(evidence, allowed, None, None), masked=any(secrets),
    )  # fmt: skip


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
    value: Fraction, unit: Shown, known: Statuses, *, masked: bool = False,
) -> Figure:  # fmt: skip
    entry, decimals = allowed.entry, allowed.decimals
    text = written(value, unit, decimals)
    printed = _printed_value(evidence, allowed, value, unit)
    settled = known.count.exact and (unit == "effectif" or known.base.exact)
    exact = not masked and (evidence.original or settled)
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
        flags=("masked",) if masked else (),
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


def _printed_value(evidence: Evidence, allowed: Grant, value: Fraction, unit: Shown) -> Fraction:
    """Return the value as printed; refuse a discrepant one that could print otherwise."""
    entry = allowed.entry
    shown = french.rounded(value * SCALE[unit], allowed.decimals)
    if entry and entry.value is not None and not evidence.original:
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


def _guarded(
    evidence: Evidence, figure: str, allowed: Grant, reading: ShareOf, measured: Share
) -> Statuses | None:
    """
    Refuse a new share of few people; return what is told of one that the report prints.

    Its percentage stays, since it is printed already; its count does not follow, nor a
    base that would give the count back.  ``None`` when there is nothing to keep.
    """
    if not evidence.original:
        return None
    policy, limit = evidence.policy, least(evidence.policy, reading.questions)
    count, base = measured.numerator.low, measured.base.low
    few = unsafe(count, base, limit)
    printed = [each for each in backing(allowed, "pourcentage") if each.value is not None]
    if not printed:
        if few or base < policy.least_base:
            raise _too_few(evidence, figure, reading.numerator, limit)
        return None
    if not few or any(each.statuses["effectif"] == "publie" for each in printed):
        return None
    given_back = reveals(100 * measured.value, allowed.decimals, base, limit)
    shown = not given_back or any(each.statuses["base"] == "publie" for each in printed)
    return Statuses(Status("deduced"), _exactly(measured.base if shown else None), _exactly(None))


def _too_few(evidence: Evidence, figure: str, counted: Count, limit: int) -> TooFew:
    return TooFew(
        f"Trop peu de {counted.noun} pour {figure!r} : quelqu’un pourrait être reconnu.",
        f"data/politique.yml (base {evidence.policy.least_base}, effectif {limit} au moins)",
        "élargir la base ou regrouper des options.",
    )
