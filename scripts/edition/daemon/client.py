"""Ask the process that stayed for a build; imports little, every command waits for it."""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

PLACE = Path(".rapport") / "veille"
_FROM_THE_START = ("PYTHON", "LC_", "LANG", "TZ", "HOME", "MPL", "IPYTHON", "JUPYTER")
"""Variables that a process reads once, when it begins; a copy takes the others as they are."""


def available() -> bool:
    """Tell whether a process can stay: on Linux, where a copy of one is safe."""
    return sys.platform == "linux"


def surroundings() -> dict[str, Any]:
    """Return what a process took from the command that started it, and keeps."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(_FROM_THE_START)}
    return {"python": sys.executable, "chemins": sys.path, "variables": kept}


@contextmanager
def address(root: Path) -> Iterator[str]:
    """Give a name of the socket that is short, however long the project's path is."""
    folder = os.open(root / PLACE.parent, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{folder}/{PLACE.name}"
    finally:
        os.close(folder)


def dismiss(root: Path) -> None:
    """Let the process that stayed in *root* go: it ends once its name is gone."""
    with suppress(OSError):
        (root / PLACE).unlink()


def asked(root: Path, request: Mapping[str, Any]) -> int | None:
    """
    Return the exit code of the build that the process of *root* made for this *request*.

    None when there is none, or when it declines: then nothing was built. What the build says
    is written to this command's own streams. Ctrl-C stops that build as it would one of ours.
    """
    if not available():
        return None
    here = {"autour": surroundings(), "variables": dict(os.environ), "dossier": str(Path.cwd())}
    message = json.dumps({**request, **here}).encode()
    try:
        with socket.socket(socket.AF_UNIX) as line, address(root) as name:
            line.connect(name)
            streams = [stream.fileno() for stream in (sys.stdout, sys.stderr)]
            socket.send_fds(line, [message[:1]], streams)
            line.sendall(message[1:] + b"\n")
            return _answer(line)
    except (OSError, ValueError):
        return None


def _answer(line: socket.socket) -> int | None:
    with line.makefile("rb") as answers:
        try:
            said = answers.readline()
        except KeyboardInterrupt:
            with suppress(OSError):
                line.shutdown(socket.SHUT_WR)  # the sign to stop
            said = answers.readline()
    return None if not said.strip() else json.loads(said)["code"]
