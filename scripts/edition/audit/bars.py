"""Every bar of a chart has the length of the value written beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from edition.checking import Finished
from enquete.errors import EnqueteError

_DRAWING = re.compile(r'<svg role="img".*?</svg>', re.DOTALL)
_BAR = re.compile(
    r'<path class="barre" d="M ([\d.]+) ([\d.]+) L ([\d.]+) [\d.]+ L [\d.]+ ([\d.]+) '
)
_VALUE = re.compile(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*data-chiffre="([^"]+)"[^>]*>')
Bar: TypeAlias = tuple[Fraction, ...]  # left, top, right, bottom
_SLACK = Fraction(3)  # units of the drawing: the segments of a scale leave a gap between them


def check_bars(book: Finished) -> Iterator[EnqueteError]:
    """
    Check in each drawing that one scale explains the lengths of all its bars.

    The value of a bar is written in it or after its end. It is known to the rounding of its
    text, so a length may vary as much.
    """
    halves = {entry["id"]: _between(entry) for entry in book.entries if entry["kind"] == "share"}
    for path in sorted(book.folder.glob("*.html")):
        for drawing in _DRAWING.finditer(path.read_text("utf-8")):
            wrong = _wrong(drawing[0], halves)
            if wrong:
                yield EnqueteError(
                    f"La barre de « {wrong} » n’a pas la longueur de sa valeur.",
                    f"{path.name}, graphique",
                    "Reconstruisez le livre : le graphique ne montre plus ce que dit le registre.",
                )


def _between(entry: Mapping[str, Any]) -> tuple[Fraction, Fraction]:
    text = re.sub(r"[^\d,]", "", entry["text"]).replace(",", ".")
    value, half = Fraction(text or 0), Fraction(10) ** -entry["decimals"] / 2
    return value - half, value + half


def _wrong(drawing: str, halves: Mapping[str, tuple[Fraction, Fraction]]) -> str:
    """Return the figure whose bar no common scale explains, empty when one explains all."""
    drawn = [tuple(map(Fraction, each)) for each in _BAR.findall(drawing)]
    height = max((each[3] - each[1] for each in drawn), default=Fraction(0))
    bars = [each for each in drawn if each[3] - each[1] > height / 2]  # no sample of a legend
    scales: list[tuple[Fraction, Fraction, str]] = []
    for x, y, name in (each.groups() for each in _VALUE.finditer(drawing)):
        bar = _bar_of(Fraction(x), Fraction(y), bars)
        low, high = halves.get(name, (Fraction(0), Fraction(0)))
        if bar and low > 0:
            length = bar[2] - bar[0]
            scales.append(((length - _SLACK) / high, (length + _SLACK) / low, name))
    if _agree(scales):
        return ""
    # The one without which all the others agree; of two bars, nobody can tell.
    rest = ([other for other in scales if other != each] for each in scales)
    alone = [each[2] for each, others in zip(scales, rest, strict=True) if _agree(others)]
    return alone[0] if alone else scales[0][2]


def _bar_of(x: Fraction, y: Fraction, bars: Sequence[Bar]) -> Bar | None:
    """Return the bar that a value is written in, else the one that it follows."""
    line = [each for each in bars if each[1] <= y <= each[3] and each[0] <= x]
    inside = [each for each in line if x <= each[2]]
    return max(inside or line, key=lambda each: each[2], default=None)


def _agree(scales: Sequence[tuple[Fraction, Fraction, str]]) -> bool:
    """Tell whether the lengths that 100 % may have, bar by bar, have one in common."""
    return not scales or max(each[0] for each in scales) <= min(each[1] for each in scales)
