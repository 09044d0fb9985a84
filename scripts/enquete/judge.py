"""Compare a printed figure with what the report published."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from enquete.evidence import Evidence
from enquete.register import PublishedFigure
from enquete.verdicts import Verdict, compare


def judge(
    evidence: Evidence,
    named: PublishedFigure | None,
    published: Sequence[PublishedFigure],
    found: Fraction,
) -> Verdict:
    """
    Return the verdict on a figure whose value, in its printed unit, is *found*.

    A figure under an id of its own is judged on the first published one that
    it prints again.
    """
    if not published:
        return Verdict("new")
    judged = named if named is not None and named in published else published[0]
    return compare(judged, found, evidence.discrepancies, evidence.policy)
