"""
Original answers kept out of git, in a checkout that tracks the reconstructed ones.

`skip-worktree` is git's own mark for this: neither `git add -A` nor `git commit -a` takes a file
that carries it, and `git pull` refuses to write over it.
"""

from __future__ import annotations

import json
from pathlib import Path

from edition.git import git

ANSWERS = ("data/*.csv", "data/datapackage.json")
ORIGINAL = "originale"
_HIDE = ("update-index", "--skip-worktree", "--")
_SHOW = ("update-index", "--no-skip-worktree", "--")


def tracked(root: Path) -> tuple[str, ...]:
    """Name the files of answers that git tracks; none outside of a checkout, or without git."""
    return tuple(name for name, _ in _listed(root))


def exposed(root: Path) -> tuple[str, ...]:
    """Name those that the next commit of everything would take."""
    return tuple(name for name, kind in _listed(root) if kind != "S")


def warning(root: Path) -> str:
    """Say that original answers would leave with the next commit; nothing when none would."""
    package = root / "data" / "datapackage.json"
    if not package.is_file() or json.loads(package.read_text("utf-8"))["origine"] != ORIGINAL:
        return ""
    if not (seen := exposed(root)):
        return ""
    return (
        f"Attention : le prochain commit prendrait les réponses d'origine ({len(seen)} fichiers).\n"
        f"  où : {', '.join(seen)}\n"
        f"  que faire : {' '.join(('git', *_HIDE, *seen))}"
    )


def hide(root: Path) -> bool:
    """Keep the tracked answers out of the next commits; tell whether git now does."""
    names = tracked(root)
    return bool(names) and git(root, *_HIDE, *names) is not None and not exposed(root)


def show(root: Path) -> None:
    """Let git see the tracked answers again."""
    if names := tracked(root):
        git(root, *_SHOW, *names)


def how_to_show(root: Path) -> str:
    """Return the command of whoever wants them versioned, in a private repository."""
    return " ".join(("git", *_SHOW, *tracked(root)))


def _listed(root: Path) -> list[tuple[str, str]]:
    said = git(root, "ls-files", "-z", "-t", "--", *ANSWERS) or ""
    return [(line[2:], line[0]) for line in said.split("\0") if line]
