"""Each column of the correspondence found in the export, by position and wording."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from enquete.errors import EnqueteError, raise_all
from enquete.importing.mapping import Column, Correspondence
from enquete.importing.table import Table, shortened
from enquete.importing.wording import fold
from enquete.suggest import suggestion


@dataclass(frozen=True, slots=True)
class Bound:
    """Tie what a column holds to its index in the table."""

    column: Column
    index: int


def bind(made: Correspondence, table: Table) -> tuple[tuple[Bound, ...], tuple[str, ...]]:
    """
    Find every column of the correspondence, and say which ones have moved.

    A column that moved is followed if its wording stands only once on both
    sides; a repeated or empty header must be where it was.
    """
    width = len(table.header)
    headers = [fold(name) for name in table.header]
    bound: list[Bound] = []
    lost: list[Column] = []
    for column in made.columns:
        index = column.position - 1
        if 0 <= index < width and headers[index] == fold(column.header):
            bound.append(Bound(column, index))
        else:
            lost.append(column)
    taken = {each.index for each in bound}
    free = [index for index in range(width) if index not in taken]
    notes, missing = [], []
    for column in lost:
        wanted = fold(column.header)
        places = [index for index in free if headers[index] == wanted]
        alone = sum(fold(other.header) == wanted for other in lost) == 1
        if wanted and len(places) == 1 and alone:
            bound.append(Bound(column, places[0]))
            free.remove(places[0])
            notes.append(
                f"« {shortened(column.header)} » trouvée en colonne {places[0] + 1}, "
                f"non en {column.position}"
            )
        elif column.role != "ignoree":
            missing.append(column)
    raise_all([*_missing(missing, free, table, made), *_extra(missing, free, table, made)])
    _check_once(bound, table)
    return tuple(sorted(bound, key=lambda each: each.index)), tuple(notes)


def _missing(
    missing: Sequence[Column], free: Sequence[int], table: Table, made: Correspondence
) -> list[EnqueteError]:
    names = [table.header[index] for index in free if table.header[index]]
    return [
        EnqueteError(
            f"Colonne « {shortened(column.header)} » absente de l’export."
            f"{suggestion(column.header, names)}",
            f"{table.path}, colonne {column.position} attendue",
            f"corriger « intitule » dans {made.path}, ou exporter de nouveau avec cette question.",
        )
        for column in missing
    ]


def _extra(
    missing: Sequence[Column], free: Sequence[int], table: Table, made: Correspondence
) -> list[EnqueteError]:
    return [
        EnqueteError(
            "Colonne que la correspondance ne connaît pas."
            + suggestion(table.header[index], [column.header for column in missing]),
            f"{table.path}, {table.place(index)}",
            f"l’ajouter à {made.path}, avec le rôle ignoree si elle ne sert pas.",
        )
        for index in free
        if table.header[index] or any(cell for cell in table.column(index))
        if not any(column.position == index + 1 and not column.header for column in made.columns)
    ]


def _check_once(bound: Sequence[Bound], table: Table) -> None:
    """Refuse two columns that would answer the same question."""
    seen: dict[tuple[str, str, str], Bound] = {}
    problems = []
    for each in bound:
        column = each.column
        single = column.role in ("identifiant", "reponse", "options", "theme", "option")
        if column.role == "identifiant":
            key = ("identifiant", "", "")
        else:
            key = (column.role, column.question, column.option)
        if single and key in seen:
            problems.append(
                EnqueteError(
                    f"Deux colonnes pour {column.question or 'l’identifiant'} "
                    f"{column.option}".rstrip()
                    + ".",
                    f"{table.path}, {table.place(seen[key].index)} et {table.place(each.index)}",
                    "donner à l’une des deux le rôle ignoree.",
                )
            )
        seen.setdefault(key, each)
    forms: dict[str, set[str]] = {}
    for each in bound:
        if each.column.role in ("option", "options", "theme"):
            forms.setdefault(each.column.question, set()).add(each.column.role)
    problems += [
        EnqueteError(
            f"{question} est donnée de deux façons ({', '.join(sorted(roles))}).",
            table.path,
            "n’en garder qu’une ; donner aux autres colonnes le rôle ignoree.",
        )
        for question, roles in forms.items()
        if len(roles) > 1
    ]
    raise_all(problems)
