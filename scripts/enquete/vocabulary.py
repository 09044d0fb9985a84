"""The vocabulary: what each French quantifier or comparison promises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal, cast

from enquete import french
from enquete.entries import Item, read_entries, read_mapping
from enquete.errors import EnqueteError, raise_all
from enquete.ranges import ENDLESS, Range, interval
from enquete.suggest import suggestion

FILE = "mots.yml"
Sense = Literal["part", "ecart", "rapport", "premier", "devant", "derriere"]
SENSES = ("part", "ecart", "rapport", "premier", "devant", "derriere")
# How many figures each sense is said of; ranks take two or more.
ARITY: Mapping[str, int] = {"part": 1, "ecart": 2, "rapport": 2}


@dataclass(frozen=True, slots=True)
class Word:
    """
    Hold one quantifier or comparison, its grammatical forms and its condition.

    ``bounds`` limits a percentage (``part``), a difference of two (``ecart``) or
    their ratio (``rapport``); of a first rank (``premier``) it bounds the lead.
    """

    id: str
    form: str
    forms: tuple[str, ...]
    sense: Sense
    written: str
    bounds: Range | None
    reason: str
    where: str

    def suits(self, figures: int) -> bool:
        """Tell whether the word is said of that many figures."""
        wanted = ARITY.get(self.sense)
        return figures >= 2 if wanted is None else figures == wanted

    @property
    def any_unit(self) -> bool:
        """Tell whether the word suits counts as well as percentages."""
        bounds = self.bounds
        if bounds is None or self.sense == "rapport":
            return True
        # A bare sign, « davantage », has no unit.
        return self.sense == "ecart" and {bounds.low, bounds.high} in (
            {-ENDLESS, Fraction(0)},
            {Fraction(0), ENDLESS},
        )

    @property
    def width(self) -> Fraction:
        """Return the width of the interval: the narrower, the more it says."""
        return self.bounds.high - self.bounds.low if self.bounds else Fraction(0)

    @property
    def condition(self) -> str:
        """Say the interval in French words, « plus de 50 % et moins de 75 % »."""
        bounds = self.bounds
        if bounds is None:
            return ""
        if bounds.low == -bounds.high:
            return f"au plus {self._number(bounds.high)} dans un sens ou dans l’autre"
        limits = []
        # No share goes below 0 % or above 100 %: saying so would say nothing.
        if bounds.low > -ENDLESS and not (self.sense == "part" and bounds.low == 0):
            limits.append(("plus de " if bounds.low_open else "au moins ", bounds.low))
        if bounds.high < ENDLESS and not (self.sense == "part" and bounds.high == 100):
            limits.append(("moins de " if bounds.high_open else "au plus ", bounds.high))
        if self.sense == "part" and bounds.high == 100 and bounds.high_open:
            limits.append(("sans atteindre ", bounds.high))
        return french.enumeration([sign + self._number(value) for sign, value in limits])

    def _number(self, value: Fraction) -> str:
        decimals = 0 if value.denominator == 1 else 1
        if self.sense == "part":
            return french.percentage(value / 100, decimals)
        if self.sense in ("ecart", "premier"):
            return french.points(value, decimals)
        return f"{french.decimal(value, decimals)}{french.NBSP}fois"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Find a word by any of its forms; refuse others with a suggestion."""

    words: Mapping[str, Word]
    _forms: Mapping[str, Word]

    def __iter__(self) -> Iterator[Word]:
        return iter(self.words.values())

    def __getitem__(self, form: str) -> Word:
        found = self._forms.get(plain(form))
        if found is None:
            raise EnqueteError(
                f"« {form} » n’est pas au vocabulaire.{suggestion(plain(form), self._forms)}",
                f"data/{FILE}",
                "reprendre une de ses formes, ou l’y ajouter avec son intervalle et sa raison.",
            )
        return found


def plain(form: str) -> str:
    """
    Write a form as it is looked up: straight apostrophes, single spaces, no capital.

    >>> plain("Près d’un tiers")
    "près d'un tiers"
    """
    words = " ".join(form.replace("’", "'").split())
    return words[:1].lower() + words[1:]


def read_vocabulary(folder: Path) -> Vocabulary:
    """Read ``mots.yml``; a form that two words share would be ambiguous, so it is refused."""
    nouns = _nouns(read_mapping(folder / FILE))
    words = read_entries(folder / FILE, "mots", lambda name, item: _word(name, item, nouns))
    forms: dict[str, Word] = {}
    problems = []
    for word in words.values():
        for form in word.forms:
            other = forms.setdefault(plain(form), word)
            if other is not word:
                problems.append(
                    EnqueteError(
                        f"La forme « {form} » dit déjà « {other.form} ».",
                        word.where,
                        "la garder à un seul endroit.",
                    )
                )
    raise_all(problems)
    return Vocabulary(words, forms)


def _word(identifier: str, item: Item, nouns: Sequence[tuple[str, str]]) -> Word:
    item.only("id", "mot", "formes", "sens", "intervalle", "raison")
    sense = cast("Sense", item.choice("sens", SENSES))
    written = item.optional_text("intervalle") or ""
    if (sense in ARITY and not written) or (sense in ("devant", "derriere") and written):
        raise item.problem(
            "intervalle",
            f"{'inutile' if written else 'absent'} pour le sens « {sense} »",
            "les sens part, ecart et rapport en ont un, premier peut en avoir un.",
        )
    form = item.text("mot")
    others = item.texts("formes") if "formes" in item.fields else ()
    try:
        bounds = interval(written) if written else None
    except EnqueteError as error:
        raise item.problem("intervalle", error.quoi, error.que_faire) from error
    return Word(
        id=identifier,
        form=form,
        forms=tuple(said for each in (form, *others) for said in _declined(each, nouns)),
        sense=sense,
        written=written,
        bounds=bounds,
        reason=item.text("raison"),
        where=item.where,
    )


def _declined(form: str, nouns: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Write a form with each noun that it may count: « une {nom} sur cinq »."""
    if "{" not in form:
        yield form
        return
    for one, several in nouns:
        yield form.replace("{nom}", one).replace("{noms}", several)


def _nouns(item: Item) -> tuple[tuple[str, str], ...]:
    item.only("noms", "mots")
    pairs = item.inner("noms")
    return tuple((str(one), pairs.text(str(one))) for one in pairs.fields)
