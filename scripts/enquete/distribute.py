"""The options of a question, each with the published figure that says its share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

from enquete.errors import EnqueteError
from enquete.evidence import Evidence, printed_decimals
from enquete.questionnaire import Option
from enquete.readings import ShareOf
from enquete.register import PublishedFigure
from enquete.selection import Selection, answered, chose
from enquete.shares import Count, as_count, respondents, ticks
from enquete.tabulate import Row, Table


@dataclass(frozen=True, slots=True)
class Options:
    """Name one option, its computation, and the id it prints under, if any."""

    code: str
    label: str
    level: int
    reading: ShareOf
    figure: str | None


def options(
    evidence: Evidence,
    chapter: str,
    table: str,
    asked: Sequence[str],
    base: Selection | Count | None,
) -> tuple[Options, ...]:
    """List the options of the questions *asked*, those of one code together."""
    questionnaire = evidence.questionnaire
    counted = _base(evidence, asked, base)
    roots = [questionnaire[question].options for question in asked]
    return tuple(
        Options(option.code, option.label, level, reading, name)
        for option, level in _merged(roots)
        # A placeholder stands for what nobody published: it is never shown.
        if option.status != "remplissage"
        for reading in (ShareOf(_numerator(evidence, asked, option.code, counted), counted),)
        for name in (_printed_as(evidence, chapter, table, option.code, reading),)
    )


def _merged(trees: Sequence[Sequence[Option]], level: int = 0) -> Iterator[tuple[Option, int]]:
    """Walk several trees as one: options of one code stand once, with all their children."""
    by_code: dict[str, list[Option]] = {}
    for tree in trees:
        for option in tree:
            by_code.setdefault(option.code, []).append(option)
    for same in by_code.values():
        yield same[0], level
        yield from _merged([option.children for option in same], level + 1)


def heading(
    evidence: Evidence,
    chapter: str,
    table: str,
    asked: Sequence[str],
    chosen: Sequence[Options],
    rows: tuple[Row, ...],
) -> Table:
    """Put rows under the question, base and notes that a reader needs."""
    questions = [evidence.questionnaire[question] for question in asked]
    base = chosen[0].reading.base
    figure = next((row.figure for row in rows if row.figure), None)
    return Table(
        id=table,
        rows=rows,
        question=", ".join(asked),
        wording=" / ".join(dict.fromkeys(question.fullest for question in questions)).strip(" /"),
        kind=questions[0].kind,
        base_words=base.said(evidence.questionnaire),
        base=figure.base_sentence if figure else "effectif non publié",
        unit=base.unit,
        complete=all(question.complete for question in questions),
        origin=evidence.origin,
        chapter=chapter,
    )


def _base(evidence: Evidence, asked: Sequence[str], base: Selection | Count | None) -> Count:
    if base is not None:
        return as_count(base)
    if len(asked) > 1:
        raise EnqueteError(
            f"La base de {', '.join(asked)} ensemble n’est pas dite.",
            "",
            "donner base=answers(…), par exemple.",
        )
    question = asked[0]
    if evidence.questionnaire.kind(question) == "multiple":
        return ticks(question)
    return respondents(answered(question))


def _numerator(evidence: Evidence, asked: Sequence[str], code: str, base: Count) -> Count:
    if base.unit == "ticks":
        return ticks(asked[0], code)
    holders = [q for q in asked if code in evidence.questionnaire.codes(q)]
    chosen = reduce(lambda a, b: a | b, (chose(question, code) for question in holders))
    return Count(base.unit, chosen, base.of)


def _printed_as(
    evidence: Evidence, chapter: str, table: str, code: str, reading: ShareOf
) -> str | None:
    published = [
        entry
        for entry in evidence.register.reading(reading.key)
        if entry.unit == "pourcentage" and entry.value is not None
    ]
    if published:
        best: PublishedFigure = max(
            published,
            key=lambda entry: (
                entry.approximation is None,
                printed_decimals(entry),
                entry.chapter == chapter,
            ),
        )
        return best.id
    return f"{table}-{code.replace('_', '-')}" if evidence.original else None
