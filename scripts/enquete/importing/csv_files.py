"""CSV exports: encoding and separator decided by rule, and said."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from enquete.errors import EnqueteError
from enquete.importing.limits import MAX_LINE
from enquete.importing.table import Table, as_table
from enquete.importing.wording import mojibake

SEPARATORS = {",": "virgule", ";": "point-virgule", "\t": "tabulation"}
NAMES = {"virgule": ",", "point-virgule": ";", "tabulation": "\t", ",": ",", ";": ";"}
_UTF8_PAIR = re.compile(rb"[\xc3\xc2][\x80-\xbf]|\xe2\x80[\x80-\xbf]")
_EXPORT_AGAIN = "exporter de nouveau, en UTF-8, sans ouvrir le fichier dans un tableur."


def read_csv(path: str, raw: bytes, separator: str | None = None) -> Table:
    """Read the bytes of a CSV export; *separator* settles what the rule cannot."""
    if not raw.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise EnqueteError("Le fichier est vide.", path, "exporter de nouveau les réponses.")
    _check_lines(path, raw)
    text, encoding = _decoded(path, raw)
    if separator is None:
        separator, why = _separator(path, text)
    else:
        why = "demandé"
    notes = (
        f"encodage {encoding}",
        f"séparateur {SEPARATORS[separator]} ({why})",
        *_damaged(text),
    )
    return as_table(path, list(_parsed(path, text, separator)), notes)


def _check_lines(path: str, raw: bytes) -> None:
    start, number = 0, 1
    while start < len(raw):
        end = raw.find(b"\n", start)
        end = len(raw) if end < 0 else end
        if end - start > MAX_LINE:
            raise EnqueteError(
                f"Ligne de plus d’un million d’octets ({(end - start) // 2**20} Mo).",
                f"{path}, ligne {number}",
                "ce n’est pas un export de réponses, ou ses fins de ligne ont disparu : "
                + _EXPORT_AGAIN,
            )
        start, number = end + 1, number + 1


def _decoded(path: str, raw: bytes) -> tuple[str, str]:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _strictly(path, raw, "utf-16", "UTF-16"), "UTF-16 (marque d’ordre)"
    if b"\x00" in raw:
        position = raw.index(b"\x00")
        raise EnqueteError(
            "Octet nul : ce n’est pas du texte, ou de l’UTF-16 sans marque d’ordre.",
            f"{path}, ligne {_line(raw, position)}",
            _EXPORT_AGAIN,
        )
    if raw[:3] == b"\xef\xbb\xbf":
        return _strictly(path, raw, "utf-8-sig", "UTF-8"), "UTF-8 (marque d’ordre)"
    try:
        return raw.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError as error:
        return _windows(path, raw, error.start), "Windows-1252 (ce n’est pas de l’UTF-8)"


def _strictly(path: str, raw: bytes, codec: str, name: str) -> str:
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError as error:
        raise EnqueteError(
            f"Le fichier s’annonce en {name} et n’en est pas.",
            f"{path}, octet {error.start + 1}",
            _EXPORT_AGAIN,
        ) from error
    if "\x00" in text:
        raise EnqueteError("Caractère nul dans le texte.", path, _EXPORT_AGAIN)
    return text


def _windows(path: str, raw: bytes, first: int) -> str:
    """Read what is not UTF-8 as Windows-1252; refuse a file that is both or neither."""
    pair = _UTF8_PAIR.search(raw)
    where = f"{path}, ligne {_line(raw, first)}"
    if pair is not None:
        other = _line(raw, pair.start())
        raise EnqueteError(
            f"Deux encodages mélangés : de l’UTF-8 ligne {other}, autre chose ailleurs "
            f"(octet 0x{raw[first]:02x}).",
            where,
            _EXPORT_AGAIN,
        )
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError as error:
        line = _line(raw, error.start)
        raise EnqueteError(
            f"Encodage inconnu : l’octet 0x{raw[error.start]:02x} n’est ni de l’UTF-8 ni du "
            "Windows-1252.",
            f"{path}, ligne {line}",
            _EXPORT_AGAIN,
        ) from error


def _line(raw: bytes, position: int) -> int:
    return raw.count(b"\n", 0, position) + 1


def _separator(path: str, text: str) -> tuple[str, str]:
    """
    Take the only separator of the header; of several, the only one that makes a table.

    Nothing is weighed: a header that leaves a doubt is refused.
    """
    header = _first_record(text)
    present = [each for each in SEPARATORS if each in header]
    if len(present) == 1:
        return present[0], "seul présent dans l’en-tête"
    if not present:
        raise EnqueteError(
            "Aucun séparateur dans l’en-tête : une seule colonne.",
            f"{path}, ligne 1",
            "exporter en CSV, séparateur virgule, point-virgule ou tabulation.",
        )
    for rows, why in (
        (None, "seul à donner des lignes de même longueur"),
        (2, "seul à donner à la première réponse la longueur de l’en-tête"),
    ):
        regular = [each for each in present if _regular(text, each, rows)]
        if len(regular) == 1:
            return regular[0], why
    shown = " et ".join(SEPARATORS[each] for each in present)
    raise EnqueteError(
        f"Séparateur ambigu : {shown} sont dans l’en-tête.",
        f"{path}, ligne 1",
        "le dire : --separateur point-virgule (ou virgule, tabulation).",
    )


def _first_record(text: str) -> str:
    """Return the header without what is between quotes."""
    kept: list[str] = []
    quoted = False
    for one in text.lstrip("\r\n"):
        if one == '"':
            quoted = not quoted
        elif not quoted:
            if one in "\r\n":
                break
            kept.append(one)
    return "".join(kept)


def _regular(text: str, separator: str, rows: int | None) -> bool:
    """Tell whether the first *rows*, or all, have one number of cells, above one."""
    lengths = set()
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for row in islice((row for row in reader if row), rows):
            lengths.add(len(row))
            if len(lengths) > 1:
                return False
    except csv.Error:
        return False
    return lengths != {1}


def _parsed(path: str, text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    start = 1
    try:
        for row in reader:
            yield start, row
            start = reader.line_num + 1
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise EnqueteError(
                "Le fichier s’arrête au milieu d’une cellule entre guillemets.",
                f"{path}, ligne {start}",
                "fermer le guillemet, ou exporter de nouveau si le fichier est coupé.",
            ) from error
        raise EnqueteError(
            "Ligne illisible : guillemets mal fermés, ou cellule démesurée.",
            f"{path}, ligne {start}",
            "un guillemet dans un texte se double, et le texte se met entre guillemets.",
        ) from error


def _damaged(text: str) -> Iterator[str]:
    """Say where damaged accents stand; in an answer that counts they become an error."""
    found = mojibake(text)
    if found:
        line = text.count("\n", 0, text.index(found)) + 1
        yield f"accents abîmés (« {found} ») à partir de la ligne {line}"
