"""Declared discrepancies: read from ``ecarts.yml``, and held true by a check each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from enquete.checks import Check, broken, named, read_check
from enquete.entries import Item, read_entries
from enquete.errors import EnqueteError, raise_all
from enquete.measure import Measure
from enquete.register import Register

Nature = Literal["valeur", "arrondi", "base", "libelle", "indecidable"]
Severity = Literal["majeure", "moyenne", "mineure"]
NATURES = ("valeur", "arrondi", "base", "libelle", "indecidable")
SEVERITIES = ("majeure", "moyenne", "mineure")


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """
    Declare where the report and the answers, or the report and itself, part.

    The verdict of ``figures`` depends on it; ``neighbours`` only help to show it.
    """

    id: str
    figures: tuple[str, ...]
    neighbours: tuple[str, ...]
    nature: Nature
    severity: Severity
    cause: str
    check: Check | None
    where: str

    def concerns(self, name: str) -> bool:
        """Tell whether a figure or fact takes part in the discrepancy."""
        return name in self.figures or name in self.neighbours


def read_discrepancies(folder: Path, register: Register) -> tuple[Discrepancy, ...]:
    """Read the declared discrepancies and check that every id they name exists."""
    declared = tuple(read_entries(folder / "ecarts.yml", "ecarts", _discrepancy).values())
    raise_all(
        [
            EnqueteError(
                f"L’écart « {each.id} » nomme « {name} », qui n’est pas au registre.",
                each.where,
                "corriger l’identifiant.",
            )
            for each in declared
            for name in dict.fromkeys(
                (*each.figures, *each.neighbours, *(named(each.check) if each.check else ()))
            )
            if not register.knows(name)
        ]
    )
    return declared


def check_discrepancies(
    declared: Sequence[Discrepancy], register: Register, measure: Measure
) -> None:
    """Raise, naming the entry, each declaration that is no longer true."""
    raise_all(
        [
            EnqueteError(
                f"L’écart déclaré « {each.id} » n’est plus vrai : {problem}.",
                each.where,
                "retirer l’écart s’il n’existe plus, ou corriger la lecture retenue.",
            )
            for each in declared
            if each.check is not None
            for problem in broken(each.check, register, measure)
        ]
    )


def _discrepancy(identifier: str, item: Item) -> Discrepancy:
    item.only("id", "figures", "voisins", "nature", "gravite", "cause", "test")
    nature = cast("Nature", item.choice("nature", NATURES))
    figures, neighbours = item.texts("figures"), item.texts("voisins")
    if not figures and not neighbours:
        raise item.problem("figures", "aucun chiffre n’est nommé", "en nommer au moins un.")
    if (item.raw("test") is None) != (nature == "indecidable"):
        raise item.problem(
            "test", f"ne convient pas à la nature « {nature} »", "un test, sauf pour indecidable."
        )
    return Discrepancy(
        id=identifier,
        figures=figures,
        neighbours=neighbours,
        nature=nature,
        severity=cast("Severity", item.choice("gravite", SEVERITIES)),
        cause=item.text("cause"),
        check=None if item.raw("test") is None else read_check(item.inner("test")),
        where=item.where,
    )
