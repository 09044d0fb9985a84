"""The key of an execution: everything that runs, and nothing that is only read."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

import edition
import enquete
from edition import below
from enquete import digests

LOCKS = ("uv.lock", "requirements.txt", "pyproject.toml")
ABSENT = "absent"
_OURS = (".py", ".json")


def ground(root: Path) -> str:
    """
    Return the hash of what all executions of a project share.

    Our packages' sources, the interpreter and the system, what is installed, the locks, and
    the fonts that charts are measured with.
    """
    survey = Path(enquete.__path__[0])
    execution = Path(edition.__path__[0]) / "execution"
    files = [
        *((f"enquete/{name}", path) for name, path in _sources(survey)),
        *((f"execution/{name}", path) for name, path in _sources(execution)),
        *((name, str(root / name)) for name in LOCKS),
        *(each for each in below.files(root / "theme" / "polices") if each[0].endswith(".ttf")),
    ]
    written = {
        "python": sys.version,
        "systeme": [sys.platform, platform.machine()],
        "installe": installed(),
        "fichiers": [[name, file_digest(path)] for name, path in files],
    }
    return digest(written)


def chapter_key(ground: str, path: str, prelude: str, steps: Iterable[Any]) -> str:
    """Return the key of one chapter's execution: its code, in its order, on that ground."""
    return digest([ground, path, prelude, list(steps)])


def installed() -> list[str]:
    """Name the packages of the environment with their versions, as their folders do."""
    places = {sysconfig.get_path(name) for name in ("purelib", "platlib")}
    return sorted(
        entry.name
        for place in places
        if os.path.isdir(place)  # noqa: PTH112
        for entry in os.scandir(place)
        if entry.name.endswith(".dist-info") and entry.is_dir()
    )


def digest(value: Any) -> str:
    """Return the SHA-256 of JSON data."""
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()


def file_digest(path: Path | str) -> str:
    """Return the SHA-256 of a file, `ABSENT` when there is none to read."""
    try:
        return digests.file_digest(path)
    except OSError:
        return ABSENT


def _sources(package: Path) -> list[tuple[str, str]]:
    return [each for each in below.files(package) if each[0].endswith(_OURS)]
