"""The key of an execution: everything that runs, and nothing that is only read."""

from __future__ import annotations

import hashlib
import platform
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

import edition
import enquete
from enquete import digests

LOCKS = ("uv.lock", "requirements.txt", "pyproject.toml")
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
        *((f"enquete/{p.relative_to(survey).as_posix()}", p) for p in _sources(survey)),
        *((f"execution/{p.name}", p) for p in _sources(execution)),
        *((name, root / name) for name in LOCKS),
        *((p.name, p) for p in sorted((root / "theme" / "polices").glob("*.ttf"))),
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
        folder.name
        for place in places
        for folder in Path(place).glob("*.dist-info")
        if folder.is_dir()
    )


def digest(value: Any) -> str:
    """Return the SHA-256 of JSON data."""
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file, « absent » when there is none to read."""
    try:
        return digests.file_digest(path)
    except OSError:
        return "absent"


def _sources(package: Path) -> list[Path]:
    return sorted(path for path in package.rglob("*") if path.suffix in _OURS)
