"""What is declared beside the register: ``data/contraintes.yml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from enquete.entries import Item, read_mapping
from enquete.errors import EnqueteError
from enquete.shares import Count, count_from_json

FILE = "contraintes.yml"


@dataclass(frozen=True, slots=True)
class Choice:
    """Fix a count that nothing published fixes: to a number, or to another count."""

    id: str
    count: Count
    value: int | None
    like: Count | None
    why: str


@dataclass(frozen=True, slots=True)
class Declared:
    """
    Hold what the register does not say.

    ``complete`` and ``exclusive`` are structure: they hold for the bounds too.
    ``choices`` only pick one solution among all.  ``silent`` figures impose
    nothing: a declared discrepancy says that the answers do not give them.
    """

    n: int
    seed: str
    complete: frozenset[str]
    exclusive: Mapping[str, str]
    choices: tuple[Choice, ...]
    silent: frozenset[str]


def read_declared(folder: Path) -> Declared:
    """Read ``contraintes.yml``, and in ``ecarts.yml`` the values that answers do not give."""
    silent = frozenset(
        figure
        for gap in read_mapping(folder / "ecarts.yml").raw("ecarts")
        for figure in _contradicted(gap.get("test"))
    )
    item = read_mapping(folder / FILE)
    try:
        return _declared(item, silent)
    except (KeyError, TypeError, ValueError) as error:
        raise EnqueteError(
            f"Déclaration incomplète ou illisible ({error!s}).",
            item.where,
            "suivre les commentaires en tête du fichier.",
        ) from error


def _declared(item: Item, silent: frozenset[str]) -> Declared:
    item.only("effectif", "graine", "toutes_repondent", "exclusives", "choix")
    return Declared(
        n=item.whole("effectif"),
        seed=item.text("graine"),
        complete=frozenset(item.texts("toutes_repondent")),
        exclusive={str(e["question"]): str(e["option"]) for e in item.raw("exclusives")},
        choices=tuple(_choice(Item(each, item.where)) for each in item.raw("choix")),
        silent=silent,
    )


def _contradicted(test: Mapping[str, Any] | None) -> list[str]:
    return [str(f) for f in test["figures"]] if test and test["kind"] == "valeur" else []


def _choice(item: Item) -> Choice:
    item.only("id", "compte", "effectif", "comme", "pourquoi")
    return Choice(
        id=item.text("id"),
        count=count_from_json(item.raw("compte")),
        value=item.whole("effectif") if "effectif" in item.fields else None,
        like=count_from_json(item.raw("comme")) if "comme" in item.fields else None,
        why=item.text("pourquoi"),
    )
