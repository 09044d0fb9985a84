"""French numbers: the only module that rounds a number or writes one as text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

NBSP = "\u00a0"  # before % and inside « »
NNBSP = "\u202f"  # in thousands
MINUS = "\u2212"
_THOUSANDS = re.compile(r"(?<=[0-9])[ \u00a0\u202f](?=[0-9]{3}(?![0-9]))")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
_WORDS = (
    *("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit"),
    *("neuf", "dix", "onze", "douze", "treize", "quatorze", "quinze", "seize"),
)
_BRACKETS = re.compile(r"\[[^\]]*\]")
_PRODUCT = re.compile(r" ([×/]) ")
_SUM = re.compile(rf" ([+{MINUS}]) ")
_PERCENT = re.compile(r"(?<=[0-9])[ \u00a0\u202f]?%")


def rounded(value: Fraction, decimals: int = 0) -> Fraction:
    """
    Round half up, away from zero, as the published report does.

    >>> rounded(Fraction(485, 10))
    Fraction(49, 1)
    >>> rounded(Fraction(-5, 2))
    Fraction(-3, 1)
    >>> rounded(Fraction(2542), -2)
    Fraction(2500, 1)
    """
    return Fraction(10) ** -decimals * _steps(value, decimals)


def _steps(value: Fraction, decimals: int) -> int:
    """Count the units of the last decimal, rounded half up: on integers, books write thousands."""
    above, below = abs(value.numerator), value.denominator
    if decimals < 0:
        below *= 10**-decimals
    else:
        above *= 10**decimals
    steps = (2 * above + below) // (2 * below)
    return -steps if value < 0 else steps


def rounding_bounds(printed: Fraction, decimals: int = 0) -> tuple[Fraction, Fraction]:
    """
    Return the least value that prints as *printed* and the least that no longer does.

    >>> rounding_bounds(Fraction(59))
    (Fraction(117, 2), Fraction(119, 2))
    """
    half = Fraction(10) ** -decimals / 2
    return printed - half, printed + half


def decimal(value: Fraction | int, decimals: int = 0) -> str:
    r"""
    Write a number with a decimal comma and thin spaces in the thousands.

    >>> decimal(Fraction(12345, 10), 1)
    '1\u202f234,5'
    """
    steps = _steps(Fraction(value), decimals)
    whole, rest = divmod(abs(steps) * 10 ** max(-decimals, 0), 10 ** max(decimals, 0))
    text = f"{whole:,}".replace(",", NNBSP)
    if decimals > 0:
        text += f",{rest:0{decimals}d}"
    return f"{MINUS}{text}" if steps < 0 else text


def integer(value: int) -> str:
    r"""
    Write a whole number.

    >>> integer(2542)
    '2\u202f542'
    """
    return decimal(value)


def percent(count: int, base: int, *, decimals: int = 0) -> str:
    r"""
    Write *count* out of *base* as a percentage, rounded half up from the integers.

    A float would print 48 % for 97 out of 200; the report prints 49 %.

    >>> percent(97, 200)
    '49\xa0%'
    """
    if base <= 0:
        msg = f"Base vide : impossible d'écrire {count} sur {base} en pourcentage."
        raise ValueError(msg)
    return percentage(Fraction(count, base), decimals)


def percentage(share: Fraction, decimals: int = 0) -> str:
    r"""
    Write a share between 0 and 1 as a percentage.

    >>> percentage(Fraction(808, 1000), 1)
    '80,8\xa0%'
    """
    return f"{decimal(share * 100, decimals)}{NBSP}%"


def points(value: Fraction | int, decimals: int = 0) -> str:
    r"""
    Write a difference of two percentages; the plural starts at two.

    >>> points(5), points(Fraction(3, 2), 1)
    ('5\xa0points', '1,5\xa0point')
    """
    shown = rounded(Fraction(value), decimals)
    noun = "points" if abs(shown) >= 2 else "point"
    return f"{decimal(shown, decimals)}{NBSP}{noun}"


def interval(low: int, high: int) -> str:
    r"""
    Write two bounds in words, or the number when they meet.

    >>> interval(2053, 2055)
    'entre 2\u202f053 et 2\u202f055'
    >>> interval(8, 8)
    '8'
    """
    return integer(low) if low == high else f"entre {integer(low)} et {integer(high)}"


def span(low: int, high: int) -> str:
    r"""
    Write two bounds after a preposition, or the number when they meet.

    >>> span(2512, 2520)
    '2\u202f512 à 2\u202f520'
    """
    return integer(low) if low == high else f"{integer(low)} à {integer(high)}"


def enumeration(items: Sequence[str], last: str = "et") -> str:
    """
    Join *items* as French does, without a comma before the last one.

    >>> enumeration(["a", "b", "c"], "ou")
    'a, b ou c'
    """
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def formula(text: str) -> str:
    r"""
    Keep the operations of a formula together when it is set in a sentence.

    A product, a quotient or an interval is never broken; a sum breaks after its sign, so that
    no line starts with what would read as a negative number.

    >>> formula("43 % / (100 % − 13 %) + 2")
    '43 %\xa0/\xa0(100 %\xa0− 13 %)\xa0+ 2'
    """
    whole = _BRACKETS.sub(lambda found: found[0].replace(" ", NBSP), text)
    return _SUM.sub(f"{NBSP}\\1 ", _PRODUCT.sub(f"{NBSP}\\1{NBSP}", whole))


def ordinal(value: int, *, feminine: bool = False) -> str:
    """
    Write a rank.

    >>> ordinal(1), ordinal(1, feminine=True), ordinal(5)
    ('1er', '1re', '5e')
    """
    if value == 1:
        return "1re" if feminine else "1er"
    return f"{integer(value)}e"


def quoted(text: str) -> str:
    r"""
    Put *text* between French quotation marks.

    >>> quoted("oui")
    '«\xa0oui\xa0»'
    """
    return f"«{NBSP}{text}{NBSP}»"


def spelled(value: object) -> str:
    """
    Write a whole number up to sixteen in words.

    >>> spelled(3)
    'trois'
    """
    if not isinstance(value, int | Fraction) or value not in range(len(_WORDS)):
        msg = f"Seul un entier de 0 à {len(_WORDS) - 1} s’écrit en lettres, non {value!r}."
        raise ValueError(msg)
    return _WORDS[int(value)]


def typeset(text: str) -> str:
    r"""
    Give text that came from a data file the no-break spaces and apostrophes of French.

    >>> typeset("plus de 2 500, dont 53%")
    'plus de 2\u202f500, dont 53\xa0%'
    >>> typeset("l'accès")
    'l’accès'
    """
    spaced = _PERCENT.sub(f"{NBSP}%", _THOUSANDS.sub(NNBSP, text))
    return _APOSTROPHE.sub("’", spaced)
