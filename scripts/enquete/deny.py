"""Default deny: what may be printed from reconstructed answers, and what may not."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from enquete import french
from enquete.errors import EnqueteError, Undetermined
from enquete.evidence import Evidence, Solved, printed_decimals
from enquete.readings import CountOf, Reading, ShareOf
from enquete.register import PublishedFigure


@dataclass(frozen=True, slots=True)
class Grant:
    """Let one figure be printed, with the published figures that back it."""

    entry: PublishedFigure | None  # None only on original answers
    same: tuple[PublishedFigure, ...]  # every register entry with the same computation
    decimals: int


def grant(evidence: Evidence, figure: str, reading: Reading, decimals: int | None) -> Grant:
    """
    Decide whether *figure* may be printed from these answers.

    On reconstructed answers it must be a published figure with its retained
    computation, or the same computation printed no more finely than the
    published bounds settle.  Everything else would be invented by the solver.
    """
    same = evidence.register.reading(reading.key)
    named = evidence.register.get(figure)
    if named is not None:
        _same_computation(evidence, named, reading)
        published = printed_decimals(named)
        printed = published if decimals is None else decimals
        if evidence.original or printed == published:
            return Grant(named, same, printed)
    if evidence.original:
        return Grant(None, same, decimals or 0)
    for entry in same:
        if _settled(evidence.solved(entry.id), entry, decimals or 0):
            return Grant(entry, same, decimals or 0)
    raise Undetermined.unpublished(
        f"le chiffre {figure!r} ({said(evidence, reading)}) n’est pas publié", "data/figures.yml"
    )


def said(evidence: Evidence, reading: Reading) -> str:
    """Say a computation in French, for an error or a card."""
    words = evidence.questionnaire
    match reading:
        case ShareOf(numerator, base):
            return f"part des {numerator.said(words)}, parmi les {base.said(words)}"
        case CountOf(numerator):
            return f"nombre de {numerator.said(words)}"
    return f"calcul de type {reading.to_json()['type']}"


def _same_computation(evidence: Evidence, entry: PublishedFigure, reading: Reading) -> None:
    if entry.reading is None:
        raise Undetermined(
            f"Le chiffre publié {entry.id!r} n’est pas recalculable : {entry.reason}",
            entry.where,
            "le citer avec figures.words(…), ou montrer « détail non publié ».",
        )
    if entry.reading.key != reading.key:
        raise EnqueteError(
            f"Le chiffre {entry.id!r} ne se calcule pas ainsi.\n"
            f"    chapitre : {said(evidence, reading)}\n"
            f"    registre : {said(evidence, entry.reading)}",
            f"{entry.where}, « retenu »",
            "reprendre la sélection du registre, ou donner un autre identifiant.",
        )


def _settled(solved: Solved | None, entry: PublishedFigure, decimals: int) -> bool:
    """Tell whether all that the constraints allow prints the same."""
    if solved is not None and solved.settles(decimals):
        return True
    # The published text is itself a constraint: it bounds the value.
    published = printed_decimals(entry)
    if entry.value is None or not entry.known("valeur") or decimals > published:
        return False
    return decimals == published or _coarser(entry.value, published, decimals)


def _coarser(value: Fraction, published: int, decimals: int) -> bool:
    low, high = french.rounding_bounds(value, published)
    just_below = high - Fraction(1, 10**9)
    return french.rounded(low, decimals) == french.rounded(just_below, decimals)
