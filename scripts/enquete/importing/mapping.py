"""The correspondence between an export and the questionnaire, as an editor corrects it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from enquete.entries import Item, read_mapping
from enquete.errors import EnqueteError, collected, raise_all
from enquete.importing.limits import relative_name, said_in_french
from enquete.importing.wording import tidy
from enquete.questionnaire import Questionnaire
from enquete.suggest import suggestion

UNDECIDED = "a_preciser"
# What a column holds.  « option » is one option of its own column, « options » several in a cell.
ROLES = ("identifiant", "reponse", "option", "options", "theme", "texte", "ignoree", UNDECIDED)
_KINDS = {
    "reponse": ("unique", "note"),
    "options": ("multiple",),
    "option": ("multiple", "ouverte"),
    "theme": ("ouverte",),
}
_CODE = re.compile(r"[a-z0-9_]+")


@dataclass(frozen=True, slots=True)
class Column:
    """Say what the column at a position (from 1) holds, and the header it must have."""

    position: int
    header: str
    role: str
    question: str = ""
    option: str = ""


@dataclass(frozen=True, slots=True)
class NewOption:
    """Name an option that the export tells apart and the questionnaire does not."""

    question: str
    code: str
    parent: str
    label: str


@dataclass(frozen=True, slots=True)
class Correspondence:
    """Hold all that an editor decided about an export."""

    columns: tuple[Column, ...]
    writings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)
    blanks: frozenset[str] = frozenset()
    options: tuple[NewOption, ...] = ()
    themes: str = ""  # a file with one coded answer a row
    path: str = ""


def read_correspondence(path: Path, questionnaire: Questionnaire) -> Correspondence:
    """Read and check the file that an editor corrected; raise all its problems at once."""
    if path.is_symlink():
        raise EnqueteError(
            "La correspondance est un lien symbolique.", relative_name(path), "donner le fichier."
        )
    with said_in_french("La correspondance ne se lit pas", path):
        item = read_mapping(path)
    item.only("colonnes", "libelles", "autres", "vides", "modalites", "fichier_themes")
    columns = _listed(item, "colonnes", _column)
    options = _listed(item, "modalites", _option)
    made = Correspondence(
        columns=columns,
        writings=_writings(item),
        others=_texts(item, "autres"),
        blanks=frozenset(tidy(each) for each in item.texts("vides"))
        if item.fields.get("vides")
        else frozenset(),
        options=options,
        themes=item.optional_text("fichier_themes") or "",
        path=item.where,
    )
    raise_all(_problems(made, questionnaire))
    return made


def _listed(item: Item, key: str, build: Any) -> tuple[Any, ...]:
    listed = item.fields.get(key) or []
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise item.problem(key, "une liste de blocs {champ: valeur} est attendue", "la corriger.")
    problems: list[EnqueteError] = []
    built = []
    for number, entry in enumerate(listed, 1):
        with collected(problems):
            built.append(build(Item(entry, f"{item.where}, « {key} », entrée {number}")))
    raise_all(problems)
    return tuple(built)


def _column(item: Item) -> Column:
    item.only("position", "intitule", "role", "question", "option")
    header = item.fields.get("intitule")
    if not isinstance(header, str):
        raise item.problem("intitule", "un texte est attendu", "le mettre entre guillemets.")
    return Column(
        item.whole("position"),
        tidy(header),
        item.choice("role", ROLES),
        item.optional_text("question") or "",
        str(item.fields.get("option") or ""),
    )


def _option(item: Item) -> NewOption:
    item.only("question", "code", "parent", "libelle")
    return NewOption(
        item.text("question"),
        str(item.raw("code")),
        str(item.fields.get("parent") or ""),
        tidy(item.text("libelle")),
    )


def _writings(item: Item) -> dict[str, dict[str, str]]:
    if not item.fields.get("libelles"):
        return {}
    inner = item.inner("libelles")
    return {str(question): _texts(inner, question) for question in inner.fields}


def _texts(item: Item, key: str) -> dict[str, str]:
    if not item.fields.get(key):
        return {}
    pairs = item.inner(key)
    bad = [name for name in pairs.fields if not isinstance(name, str)]
    if bad:
        raise pairs.problem(
            str(bad[0]), "ce libellé n’a pas de guillemets", "le mettre entre guillemets."
        )
    return {tidy(str(name)): str(value) for name, value in pairs.fields.items()}


def _problems(made: Correspondence, questionnaire: Questionnaire) -> list[EnqueteError]:
    where = made.path
    known = [question.id for question in questionnaire]
    found: list[EnqueteError] = []

    def unknown(question: str, place: str) -> bool:
        if question in known:
            return False
        found.append(
            EnqueteError(
                f"La question « {question} » n’existe pas.{suggestion(question, known)}",
                place,
                "voir les identifiants dans data/questions.csv.",
            )
        )
        return True

    for column in made.columns:
        place = f"{where}, colonne {column.position}"
        if column.role == UNDECIDED:
            found.append(
                EnqueteError(
                    f"La colonne {column.position} « {column.header[:60]} » reste à préciser.",
                    place,
                    f"remplacer {UNDECIDED} par un rôle : {', '.join(ROLES[:-1])}.",
                )
            )
        elif column.role in _KINDS and not unknown(column.question, place):
            kind = questionnaire[column.question].kind
            if kind not in _KINDS[column.role]:
                found.append(
                    EnqueteError(
                        f"{column.question} est de type « {kind} » : le rôle « {column.role} » "
                        "ne lui convient pas.",
                        place,
                        f"rôle possible : {', '.join(r for r in _KINDS if kind in _KINDS[r])}.",
                    )
                )
    positions = [column.position for column in made.columns]
    found += [
        EnqueteError(f"La position {each} est décrite deux fois.", where, "n’en garder qu’une.")
        for each in sorted({p for p in positions if positions.count(p) > 1})
    ]
    codes = {question.id: set(questionnaire.codes(question.id)) for question in questionnaire}
    for option in made.options:
        place = f"{where}, « modalites », {option.question} {option.code}"
        if unknown(option.question, place):
            continue
        if not _CODE.fullmatch(option.code) or option.code in codes[option.question]:
            found.append(
                EnqueteError(
                    f"Le code « {option.code} » est déjà pris, ou mal formé.",
                    place,
                    "minuscules, chiffres et tirets bas, sans accent.",
                )
            )
        elif option.parent and option.parent not in codes[option.question]:
            near = suggestion(option.parent, codes[option.question])
            found.append(
                EnqueteError(f"Parent « {option.parent} » inconnu.{near}", place, "le corriger.")
            )
        codes[option.question].add(option.code)
    named = [(q, code) for q, pairs in made.writings.items() for code in pairs.values()]
    named += [(c.question, c.option) for c in made.columns if c.role == "option"]
    for question, code in [*named, *made.others.items()]:
        place = f"{where}, {question}"
        if (question in codes or not unknown(question, place)) and code not in codes[question]:
            found.append(
                EnqueteError(
                    f"Le code « {code} » n’existe pas à {question}."
                    f"{suggestion(code, codes[question])}",
                    place,
                    "prendre un code de data/modalites.csv, ou l’ajouter sous « modalites ».",
                )
            )
    return found
