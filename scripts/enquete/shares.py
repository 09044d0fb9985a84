"""What is counted, and shares: two integers, each known or between two bounds."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from enquete import french
from enquete.errors import EnqueteError
from enquete.selection import All, Selection, Wordings, everyone, from_json

Unit = Literal["respondents", "answers", "ticks"]
NOUNS: dict[Unit, str] = {"respondents": "répondantes", "answers": "réponses", "ticks": "coches"}


@dataclass(frozen=True, slots=True)
class Count:
    """
    Say what is counted: respondents, answers to open questions, or ticks.

    ``where`` is a condition on the respondent.  A tick is counted if its option
    is one of ``options``, or none of them when ``excluded``; without options,
    every tick counts.
    """

    unit: Unit
    where: Selection = everyone
    of: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    excluded: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the count in the grammar of ``figures.yml``, canonical."""
        where = self.where.canonical()
        if self.unit == "respondents":
            return {"unit": self.unit, "where": where.to_json()}
        if self.unit == "answers":
            return {"unit": self.unit, "of": sorted(self.of), "where": where.to_json()}
        written: dict[str, Any] = {"unit": self.unit, "of": self.of[0]}
        if self.options:
            written["option_not" if self.excluded else "option"] = sorted(self.options)
        if where != everyone:
            written["where"] = where.to_json()
        return written

    def inside(self, base: Count) -> Count:
        """Return this count restricted to *base*, as a numerator is."""
        if (self.unit, sorted(self.of)) != (base.unit, sorted(base.of)) or base.options:
            raise EnqueteError(
                f"Une part de {_said(self)} ne se rapporte pas à {_said(base)}.",
                "",
                "compter la même chose en haut et en bas : respondents, answers ou ticks.",
            )
        where = All((self.where, base.where)).canonical()
        return Count(self.unit, where, self.of, self.options, self.excluded)

    @property
    def noun(self) -> str:
        """Name the things counted, in French, plural."""
        return NOUNS[self.unit]

    def said(self, wordings: Wordings) -> str:
        """Say in French who or what is counted."""
        words = self.noun
        if self.of:
            words += f" {'de' if self.unit == 'ticks' else 'à'} {french.enumeration(self.of)}"
        if self.options:
            labels = [french.quoted(wordings.label(self.of[0], code)) for code in self.options]
            words += (
                f" (sauf {french.enumeration(labels)})"
                if self.excluded
                else (f" ({french.enumeration(labels)})")
            )
        if self.where.canonical() == everyone:
            return words
        who = "qui" if self.unit == "respondents" else "des répondantes qui"
        return f"{words} {who} {self.where.canonical().sayable(wordings)}"

    @property
    def questions(self) -> tuple[str, ...]:
        """Return the questions concerned, once each."""
        return tuple(dict.fromkeys((*self.of, *self.where.questions)))


def respondents(where: Selection) -> Count:
    """Count respondents."""
    return Count("respondents", where)


def answers(*questions: str, where: Selection = everyone) -> Count:
    """Count answers to open questions: one respondent may give one to each."""
    if not questions:
        raise EnqueteError("answers() ne dit pas à quelles questions.", "", "les nommer.")
    return Count("answers", where, questions)


def ticks(question: str, *options: str, where: Selection = everyone) -> Count:
    """Count the ticks of a multiple-choice question, of all options or of some."""
    return Count("ticks", where, (question,), options)


def ticks_other_than(question: str, *options: str, where: Selection = everyone) -> Count:
    """Count the ticks of a multiple-choice question, except those of *options*."""
    return Count("ticks", where, (question,), options, excluded=True)


def as_count(value: Selection | Count) -> Count:
    """Read a bare selection as a count of respondents."""
    return value if isinstance(value, Count) else respondents(value)


def count_from_json(raw: Any) -> Count:
    """Read a count written in the grammar of ``figures.yml``."""
    match raw:
        case {"unit": "respondents", "where": where}:
            return respondents(from_json(where))
        case {"unit": "answers", "of": list(of)}:
            return Count("answers", from_json(raw.get("where", {"all": []})), tuple(of))
        case {"unit": "ticks", "of": str(of)}:
            where = from_json(raw.get("where", {"all": []}))
            excluded = "option_not" in raw
            options: tuple[str, ...] = tuple(raw.get("option_not" if excluded else "option", ()))
            return Count("ticks", where, (of,), options, excluded)
    raise EnqueteError(
        f"Dénombrement illisible : {raw!r}.",
        "",
        'écrire {"unit": "respondents" | "answers" | "ticks", …}.',
    )


@dataclass(frozen=True, slots=True)
class Interval:
    """Bound a count: what is certain, and what is at most possible."""

    low: int
    high: int

    @property
    def exact(self) -> bool:
        """Tell whether both bounds meet."""
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class Share:
    """Hold a count and its base, evaluated on the answers."""

    numerator: Interval
    base: Interval

    @property
    def exact(self) -> bool:
        """Tell whether the answers settle both integers."""
        return self.numerator.exact and self.base.exact

    @property
    def value(self) -> Fraction:
        """Return the exact share; asks for settled, non-empty integers."""
        if not self.exact or self.base.low <= 0:
            msg = "part sans base ou sans effectif exact"
            raise ValueError(msg)
        return Fraction(self.numerator.low, self.base.low)


def _said(count: Count) -> str:
    return f"{count.noun} ({', '.join(count.of)})" if count.of else count.noun
