"""Arithmetic on printed numbers: evaluated exactly between bounds, and written in French."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from enquete import french

Bounds = tuple[Fraction, Fraction]

# Operator → its sign in French, how strongly it binds, and whether what stands at its right
# needs parentheses when it binds as strongly.
_SIGNS: dict[type[ast.operator], tuple[str, int, bool]] = {
    ast.Add: ("+", 1, False),
    ast.Sub: (french.MINUS, 1, True),
    ast.Mult: ("×", 2, False),
    ast.Div: ("/", 2, True),
}
_ATOM = 3


@dataclass(frozen=True, slots=True)
class Expression:
    """Hold an arithmetic expression: names, numbers, ``+ - * /`` and parentheses."""

    text: str
    node: ast.expr

    @property
    def names(self) -> frozenset[str]:
        """Return the names that must be given."""
        return frozenset(n.id for n in ast.walk(self.node) if isinstance(n, ast.Name))

    @property
    def single(self) -> bool:
        """Tell whether it is one name, without any operation."""
        return isinstance(self.node, ast.Name)

    def value(self, terms: Mapping[str, Fraction]) -> Fraction:
        """Evaluate at one point."""
        return _value(self.node, terms)

    def bounds(self, terms: Mapping[str, Bounds]) -> Bounds:
        """
        Return the least and the greatest value when each term moves between its bounds.

        Sums, products and quotients of terms that each stand once above and once below are
        monotonic in every term, so that the extremes are at the corners.
        """
        names = sorted(self.names)
        corners = product(*(dict.fromkeys(terms[name]) for name in names))
        found = [self.value(dict(zip(names, corner, strict=True))) for corner in corners]
        return min(found), max(found)

    def written(self, texts: Mapping[str, str], *, percent: bool) -> str:
        """Write it with the printed numbers; *percent* writes the number 1 as 100 %."""
        return _written(self.node, texts, percent)[0]


def parse(text: str) -> Expression:
    """Read an expression; anything but arithmetic is a ``ValueError``."""
    try:
        node = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        msg = f"calcul illisible : {text}"
        raise ValueError(msg) from error
    _check(node, text)
    return Expression(text, node)


def _check(node: ast.expr, text: str) -> None:
    match node:
        case ast.Name():
            return
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return
        case ast.BinOp(left, operator, right) if type(operator) in _SIGNS:
            _check(left, text)
            _check(right, text)
        case _:
            msg = f"seuls + - * / et les parenthèses sont permis : {text}"
            raise ValueError(msg)


def _value(node: ast.expr, terms: Mapping[str, Fraction]) -> Fraction:
    match node:
        case ast.Name(name):
            return terms[name]
        case ast.Constant(value):
            return Fraction(str(value))
        case ast.BinOp(left, operator, right):
            a, b = _value(left, terms), _value(right, terms)
            match operator:
                case ast.Add():
                    return a + b
                case ast.Sub():
                    return a - b
                case ast.Mult():
                    return a * b
            return a / b
    raise AssertionError(node)


def _written(node: ast.expr, texts: Mapping[str, str], percent: bool) -> tuple[str, int]:
    match node:
        case ast.Name(name):
            return texts[name], _ATOM
        case ast.Constant(value):
            number = Fraction(str(value))
            if percent and number <= 1:
                return french.percentage(number), _ATOM
            return french.decimal(number), _ATOM
        case ast.BinOp(left, operator, right):
            sign, strength, strict = _SIGNS[type(operator)]
            a, b = _written(left, texts, percent), _written(right, texts, percent)
            first = f"({a[0]})" if a[1] < strength else a[0]
            second = f"({b[0]})" if b[1] < strength + strict else b[0]
            return f"{first} {sign} {second}", strength
    raise AssertionError(node)
