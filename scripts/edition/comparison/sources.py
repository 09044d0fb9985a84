"""Where an edition is read from: a ledger, a book's folder, or a git revision."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edition.assemble import french_date
from edition.built import LEDGER
from edition.comparison.state import State, from_json, from_ledger
from edition.git import git
from enquete.errors import EnqueteError

ACCEPTED = Path("data") / "editions" / "acceptee.json"


@dataclass(frozen=True)
class Source:
    """
    An edition that was read.

    Attributes:
        name: how the editor named it; *title*: how a reader knows it, « édition n° 2 ».
        book: its folder, when its pages can be read.
        reason: why it was accepted, when it is an accepted one.
    """

    name: str
    state: State
    title: str
    book: Path | None = None
    reason: str = ""


def read(name: str, root: Path) -> Source:
    """
    Read an edition by its name.

    A folder or file is read as it is; anything else is a git revision, whose accepted
    edition is read without touching the work tree.
    """
    path = Path(name)
    if path.is_dir():
        if (path / LEDGER).is_file():
            return _file(path / LEDGER, name, path)
        if (path / ACCEPTED).is_file():
            return _file(path / ACCEPTED, name)
        raise EnqueteError(
            "Ce dossier n'est ni un livre ni un projet qui a une édition acceptée.",
            name,
            f"Donnez un dossier qui contient {LEDGER} ou {ACCEPTED.as_posix()}.",
        )
    if path.is_file():
        beside = path.parent if path.name == LEDGER else None
        return _file(path, name, beside)
    return _revision(name, root)


def _file(path: Path, name: str, book: Path | None = None) -> Source:
    return _source(path.read_text(encoding="utf-8"), name, book)


def _source(text: str, name: str, book: Path | None = None) -> Source:
    try:
        content: Mapping[str, Any] = json.loads(text)
        if "entries" in content:
            date = french_date(str(content["edition"].get("date") or ""))
            title = f"édition du {date}" if date else "édition sans date"
            return Source(name, from_ledger(content), title, book)
        log = content.get("log") or [{}]
        title, reason = f"édition n° {len(log)}", str(log[-1].get("reason", ""))
        return Source(name, from_json(content), title, reason=reason)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EnqueteError(
            "Ce fichier n'est ni un registre de livre ni une édition acceptée.",
            name,
            f"Donnez un {LEDGER}, un dossier de livre ou une révision git.",
        ) from error


def _revision(name: str, root: Path) -> Source:
    known = git(root, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    if name.startswith("-") or known is None:
        raise EnqueteError(
            f"« {name} » n'est ni un fichier, ni un dossier, ni une révision git.",
            "rapport comparer",
            f"Donnez un {LEDGER}, un dossier de livre, ou une révision : HEAD~1, v1…",
        )
    prefix = (git(root, "rev-parse", "--show-prefix") or "").strip()
    text = git(root, "show", f"{known.strip()}:{prefix}{ACCEPTED.as_posix()}")
    if text is None:
        raise EnqueteError(
            f"Aucune édition n'est acceptée à la révision « {name} ».",
            ACCEPTED.as_posix(),
            "Choisissez une révision plus récente ; rapport accepter en crée une.",
        )
    return _source(text, name)
