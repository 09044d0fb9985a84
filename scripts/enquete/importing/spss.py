"""SPSS exports (.sav): an option, for it needs a package of its own."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

from enquete.errors import EnqueteError
from enquete.importing.table import Table, as_table

INSTALL = "installer l’option : .venv/bin/pip install pyreadstat (ou uv sync --extra spss)."
_SECONDS = 120
# The reader is C: on a damaged file it may crash, or take all the memory.  It runs apart.
_READER = """
import json, math, sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (4 * 2**30, 4 * 2**30))
except (ImportError, ValueError, OSError):
    pass
import pyreadstat

columns, meta = pyreadstat.read_sav(sys.argv[1], output_format="dict", user_missing=True)

def text(value, labels):
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if value in labels:
        return str(labels[value])
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)

labels = [meta.variable_value_labels.get(name, {}) for name in meta.column_names]
cells = [
    [text(value, known) for value in columns[name]]
    for name, known in zip(meta.column_names, labels)
]
header = [label or name for name, label in zip(meta.column_names, meta.column_labels)]
made = {"encoding": meta.file_encoding or "", "header": header, "cells": cells}
sys.stdout.buffer.write(json.dumps(made).encode("ascii"))
"""


def read_spss(path: str, file: Path) -> Table:
    """Read an SPSS file: labels of values as text, labels of variables as header."""
    if importlib.util.find_spec("pyreadstat") is None:
        raise EnqueteError(
            "Les fichiers SPSS demandent le paquet pyreadstat, qui n’est pas installé.",
            path,
            INSTALL,
        )
    unreadable = EnqueteError(
        "Le fichier SPSS ne se lit pas.", path, "l’exporter de nouveau, ou en CSV UTF-8."
    )
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _READER, str(file.resolve())],
            capture_output=True,
            timeout=_SECONDS,
            check=True,
        )
        made = json.loads(done.stdout)
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        raise unreadable from error
    header, cells = made["header"], made["cells"]
    if not header or len({len(column) for column in cells}) != 1:
        raise unreadable
    rows: list[tuple[int, list[str]]] = [(1, header)]
    rows += [(number, list(row)) for number, row in enumerate(zip(*cells, strict=True), 2)]
    return as_table(path, rows, (f"fichier SPSS, encodage {made['encoding'] or 'non dit'}",))
