"""What coded answers must satisfy before anything is written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from enquete.answers import Answers
from enquete.answers import Coded as Held
from enquete.columns import Column
from enquete.importing.coding import Coded
from enquete.importing.matching import Bound
from enquete.importing.problems import Problems, quoted
from enquete.questionnaire import Questionnaire
from enquete.selection import answered, everyone
from enquete.shares import respondents

_OWN = re.compile(r"R[0-9]{4,}")


def identify(made: Coded, bound: Sequence[Bound], problems: Problems) -> tuple[dict[str, int], str]:
    """
    Check the identifiers, then replace them: row number in, row number out.

    Those of a platform lead back to a person: they are kept nowhere.  Only the
    ones that this project made (R0001…) stay.
    """
    place = next((each.index for each in bound if each.column.role == "identifiant"), None)
    rows: dict[str, int] = {}
    if place is not None:
        for row, identifier in enumerate(made.ids):
            if not identifier:
                problems.add("Identifiant vide.", "en donner un à chaque réponse.", row, place)
            elif identifier in rows:
                first = problems.table.lines[rows[identifier]]
                problems.add(
                    f"Identifiant en double : déjà ligne {first}.",
                    "retirer l’une des deux réponses.",
                    row,
                    place,
                )
            else:
                rows[identifier] = row
        if all(_OWN.fullmatch(identifier) for identifier in made.ids):
            return rows, "identifiants gardés (R0001…)"
    width = max(4, len(str(len(made.ids))))
    made.ids = [f"R{number:0{width}d}" for number in range(1, len(made.ids) + 1)]
    said = "identifiants de l’export non gardés" if rows else "aucun identifiant dans l’export"
    return rows, f"{said} : réponses numérotées de {made.ids[0]} à {made.ids[-1]}"


def check(made: Coded, questionnaire: Questionnaire, problems: Problems) -> None:
    """Check what one row holds: one theme an answer, and questions that were asked."""
    _one_theme(made, problems)
    answers = as_answers(made, questionnaire)
    for question in questionnaire:
        if question.asked == everyone:
            continue
        asked = answers.truth(question.asked)
        given = answers.truth(answered(question.id)).true
        for row in np.flatnonzero(given & ~asked.true & ~asked.unknown).tolist():
            problems.add(
                f"{question.id} a une réponse, mais n’est posée qu’aux "
                f"{respondents(question.asked).said(questionnaire)}.",
                "corriger la réponse au filtre, ou « posee_a » de cette question dans "
                "data/questions.csv si elle était posée à d’autres.",
                row,
            )


def _one_theme(made: Coded, problems: Problems) -> None:
    seen: dict[tuple[int, str], str] = {}
    for row, question, theme in made.coded:
        if seen.setdefault((row, question), theme) != theme:
            problems.add(
                f"{question} : deux thèmes pour une réponse.",
                "garder le thème principal : chaque réponse libre en porte un seul.",
                row,
            )
    made.coded = list(dict.fromkeys(made.coded))


def as_answers(made: Coded, questionnaire: Questionnaire) -> Answers:
    """Hold coded answers as those of ``data/`` are held."""
    size = len(made.ids)
    columns = {
        question.id: Column.of(made.answers.get(question.id, [""] * size))
        for question in questionnaire
        if question.kind in ("unique", "note")
    }
    rows: dict[str, list[tuple[int, str]]] = {}
    for row, name, code in (*made.ticks, *made.coded):
        rows.setdefault(name, []).append((row, code))
    coded = {
        name: Held(
            np.array([row for row, _ in held], dtype=np.int32),
            Column.of([code for _, code in held]),
        )
        for name, held in rows.items()
    }
    return Answers(questionnaire, tuple(made.ids), columns, coded, {})


def remarks(made: Coded, questionnaire: Questionnaire, expected: int) -> Iterator[str]:
    """Say what an editor must know and what stops nothing."""
    size = len(made.ids)
    if size != expected:
        yield f"{size} réponses ; {expected} étaient attendues (data/datapackage.json, « n »)"
    present = {*made.answers, *(q for _, q, _ in made.ticks), *(q for _, q, _ in made.coded)}
    absent = [q.id for q in questionnaire if q.options and q.id not in present]
    if absent:
        yield f"questions sans aucune réponse dans l’export : {', '.join(absent)}"
    for question, rows in sorted(made.written.items()):
        themed = {row for row, name, _ in made.coded if name == question}
        bare = len(rows - themed)
        if bare and questionnaire[question].options:
            yield (
                f"{question} : {bare} réponses libres sans thème ; elles ne comptent pas "
                "parmi les réponses à cette question"
            )
    for question, count in sorted(made.hidden.items()):
        if count:
            yield (
                f"{question} : {count} options connues écrites après « Autre : » ont été "
                "lues comme du texte"
            )
    for (question, value, label), count in sorted(made.near.items()):
        yield (
            f"{question} : {quoted(value)} lu comme « {label} » (casse, accents et ponctuation "
            f"mis à part), {count} fois"
        )
    yield from _coarse(made, questionnaire)


def _coarse(made: Coded, questionnaire: Questionnaire) -> Iterator[str]:
    """Say how many answers hold a group of options where one of them was expected."""
    parents = {
        (question.id, option.code)
        for question in questionnaire
        for option, _ in question.walk()
        if option.children
    }
    held: Counter[str] = Counter()
    for name, codes in made.answers.items():
        held[name] += sum((name, code) in parents for code in codes)
    for _, name, code in (*made.ticks, *made.coded):
        held[name] += (name, code) in parents
    for name, count in sorted(held.items()):
        if count:
            yield f"{name} : {count} réponses ne disent qu’un groupe d’options, sans le détail"
