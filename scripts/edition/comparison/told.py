"""Say what changed between two editions: in the terminal, in Markdown."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

from edition.built import page_of
from edition.comparison.changes import CAUSES, Change, Changes
from edition.comparison.sources import Source
from edition.comparison.state import Key, Line
from edition.places import sentence_at
from enquete import french
from enquete.figure import UNKNOWN_COUNT
from enquete.french import NBSP

ORIGINS = {"reconstructed": "reconstituées", "original": "d’origine"}
_WIDTH = 88


def terminal(changes: Changes, after: Source) -> str:
    """Return the account of every change, for the terminal."""
    return "\n".join(_terminal(changes, after))


def headline(changes: Changes) -> str:
    """Count the changes in one French sentence."""
    if not changes:
        return "Aucun chiffre n’a changé."
    parts = [
        _number(len(changes.changed), "chiffre changé", "chiffres changés"),
        _number(len(changes.reworded), "formulation changée", "formulations changées"),
        _number(len(changes.came), "apparu", "apparus"),
        _number(len(changes.went), "disparu", "disparus"),
    ]
    said = french.enumeration([part for part in parts if part])
    if changes.origins:
        old, new = (ORIGINS[each] for each in changes.origins)
        said = f"Réponses {old}, puis {new}" + (f" ; {said}" if said else "")
    return f"{said}."


def _number(count: int, one: str, several: str) -> str:
    return f"{french.integer(count)} {one if count == 1 else several}" if count else ""


def _terminal(changes: Changes, after: Source) -> Iterator[str]:
    yield headline(changes)
    if changes.files:
        yield f"Fichiers de réponses différents : {', '.join(changes.files)}."
    for change in changes.changed:
        yield f"{_name(change.key)} : {moved(change)}"
        yield from _indented(based(change))
        yield from _indented(f"cause : {why(change)}")
        yield from _indented(sentence(change.key, change.after, after.book))
    for change in changes.reworded:
        yield f"{_name(change.key)} : « {change.before.text} » → « {change.after.text} »"
        yield from _indented(f"cause : {why(change)}")
        yield from _indented(sentence(change.key, change.after, after.book))
    for title, lines in (("apparu", changes.came), ("disparu", changes.went)):
        for key, line in lines:
            yield f"{_name(key)} : {title}, {line.text} ({line.label})"


def _indented(text: str) -> Iterator[str]:
    if text:
        yield textwrap.fill(text, _WIDTH, initial_indent="    ", subsequent_indent="    ")


def _name(key: Key) -> str:
    return f"{key[1]} ({key[0]})"


def moved(change: Change) -> str:
    """Return « 14 % → 15 % », or the text alone when what it rests on changed."""
    old, new = change.before.text, change.after.text
    return f"{old} → {new}" if old != new else f"{new}, texte inchangé"


def based(change: Change) -> str:
    """Say the count and base of both editions, when one changed."""
    old, new = _count(change.before), _count(change.after)
    if old != new:
        return f"{old or 'non dit'} → {new or 'non dit'}"
    if change.before.universe != change.after.universe:
        return f"base : {change.before.universe} → {change.after.universe}"
    return ""


def _count(line: Line) -> str:
    if line.numerator is not None and line.base is not None:
        return f"{french.integer(line.numerator)} sur {french.integer(line.base)}"
    return line.said if line.said != UNKNOWN_COUNT else ""


def why(change: Change) -> str:
    """Say the causes of a change."""
    return french.enumeration([CAUSES[cause] for cause in change.causes])


def sentence(key: Key, line: Line, book: Path | None) -> str:
    """Return the sentence that prints a figure, or what it measures when no page is at hand."""
    if book is not None:
        found = sentence_at(book / page_of(book, key[0]), f"chiffre-{key[1]}")
        if found:
            return found
    return line.label


def markdown(changes: Changes, before: Source, after: Source) -> str:
    """Return the changes as Markdown tables."""
    lines = [f"# De « {before.name} » à « {after.name} »", "", headline(changes), ""]
    if changes.files:
        lines += [f"Fichiers de réponses différents : {', '.join(changes.files)}.", ""]
    lines += _table(
        "Chiffres changés",
        ("Chiffre", "Avant", "Après", "Effectif et base", "Cause", "Phrase"),
        [
            (
                _name(each.key),
                each.before.text,
                each.after.text,
                based(each),
                why(each),
                sentence(each.key, each.after, after.book),
            )
            for each in changes.changed
        ],
    )
    lines += _table(
        "Formulations changées",
        ("Chiffre", "Avant", "Après", "Cause", "Phrase"),
        [
            (
                _name(each.key),
                each.before.text,
                each.after.text,
                why(each),
                sentence(each.key, each.after, after.book),
            )
            for each in changes.reworded
        ],
    )
    for title, found in (("Chiffres apparus", changes.came), ("Chiffres disparus", changes.went)):
        rows = [(_name(key), line.text, line.label) for key, line in found]
        lines += _table(title, ("Chiffre", "Texte", "Mesure"), rows)
    return "\n".join(lines).rstrip("\n") + "\n"


def _table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return []
    body = ["| " + " | ".join(_cell(each) for each in row) + " |" for row in rows]
    rule = "|" + "---|" * len(head)
    return [f"## {title}", "", "| " + " | ".join(head) + " |", rule, *body, ""]


def _cell(text: str) -> str:
    """Escape what Markdown would read in a cell."""
    marked = "".join(f"\\{each}" if each in "\\`*_[]<>#|" else each for each in text)
    return marked.replace("\n", " ").strip() or NBSP
