"""What an entry of the ledger lets a page print of it, as texts to be found again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

from edition.audit.numbers import find, plain
from edition.text import french as typographic
from enquete import french

Entry = Mapping[str, Any]
_DIGEST = 12
_TWO = 2
_LINES: Mapping[str, str] = {
    "question": "questions",
    "qui": "whose",
    "base": "whose",
    "source": "universe",
    "calcul": "computed",
    "effectif": "computed",
    "rapport publié": "published",
    "valeur imprimée": "published",
    "marge": "precision",
    "précision": "precision",
}
"""What the lines of a card may say, by the name that the card gives each."""


@lru_cache(maxsize=20_000)
def key(text: object) -> str:
    """Return *text* as it is compared: French type, ordinary spaces, small letters."""
    return plain(typographic(french.typeset(" ".join(str(text or "").split(" "))))).lower()


def numbered(text: object) -> str:
    """Return *text* as it is compared when it holds a number, nothing when it cannot help."""
    return key(text) if find(str(text or "")) else ""


@dataclass(frozen=True)
class Said:
    """
    The texts that an entry accounts for, by what they are about.

    A number of a page is accounted for when it stands inside one of these texts, whole: one
    sign changed and the text is no longer found. Bare numbers (`bounds`) are accepted only on
    the line of a card that gives them.
    """

    entry: Entry

    @cached_property
    def text(self) -> str:
        """Return the printed figure."""
        return key(self.entry["text"])

    @cached_property
    def headline(self) -> tuple[str, ...]:
        """Return the figure and what it counts, as cards and the register open."""
        label = key(self.entry.get("label"))
        return (f"{self.text} {label}", label, f"d'où vient {self.text}", f"« {self.text} »")

    @cached_property
    def questions(self) -> tuple[str, ...]:
        """Return the questions: number, wording."""
        found = []
        for each in self.entry.get("questions", ()):
            found += [numbered(each["id"]), numbered(each.get("wording"))]
        return tuple(filter(None, found))

    @cached_property
    def universe(self) -> tuple[str, ...]:
        """Return who is counted."""
        return tuple(filter(None, (numbered(self.entry.get("universe")),)))

    @cached_property
    def counts(self) -> tuple[str, ...]:
        """Return the count, and the base as a number or an interval."""
        found = [numbered(self.entry.get("sentence")), *self._spans("base"), *self._spans("count")]
        low, high = self.entry.get("numerator"), self.entry.get("base")
        if low is not None and high:
            found.append(numbered(f"{french.integer(low)} / {french.integer(high)}"))
        return tuple(filter(None, found))

    @cached_property
    def computed(self) -> tuple[str, ...]:
        """Return how the value is made, and what it is made of."""
        terms = self.entry.get("terms", ())
        texts = [str(term.get("text") or "") for term in terms]
        found = [
            *self.counts,
            numbered(" − ".join(texts)),
            numbered(f"moyenne de {len(terms)} parts"),
        ]
        found += [self._rounding] if self._rounding else []
        return tuple(filter(None, found))

    @cached_property
    def published(self) -> tuple[str, ...]:
        """Return what the report prints, and why ours is another."""
        found = [numbered(each["value"]) for each in self.entry.get("published", ())]
        found += [", ".join(dict.fromkeys(found)), numbered(self.entry.get("reason"))]
        return tuple(filter(None, found))

    @cached_property
    def precision(self) -> tuple[str, ...]:
        """Return the margins, and the bounds of the value with one and two decimals more."""
        margins = self.entry.get("margins") or {}
        found = [numbered(margins.get("text"))] if isinstance(margins, Mapping) else []
        found += [self._rounding] if self._rounding else []
        value = self.entry["status"]["value"]
        decimals = max(int(self.entry.get("decimals") or 0), 0)
        low, high = value.get("min"), value.get("max")
        if low is not None and high is not None:
            for more in (0, 1, 2):
                ends = [
                    french.decimal(100 * Fraction(str(each)), decimals + more)
                    for each in (low, high)
                ]
                found += [
                    numbered(f"de {ends[0]} à {ends[1]}"),
                    numbered(f"entre {ends[0]} et {ends[1]}"),
                ]
        return tuple(filter(None, found))

    @cached_property
    def origin(self) -> tuple[str, ...]:
        """Return the place of the code, the code, the files and their digests."""
        source = self.entry["source"]
        found = [numbered(f"ligne {source['line']}")] if source.get("line") else []
        found += [" ".join(plain(str(source.get("code") or "")).lower().split())]
        found += [str(source.get("file") or "").lower(), f"{self.entry['chapter']}.ipynb"]
        found += [f"{self.entry['chapter']}.html#{self.entry.get('anchor')}".lower()]
        for name, digest in self.entry["data"]["files"].items():
            found += [numbered(name), f"sha-256 {digest}", f"sha-256 {digest[:_DIGEST]}"]
            found += [digest, f"{digest[:_DIGEST]}…"]
        return tuple(filter(None, found))

    @cached_property
    def everything(self) -> tuple[str, ...]:
        """Return all of it, for a line that this module does not know."""
        note = numbered(self.entry.get("note"))
        address = (str(self.entry["id"]).lower(), str(self.entry.get("anchor") or "").lower())
        found = (*self.headline, *self.questions, *self.universe, *self.computed)
        found += (*self.published, *self.precision, *self.origin, note, *address)
        return tuple(filter(None, dict.fromkeys(found)))

    def card(self, line: str) -> tuple[str, ...]:
        """Return what the line of a card may say, by the name the card gives it."""
        texts: tuple[str, ...] = getattr(self, _LINES.get(line, "everything"))
        return texts

    @cached_property
    def whose(self) -> tuple[str, ...]:
        """Return who is counted, and how many they are."""
        return (*self.universe, *self.counts)

    @cached_property
    def row(self) -> tuple[str, ...]:
        """Return what the register's row says."""
        found = (*self.headline, *self.questions, *self.universe, *self.computed)
        return (
            *found,
            *(f"« {each} »" for each in self.published),
            numbered(self.entry.get("reason")),
        )

    @property
    def _rounding(self) -> str:
        return "arrondi à deux décimales" if self.entry.get("decimals") == _TWO else ""

    def _spans(self, part: str) -> Iterator[str]:
        status = self.entry["status"].get(part) or {}
        low, high = status.get("min"), status.get("max")
        if isinstance(low, int) and isinstance(high, int):
            condition = status.get("condition")
            yield numbered(french.span(low, high))
            yield numbered(french.interval(low, high))
            if condition:
                yield numbered(condition)
