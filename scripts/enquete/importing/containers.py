"""One export file, whatever its kind, as a table."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from enquete.errors import EnqueteError
from enquete.importing.csv_files import read_csv
from enquete.importing.limits import read_bytes, relative_name
from enquete.importing.spss import read_spss
from enquete.importing.table import Table
from enquete.importing.workbooks import read_workbook

_ZIP, _OLE, _SAV = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", (b"$FL2", b"$FL3")


@dataclass(frozen=True, slots=True)
class Export:
    """Hold a table and the fingerprint of the file it came from."""

    table: Table
    sha256: str


def read_export(path: Path, *, sheet: str | None = None, separator: str | None = None) -> Export:
    """
    Read an export by what its bytes are, not by its name.

    A workbook saved as « .csv » is still read as a workbook.
    """
    raw = read_bytes(path)
    where = relative_name(path)
    digest = hashlib.sha256(raw).hexdigest()
    if raw[:4] == _ZIP or raw[:4] == b"PK\x05\x06":
        return Export(read_workbook(where, raw, sheet), digest)
    if raw[:4] in _SAV:
        return Export(read_spss(where, path), digest)
    if raw[:4] == _OLE:
        raise EnqueteError(
            "Ancien classeur Excel (.xls), ou classeur protégé par un mot de passe.",
            where,
            "l’enregistrer en .xlsx, sans mot de passe, ou en CSV UTF-8.",
        )
    if raw[:5] == b"%PDF-":
        raise EnqueteError("C’est un PDF.", where, "donner l’export CSV, XLSX ou SPSS.")
    return Export(read_csv(where, raw, separator), digest)
