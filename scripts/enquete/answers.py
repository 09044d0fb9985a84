"""The answers: the only module that opens them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from enquete import reads
from enquete.columns import Column, Mask
from enquete.digests import file_digest
from enquete.errors import EnqueteError
from enquete.questionnaire import Questionnaire
from enquete.schema import Package
from enquete.selection import All, Answered, Any, In, Not, Selection
from enquete.shares import Count, Interval, Share
from enquete.tabular import Records

if TYPE_CHECKING:
    import pandas as pd

FILES = ("reponses", "coches", "themes")
ANSWERED = f"{FILES[0]}.csv"
# A closed question is a column; several answers, or answers coded after the fact, are rows.
_HOLDS = {"multiple": "coches", "ouverte": "themes"}
Indices = npt.NDArray[np.int32]
Held = TypeVar("Held", covariant=True)


@dataclass(frozen=True, slots=True)
class Truth:
    """
    Tell for each respondent whether a selection holds, or cannot be known.

    A row that holds only an ancestor of the option asked is unknown: « bien »
    may be « très bien ».
    """

    true: Mask
    unknown: Mask


@dataclass(frozen=True, slots=True)
class Coded:
    """Hold the ticks or themes of one question: who, and which code."""

    who: Indices
    code: Column


class _Noted(Mapping[str, Held]):
    """A mapping that notes, under the name that *naming* gives it, each value that is taken."""

    def __init__(self, held: Mapping[str, Held], naming: Callable[[str], str]) -> None:
        self._held, self._naming = held, naming

    def __getitem__(self, key: str) -> Held:
        reads.note(self._naming(key))
        return self._held[key]

    def __contains__(self, key: object) -> bool:
        return key in self._held

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)


@dataclass(frozen=True, slots=True)
class Answers:
    """Evaluate selections and counts on the answers."""

    questionnaire: Questionnaire
    ids: tuple[str, ...]
    columns: Mapping[str, Column]
    coded: Mapping[str, Coded]
    hashes: Mapping[str, str]  # file name → SHA-256
    _truths: dict[Selection, Truth] = field(default_factory=dict, repr=False, compare=False)
    _counts: dict[Count, Interval] = field(default_factory=dict, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def frame(self) -> pd.DataFrame:
        """Return one row a respondent as a new pandas frame; empty text is no answer."""
        import pandas as pd  # half a second that most builds do not need

        return pd.DataFrame(dict(self.columns), index=pd.Index(self.ids, name="id"), dtype=str)

    def truth(self, selection: Selection) -> Truth:
        """Evaluate *selection* for every respondent."""
        self.questionnaire.check(selection)
        self._note(*(leaf.question for leaf in selection.leaves()))
        return self._evaluate(selection.canonical())

    def count(self, count: Count) -> Interval:
        """Evaluate *count* as [certain, certain + unknown]."""
        where = self.truth(count.where)
        self._note(*count.of)
        found = self._counts.get(count)
        if found is None:
            found = self._counts[count] = self._counted(count, where)
        return found

    def _counted(self, count: Count, where: Truth) -> Interval:
        possible = self._possible(where)
        if count.unit == "respondents":
            return Interval(_how_many(where.true), _how_many(possible))
        if count.unit == "answers":
            answered = [self._evaluate(Answered(question)).true for question in count.of]
            return Interval(
                sum(_how_many(each & where.true) for each in answered),
                sum(_how_many(each & possible) for each in answered),
            )
        ticks = self._coded(count.of[0])
        sure, maybe = self._matching(count.of[0], ticks.code, count.options)
        if not count.options:
            sure = np.ones(len(ticks.code), dtype=np.bool_)
        elif count.excluded:
            sure = ~(sure | maybe)
        return Interval(
            _how_many(sure & where.true[ticks.who]),
            _how_many((sure | maybe) & possible[ticks.who]),
        )

    def share(self, numerator: Count, base: Count) -> Share:
        """Evaluate a share; the numerator is taken inside the base."""
        return Share(self.count(numerator.inside(base)), self.count(base))

    def _note(self, *questions: str) -> None:
        """Note what is read here, where what was evaluated earlier cannot hide it."""
        reads.note("data/questions.csv", "data/modalites.csv")
        for question in questions:
            reads.note(f"data/{held_in(self.questionnaire.kind(question))}#{question}")

    def _evaluate(self, selection: Selection) -> Truth:
        found = self._truths.get(selection)
        if found is None:
            found = self._computed(selection)
            if not found.unknown.any():  # most: the same mask for all of them
                found = Truth(found.true, _nobody(len(self)))
            self._truths[selection] = found
        return found

    def _possible(self, truth: Truth) -> Mask:
        """Return for whom a selection holds, or may hold."""
        if truth.unknown is _nobody(len(self)):
            return truth.true
        return truth.true | truth.unknown

    def _computed(self, selection: Selection) -> Truth:
        nobody = _nobody(len(self))
        match selection:
            case In(question, codes):
                return self._chosen(question, codes)
            case Answered(question):
                return Truth(self._answered(question), nobody)
            case Not(Answered(question)):
                return Truth(~self._evaluate(Answered(question)).true, nobody)
            case Not(In(question, codes)):
                chosen = self._evaluate(In(question, codes))
                answered = self._evaluate(Answered(question)).true
                other = answered & ~chosen.true & ~chosen.unknown
                return Truth(other, chosen.unknown)
            case All(parts):
                return self._joined(np.logical_and, ~nobody, parts)
            case Any(parts):
                return self._joined(np.logical_or, nobody, parts)
        msg = f"sélection non canonique : {selection!r}"
        raise TypeError(msg)

    def _joined(self, join: np.ufunc, start: Mask, parts: Iterable[Selection]) -> Truth:
        held = [self._evaluate(part) for part in parts]
        true = reduce(join, (each.true for each in held), start)
        if all(each.unknown is _nobody(len(self)) for each in held):
            return Truth(true, _nobody(len(self)))
        possible = reduce(join, map(self._possible, held), start)
        return Truth(true, possible & ~true)

    def _chosen(self, question: str, codes: tuple[str, ...]) -> Truth:
        if question in self.columns:
            return Truth(*self._matching(question, self.columns[question], codes))
        coded = self._coded(question)
        sure, maybe = self._matching(question, coded.code, codes)
        true = self._spread(coded.who[sure])
        return Truth(true, self._spread(coded.who[maybe]) & ~true)

    def _answered(self, question: str) -> Mask:
        if question in self.columns:
            return ~self.columns[question].among([""])
        return self._spread(self._coded(question).who)

    def _coded(self, question: str) -> Coded:
        kind = self.questionnaire.kind(question)
        if question in self.columns or kind not in ("multiple", "ouverte"):
            raise EnqueteError(
                f"{question} est à choix unique : elle n’a ni coches ni thèmes.",
                "",
                "compter des répondantes.",
            )
        return self.coded.get(question, _NONE)

    def _matching(self, question: str, values: Column, codes: Iterable[str]) -> tuple[Mask, Mask]:
        codes = tuple(codes)
        below = self.questionnaire.below(question, codes)
        above = self.questionnaire.above(question, codes) - below
        return values.among(below), values.among(above)

    def _spread(self, who: Indices) -> Mask:
        mask = np.zeros(len(self), dtype=np.bool_)
        mask[who] = True
        return mask


@lru_cache(maxsize=2)
def _nobody(size: int) -> Mask:
    """Return the mask of nobody, always the same one, which nothing can change."""
    mask = np.zeros(size, dtype=np.bool_)
    mask.flags.writeable = False
    return mask


def _how_many(mask: Mask) -> int:
    return int(np.count_nonzero(mask))


_NONE = Coded(np.zeros(0, dtype=np.int32), Column.of(()))


def read_answers(
    package: Package, questionnaire: Questionnaire, records: Mapping[str, Records]
) -> Answers:
    """Build the answers from their checked files."""
    responses = records["reponses"]
    ids = tuple(responses["id"])
    if len(ids) != package.n:
        raise EnqueteError(
            f"{len(ids)} répondantes au lieu de {package.n}.",
            f"{responses.path}, ligne {responses.line(len(ids) - 1)}",
            "remettre les lignes manquantes, ou corriger « n » dans data/datapackage.json.",
        )
    columns = {
        name: Column.of(values) for name, values in responses.columns.items() if name != "id"
    }
    coded = {
        **_coded(records["coches"], "option", responses["id"]),
        **_coded(records["themes"], "theme", responses["id"]),
    }
    hashes = {
        package.resources[name].path: file_digest(package.folder / package.resources[name].path)
        for name in FILES
    }
    return Answers(
        questionnaire,
        ids,
        _Noted(columns, lambda question: f"data/{ANSWERED}#{question}"),
        _Noted(coded, lambda question: f"data/{held_in(questionnaire.kind(question))}#{question}"),
        _Noted(hashes, lambda name: f"data/{name}"),
    )


def held_in(kind: str) -> str:
    """Name the file that holds the answers to questions of this kind."""
    return f"{_HOLDS.get(kind, FILES[0])}.csv"


def holding(kinds: Iterable[str]) -> frozenset[str]:
    """Name the files that hold questions of these kinds; without any, that of the respondents."""
    return frozenset(held_in(kind) for kind in kinds) or frozenset({ANSWERED})


def _coded(records: Records, column: str, ids: Sequence[str]) -> dict[str, Coded]:
    who = _rows(Column.of(records["repondant"]), ids)
    question, code = Column.of(records["question"]), Column.of(records[column])
    rows = {name: np.flatnonzero(question.among([name])) for name in sorted(question.values)}
    return {name: Coded(who[own], code.where(own)) for name, own in rows.items()}


def _rows(respondents: Column, ids: Sequence[str]) -> Indices:
    """Return the row of each respondent in the file of the respondents."""
    if isinstance(ids, Column) and ids.values is respondents.values:
        place = np.empty(len(ids), dtype=np.int32)
        place[ids.codes] = np.arange(len(ids), dtype=np.int32)
        return place[respondents.codes]
    row = {respondent: number for number, respondent in enumerate(ids)}
    places = np.array([row[each] for each in respondents.values], dtype=np.int32)
    return places[respondents.codes]
