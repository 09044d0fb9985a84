"""``data/`` replaced as a whole: written aside, read back, then swapped in."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from enquete.errors import EnqueteError
from enquete.importing.content import Content
from enquete.importing.limits import said_in_french
from enquete.paths import data_dir

PREVIOUS = "donnees-precedentes"
_LEAVING = "donnees-sortantes"
_ASIDE = "import-"


def recover(root: Path) -> str:
    """
    Finish or undo a swap that was killed; say what was done, or nothing.

    ``data/`` is whole at any moment but between two renames: if it is missing,
    the previous one is still in ``.rapport/`` and goes back.
    """
    private, data = root / ".rapport", data_dir(root)
    leaving = private / _LEAVING
    if not leaving.is_dir():
        return ""
    with said_in_french("Les données d’avant ne se remettent pas en place", leaving):
        if not data.exists():
            leaving.rename(data)
            return "Un import interrompu a été annulé : data/ est celui d’avant."
        _keep_previous(private)
    return ""


@contextmanager
def aside(root: Path, content: Content) -> Iterator[Path]:
    """Give a folder that holds the new ``data/``; nothing of it stays after the block."""
    private, data = root / ".rapport", data_dir(root)
    _check(data)
    with said_in_french("Les nouvelles données ne s’écrivent pas", private):
        private.mkdir(parents=True, exist_ok=True)
        _sweep(private)
        folder = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=private))
    try:
        with said_in_french("Les nouvelles données ne s’écrivent pas", private):
            _write(data, folder / "data", content)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def swap(root: Path, folder: Path) -> None:
    """
    Put the ``data/`` of *folder* in the place of the project's.

    The previous one goes to ``.rapport/donnees-precedentes/``.  An error, or
    Ctrl-C, puts it back; after a kill, ``recover`` does.
    """
    private, data = root / ".rapport", data_dir(root)
    leaving = private / _LEAVING
    with said_in_french("Les données n’ont pas pu être remplacées", data):
        try:
            data.rename(leaving)
            (folder / "data").rename(data)
        except BaseException:
            if leaving.is_dir() and not data.exists():
                leaving.rename(data)
            raise
        _keep_previous(private)


def restore(root: Path) -> None:
    """Put the previous ``data/`` back; the present one becomes the previous."""
    recover(root)
    previous = root / ".rapport" / PREVIOUS
    if not previous.is_dir():
        raise EnqueteError(
            "Aucunes données précédentes à rétablir.",
            f".rapport/{PREVIOUS}",
            "les reprendre du dépôt : git restore data.",
        )
    _check(data_dir(root))
    with said_in_french("Les données ne se rétablissent pas", previous):
        folder = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=previous.parent))
        try:
            previous.rename(folder / "data")
            swap(root, folder)
        finally:
            if (folder / "data").is_dir() and not previous.exists():
                (folder / "data").rename(previous)
            shutil.rmtree(folder, ignore_errors=True)


def write_private(root: Path, folder: Path, files: Mapping[str, str]) -> Callable[[], None]:
    """
    Write texts of ``.rapport/`` in *folder* and return what puts them in place.

    Disk and rights are tried before the data change, not after.
    """
    private = root / ".rapport"
    with said_in_french("Le compte rendu ne s’écrit pas", private):
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
            (folder / name).chmod(0o600)

    def put() -> None:
        with said_in_french("Le compte rendu ne s’écrit pas (les données sont en place)", private):
            for name in files:
                os.replace(folder / name, private / name)  # noqa: PTH105 - atomic everywhere

    return put


def _keep_previous(private: Path) -> None:
    shutil.rmtree(private / PREVIOUS, ignore_errors=True)
    (private / _LEAVING).rename(private / PREVIOUS)


def _check(data: Path) -> None:
    links = [path for path in (data, *data.rglob("*")) if path.is_symlink()]
    if links:
        raise EnqueteError(
            f"« {links[0].name} » est un lien symbolique : le remplacer toucherait autre chose.",
            links[0].as_posix(),
            "mettre le dossier ou le fichier lui-même à cette place.",
        )


def _write(data: Path, target: Path, content: Content) -> None:
    left = {*content.files, *content.dropped}

    def ours(folder: str, names: list[str]) -> set[str]:
        return left.intersection(names) if Path(folder) == data else set()

    shutil.copytree(data, target, ignore=ours)
    for name, made in content.files.items():
        with (target / name).open("xb") as file:
            file.write(made)
            file.flush()
            os.fsync(file.fileno())


def _sweep(private: Path) -> None:
    """Remove what killed imports left aside."""
    for folder in private.glob(f"{_ASIDE}*"):
        shutil.rmtree(folder, ignore_errors=True)
