"""The options of a question, each with the published figure that says its share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

from enquete.disclosure.suppression import Cell, hidden
from enquete.disclosure.thresholds import least, possible, unsafe
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


def kept_back(evidence: Evidence, chosen: Sequence[Options]) -> frozenset[int]:
    """
    Return the positions of the options that a table of original answers does not print.

    Reconstructed answers are nobody's: what may be printed of them is decided elsewhere.
    """
    if not evidence.original or not chosen:
        return frozenset()
    base = evidence.answers.count(chosen[0].reading.base)
    counts = [
        evidence.answers.count(option.reading.numerator.inside(option.reading.base))
        for option in chosen
    ]
    above: list[int | None] = []  # cells that hold the present option, from the first level
    cells: list[Cell] = []
    positions: list[int] = []
    for at, (option, count) in enumerate(zip(chosen, counts, strict=True)):
        held = next((each for each in reversed(above[: option.level]) if each is not None), None)
        above = [*above[: option.level], len(cells) if count.exact else None]
        if not count.exact:
            continue  # printed nowhere: a part of what its group leaves over
        positions.append(at)
        cells.append(
            Cell(
                count=count.low,
                parent=held,
                limit=least(evidence.policy, option.reading.questions),
                printed=_already(evidence, option, count.low, base.low),
            )
        )
    return frozenset(positions[cell] for cell in hidden(cells, base.low))


def _already(evidence: Evidence, option: Options, count: int, base: int) -> tuple[int, int] | None:
    """Return what the report itself says of a count, by its percentage."""
    entry = evidence.register.get(option.figure) if option.figure else None
    if entry is None or entry.value is None or base == 0:
        return None
    limit = least(evidence.policy, option.reading.questions)
    if not unsafe(count, base, limit) or entry.statuses["effectif"] == "publie":
        return count, count
    return possible(Fraction(100 * count, base), printed_decimals(entry), base)


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
