"""Everything in a book that rests on one question."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from edition.places import Holder, holders
from edition.tracing.account import field, page_of_entry, quoted
from enquete.affirmations import Affirmation, read_affirmations
from enquete.paths import data_dir
from enquete.selection import everyone
from enquete.survey import Survey

KINDS = {
    "unique": "une seule réponse",
    "multiple": "plusieurs réponses possibles",
    "note": "note",
    "ouverte": "question ouverte",
}
Entry = Mapping[str, Any]


def account(book: Path, survey: Survey, entries: Sequence[Entry], name: str) -> str:
    """List the figures, charts, tables and statements that rest on a question."""
    return "\n".join(_lines(book, survey, entries, name))


def _lines(book: Path, survey: Survey, entries: Sequence[Entry], name: str) -> Iterator[str]:
    question = survey.questionnaire[name]
    asked = question.asked.canonical()
    who = (
        "toutes les répondantes"
        if asked == everyone
        else f"celles qui {asked.sayable(survey.questionnaire)}"
    )
    yield f"{name} {quoted(question.wording)}"
    yield f"  {KINDS[question.kind]}, posée à {who}"
    if question.published_base:
        yield field("Base", question.published_base)
    resting = [entry for entry in entries if _concerns(entry, name)]
    ids = dict.fromkeys(entry["id"] for entry in resting)
    yield _title("Chiffres", len(ids))
    for ident in ids:
        same = [entry for entry in resting if entry["id"] == ident]
        yield f"  {ident} : {same[0]['text']} ({same[0]['label']})"
        yield "    " + ", ".join(
            f"{page_of_entry(book, entry)}#{entry['anchor']}" for entry in same
        )
    shown = [each for each in holders(book) if _shows(each, set(ids), name)]
    for title, prefix in (("Graphiques", "fig-"), ("Tableaux", "tbl-")):
        chosen = [each for each in shown if each.anchor.startswith(prefix)]
        yield _title(title, len(chosen))
        yield from (f"  {each.page}#{each.anchor} : {each.title}" for each in chosen)
    stated = list(_stated(survey, entries, name))
    yield _title("Affirmations", len(stated))
    yield from (f"  {each.id} : {each.said}" for each in stated)


def _concerns(entry: Entry, name: str) -> bool:
    return any(question["id"] == name for question in entry["questions"])


def _shows(holder: Holder, ids: set[str], name: str) -> bool:
    """Tell whether a chart holds one of the figures, or names the question under it."""
    named = re.search(rf"\bQuestions? [^:]*\b{re.escape(name)}\b", holder.reading)
    return bool(holder.figures & ids) or named is not None


def _stated(survey: Survey, entries: Sequence[Entry], name: str) -> Iterator[Affirmation]:
    """Yield the statements kept whose figures, or whose printed words, rest on the question."""
    said = {entry["claim"] for entry in entries if _concerns(entry, name) and entry.get("claim")}
    for each in read_affirmations(data_dir(survey.root), survey.register).values():
        figures = (survey.register.get(figure) for figure in each.figures)
        on_question = any(figure is not None and name in figure.questions for figure in figures)
        if each.said and (on_question or each.id in said):
            yield each


def _title(words: str, number: int) -> str:
    return f"{words} : {number}" if number else f"{words} : aucun"
