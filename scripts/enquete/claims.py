"""Words that depend on a figure, and facts that depend on none."""

from __future__ import annotations

from fractions import Fraction

from enquete import french
from enquete.compute import STATUS, Place
from enquete.deny import said
from enquete.errors import EnqueteError, Undetermined
from enquete.evidence import Evidence
from enquete.figure import Figure, Printed, Status, Statuses, StatusName
from enquete.measure import measure, truth
from enquete.readings import RankOf, Reading, WordsOf
from enquete.register import PublishedFigure, SecondaryFigure
from enquete.sources import source_name

Bounds = tuple[Fraction, Fraction]  # least value, and least value above; equal when exact


def claim(evidence: Evidence, place: Place, of: Figure | None, words: str | None) -> Figure:
    """
    Print published words after checking what they say.

    Raises `Undetermined` for words that nothing published allows to check: the
    sentence must then do without them.
    """
    entry = evidence.register[place.figure]
    if entry.reading is not None and entry.unit not in ("mots", "rang"):
        raise EnqueteError(
            f"{entry.id!r} est un nombre ({entry.text}), non des mots.",
            entry.where,
            "l’imprimer avec figures.share(…) ou figures.count(…).",
        )
    match entry.reading:
        case WordsOf() as reading:
            _check_words(evidence, entry, reading, of)
        case RankOf() as reading if evidence.original or entry.known("valeur"):
            _check_rank(evidence, entry, reading)
        case _:
            raise Undetermined.unpublished(f"{entry.id!r} (« {entry.text} »)", entry.where)
    return _words(evidence, place, entry, words, of)


def fact(evidence: Evidence, place: Place, *, spelled: bool = False) -> Figure:
    """
    Print a declared fact, or a figure of another source, with French spaces.

    *spelled* writes a small whole number in words, as prose does.
    """
    register = evidence.register
    other = register.secondary.get(place.figure)
    declared = other or register.fact(place.figure)
    printed = declared.text if isinstance(declared, SecondaryFigure) else declared.printed
    section = "" if isinstance(declared, SecondaryFigure) else declared.section
    return Figure(
        id=declared.id,
        chapter=place.chapter,
        kind="fact",
        text=french.spelled(declared.value) if spelled else french.typeset(printed),
        label=declared.label,
        published=(Printed(declared.id, printed, section),),
        verdict="not-recomputable",
        reason="ne se calcule pas depuis les réponses",
        universe=source_name(evidence.root, declared.source),
        statuses=Statuses(value=Status("published")),
        source=place.source,
        origin=evidence.origin,
    )


def _words(
    evidence: Evidence,
    place: Place,
    entry: PublishedFigure,
    words: str | None,
    of: Figure | None,
) -> Figure:
    reading = entry.reading
    status: StatusName = "deduced" if evidence.original else STATUS[entry.statuses["valeur"]]
    return Figure(
        id=entry.id,
        chapter=place.chapter,
        kind="rank" if entry.unit == "rang" else "words",
        text=french.typeset(words or entry.text),
        published=(Printed(entry.id, entry.text, entry.section),),
        verdict="reproduced",
        computation=reading.to_json() if reading else None,
        universe=next(reading.counts()).said(evidence.questionnaire) if reading else "",
        questions=reading.questions if reading else entry.questions,
        label=entry.label,
        note=entry.note,
        terms=(of,) if of else (),
        statuses=Statuses(value=Status(status)),
        source=place.source,
        origin=evidence.origin,
    )


def _check_words(
    evidence: Evidence, entry: PublishedFigure, reading: WordsOf, of: Figure | None
) -> None:
    if of is not None and of.computation != reading.of.to_json():
        raise EnqueteError(
            f"Les mots {entry.id!r} (« {entry.text} ») ne portent pas sur le chiffre {of.id!r}.",
            entry.where,
            f"les rapporter à : {said(evidence, reading.of)}.",
        )
    low, high = _bounds(evidence, entry, reading.of, of)
    above = reading.gt is None or low > reading.gt
    # The upper bound of a rounding is not reached: it may equal the limit.
    below = reading.lt is None or high < reading.lt or low < high == reading.lt
    if not (above and below):
        shown = of.text if of else "la valeur calculée"
        raise EnqueteError(
            f"« {entry.text} » n’est plus vrai : {shown} ({said(evidence, reading.of)}).",
            entry.where,
            f"changer la phrase ; condition : {_limits(reading)}.",
        )


def _bounds(
    evidence: Evidence, entry: PublishedFigure, reading: Reading, of: Figure | None
) -> Bounds:
    """Return what is known of the value, on 100: its printed rounding, or the value itself."""
    if of is not None and not of.exact and isinstance(of.statuses.value.low, Fraction):
        return of.statuses.value.low * 100, Fraction(of.statuses.value.high or 0) * 100
    if not evidence.original:
        if not entry.known("valeur"):
            raise Undetermined.unpublished(f"{entry.id!r} (« {entry.text} »)", entry.where)
        solved = evidence.solved(entry.id)
        for same in evidence.register.reading(reading.key):
            if same.value is not None and same.known("valeur"):
                return french.rounding_bounds(same.value, same.decimals)
        if solved is not None and solved.base is not None and solved.base[0] == solved.base[1]:
            low, high = solved.bounds
            return 100 * low, 100 * high
    exact = measure(evidence.answers)(reading)
    if exact is None:
        raise Undetermined.unpublished(f"{entry.id!r} (« {entry.text} »)", entry.where)
    return exact, exact


def _limits(reading: WordsOf) -> str:
    limits = []
    if reading.gt is not None:
        limits.append(f"plus de {french.decimal(reading.gt, 2)}")
    if reading.lt is not None:
        limits.append(f"moins de {french.decimal(reading.lt, 2)}")
    return french.enumeration(limits)


def _check_rank(evidence: Evidence, entry: PublishedFigure, reading: RankOf) -> None:
    held = truth(evidence.answers, reading)
    if held is None:
        raise Undetermined.unpublished(f"{entry.id!r} (« {entry.text} »)", entry.where)
    if not held:
        first = evidence.questionnaire.label(reading.question, reading.first)
        raise EnqueteError(
            f"« {entry.text} » n’est plus vrai : {french.quoted(first)} n’est pas l’option "
            f"la plus fréquente à {reading.question}.",
            entry.where,
            "changer la phrase.",
        )
