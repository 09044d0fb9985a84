"""
Deal the solved counts to respondents, one question after another.

Who gets which answer is settled by the SHA-256 of (seed, questions,
respondent): the same on every machine, under every hash seed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from enquete.errors import EnqueteError
from enquete.reconstruction.apportion import Cross, cross
from enquete.reconstruction.space import Space, Table, margin, tick

Dealt = dict[str, dict[str, str]]  # question → respondent → answer


@dataclass(frozen=True, slots=True)
class Hand:
    """Hold what each respondent answered, and the tables it was dealt from."""

    respondents: tuple[str, ...]
    answers: Mapping[str, Mapping[str, str]]
    ticks: Mapping[str, Mapping[str, Sequence[str]]]  # question → option → respondents
    crosses: tuple[Cross, ...]


def deal(space: Space, solution: Mapping[str, int], seed: str) -> Hand:
    """Deal every question."""
    respondents = tuple(f"R{number:04}" for number in range(1, space.n + 1))
    dealt: Dealt = {}
    crosses: list[Cross] = []
    tables = list(space.tables)
    by_rank = sorted(space.nodes, key=lambda q: space.questionnaire[q].rank)
    while len(dealt) < len(by_rank):
        ready = [t for t in tables if any(q in dealt for q in t.questions)]
        if not ready:
            first = next(q for q in by_rank if q not in dealt)
            counts: dict[tuple[str, ...], int] = {
                (node,): solution[margin(first, node)] for node in space.nodes[first]
            }
            answers = _slices(_shuffled(respondents, seed, (first,)), counts)
            dealt[first] = {r: answer for r, (answer,) in answers}
            continue
        table = ready[0]
        tables.remove(table)
        known = [q for q in table.questions if q in dealt]
        if len(known) > 1:
            raise _loop(table)
        table_counts = cross(space, table, known[0], solution)
        crosses.append(table_counts)
        _deal_cross(dealt, table_counts, respondents, seed)
    if tables:
        raise _loop(tables[0])
    ticks = {q: _ticks(space, q, solution, respondents, seed) for q in space.options}
    return Hand(respondents, dealt, ticks, tuple(crosses))


def _loop(table: Table) -> EnqueteError:
    return EnqueteError(
        f"Les croisements publiés forment une boucle ({table.name}).",
        "data/figures.yml",
        "une loi commune n'est pas assurée : retirer un croisement de la reconstruction.",
    )


def _deal_cross(dealt: Dealt, table: Cross, respondents: Sequence[str], seed: str) -> None:
    known, *new = table.questions
    order = _shuffled(respondents, seed, tuple(new))
    for question in new:
        dealt[question] = {}
    groups: dict[str, dict[tuple[str, ...], int]] = {}
    for (row, *answers), units in table.counts.items():
        groups.setdefault(row, {})[tuple(answers)] = units
    for row, counts in groups.items():
        members = [r for r in order if dealt[known][r] == row]
        for respondent, given in _slices(members, counts):
            for question, answer in zip(new, given, strict=True):
                dealt[question][respondent] = answer


def _ticks(
    space: Space, question: str, solution: Mapping[str, int], respondents: Sequence[str], seed: str
) -> dict[str, list[str]]:
    """
    Deal ticks so that everyone has at least one and no option twice.

    Options follow one another around the circle of respondents: as the ticks
    are at least as many as the respondents, the circle is closed.
    """
    alone = space.exclusive.get(question)
    order = _shuffled(respondents, seed, (question,))
    none = solution[tick(question, alone)] if alone else 0
    circle = order[none:]
    given: dict[str, list[str]] = {}
    start = 0
    for option in space.options[question]:
        if option == alone:
            given[option] = order[:none]
            continue
        units = solution[tick(question, option)]
        given[option] = [circle[(start + i) % len(circle)] for i in range(units)]
        start += units
    return given


def _slices(
    members: Sequence[str], counts: Mapping[tuple[str, ...], int]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    if sum(counts.values()) != len(members):
        msg = f"{sum(counts.values())} réponses pour {len(members)} répondantes"
        raise ValueError(msg)
    start = 0
    for answer, units in counts.items():
        for respondent in members[start : start + units]:
            yield respondent, answer
        start += units


def _shuffled(respondents: Iterable[str], seed: str, questions: tuple[str, ...]) -> list[str]:
    def key(respondent: str) -> bytes:
        text = "\x1f".join((seed, "+".join(questions), respondent))
        return hashlib.sha256(text.encode("utf-8")).digest()

    return sorted(respondents, key=key)
