"""The real book in a copy of the project, and the command line that builds it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("_quarto.yml", "index.qmd", "chapters", "data", "theme", "references.bib")


def copy_project(folder: Path) -> Path:
    for name in SOURCES:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    return folder


def rapport(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "RAPPORT_RACINE": str(project)}
    environment.pop("RAPPORT_REGISTRE", None)
    return subprocess.run(
        [sys.executable, "-m", "edition.cli", *arguments],
        cwd=project,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
