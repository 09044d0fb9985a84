"""One printed figure: its text, and all that its reader may ask about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from enquete import french
from enquete.escape import esc
from enquete.shares import NOUNS, Unit

StatusName = Literal["published", "deduced", "assumed", "undetermined"]
Kind = Literal["share", "count", "difference", "mean", "rank", "words", "fact", "implied"]
Verdict = Literal[
    "reproduced",
    "reproduced-other-base",
    "discrepant",
    "undetermined",
    "not-recomputable",
    "new",
]

UNKNOWN_COUNT = "effectif non publié"


@dataclass(frozen=True, slots=True)
class Status:
    """Say how well one number is known, and between which bounds."""

    name: StatusName
    low: int | Fraction | None = None
    high: int | Fraction | None = None
    condition: str | None = None

    @property
    def exact(self) -> bool:
        """Tell whether a single value is known without any assumption."""
        known = self.name in ("published", "deduced")
        return known and self.low is not None and self.low == self.high


NOT_KNOWN = Status("undetermined")


@dataclass(frozen=True, slots=True)
class Statuses:
    """Hold the status of a figure's value, of its base and of its count."""

    value: Status = NOT_KNOWN
    base: Status = NOT_KNOWN
    count: Status = NOT_KNOWN


@dataclass(frozen=True, slots=True)
class Printed:
    """Name one place where the original report printed this quantity."""

    id: str
    text: str
    section: str


@dataclass(frozen=True, slots=True)
class Source:
    """Point at the cell that computed a figure: file, line and the whole code."""

    file: str
    line: int | None
    code: str


@dataclass(frozen=True, slots=True)
class Said:
    """Name the word of the vocabulary that a figure prints, and why it holds."""

    entry: str
    sense: str
    interval: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Figure:
    """
    Print one figure inline and remember what it was computed from.

    ``value`` is the exact value when count and base are known; otherwise it is
    the printed value, so that no chart and no card can leak a solved count.
    Shares are between 0 and 1.  ``numerator`` and ``base`` are ``None`` unless
    they are known.
    """

    id: str
    chapter: str
    kind: Kind
    text: str
    value: Fraction | None = None
    exact: bool = False
    decimals: int = 0
    numerator: int | None = None
    base: int | None = None
    unit: Unit | None = None
    statuses: Statuses = field(default_factory=Statuses)
    published: tuple[Printed, ...] = ()
    verdict: Verdict = "new"
    reason: str = ""
    computation: Any = None  # the reading, as canonical JSON
    universe: str = ""
    questions: tuple[str, ...] = ()
    label: str = ""
    terms: tuple[Figure, ...] = ()
    source: Source = Source("", None, "")
    flags: tuple[str, ...] = ()
    origin: Literal["reconstructed", "original"] = "original"
    note: str = ""  # French: the reading retained and why
    widest: int = 0  # from the policy: a wider interval of counts says nothing to a reader
    said: Said | None = None  # words of the vocabulary only
    claim: str = ""  # the statement of affirmations.yml that these words make
    deduction: Any = None  # what published figures imply: its form and its numbers, as JSON

    def _repr_markdown_(self) -> str:
        return f'[{esc(self.text)}]{{.chiffre chiffre="{self.id}"}}'

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        known = (
            f" = {self.numerator}/{self.base}" if self.base and self.numerator is not None else ""
        )
        return f"<{self.id} {self.text}{known}>"

    @property
    def noun(self) -> str:
        """Name the things counted, in French, plural."""
        return NOUNS[self.unit] if self.unit else ""

    @property
    def sentence(self) -> str:
        """
        Say the count and its base in French, or that they are not published.

        « entre 2 053 et 2 055 des 2 542 répondantes, si toutes ont répondu »
        """
        if self.said is not None:
            return self.said.sentence
        if self.kind == "implied":
            return self.reason
        if self.kind not in ("share", "count"):
            return ""
        count, base = self.statuses.count, self.statuses.base
        if not self._printable(count) or (self.kind == "share" and not self._printable(base)):
            return UNKNOWN_COUNT
        words = _bounds(count)
        words += f" {_out_of(base, self.noun)}" if self.kind == "share" else f" {self.noun}"
        condition = count.condition or base.condition
        return f"{words}, {condition}" if condition else words

    @property
    def base_sentence(self) -> str:
        """Say the base in French, or that it is not published."""
        base = self.statuses.base
        if not self._printable(base):
            return UNKNOWN_COUNT
        words = f"{_bounds(base)} {self.noun}"
        return f"{words}, {base.condition}" if base.condition else words

    def _printable(self, status: Status) -> bool:
        if status.name == "undetermined" or status.low is None or status.high is None:
            return False
        return status.high - status.low <= self.widest


def _bounds(status: Status) -> str:
    return french.interval(int(status.low or 0), int(status.high or 0))


def _out_of(base: Status, noun: str) -> str:
    if base.low == base.high:
        return f"des {_bounds(base)} {noun}"
    return f"sur un total de {french.span(int(base.low or 0), int(base.high or 0))} {noun}"
