"""All that a ledger says of small groups: what must not be printed, and what already was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from enquete import french
from enquete.disclosure.differencing import Difference, compared, differences, remainders
from enquete.disclosure.groups import Group, groups, parts
from enquete.disclosure.thresholds import least, small, unsafe
from enquete.errors import EnqueteError
from enquete.policy import NAME, Policy
from enquete.survey import Survey

Entry = Mapping[str, Any]
NOBODY = "réponses reconstituées : ces personnes n’existent pas"


@dataclass(frozen=True, slots=True)
class Cell:
    """
    A figure that counts few people, or on a base of few.

    Attributes:
        figure: its id; *chapter*: where it is printed.
        limit: a count under it is small; a base under *base_limit* carries no percentage.
        small: whether it counts few people, or leaves few out of its base.
        short: whether its base is too small for a percentage.
        published: whether the original report prints it.
        told: whether the ledger gives the count or the base at fault.
    """

    figure: str
    chapter: str
    limit: int
    small: bool
    short: bool
    published: bool
    told: bool


@dataclass(frozen=True, slots=True)
class Findings:
    """
    What was found in one ledger.

    Attributes:
        original: whether the answers are those of people.
        cells: figures of few people.
        gaps: groups that subtraction isolates, those admitted by the policy left out.
        admitted: how many the policy admits.
        compared: pairs of groups compared.
    """

    original: bool
    cells: tuple[Cell, ...]
    gaps: tuple[Difference, ...]
    admitted: int
    compared: int

    @property
    def faults(self) -> tuple[EnqueteError, ...]:
        """Return what keeps the book from being published: on original answers only."""
        if not self.original:
            return ()
        return (
            *(_cell_fault(cell) for cell in self.cells if cell.told and not cell.published),
            *(_gap_fault(gap) for gap in self.gaps if _refused(gap)),
        )

    def notes(self, most: int) -> tuple[str, ...]:
        """Say what a reviewer should know and that keeps nothing from being published."""
        found = []
        printed = [cell for cell in self.cells if cell.published or not self.original]
        tail = "" if self.original else f" ({NOBODY})"
        few = [cell.figure for cell in printed if cell.small]
        if few:
            found.append(f"Petits effectifs que le rapport imprime{tail} : {_some(few, most)}.")
        short = [cell.figure for cell in printed if cell.short]
        if short:
            found.append(f"Parts imprimées sur une base trop petite{tail} : {_some(short, most)}.")
        gaps = [gap for gap in self.gaps if not (self.original and _refused(gap))]
        if gaps:
            listed = _some([" / ".join(gap.figures) for gap in gaps], most)
            found.append(f"Groupes qui diffèrent de quelques personnes{tail} : {listed}.")
        if self.admitted:
            found.append(f"Différences admises par data/{NAME} : {self.admitted}.")
        return tuple(found)


def examine(survey: Survey, entries: Sequence[Entry]) -> Findings:
    """Look for small groups in the entries of a ledger, on the answers themselves."""
    policy, original = survey.policy, survey.original
    known = groups(survey.answers, entries, original=original)
    found = [*differences(policy, known), *remainders(policy, known)]
    admitted = [gap for gap in found if _admitted(policy, gap)]
    return Findings(
        original=original,
        cells=tuple(cell for entry in entries for cell in _cells(survey, entry)),
        gaps=tuple(gap for gap in found if gap not in admitted),
        admitted=len(admitted),
        compared=compared(known),
    )


def _cells(survey: Survey, entry: Entry) -> Sequence[Cell]:
    counts = {name: survey.answers.count(counted) for name, counted in parts(entry)}
    if "numerator" not in counts:
        return ()
    policy = survey.policy
    questions = [question["id"] for question in entry["questions"]]
    limit = least(policy, questions)
    count, base = counts["numerator"].low, counts["base"].low if "base" in counts else None
    few = small(count, limit) if base is None else unsafe(count, base, limit)
    short = base is not None and 0 < base < policy.least_base
    if not (few or short):
        return ()
    told = (few and entry["numerator"] is not None) or short
    return [
        Cell(
            entry["id"], entry["chapter"], limit, few, short, bool(entry["published"]), told
        )
    ]  # fmt: skip


def _refused(gap: Difference) -> bool:
    return not (gap.of_the_report or gap.nonresponse)


def _admitted(policy: Policy, gap: Difference) -> bool:
    """Tell whether the policy admits the pair, by any figure that prints each group."""
    sides: Sequence[Group] = (gap.large, *gap.parts)
    return any(
        len(pair.figures) == len(sides)
        and all(pair.figures.intersection(side.figures) for side in sides)
        for pair in policy.admitted_pairs
    )


def _cell_fault(cell: Cell) -> EnqueteError:
    what = "Base trop petite pour une part" if cell.short else "Effectif trop petit"
    return EnqueteError(
        f"{what} : « {cell.figure} ».",
        f"chapitre {cell.chapter} ; data/{NAME}",
        "élargir la base, regrouper des options, ou retirer ce chiffre.",
    )


def _gap_fault(gap: Difference) -> EnqueteError:
    large, *others = gap.figures
    return EnqueteError(
        f"Une soustraction isole moins de {gap.limit} personnes : « {large} » moins "
        f"{french.enumeration([french.quoted(name) for name in others], 'et')}.",
        f"provenance.json ; data/{NAME}",
        "retirer un de ces chiffres, changer sa base, ou admettre la paire avec sa raison "
        "(« differences_admises »).",
    )


def _some(names: Sequence[str], most: int) -> str:
    shown = list(dict.fromkeys(names))
    rest = len(shown) - most
    return ", ".join(shown[:most]) + (f" et {rest} autres" if rest > 0 else "")
