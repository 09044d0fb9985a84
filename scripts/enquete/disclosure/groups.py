"""The groups of people that a ledger counts: who is in each, and which figures print it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from enquete.answers import Answers
from enquete.disclosure import thresholds
from enquete.policy import Policy
from enquete.selection import All, Answered, Selection
from enquete.shares import Count, count_from_json

Entry = Mapping[str, Any]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Group:
    """
    Some respondents (or answers, or ticks) that figures of a book count.

    Attributes:
        universe: what is counted; groups of two universes do not compare.
        mask: who is in it.
        where: the condition, without restating who answered.
        questions: the questions of the condition.
        figures: ids of the figures that count it, as their count or as their base.
        published: whether the original report prints one of these figures.
    """

    universe: str
    mask: Mask
    where: Selection
    questions: tuple[str, ...]
    figures: list[str] = field(default_factory=list)
    published: list[bool] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Return how many are in it."""
        return int(self.mask.sum())

    @property
    def of_the_report(self) -> bool:
        """Tell whether the original report prints a figure of this group."""
        return any(self.published)


def groups(answers: Answers, entries: Sequence[Entry], *, original: bool) -> list[Group]:
    """
    Return each group that the ledger counts, once.

    On original answers a count that the ledger keeps back is no group: nobody can subtract it.
    """
    found: dict[tuple[str, bytes], Group] = {}
    for entry in entries:
        for part, counted in parts(entry):
            if original and entry.get(part) is None:
                continue
            universe, mask = _mask(answers, counted)
            if mask is None:
                continue
            key = (universe, np.packbits(mask).tobytes())
            group = found.get(key)
            if group is None:
                group = Group(universe, mask, counted.where.canonical(), counted.questions)
                found[key] = group
            if entry["id"] not in group.figures:
                group.figures.append(entry["id"])
                group.published.append(bool(entry.get("published")))
    return list(found.values())


def parts(entry: Entry) -> Iterator[tuple[str, Count]]:
    """Yield what an entry counts: its numerator inside its base, then its base."""
    selection = entry.get("selection") or {}
    if selection.get("numerator") is None:
        return
    numerator = count_from_json(selection["numerator"])
    if selection.get("base") is None:
        yield "numerator", numerator
        return
    base = count_from_json(selection["base"])
    yield "numerator", numerator.inside(base)
    yield "base", base


def limit(policy: Policy, *some: Group) -> int:
    """Return the smallest difference allowed between groups."""
    return thresholds.least(policy, [question for group in some for question in group.questions])


def only_nonresponse(small: Group, large: Group) -> bool:
    """Tell whether the two conditions differ by who answered, and by nothing said."""
    return _said(small.where) == _said(large.where)


def _said(where: Selection) -> Selection:
    if isinstance(where, Answered):
        return All(())
    if isinstance(where, All):
        kept = tuple(part for part in where.parts if not isinstance(part, Answered))
        return kept[0] if len(kept) == 1 else All(kept)
    return where


def _mask(answers: Answers, counted: Count) -> tuple[str, Mask | None]:
    """Return what is counted as a set: of respondents, of answers or of ticks."""
    where = answers.truth(counted.where).true
    if counted.unit == "respondents":
        return "respondents", where
    if counted.unit == "answers":
        each = [answers.truth(Answered(question)).true & where for question in counted.of]
        if len(each) == 1:  # one answer each: the same people
            return "respondents", each[0]
        return f"answers {' '.join(sorted(counted.of))}", np.concatenate(each)
    question = counted.of[0]
    ticks = answers.coded.get(question)
    if ticks is None:
        return "ticks", None
    mask = where[ticks.who]
    if counted.options:
        chosen = ticks.code.among(answers.questionnaire.below(question, counted.options))
        mask = mask & (~chosen if counted.excluded else chosen)
    return f"ticks {question}", mask
