"""All that a figure may be judged on: answers, register, solved intervals, policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from enquete import french, reads
from enquete.answers import ANSWERED, Answers
from enquete.discrepancies import Discrepancy
from enquete.policy import Policy
from enquete.questionnaire import Questionnaire
from enquete.register import PublishedFigure, Register
from enquete.tabular import Records

Origin = Literal["reconstructed", "original"]
_HELD = {
    "questionnaire": ("data/questions.csv", "data/modalites.csv"),
    "answers": (f"data/{ANSWERED}#id",),
    "discrepancies": ("data/ecarts.yml",),
    "intervals": ("data/intervalles.csv",),
    "policy": ("data/politique.yml",),
    "origin": ("data/datapackage.json#description",),
}
HUNDREDS = -2


@dataclass(frozen=True, slots=True)
class Solved:
    """Bound a figure over all constraints of the reconstruction."""

    count: tuple[int, int]
    base: tuple[int, int] | None

    def settles(self, decimals: int) -> bool:
        """Tell whether the widest share these bounds allow prints one text only."""
        if self.base is None:
            return self.count[0] == self.count[1]
        low, high = self.bounds
        return french.rounded(100 * low, decimals) == french.rounded(100 * high, decimals)

    @property
    def bounds(self) -> tuple[Fraction, Fraction]:
        """Return bounds of the share; wider than the truth, never narrower."""
        if self.base is None or self.base[0] <= 0:
            return Fraction(0), Fraction(1)
        return Fraction(self.count[0], self.base[1]), Fraction(self.count[1], self.base[0])


@dataclass(frozen=True, slots=True)
class Evidence:
    """Bring together what decides whether and how a figure prints."""

    questionnaire: Questionnaire
    answers: Answers
    register: Register
    discrepancies: tuple[Discrepancy, ...]
    intervals: Mapping[str, Solved]
    policy: Policy
    origin: Origin
    root: Path

    def __getattribute__(self, name: str) -> Any:
        # Whoever takes a part reads its files, whatever loaded them and when.
        if name in _HELD:
            reads.note(*_HELD[name])
        return object.__getattribute__(self, name)

    @property
    def original(self) -> bool:
        """Tell whether the answers are those that people gave."""
        return self.origin == "original"

    def solved(self, figure: str) -> Solved | None:
        """Return the bounds of a figure, where the reconstruction computed them."""
        return self.intervals.get(figure)


def printed_decimals(figure: PublishedFigure) -> int:
    """Return the precision of the print; « 2 500 » for 2 542 is a number of hundreds."""
    return HUNDREDS if figure.approximation == "centaine" else figure.decimals


def read_intervals(records: Records) -> dict[str, Solved]:
    """Read ``intervalles.csv``."""
    return {
        row["id"]: Solved(
            (int(row["numerateur_min"]), int(row["numerateur_max"])),
            (int(row["base_min"]), int(row["base_max"])) if row["base_min"] else None,
        )
        for row in records.rows()
        if row["numerateur_min"]
    }
