"""Readings: what a figure computes, in the grammar of the register."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from enquete.errors import EnqueteError
from enquete.selection import Selection, answered, chose, dump, from_json
from enquete.shares import Count, count_from_json, respondents


@dataclass(frozen=True, slots=True)
class Reading:
    """Say what a figure computes; equal readings have equal keys."""

    def to_json(self) -> dict[str, Any]:
        """Return the reading in the grammar of ``figures.yml``, canonical."""
        match self:
            case ShareOf(numerator, base):
                inside = numerator.inside(base)
                return {"type": "share", "num": inside.to_json(), "base": base.to_json()}
            case CountOf(numerator):
                return {"type": "count", "num": numerator.to_json()}
            case DifferenceOf(a, b, rounding):
                terms = {"a": a.to_json(), "b": b.to_json()}
                return {"type": "difference", **terms, "round": rounding}
            case MeanOf(of):
                return {"type": "mean", "of": sorted((each.to_json() for each in of), key=dump)}
            case RankOf(question, first, among, where):
                return {
                    "type": "rank",
                    "question": question,
                    "first": first,
                    "among": sorted(among),
                    "where": where.canonical().to_json(),
                }
            case WordsOf(of, gt, lt):
                bounds = {"gt": gt, "lt": lt}
                given = {name: float(b) for name, b in bounds.items() if b is not None}
                return {"type": "words", "of": of.to_json(), **given}
        raise TypeError(self)

    def counts(self) -> Iterator[Count]:
        """Yield every count involved."""
        match self:
            case ShareOf(numerator, base):
                yield from (numerator, base)
            case CountOf(numerator):
                yield numerator
            case DifferenceOf(a, b):
                yield from a.counts()
                yield from b.counts()
            case MeanOf(several):
                for each in several:
                    yield from each.counts()
            case RankOf(_, first, among):
                for code in (first, *(code for code in among if code != first)):
                    yield self.of_option(code).numerator
            case WordsOf(of):
                yield from of.counts()

    @property
    def key(self) -> str:
        """Return a text that only the same computation shares."""
        return dump(self.to_json())

    @property
    def questions(self) -> tuple[str, ...]:
        """Return the questions concerned, once each, in order."""
        return tuple(dict.fromkeys(q for count in self.counts() for q in count.questions))


@dataclass(frozen=True, slots=True)
class ShareOf(Reading):
    """Read a share; the numerator is taken inside the base."""

    numerator: Count
    base: Count


@dataclass(frozen=True, slots=True)
class CountOf(Reading):
    """Read a plain count."""

    numerator: Count


@dataclass(frozen=True, slots=True)
class DifferenceOf(Reading):
    """Read *a* minus *b* in points; ``each`` subtracts the rounded percentages."""

    a: Reading
    b: Reading
    round: str = "each"


@dataclass(frozen=True, slots=True)
class MeanOf(Reading):
    """Read the mean of several shares, each weighing the same."""

    of: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class RankOf(Reading):
    """Read whether *first* is the most frequent option among some."""

    question: str
    first: str
    among: tuple[str, ...]
    where: Selection

    def of_option(self, code: str) -> ShareOf:
        """Return the share of one option, as the register writes it."""
        base = self.where & answered(self.question)
        return ShareOf(respondents(chose(self.question, code)), respondents(base))


@dataclass(frozen=True, slots=True)
class WordsOf(Reading):
    """Read whether a figure lies strictly between two bounds, in its printed unit."""

    of: Reading
    gt: Fraction | None = None
    lt: Fraction | None = None


def reading_from_json(raw: Any) -> Reading:
    """Read a ``fig`` expression of the register."""
    match raw:
        case {"type": "share", "num": num, "base": base}:
            return ShareOf(count_from_json(num), count_from_json(base))
        case {"type": "count", "num": num}:
            return CountOf(count_from_json(num))
        case {"type": "difference", "a": a, "b": b, **rest}:
            rounding = str(rest.get("round", "each"))
            return DifferenceOf(reading_from_json(a), reading_from_json(b), rounding)
        case {"type": "mean", "of": list(of)}:
            return MeanOf(tuple(reading_from_json(each) for each in of))
        case {"type": "rank", "question": str(question), "first": str(first)}:
            among = tuple(str(code) for code in raw.get("among", ()))
            return RankOf(question, first, among, from_json(raw.get("where", {"all": []})))
        case {"type": "words", "of": of, **rest}:
            return WordsOf(reading_from_json(of), _bound(rest, "gt"), _bound(rest, "lt"))
    raise EnqueteError(
        f"Calcul illisible : {raw!r}.",
        "data/figures.yml",
        "écrire un calcul de type share, count, difference, mean, rank ou words.",
    )


def _bound(raw: Mapping[Any, Any], name: str) -> Fraction | None:
    value = raw.get(name)
    return None if value is None else Fraction(str(value))
