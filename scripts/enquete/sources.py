"""Short names of the works that facts come from: « Davenel, 2016 », read in references.bib."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

BIBLIOGRAPHY = "references.bib"
_ENTRY = re.compile(r"^@\w+\{\s*([^,\s]+)\s*,(.*?)^\}", re.DOTALL | re.MULTILINE)
_FIELD = re.compile(r"^\s*(author|year)\s*=\s*(.+?),?\s*$", re.MULTILINE)
_ALL_NAMED = 2  # beyond, the first author stands for the others


def source_name(root: Path, key: str) -> str:
    """Return the short name of the work *key*; the key itself when no bibliography has it."""
    path = root / BIBLIOGRAPHY
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return _names(text).get(key, key)


@lru_cache(maxsize=4)
def _names(text: str) -> dict[str, str]:
    found = {}
    for key, body in _ENTRY.findall(text):
        fields = dict(_FIELD.findall(body))
        authors = _authors(fields.get("author", ""))
        year = fields.get("year", "").strip("{} ")
        found[key] = ", ".join(part for part in (authors, year) if part) or key
    return found


def _authors(field: str) -> str:
    # {{Emmaüs Connect}} is one name; Davenel, Yves-Marie is a surname, then a first name.
    names = [
        name.strip().strip("{}") if name.strip().startswith("{") else name.split(",")[0].strip()
        for name in re.sub(r"^\{(.*)\}$", r"\1", field).split(" and ")
    ]
    if len(names) > _ALL_NAMED:
        return f"{names[0]} et collègues"
    return " et ".join(name for name in names if name)
