"""The ledger's lines: one JSON object for each printed figure."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from enquete.answers import holding
from enquete.figure import Figure, Status
from enquete.questionnaire import Questionnaire

SCHEMA = Path(__file__).with_name("provenance.schema.json")


def entry(figure: Figure, questionnaire: Questionnaire, files: Mapping[str, str]) -> dict[str, Any]:
    """
    Write *figure* as a ledger entry.

    Nothing that only the solver chose goes in: an integer or an exact value is
    there when it is known, and is ``null`` otherwise.
    """
    computation = figure.computation or {}
    selection = {"numerator": computation.get("num"), "base": computation.get("base")}
    return {
        "id": figure.id,
        "chapter": figure.chapter,
        "anchor": f"chiffre-{figure.id}",
        "label": figure.label,
        "kind": figure.kind,
        "numerator": figure.numerator,
        "base": figure.base,
        "unit": figure.unit,
        "value": _fraction(figure.value) if figure.exact else None,
        "terms": [_term(term) for term in figure.terms],
        "status": {
            "value": _status(figure.statuses.value),
            "base": _status(figure.statuses.base),
            "count": _status(figure.statuses.count),
        },
        "decimals": figure.decimals,
        "text": figure.text,
        "sentence": figure.sentence,
        "questions": [
            {"id": question, "wording": questionnaire[question].wording}
            for question in figure.questions
        ],
        "selection": selection if any(selection.values()) else None,
        "computation": figure.computation,
        "universe": figure.universe,
        "note": figure.note,
        "source": {
            "file": figure.source.file,
            "line": figure.source.line,
            "code": figure.source.code,
        },
        "data": {"origin": figure.origin, "files": _files(figure, questionnaire, files)},
        "published": [
            {"id": each.id, "value": each.text, "section": each.section}
            for each in figure.published
        ],
        "verdict": figure.verdict,
        "reason": figure.reason,
        "margins": None,
        "flags": list(figure.flags),
        "claim": figure.claim or None,
        "deduction": figure.deduction,
        "words": None
        if figure.said is None
        else {
            "entry": figure.said.entry,
            "sense": figure.said.sense,
            "interval": figure.said.interval or None,
        },
    }


def _files(
    figure: Figure, questionnaire: Questionnaire, files: Mapping[str, str]
) -> dict[str, str]:
    """Keep the hashes of the files that hold the answers this figure was counted in."""
    if figure.kind in ("fact", "implied"):
        return {}
    names = holding(questionnaire.kind(question) for question in figure.questions)
    return {name: digest for name, digest in files.items() if name in names}


def _term(figure: Figure) -> dict[str, Any]:
    computation = figure.computation or {}
    return {
        "id": figure.id,
        "text": figure.text,
        "selection": {"numerator": computation.get("num"), "base": computation.get("base")},
    }


def _status(status: Status) -> dict[str, Any]:
    return {
        "status": status.name,
        "min": _bound(status.low),
        "max": _bound(status.high),
        "condition": status.condition,
    }


def _bound(value: int | Fraction | None) -> int | str | None:
    if value is None or isinstance(value, int):
        return value
    return _fraction(value)


def _fraction(value: Fraction | None) -> str | None:
    return None if value is None else f"{value.numerator}/{value.denominator}"
