"""Columns of a data file: what the Table Schema says of one, as rules on its distinct texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Set
from dataclasses import dataclass

from enquete.suggest import suggestion

_NUMBER = re.compile(r"-?[0-9]+")


@dataclass(frozen=True, slots=True)
class Field:
    """Describe one column."""

    name: str
    title: str
    type: str
    required: bool
    unique: bool
    enum: tuple[str, ...]
    pattern: str


Rule = tuple[Callable[[Collection[str]], Set[str]], Callable[[str], str], Callable[[str], str]]


def rules(field: Field) -> Iterator[Rule]:
    """Yield the rules of a column: which texts break it, what is wrong with one, what to do."""
    if field.required:
        yield (
            lambda values: {""} if "" in values else frozenset(),
            lambda _: "Cellule vide.",
            lambda _: f"donner une valeur à « {field.title} ».",
        )
    if field.enum:
        known = frozenset(field.enum) | {""}
        yield (
            lambda values: {*values} - known,
            lambda value: f"Option inconnue « {value} ».{suggestion(value, field.enum)}",
            lambda _: f"choisir parmi : {_some(field.enum)}.",
        )
    if field.type == "integer":
        yield (
            lambda values: _unlike(_NUMBER, values),
            lambda value: f"Nombre entier attendu, « {value} » trouvé.",
            lambda _: "n’écrire que des chiffres.",
        )
    if field.pattern:
        shape = re.compile(field.pattern)
        yield (
            lambda values: _unlike(shape, values),
            lambda value: f"Valeur « {value} » mal formée.",
            lambda _: f"respecter la forme {field.pattern}.",
        )


def _unlike(shape: re.Pattern[str], values: Collection[str]) -> Set[str]:
    """Return the texts, but the empty one, that are not wholly of a shape."""
    if all(map(shape.fullmatch, values)):  # without a step of Python for each of a million
        return frozenset()
    return {value for value in values if value and not shape.fullmatch(value)}


def _some(values: tuple[str, ...]) -> str:
    shown = ", ".join(values[:8])
    return shown if len(values) <= 8 else f"{shown}… ({len(values)} au total)"
