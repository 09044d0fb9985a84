"""Freeze the executed chapters as notebooks that nbval executes again and compares."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from edition.config import read_config
from edition.execution import Engine, execute
from edition.execution.notebook import dump, notebook
from edition.frozen import FOLDER, frozen_chapters
from edition.frozen_changes import differences
from enquete.errors import EnqueteError

SANITIZE = "assainir.cfg"
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


@dataclass(frozen=True)
class Frozen:
    """What became of one notebook: created, changed, the same, or removed."""

    name: str
    change: Literal["nouveau", "modifié", "identique", "supprimé"]
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [f"{self.change:<10} {self.name}", *(f"{'':<12} {one}" for one in self.details)]
        return "\n".join(lines)


def freeze(root: Path, folder: Path | None = None, engine: Engine = "auto") -> list[Frozen]:
    """
    Execute the book's chapters and write their notebooks to *folder*.

    Notebooks of chapters that are gone are removed.
    """
    target = folder or root / FOLDER
    chapters = frozen_chapters(root)
    with _scratch_ledger():
        done = execute(chapters, config=read_config(root), engine=engine)
    target.mkdir(parents=True, exist_ok=True)
    texts = {f"{executed.stem}.ipynb": dump(notebook(executed)) for executed in done}
    report = [_write(target / name, text) for name, text in texts.items()]
    for gone in sorted(set(target.glob("*.ipynb")) - {target / name for name in texts}):
        gone.unlink()
        report.append(Frozen(gone.name, "supprimé"))
    return report


def report(changes: Sequence[Frozen]) -> str:
    """Say in French what changed, a line a notebook and a line a changed output."""
    lines = [str(frozen) for frozen in changes]
    same = sum(frozen.change == "identique" for frozen in changes)
    lines.append(f"{len(changes)} carnets, {len(changes) - same} modifiés.")
    return "\n".join(lines)


def _write(path: Path, text: str) -> Frozen:
    """Write a notebook if it changed, and list the cells whose outputs did."""
    if _ADDRESS.search(text):
        raise EnqueteError(
            quoi="Une adresse mémoire reste dans une sortie : elle change à chaque exécution.",
            ou=f"{path.name} : {_around_address(text)}",
            que_faire="Donnez un __repr__ à cet objet, ou n'affichez pas sa forme par défaut.",
        )
    if not path.is_file():
        path.write_text(text, encoding="utf-8", newline="\n")
        return Frozen(path.name, "nouveau")
    before = path.read_text(encoding="utf-8")
    if before == text:
        return Frozen(path.name, "identique")
    path.write_text(text, encoding="utf-8", newline="\n")
    return Frozen(path.name, "modifié", tuple(differences(before, text)))


def _around_address(text: str) -> str:
    found = _ADDRESS.search(text)
    return text[max(0, found.start() - 60) : found.end()] if found else ""


@contextmanager
def _scratch_ledger() -> Iterator[None]:
    """Send the ledgers of this execution to a folder of their own, removed after."""
    before = os.environ.get("RAPPORT_REGISTRE")
    folder = tempfile.mkdtemp(prefix="registre-")
    os.environ["RAPPORT_REGISTRE"] = folder
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if before is None:
            del os.environ["RAPPORT_REGISTRE"]
        else:
            os.environ["RAPPORT_REGISTRE"] = before
