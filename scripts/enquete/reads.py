"""
What a chapter reads, recorded while it runs: the cache of executions relies on it.

Files that the chapter opens are seen by an audit hook. What was loaded for it beforehand (the
survey, by the parent of its process) is noted where it is used, by names of parts:

    data/figures.yml            a file of the project, whole
    data/reponses.csv#Q1        the answers to one question; `#id` their order
    registre                    the figures that the other chapters printed, lines apart
    titre:partie-1              the title of a chapter
    écrit:figures/carte.png     a file of the project that the chapter writes
    !raison                     something else that no hash can follow
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import source_from_cache
from pathlib import Path
from typing import Any

_SYSTEM = ("/proc/", "/sys/", "/dev/")
_UNTRACKED = {
    "subprocess.Popen": "!programme lancé par le chapitre",
    "os.system": "!programme lancé par le chapitre",
    "os.posix_spawn": "!programme lancé par le chapitre",
    "socket.connect": "!connexion au réseau",
}
_LISTINGS = frozenset({"os.listdir", "os.scandir"})


class _Recorder:
    def __init__(self) -> None:
        self.names: set[str] = set()
        self.root = ""
        self.own: tuple[str, ...] = ()
        self.written: set[str] = set()
        self.hooked = self.recording = False
        self.silent = 0

    def hear(self, event: str, args: tuple[Any, ...]) -> None:
        if not self.recording or self.silent:
            return
        if event == "open":
            self._opened(*args)
        elif event in _UNTRACKED:
            self.names.add(_UNTRACKED[event])
        elif event in _LISTINGS and isinstance(args[0], str | os.PathLike):
            self._add(f"{os.fspath(args[0])}/")

    def _opened(self, path: Any, _: Any, flags: int) -> None:
        if not isinstance(path, str | bytes | os.PathLike):
            return  # a descriptor that is already open
        name = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 - pathlib would ask the disk
        if "__pycache__" in name:  # the compiled form of a module: its source is what counts
            name = source_from_cache(name) if name.endswith(".pyc") else ""
        if flags & (os.O_WRONLY | os.O_RDWR):
            self.written.add(name)
            if name.startswith(self.root) and not name.startswith(self.own):
                self.names.add(f"écrit:{name[len(self.root) :]}")
        elif name not in self.written:
            self._add(name)

    def _add(self, name: str) -> None:
        path = os.path.abspath(name)  # noqa: PTH100
        if path.startswith(self.own) or path.startswith(_SYSTEM):
            return
        inside = path.startswith(self.root)
        shown = path[len(self.root) :].replace(os.sep, "/") if inside else path
        self.names.add(f"{shown}/" if name.endswith("/") else shown)


_recorder = _Recorder()


def start(root: Path) -> None:
    """
    Record from here on what this process reads, under names relative to *root*.

    The interpreter's and our packages' own files are left out: the key of the cache has them.
    A hook cannot be taken away, so this is for processes that run one chapter.
    """
    import tempfile  # here: this module is imported by all, mostly for note()

    packages = {sys.prefix, sys.base_prefix, sys.exec_prefix}
    owned = [*packages, str(Path(__file__).resolve().parents[1])]
    owned.append(os.environ.get("MPLCONFIGDIR") or str(Path.home() / ".cache" / "matplotlib"))
    _recorder.root = f"{root.resolve()}{os.sep}"
    _recorder.own = tuple(f"{each}{os.sep}" for each in owned)
    if not _recorder.root.startswith(tempfile.gettempdir()):
        _recorder.own += (str(Path(tempfile.gettempdir()) / "rapport-"),)
    _recorder.recording = True
    if not _recorder.hooked:
        _recorder.hooked = True
        sys.addaudithook(_recorder.hear)


def note(*names: str) -> None:
    """Say that these parts were used."""
    if _recorder.recording and not _recorder.silent:
        _recorder.names.update(names)


@contextmanager
def unrecorded() -> Iterator[None]:
    """Read without a trace: what the block reads is noted otherwise, or cannot show."""
    _recorder.silent += 1
    try:
        yield
    finally:
        _recorder.silent -= 1


def found() -> list[str]:
    """Return the names of everything read since `start`, in order."""
    return sorted(_recorder.names)
