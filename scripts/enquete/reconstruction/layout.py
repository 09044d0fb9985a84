"""Lay out the unknowns: what the data can hold, and which questions are crossed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from math import prod

from enquete.errors import EnqueteError
from enquete.questionnaire import Option, Questionnaire
from enquete.reconstruction.space import (
    NONE,
    Answers,
    Classes,
    Space,
    Table,
    closed,
    holds,
    too_complex,
)
from enquete.selection import All, Answered, In, Selection

MOST_CELLS = 4000  # a finer table would take minutes; nothing published comes near


def build(
    questionnaire: Questionnaire,
    selections: Iterable[Selection],
    ticked: Iterable[str],
    n: int,
    complete: frozenset[str],
    exclusive: Mapping[str, str],
    *,
    refuse_invention: bool = True,
) -> Space:
    """
    Lay out the unknowns that *selections* need.

    With *refuse_invention*, a remainder that would have to be shared between
    several unpublished options is an error: the data may not invent detail.
    """
    wanted = sorted((s.canonical() for s in selections), key=lambda s: s.key)
    present = closed((q for s in wanted for q in s.questions), questionnaire)
    asked = {q.id: q.asked.canonical() for q in questionnaire if q.id in present}
    named = _named((*wanted, *asked.values()))
    multiple = {q.id for q in questionnaire if q.kind == "multiple"}
    nodes = {
        q: (
            *held(questionnaire, q, named.get(q, frozenset()), refuse=refuse_invention),
            *(() if q in complete else (NONE,)),
        )
        for q in asked
        if q not in multiple
    }
    options = {q: questionnaire.codes(q) for q in sorted({*ticked, *(present & multiple)})}
    sets = {
        frozenset(closed(s.questions, questionnaire))
        for s in (*wanted, *(All((Answered(q), asked[q])) for q in nodes))
    }
    crossed = sorted(
        tuple(sorted(s, key=lambda q: questionnaire[q].rank))
        for s in sets
        if len(s) > 1 and not s & multiple and not any(s < t for t in sets)
    )
    tables = tuple(_table(questionnaire, c, nodes, wanted, asked) for c in crossed)
    return Space(questionnaire, n, nodes, options, exclusive, tables)


def _named(selections: Iterable[Selection]) -> dict[str, frozenset[str]]:
    """Return the codes that selections name, by question."""
    found: dict[str, set[str]] = {}
    for selection in selections:
        for leaf in selection.leaves():
            if isinstance(leaf, In):
                found.setdefault(leaf.question, set()).update(leaf.codes)
    return {question: frozenset(codes) for question, codes in found.items()}


def held(
    questionnaire: Questionnaire, question: str, named: frozenset[str], *, refuse: bool
) -> tuple[str, ...]:
    """Return the coarsest options that tell apart all *named* ones."""

    def below(option: Option) -> Iterator[str]:
        if any(o.code in named for o, level in option.walk() if level):
            yield from among(option.children, option.code)
        else:
            yield option.code

    def among(options: tuple[Option, ...], parent: str) -> Iterator[str]:
        rest = [o.code for o in options if not any(b.code in named for b, _ in o.walk())]
        if refuse and len(rest) > 1:
            raise EnqueteError(
                f"À {question}, le reste de {parent or 'la question'} se partagerait entre "
                f"{', '.join(rest)}, ce que rien ne publie.",
                "data/modalites.csv",
                "réunir ces options sous une seule (statut deduite ou remplissage).",
            )
        for option in options:
            yield from below(option)

    return tuple(among(questionnaire[question].options, ""))


def _table(
    questionnaire: Questionnaire,
    questions: tuple[str, ...],
    nodes: Mapping[str, tuple[str, ...]],
    wanted: Iterable[Selection],
    asked: Mapping[str, Selection],
) -> Table:
    filters = {q: asked[q] for q in questions if set(asked[q].questions) & set(questions)}
    inside = [s for s in wanted if len(s.questions) > 1 and set(s.questions) <= set(questions)]
    leaves: list[Selection] = [leaf for s in (*inside, *filters.values()) for leaf in s.leaves()]
    leaves += [Answered(q) for q in filters]
    classes: list[Classes] = []
    for question in questions:
        own = [leaf for leaf in leaves if question in leaf.questions]
        groups: dict[object, list[str]] = {}
        for node in nodes[question]:
            signature: object = (
                node
                if len(questions) > 2
                else tuple(holds(questionnaire, leaf, {question: node}) for leaf in own)
            )
            groups.setdefault(signature, []).append(node)
        classes.append(tuple(tuple(group) for group in groups.values()))
    if prod(len(each) for each in classes) > MOST_CELLS:
        raise too_complex(f"le croisement de {', '.join(questions)}")
    table = Table(questions, tuple(classes), ())
    cells = tuple(
        cell
        for cell in product(*(range(len(c)) for c in classes))
        if _possible(questionnaire, filters, table.sample(cell))
    )
    return Table(questions, tuple(classes), cells)


def _possible(
    questionnaire: Questionnaire, filters: Mapping[str, Selection], answers: Answers
) -> bool:
    return all(
        answers[question] == NONE or holds(questionnaire, asked, answers)
        for question, asked in filters.items()
    )
