"""Say when the sources of the book change."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import watchfiles

CODE, TEXT = "code", "texte"
FILES = frozenset({"_quarto.yml", "index.qmd", "references.bib"})
FOLDERS = ("chapters", "data", "theme", "scripts")
SETTLED = 60
"""Milliseconds without a change that end a save: editors write in several steps."""


def kind_of(root: Path, path: Path) -> str | None:
    """
    Return what a change of *path* asks for, None when it asks for nothing.

    Code that a running process has already imported asks for a new process.
    """
    try:
        inside = path.relative_to(root)
    except ValueError:
        return None
    name = inside.name
    if name.startswith((".", "#")) or name.endswith(("~", ".tmp", ".pyc", ".swp")):
        return None
    top = inside.parts[0]
    if top == "scripts":
        return CODE if name.endswith((".py", ".json")) else None
    return TEXT if (name in FILES and len(inside.parts) == 1) or top in FOLDERS else None


def watch(root: Path, stop: threading.Event) -> Iterator[set[str]]:
    """Yield the kinds of what changed, once per save, until *stop*."""
    root = root.resolve()
    changes: queue.Queue[str] = queue.Queue()

    def follow(*paths: Path, recursive: bool) -> None:
        # Their folder, not the files: an editor that replaces a file would leave its watch behind.
        for batch in watchfiles.watch(
            *paths,
            watch_filter=None,
            step=SETTLED,
            debounce=10 * SETTLED,
            stop_event=stop,
            recursive=recursive,
            raise_interrupt=False,
        ):
            for kind in sorted({kind_of(root, Path(path)) or "" for _, path in batch} - {""}):
                changes.put(kind)

    folders = [root / name for name in FOLDERS if (root / name).is_dir()]
    for paths, recursive in (([root], False), (folders, True)):
        threading.Thread(
            target=follow, args=paths, kwargs={"recursive": recursive}, daemon=True
        ).start()
    while not stop.is_set():
        try:
            kinds = {changes.get(timeout=0.5)}
        except queue.Empty:
            continue
        while not changes.empty():
            kinds.add(changes.get())
        yield kinds
