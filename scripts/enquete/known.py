"""What is known of a number of the book, by its id or as a figure already made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from enquete import french
from enquete.errors import EnqueteError, Undetermined
from enquete.evidence import Evidence, printed_decimals
from enquete.figure import Figure
from enquete.measure import measure, truth
from enquete.ranges import Range
from enquete.readings import RankOf, WordsOf
from enquete.register import Fact, Register, SecondaryFigure

Unit = Literal["pourcentage", "nombre"]


@dataclass(frozen=True, slots=True)
class Values:
    """
    Give the values that a predicate compares; ``None`` is not known.

    ``range`` holds every value a number may have, ``point`` the one that is
    printed, and ``words`` whether words or a rank of the register hold.
    """

    range: Callable[[str], Range | None]
    point: Callable[[str], Fraction | None]
    words: Callable[[str], bool | None]


def published(register: Register) -> Values:
    """Return the values as the report and other sources print them."""

    def point(name: str) -> Fraction | None:
        figure = register.get(name)
        return figure.value if figure else _declared(_other(register, name))

    def exactly(name: str) -> Range | None:
        value = point(name)
        return None if value is None else Range.point(value)

    return Values(exactly, point, lambda _: None)


def recomputed(evidence: Evidence) -> Values:
    """Return the values that the answers give, as precisely as they may be known."""
    measured = measure(evidence.answers)

    def exact(name: str) -> Fraction | None:
        figure = evidence.register[name]
        if figure.reading is None or not (evidence.original or figure.known("valeur")):
            return None
        return measured(figure.reading)

    def point(name: str) -> Fraction | None:
        figure = evidence.register.get(name)
        if figure is None:
            return _declared(_other(evidence.register, name))
        value = exact(name)
        return None if value is None else french.rounded(value, printed_decimals(figure))

    def span(name: str) -> Range | None:
        figure = evidence.register.get(name)
        if figure is None:
            return _spread(_other(evidence.register, name))
        value = exact(name)
        if value is None or evidence.original or figure.statuses["effectif"] == "publie":
            return None if value is None else Range.point(value)
        decimals = printed_decimals(figure)
        return Range.printed(french.rounded(value, decimals), decimals)

    def words(name: str) -> bool | None:
        figure = evidence.register[name]
        if not isinstance(figure.reading, (RankOf, WordsOf)):
            return None
        settled = evidence.original or figure.known("valeur")
        return truth(evidence.answers, figure.reading) if settled else None

    return Values(span, point, words)


def of_figure(evidence: Evidence, figure: Figure) -> Range:
    """Return what is known of a figure already made, on 100 where it is a share."""
    if figure.kind in ("words", "rank"):
        raise EnqueteError(
            f"{figure.id!r} (« {figure.text} ») est fait de mots : rien à y comparer.",
            figure.source.file,
            "donner le chiffre dont ces mots parlent.",
        )
    if figure.kind == "fact":
        known = _spread(_other(evidence.register, figure.id))
        if known is None:
            raise EnqueteError(
                f"Le fait {figure.id!r} (« {figure.text} ») n’est pas un nombre.",
                "data/faits.yml",
                "comparer des nombres.",
            )
        return known
    status = figure.statuses.value
    if status.name == "undetermined" or status.low is None or status.high is None:
        raise Undetermined.unpublished(f"{figure.id!r} ({figure.text})", figure.source.file)
    scale = 100 if unit(evidence, figure) == "pourcentage" else 1
    low, high = Fraction(status.low) * scale, Fraction(status.high) * scale
    if low == high or figure.kind == "implied":
        return Range(low, high)
    return Range(low, high, low_open=high <= 0, high_open=high > 0)


def unit(evidence: Evidence, figure: Figure) -> Unit:
    """Tell whether a figure is read on 100."""
    if figure.kind == "fact":
        declared = _other(evidence.register, figure.id)
        return "pourcentage" if declared.unit == "pourcentage" else "nombre"
    if figure.kind == "implied":
        return "pourcentage" if "%" in figure.text or "point" in figure.text else "nombre"
    return "nombre" if figure.kind == "count" else "pourcentage"


def _other(register: Register, name: str) -> Fact | SecondaryFigure:
    return register.secondary.get(name) or register.fact(name)


def _declared(declared: Fact | SecondaryFigure) -> Fraction | None:
    value = declared.value
    if not isinstance(value, str):
        return value
    try:
        return Fraction(date.fromisoformat(value).toordinal())
    except ValueError:
        return None


def _spread(declared: Fact | SecondaryFigure) -> Range | None:
    value = _declared(declared)
    if value is None or declared.unit != "pourcentage":
        return None if value is None else Range.point(value)
    printed = declared.printed if isinstance(declared, Fact) else declared.text
    decimals = len(printed.partition(",")[2].rstrip(" %\u00a0\u202f"))
    return Range.printed(value, decimals)
