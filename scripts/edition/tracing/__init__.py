"""Tell everything about one printed figure, or all that rests on one question."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from edition.built import LEDGER, read_book
from edition.tracing import account, question, rows
from enquete.errors import EnqueteError
from enquete.survey import Survey

Entry = Mapping[str, Any]
NEAREST = 5

__all__ = ["trace", "trace_answers", "trace_question"]


def trace(book: Path, survey: Survey, identifier: str) -> str:
    """
    Write the French account of *identifier*, as printed in *book*.

    A published id that another entry prints (a repetition) is traced through it.
    """
    return account.account(book, survey, _entries(book, identifier))


def trace_answers(book: Path, survey: Survey, identifier: str) -> str:
    """List the ids of the respondents that a figure counts."""
    return rows.counted(survey, _entries(book, identifier)[0])


def trace_question(book: Path, survey: Survey, name: str) -> str:
    """List the figures, charts, tables and statements that rest on a question."""
    return question.account(book, survey, read_book(book)["entries"], name)


def _entries(book: Path, identifier: str) -> Sequence[Entry]:
    """Return the entries of a figure, one a chapter; refuse an unknown id with near ones."""
    entries: Sequence[Entry] = read_book(book)["entries"]
    found = [entry for entry in entries if entry["id"] == identifier] or [
        entry
        for entry in entries
        if any(published["id"] == identifier for published in entry["published"])
    ]
    if found:
        return found
    known = dict.fromkeys(entry["id"] for entry in entries)
    near = difflib.get_close_matches(identifier, known, n=NEAREST, cutoff=0.5)
    inside = [name for name in known if identifier and identifier in name]
    listed = list(dict.fromkeys([*near, *inside]))[:NEAREST]
    raise EnqueteError(
        f"Aucun chiffre « {identifier} » dans ce livre.",
        LEDGER,
        f"Vouliez-vous dire {' ou '.join(listed)} ?"
        if listed
        else "Les identifiants sont dans le registre des chiffres.",
    )
