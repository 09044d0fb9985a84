"""Files of a cache: written whole or not at all, believed only if their bytes are theirs."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

SCHEMA = 1
KEPT = 400
"""Entries kept, the most recently used first: a dozen states of the whole book."""


class Store:
    """
    JSON entries in a folder, several under one key.

    The first line of a file is the SHA-256 of the rest. A file that is truncated, altered,
    or of another version of this program is as absent as one that is not there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def entries(self, key: str) -> Iterator[tuple[Path, dict[str, Any]]]:
        """Yield the whole entries of *key*, in the order of their names."""
        folder = self.folder / key
        for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
            content = _read(path, key)
            if content is not None:
                yield path, content

    def put(self, key: str, content: dict[str, Any]) -> None:
        """Write an entry; a disk that is full or read-only only means that nothing is kept."""
        written = signed(_dump({"schema": SCHEMA, "cle": key, **content}))
        with suppress(OSError):
            write_whole(self.folder / key / f"{written[:32].decode()}.json", written)

    def used(self, path: Path) -> None:
        """Remember that an entry has served: the least recently used ones go first."""
        with suppress(OSError):
            os.utime(path)

    def prune(self, kept: int = KEPT) -> None:
        """Remove all but the *kept* entries used last."""
        with suppress(OSError):
            files = sorted(self.folder.glob("*/*.json"), key=_age)
            for path in files[kept:]:
                path.unlink(missing_ok=True)
                with suppress(OSError):
                    path.parent.rmdir()


def write_whole(path: Path, data: bytes) -> None:
    """Write a file aside and rename it: a reader sees all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=".ecrit-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def signed(body: bytes) -> bytes:
    """Return what a file of a cache holds: the SHA-256 of its body on a line, then the body."""
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def read_signed(path: Path) -> bytes | None:
    """Return the body of a file that is whole; None for any other, and for none."""
    try:
        first, _, body = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    return body if hashlib.sha256(body).hexdigest().encode() == first else None


def _age(path: Path) -> tuple[float, str]:
    return -path.stat().st_mtime, path.name


def _read(path: Path, key: str) -> dict[str, Any] | None:
    body = read_signed(path)
    if body is None:
        return None
    try:
        content: dict[str, Any] = orjson.loads(body)
    except ValueError:
        return None
    if not isinstance(content, dict):
        return None
    return content if (content.get("schema"), content.get("cle")) == (SCHEMA, key) else None


def _dump(content: dict[str, Any]) -> bytes:
    # The order of keys is kept: outputs are written to notebooks and pages as they came.
    return orjson.dumps(content)
