"""
Replace the published book as a whole: the only module that writes into `_book/`.

The folders of a build are locked as long as its process lives: another one removes those that
are not.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from edition.disk import told
from edition.lock import take
from edition.swap import exchange
from enquete.errors import EnqueteError

_WORK = "travail-"
STALE = 24 * 3600.0
"""Age in seconds at which what an interrupted build left is removed, where locks cannot tell."""


@contextmanager
def new_book(target: Path, root: Path) -> Iterator[Path]:
    """
    Give an empty folder to fill, and put it in the place of *target* at the end.

    It is a neighbour of *target*, exchanged with it in one step on Linux and macOS: a reader
    sees the former book or the new one. Elsewhere there are two renames; a build killed
    between them leaves the former book under its other name, and the next one puts it back
    first. An exception inside the block, or a kill at any moment, leaves the former book.
    """
    _check(target, root)
    with told(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        former = _beside(target, "ancien")
        if former.exists() and not target.exists():
            former.rename(target)
        _sweep(target.parent, f"{target.name}.nouveau-")
        aside = Path(tempfile.mkdtemp(prefix=f"{target.name}.nouveau-", dir=target.parent))
    with _owned(aside):
        try:
            with told(target):
                aside.chmod(0o755)
                yield aside
            _swap(aside, target, former)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise


@contextmanager
def workshop(folder: Path) -> Iterator[Path]:
    """
    Give an empty folder in *folder* for what a build writes on its way, and remove it at the end.

    What builds that were killed left there goes first.
    """
    with told(folder):
        _sweep(folder, _WORK)
        made = Path(tempfile.mkdtemp(prefix=_WORK, dir=folder))
    with _owned(made):
        try:
            yield made
        finally:
            shutil.rmtree(made, ignore_errors=True)


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
    if target.exists() and exchange(aside, target):
        shutil.rmtree(aside, ignore_errors=True)
        return
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


@contextmanager
def _owned(aside: Path) -> Iterator[None]:
    """Lock the folder being filled as long as this process lives: others leave it alone."""
    if sys.platform == "win32":  # no lock on a folder there
        yield
        return
    descriptor = os.open(aside, os.O_RDONLY)
    try:
        take(descriptor)
        yield
    finally:
        os.close(descriptor)


def _sweep(parent: Path, prefix: str) -> None:
    """Remove the folders that builds that were killed left."""
    for folder in parent.glob(f"{prefix}*"):
        with suppress(OSError):
            if folder.is_dir() and _abandoned(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _abandoned(folder: Path) -> bool:
    if sys.platform == "win32":
        return folder.stat().st_mtime < time.time() - STALE
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        return take(descriptor)
    finally:
        os.close(descriptor)


def _beside(target: Path, name: str) -> Path:
    return target.with_name(f"{target.name}.{name}")
