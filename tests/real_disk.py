"""
Build a small book on real disks that are full, or read-only: run in a mount namespace.

    unshare -rm python real_disk.py DOSSIER THÈME

Two file systems are mounted in the folder: one for the project, its cache and temporary files,
one for the finished book. Prints one line of JSON a case: what was said, which edition is there
then, and once the disk is as it was.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

SIZE = "size=24m"


def mount(folder: Path, *options: str) -> None:
    command = ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(folder)]
    subprocess.run(command, check=True, capture_output=True)


@contextmanager
def full(disk: Path, free: int = 0) -> Iterator[None]:
    """Leave that many kilobytes on the disk."""
    filler, left = disk / "remplissage", os.statvfs(disk)
    with filler.open("wb") as file:
        for _ in range(max(0, left.f_bavail * left.f_frsize - free * 1024) // 4096):
            file.write(bytes(4096))
    yield
    filler.unlink()


@contextmanager
def read_only(disk: Path) -> Iterator[None]:
    mount(disk, "remount", "ro")
    yield
    mount(disk, "remount", "rw")


def main(folder: Path, theme: Path) -> None:
    project, shelf = folder / "projet", folder / "sortie"
    for disk in (project, shelf):
        disk.mkdir()
        mount(disk, SIZE)
    temporary = project / "tmp"
    temporary.mkdir()
    os.environ["TMPDIR"] = tempfile.tempdir = str(temporary)
    from test_interruptions import edition_of, whole

    from edition.build import Options, build
    from edition.config import read_config
    from enquete.errors import EnqueteError

    options = Options(formats=("html",), theme=theme, output=shelf / "_book")

    def attempt() -> str:
        try:
            build(read_config(project), options)
        except EnqueteError as error:
            return f"{error.quoi} {error.que_faire}"
        return "publié"

    cases: dict[str, Callable[[], AbstractContextManager[None]]] = {
        "disque du livre plein": lambda: full(shelf),
        "disque du livre presque plein": lambda: full(shelf, 200),
        "disque du projet plein": lambda: full(project),
        "livre en lecture seule": lambda: read_only(shelf),
        "projet en lecture seule": lambda: read_only(project),
    }
    edition_of(project, 0, code=True)
    if (said := attempt()) != "publié":
        sys.exit(said)
    for number, (name, harmed) in enumerate(cases.items(), 1):
        edition_of(project, number, code=True)
        with harmed():
            said, kept = attempt(), whole(shelf / "_book")
        after, book = attempt(), whole(shelf / "_book")
        beside = sorted(each.name for each in shelf.iterdir())
        found = {"dit": said, "gardé": kept, "ensuite": after, "livre": book, "dossiers": beside}
        print(json.dumps({"cas": name, **found}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]).resolve())
