"""Where things are in the project; imports nothing of ours."""

from __future__ import annotations

import os
from pathlib import Path


def root() -> Path:
    """
    Find the folder of the book.

    Quarto runs cells at the root and nbval in the notebook's folder, so the
    working directory is only a place to start looking.
    """
    declared = os.environ.get("RAPPORT_RACINE")
    if declared:
        return Path(declared).resolve()
    here = Path.cwd().resolve()
    for folder in (here, *here.parents):
        # An import that was killed at the worst moment leaves data/ beside its place.
        leaving = folder / ".rapport" / "donnees-sortantes"
        data = (folder / "data").is_dir() or leaving.is_dir()
        if data and (folder / "_quarto.yml").is_file():
            return folder
    return Path(__file__).resolve().parents[2]


def data_dir(base: Path | None = None) -> Path:
    """Return the folder of the data files."""
    return (base or root()) / "data"


def ledger_dir(base: Path | None = None) -> Path:
    """Return the folder where chapters write their ledgers."""
    declared = os.environ.get("RAPPORT_REGISTRE")
    return Path(declared) if declared else (base or root()) / ".rapport" / "registre"


def chapter_file(chapter: str, base: Path | None = None) -> Path:
    """Return the source of *chapter*; the introduction stands at the root."""
    name = f"{chapter}.qmd"
    folder = base or root()
    return folder / name if (folder / name).is_file() else folder / "chapters" / name


def relative(path: Path, base: Path | None = None) -> str:
    """Write *path* as an editor types it: from the root, with slashes."""
    try:
        return path.resolve().relative_to((base or root()).resolve()).as_posix()
    except ValueError:
        return path.as_posix()
