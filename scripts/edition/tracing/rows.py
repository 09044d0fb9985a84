"""Which respondents a figure counts: their ids, never what they wrote."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from enquete.errors import EnqueteError
from enquete.readings import CountOf, ShareOf, reading_from_json
from enquete.selection import answered
from enquete.shares import Count
from enquete.survey import Survey

_WIDTH = 88
RECONSTRUCTED = (
    "Ces lignes sont reconstituées : elles satisfont les chiffres publiés, elles ne sont les "
    "réponses de personne. Leur nombre n'est pas un résultat de l'enquête."
)


def counted(survey: Survey, entry: Mapping[str, Any]) -> str:
    """
    List the ids in the numerator and in the base of a share, or in a count.

    Refuses what is not counted in the answers: facts, deductions, words, differences.
    """
    computation = entry["computation"]
    reading = reading_from_json(computation) if computation else None
    parts: list[tuple[str, Count]]
    match reading:
        case ShareOf(numerator, base):
            parts = [("Comptées", numerator.inside(base)), ("Base", base)]
        case CountOf(numerator):
            parts = [("Comptées", numerator)]
        case _:
            raise EnqueteError(
                f"« {entry['id']} » ne compte pas directement des répondantes : {_why(entry)}.",
                "",
                _instead(entry),
            )
    lines = [f"{entry['id']} : {entry['text']}"]
    if not survey.original:
        lines.append(textwrap.fill(RECONSTRUCTED, _WIDTH))
    for name, count in parts:
        lines.append(f"{name} : {count.said(survey.questionnaire)}")
        listed = " ".join(_ids(survey, count))
        lines.append(textwrap.fill(listed, _WIDTH, initial_indent="  ", subsequent_indent="  "))
    return "\n".join(lines)


def _ids(survey: Survey, count: Count) -> Iterator[str]:
    """Yield the ids of the respondents counted; « ×2 » when two of their answers are."""
    ids, answers = survey.answers.ids, survey.answers
    where = answers.truth(count.where).true
    times: Counter[int] = Counter()
    if count.unit == "respondents":
        times.update(np.flatnonzero(where).tolist())
    elif count.unit == "answers":
        for question in count.of:
            times.update(np.flatnonzero(answers.truth(answered(question)).true & where).tolist())
    else:
        question = count.of[0]
        coded = answers.coded[question]
        chosen = survey.questionnaire.below(question, count.options)
        unsure = survey.questionnaire.above(question, count.options)
        for who, code in zip(coded.who.tolist(), coded.code, strict=True):
            taken = not count.options or (code in chosen) != count.excluded
            if where[who] and taken and code not in unsure:
                times[who] += 1
    for row, number in sorted(times.items()):
        yield ids[row] if number == 1 else f"{ids[row]}×{number}"


def _why(entry: Mapping[str, Any]) -> str:
    return {
        "fact": "le rapport le déclare, les réponses ne le donnent pas",
        "implied": "il se déduit de chiffres publiés",
        "words": "ce sont des mots dits d'autres chiffres",
        "rank": "c'est un rang entre plusieurs parts",
        "difference": "c'est une différence de deux parts",
        "mean": "c'est une moyenne de plusieurs parts",
    }.get(entry["kind"], "son calcul n'est pas un dénombrement")


def _instead(entry: Mapping[str, Any]) -> str:
    terms = [term["id"] for term in entry["terms"]]
    if terms:
        return f"Demandez celles de {' ou de '.join(terms)}."
    return "rapport tracer, sans --reponses, dit d'où il vient."
