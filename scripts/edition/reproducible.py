"""
Build the book several times under different circumstances and compare every byte.

Each build runs in its own copy of the project and its own process. What differs between
them is what differs between two machines of one kind: folder, time zone, locale, user, hash
seed, number of cores (hence the order in which chapters run) and file permissions.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from enquete.errors import EnqueteError

LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "_book", "_book.*", "captures", "*.pyc")
BUILD = (sys.executable, "-m", "edition.cli", "construire")
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Circumstances:
    """
    What one build is given and another is not.

    Attributes:
        folder: where the copy stands, below a temporary folder.
        variables: environment; an empty value removes the variable.
        cores: how many cores the build may use, 0 for all of them (Linux only).
    """

    name: str
    folder: str
    variables: Mapping[str, str]
    cores: int = 0


CIRCUMSTANCES = (
    Circumstances(
        "un cœur, heure des Kiribati, locale C",
        "a",
        {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "USER": "lectrice", "PYTHONHASHSEED": "1"},
        cores=1,
    ),
    Circumstances(
        "tous les cœurs, heure de Terre-Neuve, locale turque",
        "un dossier plus long, avec des espaces et un é",
        {
            "TZ": "America/St_Johns",
            "LC_ALL": "tr_TR.UTF-8",
            "LANG": "tr_TR.UTF-8",
            "USER": "relecteur",
            "PYTHONHASHSEED": "4242",
        },
    ),
)


@dataclass(frozen=True)
class Difference:
    """
    One file that two builds did not write alike.

    Attributes:
        file: path from the book's folder.
        offset: place of the first byte that differs; None when only one book has the file.
    """

    file: str
    offset: int | None

    @property
    def said(self) -> str:
        """Say it in French."""
        if self.offset is None:
            return f"{self.file} n'est que dans l'un des deux livres"
        return f"{self.file} diffère à partir de l'octet {self.offset}"


@dataclass(frozen=True)
class Compared:
    """Hold what several builds gave: their files, and the first that differs from the others."""

    files: Mapping[str, str]  # path → SHA-256 in the first build
    builds: int

    @property
    def said(self) -> str:
        """Say it in French."""
        whole = hashlib.sha256()
        for name, digest in sorted(self.files.items()):
            whole.update(f"{name}\0{digest}\n".encode())
        return (
            f"{self.builds} constructions, {len(self.files)} fichiers identiques à l'octet près "
            f"(empreinte de l'ensemble : {whole.hexdigest()[:16]})."
        )


def check(root: Path, times: int = 2, command: Sequence[str] = BUILD) -> Compared:
    """
    Build the project at *root* *times* times and compare; raise every difference.

    *command* builds the project of its working folder into ``_book/``.
    """
    with tempfile.TemporaryDirectory(prefix="reproductible-") as temporary:
        first: Path | None = None
        files: dict[str, str] = {}
        for number in range(max(times, 2)):
            given = CIRCUMSTANCES[number % len(CIRCUMSTANCES)]
            print(f"construction {number + 1} : {given.name}", flush=True)
            book = _build(root, Path(temporary, str(number), given.folder), given, command)
            if first is None:
                first, files = book, _digests(book)
                continue
            _raise(list(differences(first, book)), given)
            shutil.rmtree(book.parent)
    return Compared(files, max(times, 2))


def differences(first: Path, second: Path) -> Iterator[Difference]:
    """Yield the files of two books that are not the same bytes, by name."""
    names = {*_names(first), *_names(second)}
    for name in sorted(names):
        one, other = first / name, second / name
        if not (one.is_file() and other.is_file()):
            yield Difference(name, None)
        elif (offset := _offset(one, other)) is not None:
            yield Difference(name, offset)


def _build(root: Path, folder: Path, given: Circumstances, command: Sequence[str]) -> Path:
    shutil.copytree(root, folder, ignore=LEFT_OUT)
    kept = {**os.environ, **given.variables, "HOME": str(folder.parent)}
    kept["RAPPORT_RACINE"] = str(folder)
    kept.pop("RAPPORT_REGISTRE", None)

    def limited() -> None:
        affinity = getattr(os, "sched_setaffinity", None)
        if affinity and given.cores:
            allowed = sorted(os.sched_getaffinity(0))
            affinity(0, allowed[: given.cores])
        os.umask(0o077 if given.cores else 0o022)

    done = subprocess.run(
        command,
        cwd=folder,
        env=kept,
        check=False,
        capture_output=True,
        preexec_fn=limited if os.name == "posix" else None,
    )
    if done.returncode:
        raise EnqueteError(
            f"La construction n'a pas abouti ({given.name}).",
            str(root),
            "Corrigez ce qu'elle dit :\n" + done.stderr.decode("utf-8", "replace")[-2000:],
        )
    return folder / "_book"


def _raise(found: Sequence[Difference], given: Circumstances) -> None:
    if found:
        several = "".join(f"\n  {each.said}" for each in found[1:20])
        raise EnqueteError(
            f"Deux constructions diffèrent : {len(found)} fichier(s). {found[0].said}.{several}",
            f"{found[0].file}, construction « {given.name} »",
            "Cherchez ce qui dépend de l'heure, du dossier, de la langue ou de l'ordre.",
        )


def _names(book: Path) -> Iterator[str]:
    return (path.relative_to(book).as_posix() for path in book.rglob("*") if path.is_file())


def _digests(book: Path) -> dict[str, str]:
    return {
        name: hashlib.sha256((book / name).read_bytes()).hexdigest()
        for name in sorted(_names(book))
    }


def _offset(one: Path, other: Path) -> int | None:
    """Return the place of the first byte that differs, None when all are the same."""
    done = 0
    with one.open("rb") as a, other.open("rb") as b:
        while True:
            first, second = a.read(_BLOCK), b.read(_BLOCK)
            if first != second:
                pairs = zip(first, second, strict=False)
                short = min(len(first), len(second))
                return done + next((k for k, (x, y) in enumerate(pairs) if x != y), short)
            if not first:
                return None
            done += len(first)
