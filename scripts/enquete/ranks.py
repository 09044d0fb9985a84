"""Ranks: whether an option comes first, also before those that nobody compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from enquete.errors import EnqueteError
from enquete.evidence import Evidence
from enquete.figure import Figure
from enquete.ranges import Range
from enquete.readings import ShareOf, reading_from_json
from enquete.selection import In


@dataclass(frozen=True, slots=True)
class Rival:
    """Name the most that an option left out of the comparison could reach."""

    reach: Fraction


def unproven(evidence: Evidence, figures: Sequence[Figure], known: Sequence[Range]) -> Rival | None:
    """
    Return what could still pass the first of *figures*, or nothing.

    Nothing can when all its siblings are compared, or when what is left of a
    hundred is less than what it surely has.
    """
    options = [_option(figure) for figure in figures]
    question = options[0][0]
    codes = [code for _, code in options]
    if len({(each, dumped) for each, dumped in _bases(figures, options)}) > 1:
        raise EnqueteError(
            "Un rang se dit d’options d’une même question, rapportées à une même base.",
            ", ".join(figure.id for figure in figures),
            "ne comparer que celles-là, ou dire « la plus élevée » des chiffres donnés.",
        )
    winner = evidence.questionnaire.option(question, codes[0])
    siblings = {
        option.code
        for option, _ in evidence.questionnaire[question].walk()
        if option.parent == winner.parent
    }
    if siblings <= set(codes):
        return None
    ticked = (figures[0].computation or {}).get("num", {}).get("unit") == "ticks"
    if evidence.questionnaire.kind(question) == "multiple" and not ticked:
        return Rival(Fraction(100))  # several options each: nothing adds up to a hundred
    above = evidence.questionnaire.above
    disjoint = [
        span.low
        for code, span in zip(codes, known, strict=True)
        if not above(question, [code]) & set(codes)
    ]
    left = 100 - sum(disjoint, Fraction(0))
    return None if left < known[0].low else Rival(left)


def _option(figure: Figure) -> tuple[str, str]:
    """Return the question and the single option that a share counts inside its base."""
    computation = figure.computation or {}
    reading = reading_from_json(computation) if computation.get("type") == "share" else None
    if isinstance(reading, ShareOf):
        numerator, base = reading.numerator, reading.base
        if numerator.unit == "ticks" and len(numerator.options) == 1 and not numerator.excluded:
            return numerator.of[0], numerator.options[0]
        within = set(base.where.leaves())
        chosen = [
            leaf
            for leaf in numerator.where.leaves()
            if isinstance(leaf, In) and leaf not in within and len(leaf.codes) == 1
        ]
        if len(chosen) == 1:
            return chosen[0].question, chosen[0].codes[0]
    raise EnqueteError(
        f"{figure.id!r} n’est pas la part d’une option : il n’a pas de rang.",
        figure.source.file,
        "comparer des parts d’options d’une même question, ou dire « la plus élevée ».",
    )


def _bases(figures: Sequence[Figure], options: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [
        (question, str((figure.computation or {}).get("base")))
        for figure, (question, _) in zip(figures, options, strict=True)
    ]
