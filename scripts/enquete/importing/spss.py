"""SPSS exports (.sav): an option, for it needs a package of its own."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from enquete.errors import EnqueteError
from enquete.importing.table import Table, as_table

INSTALL = "installer l’option : .venv/bin/pip install pyreadstat (ou uv sync --extra spss)."


def read_spss(path: str, file: Path) -> Table:
    """Read an SPSS file: labels of values as text, labels of variables as header."""
    try:
        import pyreadstat
    except ImportError as error:
        raise EnqueteError(
            "Les fichiers SPSS demandent le paquet pyreadstat, qui n’est pas installé.",
            path,
            INSTALL,
        ) from error
    try:
        columns, meta = pyreadstat.read_sav(str(file), output_format="dict", user_missing=True)
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ValueError, OSError) as error:
        raise EnqueteError(
            "Le fichier SPSS ne se lit pas.", path, "l’exporter de nouveau, ou en CSV UTF-8."
        ) from error
    header = [
        label or name for name, label in zip(meta.column_names, meta.column_labels, strict=True)
    ]
    labels = [meta.variable_value_labels.get(name, {}) for name in meta.column_names]
    texts = [
        [_text(value, known) for value in columns[name]]
        for name, known in zip(meta.column_names, labels, strict=True)
    ]
    rows: list[tuple[int, list[str]]] = [(1, header)]
    rows += [(number, list(row)) for number, row in enumerate(zip(*texts, strict=True), 2)]
    return as_table(path, rows, (f"fichier SPSS, encodage {meta.file_encoding or 'non dit'}",))


def _text(value: object, labels: Mapping[Any, str]) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if value in labels:
        return labels[value]
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
