"""What must stay true for a discrepancy to remain declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from enquete import french
from enquete.entries import Item
from enquete.errors import EnqueteError
from enquete.measure import Measure
from enquete.readings import Reading, reading_from_json
from enquete.register import PublishedFigure, Register


@dataclass(frozen=True, slots=True)
class OtherValue:
    """The retained computation, rounded as printed, is not what was printed."""

    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OtherReading:
    """The computation that the words describe misses the print, the retained one gives it."""

    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Two printed numbers share a possible value (``agree``), or exclude each other."""

    pairs: tuple[tuple[str, str], ...]
    agree: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """Two facts, or a fact and a number, differ."""

    pairs: tuple[tuple[str, str | Fraction], ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """Printed parts add up, or do not add up, to a printed total."""

    terms: tuple[str, ...]
    total: str | Fraction
    equal: bool


@dataclass(frozen=True, slots=True)
class Threshold:
    """A computation lies strictly between two bounds, in its printed unit."""

    figure: str | None
    reading: Reading | None
    gt: Fraction | None
    lt: Fraction | None


Check = OtherValue | OtherReading | Pairs | Facts | Sum | Threshold


def broken(check: Check, register: Register, measure: Measure) -> Iterator[str]:
    """Yield, in French, each way in which *check* is no longer true."""
    match check:
        case OtherValue(figures):
            for figure in figures:
                yield from _same_value(register[figure], measure)
        case OtherReading(figures):
            for figure in figures:
                yield from _same_reading(register[figure], measure)
        case Pairs(pairs, agree):
            for one, other in pairs:
                if _overlap(register, one, other) != agree:
                    now = "s’excluent" if agree else "s’accordent"
                    yield f"{one} et {other} {now} maintenant"
        case Facts(facts):
            for name, against in facts:
                expected = register.fact(against).value if isinstance(against, str) else against
                if register.fact(name).value == expected:
                    yield f"{name} et {against} disent maintenant la même chose"
        case Sum(terms, total, equal):
            added = sum((_printed(register, term)[0] for term in terms), Fraction(0))
            if (added == _number(register, total)) != equal:
                yield f"la somme {'n’égale plus' if equal else 'égale maintenant'} {total}"
        case Threshold():
            yield from _outside(check, register, measure)


def named(check: Check) -> tuple[str, ...]:
    """Return the ids that *check* reads."""
    match check:
        case OtherValue(figures) | OtherReading(figures):
            return figures
        case Pairs(pairs):
            return tuple(name for pair in pairs for name in pair)
        case Facts(facts):
            return tuple(name for pair in facts for name in pair if isinstance(name, str))
        case Sum(terms, total):
            return (*terms, total) if isinstance(total, str) else terms
        case Threshold(figure):
            return (figure,) if figure else ()


def read_check(item: Item) -> Check:
    """Read the ``test`` of a declaration."""
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


def _same_value(figure: PublishedFigure, measure: Measure) -> Iterator[str]:
    value = _measured(measure, figure.reading)
    if value is None:
        yield f"{figure.id} n’est plus calculable"
    elif _prints(value, figure):
        yield f"{figure.id} donne maintenant la valeur imprimée ({figure.text})"


def _same_reading(figure: PublishedFigure, measure: Measure) -> Iterator[str]:
    described = _measured(measure, figure.printed_reading)
    retained = _measured(measure, figure.reading)
    if described is None or retained is None:
        yield f"{figure.id} n’a plus deux lectures calculables"
    elif _prints(described, figure):
        yield f"{figure.id} : la lecture imprimée donne maintenant {figure.text}"
    elif not _prints(retained, figure):
        yield f"{figure.id} : la lecture retenue ne donne plus {figure.text}"


def _overlap(register: Register, one: str, other: str) -> bool:
    (low, high), (low2, high2) = _bounds(register, one), _bounds(register, other)
    return max(low, low2) < min(high, high2)


def _outside(check: Threshold, register: Register, measure: Measure) -> Iterator[str]:
    reading = register[check.figure].reading if check.figure else check.reading
    value = _measured(measure, reading)
    if value is None:
        yield "la condition n’est plus calculable"
    elif check.gt is not None and value <= check.gt:
        yield f"la condition ne dépasse plus {french.decimal(check.gt, 1)}"
    elif check.lt is not None and value >= check.lt:
        yield f"la condition n’est plus inférieure à {french.decimal(check.lt, 1)}"


def _number(register: Register, name: str | Fraction) -> Fraction:
    return _printed(register, name)[0] if isinstance(name, str) else name


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
