"""Declared discrepancies: read from ``ecarts.yml``, and held true by a test each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal, cast

from enquete import french
from enquete.entries import Item, read_entries
from enquete.errors import EnqueteError, raise_all
from enquete.measure import Measure
from enquete.readings import Reading, reading_from_json
from enquete.register import PublishedFigure, Register

Nature = Literal["valeur", "arrondi", "base", "libelle", "indecidable"]
Severity = Literal["majeure", "moyenne", "mineure"]
NATURES = ("valeur", "arrondi", "base", "libelle", "indecidable")
SEVERITIES = ("majeure", "moyenne", "mineure")


@dataclass(frozen=True, slots=True)
class Check:
    """Say what must stay true for a discrepancy to remain declared."""

    def broken(self, register: Register, measure: Measure) -> Iterator[str]:
        """Yield, in French, each way in which the declaration is no longer true."""
        raise NotImplementedError

    def named(self) -> Iterable[str]:
        """Return the ids that the test reads."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class OtherValue(Check):
    """The retained computation, rounded as printed, is not what was printed."""

    figures: tuple[str, ...]

    def broken(self, register: Register, measure: Measure) -> Iterator[str]:
        for figure in map(register.__getitem__, self.figures):
            value = _measured(measure, figure.reading)
            if value is None:
                yield f"{figure.id} n’est plus calculable"
            elif _prints(value, figure):
                yield f"{figure.id} donne maintenant la valeur imprimée ({figure.text})"

    def named(self) -> Iterable[str]:
        return self.figures


@dataclass(frozen=True, slots=True)
class OtherReading(Check):
    """The computation that the words describe misses the print, the retained one gives it."""

    figures: tuple[str, ...]

    def broken(self, register: Register, measure: Measure) -> Iterator[str]:
        for figure in map(register.__getitem__, self.figures):
            described = _measured(measure, figure.printed_reading)
            retained = _measured(measure, figure.reading)
            if described is None or retained is None:
                yield f"{figure.id} n’a plus deux lectures calculables"
            elif _prints(described, figure):
                yield f"{figure.id} : la lecture imprimée donne maintenant {figure.text}"
            elif not _prints(retained, figure):
                yield f"{figure.id} : la lecture retenue ne donne plus {figure.text}"

    def named(self) -> Iterable[str]:
        return self.figures


@dataclass(frozen=True, slots=True)
class Pairs(Check):
    """Two printed numbers share a possible value (``agree``), or exclude each other."""

    pairs: tuple[tuple[str, str], ...]
    agree: bool

    def broken(self, register: Register, measure: Measure) -> Iterator[str]:  # noqa: ARG002
        for one, other in self.pairs:
            (low, high), (low2, high2) = _bounds(register, one), _bounds(register, other)
            if (max(low, low2) < min(high, high2)) != self.agree:
                now = "s’excluent maintenant" if self.agree else "s’accordent maintenant"
                yield f"{one} et {other} {now}"

    def named(self) -> Iterable[str]:
        return (name for pair in self.pairs for name in pair)


@dataclass(frozen=True, slots=True)
class Facts(Check):
    """Two facts, or a fact and a number, differ."""

    pairs: tuple[tuple[str, str | Fraction], ...]

    def broken(self, register: Register, measure: Measure) -> Iterator[str]:  # noqa: ARG002
        for one, other in self.pairs:
            expected = register.fact(other).value if isinstance(other, str) else other
            if register.fact(one).value == expected:
                yield f"{one} et {other} disent maintenant la même chose"

    def named(self) -> Iterable[str]:
        return (name for pair in self.pairs for name in pair if isinstance(name, str))


@dataclass(frozen=True, slots=True)
class Sum(Check):
    """Printed parts add up, or do not add up, to a printed total."""

    terms: tuple[str, ...]
    total: str | Fraction
    equal: bool

    def broken(self, register: Register, measure: Measure) -> Iterator[str]:  # noqa: ARG002
        added = sum((_printed(register, term)[0] for term in self.terms), Fraction(0))
        total = (
            self.total if isinstance(self.total, Fraction) else _printed(register, self.total)[0]
        )
        if (added == total) != self.equal:
            verb = "n’égale plus" if self.equal else "égale maintenant"
            yield f"la somme {verb} {self.total}"

    def named(self) -> Iterable[str]:
        return (*self.terms, *([self.total] if isinstance(self.total, str) else []))


@dataclass(frozen=True, slots=True)
class Threshold(Check):
    """A computation lies strictly between two bounds, in its printed unit."""

    figure: str | None
    reading: Reading | None
    gt: Fraction | None
    lt: Fraction | None

    def broken(self, register: Register, measure: Measure) -> Iterator[str]:
        reading = register[self.figure].reading if self.figure else self.reading
        value = _measured(measure, reading)
        if value is None:
            yield "la condition n’est plus calculable"
        elif self.gt is not None and value <= self.gt:
            yield f"la condition ne dépasse plus {french.decimal(self.gt, 1)}"
        elif self.lt is not None and value >= self.lt:
            yield f"la condition n’est plus inférieure à {french.decimal(self.lt, 1)}"

    def named(self) -> Iterable[str]:
        return [self.figure] if self.figure else []


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """
    Declare where the report and the answers, or the report and itself, part.

    The verdict of ``figures`` depends on it; ``neighbours`` only help to show it.
    """

    id: str
    figures: tuple[str, ...]
    neighbours: tuple[str, ...]
    nature: Nature
    severity: Severity
    cause: str
    test: Check | None
    where: str

    def concerns(self, name: str) -> bool:
        """Tell whether a figure or fact takes part in the discrepancy."""
        return name in self.figures or name in self.neighbours


def read_discrepancies(folder: Path, register: Register) -> tuple[Discrepancy, ...]:
    """Read the declared discrepancies and check that every id they name exists."""
    declared = tuple(read_entries(folder / "ecarts.yml", "ecarts", _discrepancy).values())
    raise_all(
        [
            EnqueteError(
                f"L’écart « {each.id} » nomme « {name} », qui n’est pas au registre.",
                each.where,
                "corriger l’identifiant.",
            )
            for each in declared
            for name in dict.fromkeys(
                (*each.figures, *each.neighbours, *(each.test.named() if each.test else ()))
            )
            if not register.knows(name)
        ]
    )
    return declared


def check_discrepancies(
    declared: Sequence[Discrepancy], register: Register, measure: Measure
) -> None:
    """Raise, naming the entry, each declaration that is no longer true."""
    raise_all(
        [
            EnqueteError(
                f"L’écart déclaré « {each.id} » n’est plus vrai : {problem}.",
                each.where,
                "retirer l’écart s’il n’existe plus, ou corriger la lecture retenue.",
            )
            for each in declared
            if each.test is not None
            for problem in each.test.broken(register, measure)
        ]
    )


def _discrepancy(identifier: str, item: Item) -> Discrepancy:
    item.only("id", "figures", "voisins", "nature", "gravite", "cause", "test")
    nature = cast("Nature", item.choice("nature", NATURES))
    figures, neighbours = item.texts("figures"), item.texts("voisins")
    if not figures and not neighbours:
        raise item.problem("figures", "aucun chiffre n’est nommé", "en nommer au moins un.")
    if (item.raw("test") is None) != (nature == "indecidable"):
        raise item.problem(
            "test", f"ne convient pas à la nature « {nature} »", "un test, sauf pour indecidable."
        )
    return Discrepancy(
        id=identifier,
        figures=figures,
        neighbours=neighbours,
        nature=nature,
        severity=cast("Severity", item.choice("gravite", SEVERITIES)),
        cause=item.text("cause"),
        test=None if item.raw("test") is None else _test(item.inner("test")),
        where=item.where,
    )


def _test(item: Item) -> Check:
    match item.fields:
        case {"kind": "valeur", **rest} if set(rest) == {"figures"}:
            return OtherValue(item.texts("figures"))
        case {"kind": "lecture", **rest} if set(rest) == {"figures"}:
            return OtherReading(item.texts("figures"))
        case {"kind": "accord" | "exclusion" as kind, "paires": list(pairs), **rest} if not rest:
            return Pairs(tuple((str(a), str(b)) for a, b in pairs), agree=kind == "accord")
        case {"kind": "faits", "paires": list(pairs), **rest} if not rest:
            return Facts(tuple((str(a), _name_or_number(b)) for a, b in pairs))
        case {"kind": "somme", "total": total, "attendu": str(), **rest} if set(rest) == {"termes"}:
            equal = item.choice("attendu", ("egale", "differe")) == "egale"
            return Sum(item.texts("termes"), _name_or_number(total), equal)
        case {"kind": "seuil", **rest} if set(rest) <= {"figure", "mesure", "gt", "lt"}:
            return Threshold(
                item.optional_text("figure"),
                reading_from_json(rest["mesure"]) if "mesure" in rest else None,
                item.number("gt") if "gt" in rest else None,
                item.number("lt") if "lt" in rest else None,
            )
    raise item.problem("kind", "test inconnu ou incomplet", "voir les tests dans data/README.md.")


def _name_or_number(value: object) -> str | Fraction:
    return value if isinstance(value, str) else Fraction(str(value))


def _measured(measure: Measure, reading: Reading | None) -> Fraction | None:
    return None if reading is None else measure(reading)


def _prints(value: Fraction, figure: PublishedFigure) -> bool:
    return french.rounded(value, figure.decimals) == figure.value


def _printed(register: Register, name: str) -> tuple[Fraction, int]:
    """Return a printed number and its decimals, from whichever file holds it."""
    found: Mapping[str, tuple[object, int | None]] = {
        **({name: (f.value, f.decimals)} if (f := register.figures.get(name)) else {}),
        **({name: (s.value, s.decimals)} if (s := register.secondary.get(name)) else {}),
        **({name: (t.value, 0)} if (t := register.facts.get(name)) else {}),
    }
    value, decimals = found[name]
    if not isinstance(value, Fraction):
        raise EnqueteError(
            f"« {name} » n’est pas un nombre imprimé.", "data/ecarts.yml", "en nommer un autre."
        )
    return value, decimals or 0


def _bounds(register: Register, name: str) -> tuple[Fraction, Fraction]:
    return french.rounding_bounds(*_printed(register, name))
