"""Replace the published book as a whole: the only module that writes into `_book/`."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from enquete.errors import EnqueteError

STALE = 24 * 3600.0
"""Age in seconds at which what an interrupted build left is removed."""


@contextmanager
def new_book(target: Path, root: Path) -> Iterator[Path]:
    """
    Give an empty folder to fill, and put it in the place of *target* at the end.

    It is a neighbour of *target*, so that the swap is two renames. An exception inside the
    block leaves the previous book as it was; so does a build that is killed, except
    between the two renames: the next build then puts the previous book back first.
    """
    _check(target, root)
    target.parent.mkdir(parents=True, exist_ok=True)
    former = _beside(target, "ancien")
    if former.exists() and not target.exists():
        former.rename(target)
    _sweep(target)
    aside = Path(tempfile.mkdtemp(prefix=f"{target.name}.nouveau-", dir=target.parent))
    aside.chmod(0o755)
    try:
        yield aside
        _swap(aside, target, former)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def _check(target: Path, root: Path) -> None:
    """Refuse a folder that holds more than a book."""
    own, whole = target.resolve(), root.resolve()
    if own == whole or own in whole.parents or (own / "_quarto.yml").exists():
        raise EnqueteError(
            f"Le livre remplacerait le dossier « {target} ».",
            "_quarto.yml, « output-dir »",
            "Donnez un dossier à part, par exemple _book.",
        )


def _swap(aside: Path, target: Path, former: Path) -> None:
    shutil.rmtree(former, ignore_errors=True)
    try:
        if target.exists():
            target.rename(former)
        try:
            aside.rename(target)
        except OSError:
            if former.exists():
                former.rename(target)
            raise
    except OSError as error:
        raise EnqueteError(
            f"Le nouveau livre n'a pas pu prendre la place de l'ancien : {error.strerror}.",
            str(target),
            "Fermez ce qui y est ouvert (lecteur de PDF, explorateur), puis relancez.",
        ) from error
    shutil.rmtree(former, ignore_errors=True)


def _sweep(target: Path) -> None:
    """Remove what builds that were killed long ago left beside the book."""
    limit = time.time() - STALE
    for folder in target.parent.glob(f"{target.name}.nouveau-*"):
        if folder.is_dir() and folder.stat().st_mtime < limit:
            shutil.rmtree(folder, ignore_errors=True)


def _beside(target: Path, name: str) -> Path:
    return target.with_name(f"{target.name}.{name}")
