"""CSV files: bytes to columns, or the French list of what is wrong with them."""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from enquete.columns import Column
from enquete.errors import EnqueteError, raise_all
from enquete.paths import relative
from enquete.plain import read_plain

LARGE = 4_000_000
"""Bytes above which a file is read by blocks (`enquete.plain`), ten times quicker."""
SAVE_AS = "l’enregistrer en « CSV UTF-8 », séparateur virgule, sans marque d’ordre (BOM)."


@dataclass(frozen=True, slots=True)
class Records:
    """Hold the columns of one CSV file and the line each row came from."""

    path: str
    columns: Mapping[str, Sequence[str]]
    lines: Sequence[int]

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, column: str) -> Sequence[str]:
        return self.columns[column]

    def rows(self) -> Iterator[dict[str, str]]:
        """Yield each row as a mapping; columns are quicker for large files."""
        names = list(self.columns)
        for values in zip(*self.columns.values(), strict=True):
            yield dict(zip(names, values, strict=True))

    def line(self, row: int) -> int:
        """Return the line of the file that holds *row*."""
        return self.lines[row]

    def place(self, row: int, column: str) -> str:
        """Say where a cell stands, as a spreadsheet or an editor shows it."""
        return f"{self.path}, ligne {self.lines[row]}, colonne « {column} »"


def read_csv(
    path: Path,
    header: Sequence[str],
    *,
    rows_needed: bool = True,
    expected: Mapping[str, Column] = MappingProxyType({}),
) -> Records:
    """
    Read a CSV file whose columns must be *header*, in that order or another.

    A file without rows is a mistake unless *rows_needed* is false. *expected* gives the
    columns whose texts some should repeat: large files are quicker to read with them.
    Raises every structural problem at once; cells are checked by the schema.
    """
    where = relative(path)
    if path.is_file() and path.stat().st_size > LARGE:
        quick = _large(path, header, expected, where)
        if quick:
            return quick
    raw = _raw(path, where)
    lines = list(_parsed(_decoded(raw, where), where))
    found = [name.strip() for name in lines[0][1]]
    _check_header(found, header, where)
    rows = [(number, row) for number, row in lines[1:] if row]
    if not rows and not rows_needed:
        return Records(where, dict.fromkeys(header, ()), [])
    if not rows:
        raise EnqueteError(
            f"Le fichier {path.name} n’a aucune ligne de données.",
            f"{where}, après l’en-tête",
            "remettre les lignes, ou relancer rapport reconstituer.",
        )
    raise_all(
        [
            EnqueteError(
                f"Ligne de {len(row)} champs au lieu de {len(found)}.",
                f"{where}, ligne {number}, colonne {min(len(row), len(found)) + 1}",
                "compter les virgules ; un texte qui en contient se met entre guillemets.",
            )
            for number, row in rows
            if len(row) != len(found)
        ]
    )
    values = zip(*(row for _, row in rows), strict=True)
    by_name = dict(zip(found, values, strict=True))
    columns = {name: by_name[name] for name in header}
    return Records(where, columns, [number for number, _ in rows])


def _large(
    path: Path, header: Sequence[str], expected: Mapping[str, Column], where: str
) -> Records | None:
    """Read a large file by blocks, if each of its lines is plainly one row."""
    with path.open("rb") as file:
        found = file.readline().removesuffix(b"\n").split(b",")
        if sorted(found) != sorted(name.encode() for name in header) or len(found) < 2:
            return None
        names = [name.decode() for name in found]
        columns = read_plain(file, [expected.get(name) for name in names])
    if columns is None:
        return None
    by_name = dict(zip(names, columns, strict=True))
    return Records(where, {name: by_name[name] for name in header}, range(2, 2 + len(columns[0])))


def _raw(path: Path, where: str) -> bytes:
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise EnqueteError(
            f"Fichier de données absent : {path.name}.",
            where,
            "le remettre depuis le dépôt, ou relancer rapport reconstituer.",
        ) from error
    if not raw.strip():
        raise EnqueteError(
            f"Le fichier {path.name} est vide.", where, "le remettre depuis le dépôt."
        )
    return raw


def _decoded(raw: bytes, where: str) -> str:
    if raw[:3] == b"\xef\xbb\xbf" or raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        kind = "UTF-8 avec BOM" if raw[0] == 0xEF else "UTF-16"
        raise EnqueteError(f"Encodage {kind}.", f"{where}, ligne 1, colonne 1", SAVE_AS)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - (before.rfind(b"\n") + 1) + 1
        guess = raw[error.start : error.start + 1].decode("cp1252", errors="replace")
        raise EnqueteError(
            f"Encodage inattendu : l’octet 0x{raw[error.start]:02x} n’est pas de l’UTF-8 "
            f"(« {guess} » en Windows-1252).",
            f"{where}, ligne {line}, colonne {column}",
            SAVE_AS,
        ) from error


def _parsed(text: str, where: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    try:
        for row in reader:
            yield start, row
            start = reader.line_num + 1
    except csv.Error as error:
        raise EnqueteError(
            f"CSV illisible ({error}).",
            f"{where}, ligne {start}",
            "vérifier les guillemets de cette ligne : chacun doit être fermé, ou doublé.",
        ) from error


def _check_header(found: Sequence[str], expected: Sequence[str], where: str) -> None:
    for separator in ";\t|":
        if len(found) == 1 and len(expected) > 1 and separator in found[0]:
            shown = "tabulation" if separator == "\t" else separator
            raise EnqueteError(
                f"Séparateur « {shown} » au lieu de la virgule.", f"{where}, ligne 1", SAVE_AS
            )
    missing = [name for name in expected if name not in found]
    extra = [name for name in found if name not in expected]
    problems = []
    for name in missing:
        close = difflib.get_close_matches(name.lower(), [e.lower() for e in extra], 1, 0.6)
        renamed = next((e for e in extra if close and e.lower() == close[0]), None)
        if renamed is not None:
            extra.remove(renamed)
            problems.append(
                EnqueteError(
                    f"Colonne « {renamed} » inconnue. Vouliez-vous dire « {name} » ?",
                    f"{where}, ligne 1, colonne {found.index(renamed) + 1}",
                    f"la renommer « {name} ».",
                )
            )
        else:
            problems.append(
                EnqueteError(
                    f"Colonne « {name} » absente.",
                    f"{where}, ligne 1",
                    f"colonnes attendues : {', '.join(expected)}.",
                )
            )
    problems += [
        EnqueteError(
            f"Colonne « {name} » en trop.",
            f"{where}, ligne 1, colonne {found.index(name) + 1}",
            f"la retirer ; colonnes attendues : {', '.join(expected)}.",
        )
        for name in extra
    ]
    twice = sorted({name for name in found if found.count(name) > 1 and name in expected})
    problems += [
        EnqueteError(
            f"Colonne « {name} » présente plusieurs fois.",
            f"{where}, ligne 1",
            "n’en garder qu’une.",
        )
        for name in twice
    ]
    raise_all(problems)
