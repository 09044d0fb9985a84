"""What a verification leaves: a summary for the terminal, and `verification.json`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from edition.checking import Outcome
from edition.pages import VERIFICATION
from edition.verification.published import Checked
from enquete import french
from enquete.errors import EnqueteError

JSON = f"{VERIFICATION}.json"

# « 3 donnée(s) personnelle(s) »: the number that comes before says whether to write the s.
_COUNTED = re.compile(r"(\d+)(?: [^\W\d]+(?:\(s\))?){1,4}")
_THOUSANDS = re.compile(r"\b\d{4,}\b")


def holds(outcomes: Iterable[Outcome]) -> bool:
    """Tell whether no check found a fault."""
    return not any(outcome.faults for outcome in outcomes)


def all_faults(outcomes: Iterable[Outcome]) -> list[EnqueteError]:
    """Return the faults of every check, in order."""
    return [fault for outcome in outcomes for fault in outcome.faults]


def summary(outcomes: Sequence[Outcome]) -> str:
    """Write one French line a check, then the notes, then how it ends."""
    lines = [f"{_mark(outcome):<9} {outcome.title} : {told(outcome)}" for outcome in outcomes]
    lines += [f"  {note}" for outcome in outcomes for note in outcome.notes]
    number = len(all_faults(outcomes))
    lines.append(f"{number} défaut{'s' if number > 1 else ''}." if number else "Tout concorde.")
    return "\n".join(lines)


def _mark(outcome: Outcome) -> str:
    if outcome.skipped:
        return "non mené"
    return "DÉFAUT" if outcome.faults else "conforme"


def told(outcome: Outcome) -> str:
    """Say what a check found as French prints it: « 7 045 paires », « 0 défaut »."""
    words = outcome.skipped or outcome.said.rstrip(".")
    words = _COUNTED.sub(
        lambda found: found[0].replace("(s)", "s" if int(found[1]) > 1 else ""), words
    )
    words = _THOUSANDS.sub(lambda found: french.integer(int(found[0])), words)
    return f"{words}."


def as_json(
    outcomes: Sequence[Outcome], published: Sequence[Checked], *, draft: bool
) -> dict[str, Any]:
    """Return the whole verification as plain data; the same book gives the same data."""
    return {
        "schema": 1,
        "holds": holds(outcomes),
        "draft": draft,
        "checks": [
            {
                "name": outcome.name,
                "title": outcome.title,
                "counted": outcome.counted,
                "said": outcome.said,
                "faults": [
                    {"what": fault.quoi, "where": fault.ou, "todo": fault.que_faire}
                    for fault in outcome.faults
                ],
                "notes": list(outcome.notes),
                "skipped": outcome.skipped,
            }
            for outcome in outcomes
        ],
        "published": [_published(each) for each in published],
    }


def _published(each: Checked) -> dict[str, Any]:
    entry = each.entry
    return {
        "id": each.figure.id,
        "chapter": each.figure.chapter,
        "section": each.figure.section,
        "published": each.figure.text,
        "printed": entry["text"] if entry else None,
        "printed_as": entry["id"] if entry else None,
        "base": entry["universe"] if entry else each.figure.base_label,
        "verdict": each.name,
        "discrepancy": each.verdict.declared,
        "reason": each.verdict.reason,
    }


def write_json(content: dict[str, Any], folder: Path) -> None:
    """Write `verification.json` into *folder*."""
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    (folder / JSON).write_text(text, "utf-8", newline="\n")
