"""Deductions computed: each form of ``deductions.yml``, in exact fractions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from enquete import french, two_branches
from enquete.deductions import (
    Bases,
    Branch,
    Common,
    Computed,
    Counts,
    Couples,
    Days,
    Deduction,
    Tally,
    Term,
    Total,
    read_deductions,
)
from enquete.errors import EnqueteError
from enquete.evidence import Evidence
from enquete.expression import Bounds
from enquete.questionnaire import Question
from enquete.register import Fact, PublishedFigure, SecondaryFigure

_MANY = 7  # a longer sum is not written term by term


@dataclass(frozen=True, slots=True)
class Number:
    """Hold a term: its value as printed, its bounds, and its text. Percentages are on 1."""

    value: Fraction
    bounds: Bounds
    text: str


@dataclass(frozen=True, slots=True)
class Implied:
    """Hold a deduction once computed; ``value`` is that of the printed numbers, if any."""

    deduction: Deduction
    bounds: Bounds
    value: Fraction | None
    formula: str

    @property
    def text(self) -> str:
        """Write the interval, the bound or the value that the deduction is about."""
        low, high = (self._written(bound) for bound in self.bounds)
        unit = _unit(self.deduction.unit, self.bounds[1])
        match self.deduction.sense:
            case "au moins":
                return f"au moins {low}{unit}"
            case "au plus":
                return f"au plus {high}{unit}"
            case "valeur":
                value = self.bounds[0] if self.value is None else self.value
                return f"{self._written(value)}{_unit(self.deduction.unit, value)}"
        return f"{low}{unit}" if low == high else f"entre {low} et {high}{unit}"

    def _written(self, number: Fraction) -> str:
        scale = 100 if self.deduction.unit in ("pourcentage", "points") else 1
        return french.decimal(number * scale, self.deduction.decimals)


class Reckoning:
    """Compute deductions, each once, from the register of one survey."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.declared = read_deductions(evidence.root, evidence.register)
        self._done: dict[str, Implied] = {}

    def reckon(self, name: str) -> Implied:
        """Return a deduction, computed."""
        if name not in self._done:
            deduction = self.declared[name]
            bounds, value, formula = self._found(deduction)
            if deduction.unit == "effectif":
                # What is counted is whole; « au moins » needs no whole number below the other.
                low, high = Fraction(-(-bounds[0] // 1)), Fraction(bounds[1] // 1)
                bounds = low, max(low, high) if deduction.sense == "au moins" else high
            if bounds[0] > bounds[1]:
                raise EnqueteError(
                    f"« {name} » : aucun nombre ne convient plus ({formula}).",
                    deduction.where,
                    "les chiffres publiés nommés se contredisent : revoir la déduction.",
                )
            self._done[name] = Implied(deduction, bounds, value, formula)
        return self._done[name]

    def _found(self, deduction: Deduction) -> tuple[Bounds, Fraction | None, str]:
        match deduction.form:
            case Computed(expression, terms):
                given = {name: self.number(term) for name, term in terms.items()}
                texts = {name: each.text for name, each in given.items()}
                percent = deduction.unit == "pourcentage" or any("%" in t for t in texts.values())
                bounds = expression.bounds({name: each.bounds for name, each in given.items()})
                value = expression.value({name: each.value for name, each in given.items()})
                written = expression.written(texts, percent=percent)
                if expression.single:
                    written = _as_printed(deduction, bounds, written)
                return bounds, value, written
            case Total(terms):
                return _total([self.number(term) for term in terms])
            case Counts() as form:
                return self._counts(form)
            case Bases() as form:
                return self._bases(form)
            case Common(names):
                found = [self.reckon(name) for name in names]
                low, high = (max(f.bounds[0] for f in found), min(f.bounds[1] for f in found))
                formulas = french.enumeration([each.formula for each in found])
                return (low, high), None, f"ce que permettent à la fois {formulas}"
            case Couples() as form:
                return self._couples(form)
            case Branch() as form:
                return self._branch(form)
            case Days(dates):
                start, end = (date.fromisoformat(self._fact(name)) for name in dates)
                days = Fraction((end - start).days + 1)
                said = [french.typeset(self.evidence.register.fact(n).printed) for n in dates]
                return (days, days), days, f"du {said[0]} au {said[1]}, ces deux jours compris"
            case Tally() as form:
                rows = Fraction(sum(1 for _ in self._rows(form)))
                place = "dans le questionnaire" if form.of == "questions" else "parmi les écarts"
                return (rows, rows), rows, f"comptés un à un {place}"

    def number(self, term: Term) -> Number:
        """Return a printed number, or a deduction computed before, as a term."""
        register = self.evidence.register
        entry: PublishedFigure | SecondaryFigure | Fact
        if term.name in self.declared.entries:
            found = self.reckon(term.name)
            middle = sum(found.bounds, Fraction(0)) / 2 if found.value is None else found.value
            return Number(middle, found.bounds, _brackets(found.text))
        if term.name in register.figures:
            entry = register.figures[term.name]
            decimals, text = entry.decimals, entry.text
        elif term.name in register.secondary:
            entry = register.secondary[term.name]
            decimals, text = entry.decimals or 0, entry.text
        else:
            entry = register.fact(term.name)
            decimals, text = 0, entry.printed
        if not isinstance(entry.value, Fraction):
            raise EnqueteError(
                f"« {term.name} » n’est pas un nombre imprimé.",
                "data/deductions.yml",
                "en nommer un autre.",
            )
        if entry.unit == "pourcentage":
            decimals = decimals if term.decimals is None else term.decimals
            low, high = french.rounding_bounds(entry.value, decimals)
            text = french.percentage(entry.value / 100, decimals)
            return Number(entry.value / 100, (low / 100, high / 100), text)
        exact = entry.value
        return Number(exact, (exact, exact), french.decimal(exact))

    def _counts(self, form: Counts) -> tuple[Bounds, None, str]:
        base = self.number(Term(form.base))
        low = high = Fraction(0)
        numbers = [self.number(part) for part in form.parts]
        for part in numbers:
            least = part.value if form.above else part.bounds[0]
            first = -(-least * base.bounds[0] // 1)
            if form.above and first == least * base.bounds[0]:
                first += 1
            low += first
            high += -(-part.bounds[1] * base.bounds[1] // 1) - 1  # the bound itself rounds up
        if len(numbers) > 1:
            said = f"somme de {len(numbers)} effectifs entiers, chacun arrondi à sa part imprimée"
        else:
            said = f"nombres entiers qui s’arrondissent à {numbers[0].text} de {base.text}"
            said += ", et le dépassent" * form.above
        return (low, high), None, said

    def _bases(self, form: Bases) -> tuple[Bounds, None, str]:
        pairs = [(self.number(Term(n)), self.number(Term(share))) for n, share in form.pairs]
        spans = []
        for count, share in pairs:
            low, high = share.bounds
            if form.rest:
                low, high = 1 - high, 1 - low
            # The bound that itself rounds away is never whole here; a whole one is refused.
            spans.append((count.value / high, count.value / low))
        found = max(low for low, _ in spans), min(high for _, high in spans)
        others = f"100{french.NBSP}% {french.MINUS} " * form.rest
        said = [f"{count.text} font {others}{share.text}" for count, share in pairs]
        return found, None, f"nombres entiers dont {french.enumeration(said)}"

    def _couples(self, form: Couples) -> tuple[Bounds, None, str]:
        base = self.number(Term(form.base))
        a, b = (self.number(Term(name)) for name in form.parts)
        total = self.number(Term(form.total)) if form.total else None
        found = []
        for n in range(int(base.bounds[0]), int(base.bounds[1]) + 1):
            pairs = ((x, y) for x in _whole(a, n) for y in _whole(b, n))
            kept = [1 for x, y in pairs if total is None or x + y in _whole(total, n)]
            found.append(Fraction(len(kept)))
        said = f"paires de nombres entiers qui s’arrondissent à {a.text} et {b.text} de {base.text}"
        if total is not None:
            said += f", et dont la somme s’arrondit à {total.text}"
        return (min(found), max(found)), None, said

    def _branch(self, form: Branch) -> tuple[Bounds, None, str]:
        answers, *shares = (self.number(Term(name)) for name in (form.answers, *form.shares))
        a, b, c = (100 * share.value for share in shares)
        published = two_branches.Published(int(answers.value), a, b, c)
        both = two_branches.both(published)
        alone = two_branches.well_only(published)
        match form.wanted:
            case "aise":
                found = [Fraction(each.well) for each in both]
            case "mal":
                found = [Fraction(each.ill) for each in both]
            case "mal-total":
                found = [Fraction(each.ill) for each in alone]
            case "total":
                found = [Fraction(each.well + each.ill) for each in alone]
            case _:
                found = [Fraction(each.problems_ill, each.ill) for each in (*both, *alone)]
        said = (
            f"essai de tous les nombres entiers : {shares[0].text} d’une branche, "
            f"{shares[1].text} et {shares[2].text} des deux, {answers.text} réponses"
        )
        return (min(found), max(found)), None, said

    def _fact(self, name: str) -> str:
        return str(self.evidence.register.fact(name).value)

    def _rows(self, form: Tally) -> Iterator[object]:
        if form.of == "ecarts":
            for gap in self.evidence.discrepancies:
                if all(getattr(gap, _GAP[key]) in kept for key, kept in form.where.items()):
                    yield gap
            return
        for question in self.evidence.questionnaire:
            if all(_of(question, key) in kept for key, kept in form.where.items()):
                yield question


_GAP = {"gravite": "severity", "nature": "nature"}


def _of(question: Question, key: str) -> str:
    """Return what a tally filters on; ``famille`` is S or Q, the first letter of the id."""
    values = {"type": question.kind, "role": question.role, "famille": question.id[0]}
    return {**values, "intitule": "publie" if question.title else "absent"}[key]


def _whole(part: Number, base: int) -> range:
    """Return the whole numbers whose share of *base* prints as *part*."""
    low, high = (bound * base for bound in part.bounds)
    return range(-int(-low // 1), -int(-high // 1))


def _total(numbers: list[Number]) -> tuple[Bounds, Fraction, str]:
    low, high = (sum((n.bounds[side] for n in numbers), Fraction(0)) for side in (0, 1))
    return (low, high), sum((n.value for n in numbers), Fraction(0)), _sum(numbers)


def _sum(numbers: list[Number]) -> str:
    if len(numbers) > _MANY:
        return f"somme de {len(numbers)} nombres imprimés"
    return " + ".join(number.text for number in numbers)


def _brackets(text: str) -> str:
    """Write an interval inside a formula: « entre a et b » becomes « [a à b] »."""
    if not text.startswith("entre "):
        return text
    return f"[{text.removeprefix('entre ').replace(' et ', ' à ', 1)}]"


def _as_printed(deduction: Deduction, bounds: Bounds, printed: str) -> str:
    """Say how a printed number alone gives a result: as it is, rounded, or every value of it."""
    if deduction.sense == "valeur":
        return "tel qu’il est imprimé"
    low, high = (french.rounded(100 * bound, deduction.decimals) for bound in bounds)
    return f"arrondi de {printed}" if low == high else f"tout ce qui s’arrondit à {printed}"


def _unit(unit: str, value: Fraction) -> str:
    match unit:
        case "pourcentage":
            return f"{french.NBSP}%"
        case "points":
            return f"{french.NBSP}{'points' if value * 100 >= 2 else 'point'}"
        case "jours":
            return f"{french.NBSP}jours"
    return ""
