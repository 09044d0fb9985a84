"""
The accepted edition: what was published last, kept in the repository with why it changed.

It is in a folder of its own inside `data/`: the fingerprints that the book prints are those
of the files of `data/` itself, and accepting an edition must not change the edition.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edition.built import read_book
from edition.checking import Finished, Outcome
from edition.comparison import Changes, State, compare, from_json, from_ledger, to_json
from edition.comparison.sources import ACCEPTED
from edition.comparison.told import headline, moved, why
from edition.pages import VERIFICATION
from enquete.errors import EnqueteError

NAME = "edition-acceptee"
TITLE = "Édition acceptée"
SHOWN = 20


@dataclass(frozen=True)
class Accepted:
    """The accepted edition and the log of acceptances, the oldest first."""

    state: State
    log: tuple[Mapping[str, Any], ...]

    @property
    def number(self) -> int:
        """Return the number of the edition, from 1."""
        return len(self.log)


def read_accepted(root: Path) -> Accepted | None:
    """Return the accepted edition of a project, if it has one."""
    file = root / ACCEPTED
    if not file.is_file():
        return None
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return Accepted(from_json(content), tuple(content["log"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EnqueteError(
            f"L'édition acceptée est illisible : {type(error).__name__} {error}.",
            ACCEPTED.as_posix(),
            "Remettez le fichier depuis le dépôt.",
        ) from error


def check(book: Finished) -> Outcome:
    """Say how a book differs from the accepted edition: to be known, not a fault."""
    known = read_accepted(book.root)
    if known is None:
        return Outcome(NAME, TITLE, 0, "", skipped="aucune édition n'a encore été acceptée")
    state = from_ledger(book.provenance)
    changes = compare(known.state, state)
    if not changes:
        said = f"aucun chiffre ne diffère de l'édition n° {known.number}"
        return Outcome(NAME, TITLE, len(state.lines), said)
    said = f"ce livre diffère de l'édition n° {known.number} : {headline(changes)}"
    return Outcome(NAME, TITLE, len(state.lines), said, notes=tuple(_notes(changes)))


def accept(folder: Path, root: Path, reason: str) -> str:
    """
    Record the book of *folder* as the accepted edition, and say what that changes.

    The book must have passed its checks, and a change needs a reason.
    """
    _ready(folder, reason)
    state = from_ledger(read_book(folder))
    known = read_accepted(root)
    changes = compare(known.state, state) if known else None
    log = list(known.log) if known else []
    if changes is None or changes:
        log.append({"number": len(log) + 1, "reason": reason.strip(), **_counts(changes, state)})
    _write(state, log, root / ACCEPTED)
    if changes is not None and not changes:
        return f"Aucun chiffre n'a changé : l'édition n° {len(log)} reste acceptée."
    told = headline(changes) if changes else f"{len(state.lines)} chiffres."
    return f"Édition n° {len(log)} acceptée. {told}\nÀ verser dans git : {ACCEPTED.as_posix()}"


def _ready(folder: Path, reason: str) -> None:
    if not reason.strip():
        raise EnqueteError(
            "Une édition s'accepte avec une raison.",
            "rapport accepter",
            'Dites pourquoi les chiffres changent : --raison "…"',
        )
    file = folder / f"{VERIFICATION}.json"
    found = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    if not found.get("holds"):
        raise EnqueteError(
            "Ce livre n'a pas passé ses vérifications : il ne peut pas être accepté.",
            file.name,
            "Corrigez les défauts, puis : rapport construire.",
        )


def _counts(changes: Changes | None, state: State) -> dict[str, int]:
    if changes is None:
        return {"came": len(state.lines)}
    found = {
        "changed": len(changes.changed),
        "reworded": len(changes.reworded),
        "came": len(changes.came),
        "went": len(changes.went),
    }
    return {name: number for name, number in found.items() if number}


def _notes(changes: Changes) -> Sequence[str]:
    notes = [
        f"{each.key[1]} ({each.key[0]}) : {moved(each)}, {why(each)}."
        for each in (*changes.changed, *changes.reworded)
    ]
    for words, found in (("apparu", changes.came), ("disparu", changes.went)):
        notes += [f"{key[1]} ({key[0]}) : {words}, {line.text}." for key, line in found]
    hidden = len(notes) - SHOWN
    return [*notes[:SHOWN], f"Et {hidden} autres : rapport comparer."] if hidden > 0 else notes


def _write(state: State, log: Sequence[Mapping[str, Any]], file: Path) -> None:
    """Write the edition, one line a figure: git then shows the figures that moved."""
    content = {"schema": 1, "log": list(log), **to_json(state)}
    figures = content.pop("figures")
    head = json.dumps(content, ensure_ascii=False, indent=1).removesuffix("\n}")
    lines = ",\n".join(
        f"  {_compact(key)}: {_compact(written)}" for key, written in figures.items()
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f'{head},\n "figures": {{\n{lines}\n }}\n}}\n', "utf-8", newline="\n")


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
