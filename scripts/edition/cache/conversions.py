"""The memory of conversions: what pandoc and Typst made of the same bytes is not made again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Any

import edition
from edition import below
from edition.cache.keys import digest, file_digest
from edition.cache.store import read_signed, signed, write_whole
from enquete.errors import EnqueteError

KEPT = 400
"""Conversions kept, the most recently used first: some ten states of the book."""
STATES = 3
"""States of a longer book that are kept at least."""
MAKERS = ("pypandoc-binary", "typst")


class Conversions:
    """
    Remembers conversions in a folder, each under the hash of all that went in.

    A file begins with the SHA-256 of its content: one that is damaged is made again. With
    *proving*, everything is made again and compared with what was remembered.
    """

    def __init__(self, root: Path, *, proving: bool = False) -> None:
        self._folder = root / ".rapport" / "cache" / "conversions"
        self._proving = proving
        versions = {name: metadata.version(name) for name in MAKERS}
        self._used: set[Path] = set()
        self._made_by = [versions, hashes([Path(edition.__path__[0])], suffix=".py")]

    @property
    def proving(self) -> bool:
        """Tell whether everything is made again."""
        return self._proving

    def get(self, name: str, inputs: Any, make: Callable[[], bytes]) -> bytes:
        """Return what *make* gives for these *inputs*, JSON data that determine it."""
        path = self._path(name, inputs)
        known = read_signed(path)
        if known is not None and not self._proving:
            return self._serving(path, known)
        made = make()
        if known is not None and known != made:
            raise EnqueteError(
                f"« {name} » ne donne pas deux fois les mêmes octets.",
                f".rapport/cache/conversions/{path.name}",
                "Un filtre ou un gabarit dépend d'autre chose que de ses sources : corrigez-le.",
            )
        self._keep({path: made})
        return made

    def find(self, name: str, inputs: Any) -> bytes | None:
        """Return what is remembered of these *inputs*, if anything is."""
        path = self._path(name, inputs)
        known = read_signed(path)
        return None if known is None else self._serving(path, known)

    def keep(self, name: str, made: Iterable[tuple[Any, bytes]]) -> None:
        """Remember what was made of several inputs."""
        self._keep({self._path(name, inputs): content for inputs, content in made})

    def _path(self, name: str, inputs: Any) -> Path:
        return self._folder / f"{digest([name, inputs, self._made_by])}.bin"

    def _keep(self, made: Mapping[Path, bytes]) -> None:
        self._used |= set(made)
        with suppress(OSError):  # a full disk only means that nothing is kept
            for path, content in made.items():
                write_whole(path, signed(content))
            self._prune()

    def _prune(self) -> None:
        files = sorted(self._folder.glob("*.bin"), key=lambda file: -file.stat().st_mtime)
        for file in files[max(KEPT, STATES * len(self._used)) :]:
            file.unlink(missing_ok=True)

    def _serving(self, path: Path, known: bytes) -> bytes:
        self._used.add(path)
        with suppress(OSError):
            path.touch()
        return known


def hashes(
    folders: Iterable[Path], files: Iterable[Path] = (), *, suffix: str = ""
) -> Mapping[str, str]:
    """Return the SHA-256 of every file of some folders, and of other files, by name."""
    found = {
        f"{folder.name}/{name}": file_digest(path)
        for folder in folders
        for name, path in below.files(folder)
        if name.endswith(suffix)
    }
    return found | {path.name: file_digest(path) for path in files}
