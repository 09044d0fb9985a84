"""The guard of XLSX files: an archive is measured before anything reads it."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from enquete.errors import EnqueteError
from enquete.importing.limits import MAX_CELLS, MAX_COLUMNS, MAX_ROWS

MAX_ENTRIES = 500
MAX_TOTAL = 256 * 2**20
MAX_RATIO = 250  # XML of a worksheet compresses twenty to a hundred times
_SMALL = 2**20  # below this size a ratio says nothing
_PIECE = 2**16
_CELL = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\br\s*=\s*["']\s*([A-Za-z]{1,4})(\d{1,9})""")
_ROW = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br\s*=\s*["']\s*(\d{1,12})""")
_RANGE = re.compile(rb"""\bref\s*=\s*["'][A-Za-z]{1,4}\d+:([A-Za-z]{1,4})(\d{1,9})["']""")
_OTHER_ZIP = "donner le classeur .xlsx lui-même, ou un CSV ; une archive se décompresse d’abord."


def check_workbook(path: str, raw: bytes) -> None:
    """Refuse an archive that is not a workbook, hides a path, or unpacks to too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, struct.error, NotImplementedError) as error:
        raise EnqueteError(
            "Le classeur est abîmé ou incomplet.", path, "l’enregistrer de nouveau en .xlsx."
        ) from error
    if len(entries) > MAX_ENTRIES:
        raise _bomb(path, f"{len(entries)} fichiers dans l’archive")
    for entry in entries:
        _check_name(path, entry.filename)
        if entry.flag_bits & 1:
            raise EnqueteError(
                "Le classeur est protégé par un mot de passe.", path, "retirer la protection."
            )
    if "xl/workbook.xml" not in {entry.filename.lower() for entry in entries}:
        raise EnqueteError("Archive ZIP qui n’est pas un classeur XLSX.", path, _OTHER_ZIP)
    total = 0
    for entry in entries:
        name = entry.filename.lower()
        sheet = name.startswith("xl/worksheets/") and name.endswith(".xml")
        size = 0
        extent = _Extent()
        for piece in _unpacked(path, raw, entry):
            size += len(piece)
            total += len(piece)
            if total > MAX_TOTAL:
                raise _bomb(path, f"plus de {MAX_TOTAL // 2**20} Mo une fois décompressé")
            if size > _SMALL and size > MAX_RATIO * max(entry.compress_size, 1):
                raise _bomb(path, f"compression de plus de {MAX_RATIO} pour 1")
            if sheet:
                extent.read(piece)
        if size > entry.file_size:
            raise _bomb(path, "taille annoncée fausse")
        _check_extent(path, extent)


def _check_name(path: str, name: str) -> None:
    parts = PurePosixPath(name.replace("\\", "/"))
    if ".." in parts.parts or parts.is_absolute() or re.match(r"[A-Za-z]:", name):
        raise EnqueteError(
            "L’archive contient un chemin qui en sort (« ../ » ou absolu).",
            path,
            "ne pas ouvrir ce fichier ; demander un nouvel export.",
        )


def _unpacked(path: str, raw: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield what an entry really holds, whatever size it declares."""
    head = raw[entry.header_offset : entry.header_offset + 30]
    if len(head) < 30 or head[:4] != b"PK\x03\x04" or entry.compress_type not in (0, 8):
        raise EnqueteError(
            "Le classeur est abîmé ou compressé d’une façon inconnue.",
            path,
            "l’enregistrer de nouveau en .xlsx.",
        )
    named, extra = struct.unpack("<HH", head[26:30])
    start = entry.header_offset + 30 + named + extra
    packed = memoryview(raw)[start : start + entry.compress_size]
    if entry.compress_type == 0:
        for offset in range(0, len(packed), _PIECE):
            yield bytes(packed[offset : offset + _PIECE])
        return
    inflate = zlib.decompressobj(-15)
    waiting = bytes(packed)
    try:
        while waiting and not inflate.eof:
            yield inflate.decompress(waiting, _PIECE)
            waiting = inflate.unconsumed_tail
    except zlib.error as error:
        raise EnqueteError(
            "Le classeur est abîmé.", path, "l’enregistrer de nouveau en .xlsx."
        ) from error


class _Extent:
    """The last row and column that a sheet names: a reader reserves all cells before them."""

    def __init__(self) -> None:
        self.rows = self.columns = 0
        self._rest = b""

    def read(self, piece: bytes) -> None:
        text = self._rest + piece
        for row in _ROW.findall(text):
            self.rows = max(self.rows, int(row))
        for letters, row in {*_CELL.findall(text), *_RANGE.findall(text)}:
            self.rows = max(self.rows, int(row))
            self.columns = max(self.columns, _number(letters))
        self._rest = text[-256:]


def _number(letters: bytes) -> int:
    value = 0
    for one in letters.upper():
        value = value * 26 + one - 64
    return value


def _check_extent(path: str, extent: _Extent) -> None:
    cells = extent.rows * max(extent.columns, 1)
    if extent.rows > MAX_ROWS or extent.columns > MAX_COLUMNS or cells > MAX_CELLS:
        raise EnqueteError(
            f"Feuille démesurée : {extent.rows} lignes, {extent.columns} colonnes.",
            path,
            "supprimer les lignes et colonnes vides au-delà des réponses, puis enregistrer.",
        )


def _bomb(path: str, why: str) -> EnqueteError:
    return EnqueteError(
        f"Archive refusée : {why}.", path, "ne pas ouvrir ce fichier ; demander un nouvel export."
    )
