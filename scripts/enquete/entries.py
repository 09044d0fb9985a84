"""YAML files that list entries: read quickly, checked, each entry placed in its file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import yaml

from enquete.errors import EnqueteError, collected, raise_all
from enquete.paths import relative
from enquete.suggest import suggestion

# libyaml reads the register ten times faster; wheels without it still work.
_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ENTRY = re.compile(r"^- id: *[\"']?([^\"'#\s]+)", re.MULTILINE)

Built = TypeVar("Built")


@dataclass(frozen=True, slots=True)
class Item:
    """Hold one entry, or one mapping inside it, and where it stands."""

    fields: Mapping[str, Any]
    where: str

    def problem(self, field: str, what: str, todo: str) -> EnqueteError:
        """Make the error about one field, in French."""
        return EnqueteError(f"Champ « {field} » : {what}.", self.where, todo)

    def raw(self, field: str) -> Any:
        """Return a field as YAML read it; a missing one is an error."""
        if field not in self.fields:
            raise EnqueteError(f"Champ « {field} » absent.", self.where, "l’ajouter.")
        return self.fields[field]

    def text(self, field: str) -> str:
        """Return a text; anything else is refused, numbers included."""
        value = self.raw(field)
        if not isinstance(value, str) or not value:
            raise self.problem(
                field, f"un texte est attendu, non {value!r}", "le mettre entre guillemets."
            )
        return value

    def optional_text(self, field: str) -> str | None:
        """Return a text or nothing."""
        return None if self.fields.get(field) is None else self.text(field)

    def number(self, field: str) -> Fraction:
        """Return a number, exactly as its decimals are written."""
        value = self.raw(field)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.problem(
                field, f"un nombre est attendu, non {value!r}", "l’écrire sans guillemets."
            )
        return Fraction(str(value))

    def whole(self, field: str) -> int:
        """Return a whole number that is not negative."""
        value = self.number(field)
        if value.denominator != 1 or value < 0:
            raise self.problem(
                field, f"{self.raw(field)} n’est pas un entier positif", "le corriger."
            )
        return int(value)

    def choice(self, field: str, allowed: Sequence[str]) -> str:
        """Return a text that must be one of *allowed*."""
        value = self.text(field)
        if value not in allowed:
            raise self.problem(
                field,
                f"« {value} » n’est pas permis.{suggestion(value, allowed)}".removesuffix("."),
                f"écrire {', '.join(allowed)}.",
            )
        return value

    def texts(self, field: str) -> tuple[str, ...]:
        """Return a list of texts, possibly empty."""
        value = self.raw(field)
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.problem(field, "une liste de textes est attendue", "écrire [a, b].")
        return tuple(value)

    def inner(self, field: str) -> Item:
        """Return a mapping inside this one."""
        value = self.raw(field)
        if not isinstance(value, dict):
            raise self.problem(field, "un bloc de champs est attendu", "écrire {champ: valeur}.")
        return Item(value, f"{self.where}, « {field} »")

    def only(self, *known: str) -> None:
        """Refuse fields that nothing reads: a misspelt one would be lost in silence."""
        raise_all(
            [
                EnqueteError(
                    f"Champ « {name} » inconnu.{suggestion(str(name), known)}",
                    self.where,
                    f"champs permis : {', '.join(known)}.",
                )
                for name in self.fields
                if name not in known
            ]
        )


def read_mapping(path: Path) -> Item:
    """Read a YAML file that holds one mapping."""
    where = relative(path)
    return Item(_loaded(_text(path, where), where), where)


def read_entries(path: Path, key: str, build: Callable[[str, Item], Built]) -> dict[str, Built]:
    """
    Read the list *key* of a YAML file, and build one object for each entry.

    Raises the problems of all entries together.
    """
    where = relative(path)
    text = _text(path, where)
    loaded = _loaded(text, where)
    listed = loaded.get(key)
    if not isinstance(listed, list) or not listed:
        raise EnqueteError(
            f"La liste « {key} » est absente ou vide.",
            where,
            "remettre le fichier depuis le dépôt.",
        )
    lines = {found[1]: text.count("\n", 0, found.start()) + 1 for found in _ENTRY.finditer(text)}
    built: dict[str, Built] = {}
    problems: list[EnqueteError] = []
    for number, entry in enumerate(listed, 1):
        with collected(problems):
            identifier = Item(
                entry if isinstance(entry, dict) else {}, f"{where}, entrée {number}"
            ).text("id")
            place = f"{where}, ligne {lines.get(identifier, '?')}, entrée « {identifier} »"
            if identifier in built:
                raise EnqueteError(
                    f"L’identifiant « {identifier} » sert deux fois.", place, "en changer un."
                )
            built[identifier] = build(identifier, Item(entry, place))
    raise_all(problems)
    return built


def _text(path: Path, where: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise EnqueteError(
            f"Fichier de données absent : {path.name}.", where, "le remettre depuis le dépôt."
        ) from error
    except UnicodeDecodeError as error:
        raise EnqueteError(
            f"Encodage inattendu, octet {error.start + 1}.",
            where,
            "enregistrer le fichier en UTF-8.",
        ) from error


def _loaded(text: str, where: str) -> dict[str, Any]:
    try:
        loaded = yaml.load(text, Loader=_LOADER)  # noqa: S506 - both loaders are the safe ones
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{where}, ligne {mark.line + 1}, colonne {mark.column + 1}" if mark else where
        raise EnqueteError(
            f"YAML illisible ({getattr(error, 'problem', None) or 'syntaxe'}).",
            place,
            "vérifier l’alignement et les guillemets de cette ligne.",
        ) from error
    if not isinstance(loaded, dict):
        raise EnqueteError(
            "Le fichier ne contient pas de champs.", where, "le remettre depuis le dépôt."
        )
    return loaded
