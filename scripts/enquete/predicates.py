"""
Predicates on figures, written as data: what a statement in words affirms.

    {superieur: [p1-1-facilitation, 50]}          strictly decreasing, two terms or more
    {inferieur: […]} {au_moins: […]} {au_plus: […]}
    {egal: [{somme: [a, b]}, c]}                   on the printed values
    {tous: [predicate…]}                           every one
    {registre: p2-2b-rang}                         words or a rank of the register hold

A term is a number, the id of a figure, a fact or a figure of another source, or
one of somme, difference, produit, rapport, ecart (absolute difference), part_de
(a % of b), arrondi [term, decimals], maximum, minimum, nombre_au_plus [limit,
ids…] (how many do not exceed it).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from typing import Any

from enquete import french
from enquete.errors import EnqueteError
from enquete.known import Values
from enquete.ranges import Range, every, greatest, least

Look = Callable[[str], Range | None]
Compare = Callable[[Range, Range], bool | None]

_COMPARE: Mapping[str, Compare] = {
    "superieur": lambda a, b: a.above(b),
    "inferieur": lambda a, b: b.above(a),
    "au_moins": lambda a, b: a.at_least(b),
    "au_plus": lambda a, b: b.at_least(a),
}
_COMBINE: Mapping[str, Callable[[Sequence[Range]], Range]] = {
    "somme": lambda terms: reduce(Range.__add__, terms),
    "difference": lambda terms: reduce(Range.__sub__, terms),
    "produit": lambda terms: reduce(Range.__mul__, terms),
    "rapport": lambda terms: reduce(Range.__truediv__, terms),
    "ecart": lambda terms: abs(terms[0] - terms[1]),
    "part_de": lambda terms: terms[0] * terms[1] / Range.point(100),
    "maximum": greatest,
    "minimum": least,
}
PREDICATES = (*_COMPARE, "egal", "tous", "registre")
TERMS = (*_COMBINE, "arrondi", "nombre_au_plus")


class _Unknown(Exception):  # noqa: N818 - never leaves this module
    """Stop a computation that needs a value nobody knows."""


def holds(predicate: Any, values: Values) -> bool | None:
    """Tell whether a predicate surely holds, surely fails, or neither is known (``None``)."""
    name, given = _single(predicate)
    if name == "tous":
        return every(holds(each, values) for each in given)
    if name == "registre":
        return values.words(given)
    try:
        if name == "egal":
            terms = [_term(each, _points(values)) for each in given]
            return all(a == b for a, b in pairwise(terms))
        terms = [_term(each, values.range) for each in given]
    except _Unknown:
        return None
    return every(_COMPARE[name](a, b) for a, b in pairwise(terms))


def names(predicate: Any) -> tuple[str, ...]:
    """Return the ids that a predicate or a term compares, once each, in order."""
    return tuple(dict.fromkeys(_names(predicate)))


def check(predicate: Any, knows: Callable[[str], bool] = lambda _: True) -> None:
    """Refuse a predicate that is not in the grammar, or that names nothing known."""
    name, given = _single(predicate)
    if name not in PREDICATES:
        raise _unreadable(f"« {name} » n’est pas une comparaison", PREDICATES)
    if name != "registre" and (not isinstance(given, list) or len(given) < 1 + (name != "tous")):
        raise _unreadable(f"« {name} » attend une liste de deux termes ou plus", PREDICATES)
    if name == "tous":
        for each in given:
            check(each, knows)
    elif name != "registre":
        for each in given:
            _check_term(each)
    for each in names(predicate):
        if not knows(each):
            raise EnqueteError(
                f"Le prédicat nomme « {each} », qui n’est ni un chiffre, ni un fait, ni une "
                "donnée d’une autre source.",
                "",
                "reprendre un identifiant du registre.",
            )


def _term(term: Any, look: Look) -> Range:
    if isinstance(term, str):
        found = look(term)
        if found is None:
            raise _Unknown
        return found
    if not isinstance(term, dict):
        return Range.point(Fraction(str(term)))
    name, given = _single(term)
    if name == "arrondi":
        inner, decimals = _term(given[0], look), int(given[1])
        return Range(french.rounded(inner.low, decimals), french.rounded(inner.high, decimals))
    terms = [_term(each, look) for each in given]
    if name == "nombre_au_plus":
        limit, several = terms[0], terms[1:]
        sure = sum(limit.at_least(each) is True for each in several)
        perhaps = sum(limit.at_least(each) is not False for each in several)
        return Range(Fraction(sure), Fraction(perhaps))
    return _COMBINE[name](terms)


def _points(values: Values) -> Look:
    def look(name: str) -> Range | None:
        point = values.point(name)
        return None if point is None else Range.point(point)

    return look


def _names(written: Any) -> Iterator[str]:
    if isinstance(written, str):
        yield written
    elif isinstance(written, dict):
        for given in written.values():
            yield from _names(given)
    elif isinstance(written, list):
        for each in written:
            yield from _names(each)


def _check_term(term: Any) -> None:
    if isinstance(term, (str, int, float)) and not isinstance(term, bool):
        return
    name, given = _single(term)
    if name not in TERMS:
        raise _unreadable(f"« {name} » n’est pas un calcul", TERMS)
    if not isinstance(given, list) or len(given) < 2:
        raise _unreadable(f"« {name} » attend une liste de deux termes ou plus", TERMS)
    for each in given:
        _check_term(each)


def _single(written: Any) -> tuple[str, Any]:
    if not isinstance(written, dict) or len(written) != 1:
        raise _unreadable(f"un seul mot-clé est attendu, non {written!r}", (*PREDICATES, *TERMS))
    [(name, given)] = written.items()
    return str(name), given


def _unreadable(what: str, known: Sequence[str]) -> EnqueteError:
    return EnqueteError(f"Prédicat illisible : {what}.", "", f"écrire {', '.join(known)}.")
