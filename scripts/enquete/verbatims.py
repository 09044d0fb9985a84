"""The respondents' own words that a reviewer allowed, from a file that is never distributed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from enquete.errors import EnqueteError, raise_all
from enquete.escape import clean
from enquete.paths import relative
from enquete.personal import kinds

if TYPE_CHECKING:
    from enquete.tabular import Records

NAME = "verbatims.csv"
COLUMNS = ("id", "texte", "relectrice", "date")
IDENTIFIER = re.compile(r"v-\d{4}")


@dataclass(frozen=True, slots=True)
class Verbatim:
    """One answer as its author wrote it, who allowed it and when."""

    id: str
    text: str
    reviewer: str
    date: dt.date


def read_verbatims(data: Path) -> Mapping[str, Verbatim] | None:
    """
    Return the reviewed words by id, or nothing when *data* has no such file.

    No error shows what a cell holds: a log would publish what the review keeps back.
    """
    path = data / NAME
    if not path.is_file():
        return None
    raw = path.read_bytes()
    _check_header(raw, relative(path))
    if len(raw.split()) == 1:
        return {}
    from enquete.tabular import read_csv  # with numpy: most projects have no such file

    records = read_csv(path, COLUMNS)
    raise_all(list(_problems(records)))
    return {
        row["id"]: Verbatim(
            row["id"],
            clean(row["texte"]),
            row["relectrice"].strip(),
            dt.date.fromisoformat(row["date"]),
        )
        for row in records.rows()
    }


def _check_header(raw: bytes, where: str) -> None:
    """Refuse a first line that is not the header: its words could be somebody's."""
    first = raw.split(b"\n", 1)[0].decode("utf-8", errors="replace")
    if sorted(name.strip() for name in first.split(",")) != sorted(COLUMNS):
        raise EnqueteError(
            f"L’en-tête de {NAME} n’est pas celui attendu.",
            f"{where}, ligne 1",
            f"écrire « {','.join(COLUMNS)} » sur la première ligne, et enregistrer en "
            "« CSV UTF-8 », séparateur virgule, sans marque d’ordre (BOM).",
        )


def _problems(records: Records) -> Iterator[EnqueteError]:
    seen: dict[str, int] = {}
    for row, identifier in enumerate(records["id"]):
        if not IDENTIFIER.fullmatch(identifier):
            yield EnqueteError(
                "Identifiant mal formé.",
                records.place(row, "id"),
                "écrire « v- » et quatre chiffres, par exemple v-0412.",
            )
        elif identifier in seen:
            yield EnqueteError(
                f"Identifiant « {identifier} » employé deux fois.",
                records.place(row, "id"),
                f"le changer ; il est déjà pris à la ligne {seen[identifier]}.",
            )
        seen.setdefault(identifier, records.line(row))
        yield from _text(records, row)
        if not records["relectrice"][row].strip():
            yield EnqueteError(
                "Citation que personne n’a relue.",
                records.place(row, "relectrice"),
                "la faire relire et signer, ou retirer la ligne.",
            )
        if not _is_date(records["date"][row]):
            yield EnqueteError(
                "Date de relecture absente ou mal écrite.",
                records.place(row, "date"),
                "l’écrire année-mois-jour, par exemple 2026-03-09.",
            )


def _text(records: Records, row: int) -> Iterator[EnqueteError]:
    text, where = records["texte"][row], records.place(row, "texte")
    if not clean(text):
        yield EnqueteError("Citation vide.", where, "la compléter ou retirer la ligne.")
    for kind in kinds(text):
        yield EnqueteError(
            f"Donnée personnelle probable dans une citation : {kind}.",
            where,
            "la retirer du texte, ou ne pas publier cette citation.",
        )


def _is_date(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) is not None
