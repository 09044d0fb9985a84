"""The files of a reconstruction: text made in memory, then written aside and swapped in."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from enquete.questionnaire import Questionnaire
from enquete.reconstruction.bounds import Bounds
from enquete.reconstruction.constraints import Problem
from enquete.reconstruction.deal import Hand
from enquete.reconstruction.space import NONE, margin, tick

Row = Sequence[str | int]


def files(
    problem: Problem, solution: Mapping[str, int], hand: Hand, bounds: Mapping[str, Bounds]
) -> dict[str, bytes]:
    """Return the content of each file of ``data/`` that the reconstruction makes."""
    questionnaire = problem.space.questionnaire
    return {
        "reponses.csv": _responses(questionnaire, hand),
        "coches.csv": _table(("repondant", "question", "option"), _ticks(hand)),
        "themes.csv": _table(("repondant", "question", "theme"), _themes(questionnaire, hand)),
        "marges.csv": _table(
            ("composante", "cellule", "effectif"), _counts(problem, solution, hand)
        ),
        "intervalles.csv": _table(
            (
                "id", "type", "numerateur", "numerateur_min", "numerateur_max",
                "base", "base_min", "base_max",
            ),
            _intervals(problem, solution, bounds),
        ),
    }  # fmt: skip


def swap_in(contents: Mapping[str, bytes], directory: Path) -> None:
    """Write every file aside, then put them in place: an interruption leaves the old ones."""
    aside = {name: directory / f".{name}.nouveau" for name in contents}
    try:
        for name, content in contents.items():
            aside[name].write_bytes(content)
        for name, path in aside.items():
            os.replace(path, directory / name)  # noqa: PTH105 - atomic on every system
    finally:
        for path in aside.values():
            path.unlink(missing_ok=True)


def _responses(questionnaire: Questionnaire, hand: Hand) -> bytes:
    columns = [q.id for q in questionnaire if q.kind in ("unique", "note")]
    nobody: dict[str, str] = {}
    rows = (
        (r, *(hand.answers.get(q, nobody).get(r, NONE) for q in columns)) for r in hand.respondents
    )
    return _table(("id", *columns), rows)


def _themes(questionnaire: Questionnaire, hand: Hand) -> Iterator[Row]:
    for respondent in hand.respondents:
        for question in questionnaire:
            given = hand.answers.get(question.id, {}).get(respondent, NONE)
            if question.kind == "ouverte" and given != NONE:
                yield respondent, question.id, given


def _ticks(hand: Hand) -> Iterator[Row]:
    chosen = {
        question: [(option, frozenset(who)) for option, who in options.items()]
        for question, options in hand.ticks.items()
    }
    for respondent in hand.respondents:
        for question, options in chosen.items():
            for option, who in options:
                if respondent in who:
                    yield respondent, question, option


def _counts(problem: Problem, solution: Mapping[str, int], hand: Hand) -> Iterator[Row]:
    space = problem.space
    for question in space.questionnaire:
        for node in space.nodes.get(question.id, ()):
            yield question.id, node or "sans_reponse", solution[margin(question.id, node)]
        for option in space.options.get(question.id, ()):
            yield question.id, option, solution[tick(question.id, option)]
    for table in hand.crosses:
        for answers, units in table.counts.items():
            cell = "×".join(answer or "sans_reponse" for answer in answers)
            yield "×".join(table.questions), cell, units


def _intervals(
    problem: Problem, solution: Mapping[str, int], bounds: Mapping[str, Bounds]
) -> Iterator[Row]:
    for statement in problem.statements:
        if statement.reading is None:
            continue
        kind = str(statement.reading.to_json()["type"])
        found = bounds.get(statement.id)
        if found is None:  # a rank, a mean or a difference has no count of its own
            yield statement.id, kind, "", "", "", "", "", ""
            continue
        counted = (found.numerator.value(solution), found.count.low, found.count.high)
        if found.base is None or found.base_range is None:
            yield statement.id, kind, *counted, "", "", ""
        else:
            low, high = found.base_range.low, found.base_range.high
            yield statement.id, kind, *counted, found.base.value(solution), low, high


def _table(header: Sequence[str], rows: Iterable[Row]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")
