"""The policy: which figures are printed, and what the words beside them promise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from enquete import french
from enquete.entries import Item, read_mapping

RULES = ("arrondi", "au-dessus", "autour", "au-moins")


@dataclass(frozen=True, slots=True)
class Approximation:
    """Say what words like « près de » promise about the number they stand with."""

    rule: str
    tolerance: Fraction = Fraction(0)
    step: Fraction | None = None

    def holds(self, value: Fraction, printed: Fraction, decimals: int = 0) -> bool:
        """Tell whether *value*, in the printed unit, keeps the promise."""
        match self.rule:
            case "au-dessus":
                return value > printed
            case "au-moins":
                return value >= printed
            case "autour":
                return abs(value - printed) <= self.tolerance
        if self.step is not None:
            return french.rounded(value / self.step) * self.step == printed
        return french.rounded(value, decimals) == printed


@dataclass(frozen=True, slots=True)
class Policy:
    """Hold the numbers that decide what is printed; ``data/politique.yml`` says why."""

    widest_count: int
    small_base: int
    least_base: int
    small_count: int
    small_sensitive_count: int
    sensitive_questions: tuple[str, ...]
    approximations: Mapping[str, Approximation]


def read_policy(folder: Path) -> Policy:
    """Read the policy numbers."""
    item = read_mapping(folder / "politique.yml")
    item.only(
        "largeur_max_effectif", "base_faible", "base_minimale", "petit_effectif",
        "petit_effectif_sensible", "questions_sensibles", "approximations",
    )  # fmt: skip
    approximations = item.inner("approximations")
    return Policy(
        widest_count=item.whole("largeur_max_effectif"),
        small_base=item.whole("base_faible"),
        least_base=item.whole("base_minimale"),
        small_count=item.whole("petit_effectif"),
        small_sensitive_count=item.whole("petit_effectif_sensible"),
        sensitive_questions=item.texts("questions_sensibles"),
        approximations={
            str(words): _approximation(approximations.inner(str(words)))
            for words in approximations.fields
        },
    )


def _approximation(item: Item) -> Approximation:
    item.only("regle", "tolerance", "pas")
    return Approximation(
        rule=item.choice("regle", RULES),
        tolerance=item.number("tolerance") if "tolerance" in item.fields else Fraction(0),
        step=item.number("pas") if "pas" in item.fields else None,
    )
