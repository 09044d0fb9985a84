"""Signs that the fonts of the book do not have: shown as missing, never a broken build."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

MISSING = "\u25ca"
# The signs under this one, and these, are in every font of the theme: most books have no other.
_LATIN = "\u0180"
_USUAL = frozenset("\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u2026\u20ac\u2192\u2212\u25ca")
# Spaces and hyphens that Typst draws itself when a font does not.
_BLANK = frozenset("\u2002\u2003\u2009\u200a\u2010\u2011\u202f")


def drawable(source: str, fonts: Path) -> str:
    """
    Return *source* with a lozenge in the place of each sign that *fonts* do not all draw.

    An emoji in an answer is such a sign; PDF/UA forbids a box that nothing can read.
    """
    rare = {sign for sign in set(source) if sign >= _LATIN} - _USUAL - _BLANK
    lost = rare - _drawn(fonts) if rare else rare
    return source.translate({ord(sign): MISSING for sign in lost}) if lost else source


def make_drawable(pictures: Path, fonts: Path) -> None:
    """Do the same to the SVG files of a folder, rewriting those that need it."""
    for file in sorted(pictures.glob("*.svg")):
        text = file.read_text("utf-8")
        shown = drawable(text, fonts)
        if shown != text:
            file.write_text(shown, "utf-8", newline="\n")


@lru_cache(maxsize=4)
def _drawn(fonts: Path) -> frozenset[str]:
    # It comes with matplotlib; it is slow, and most books never need it.
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    each = []
    for file in sorted(fonts.glob("*.ttf")):
        with TTFont(file, lazy=True) as font:
            each.append(set(font.getBestCmap()))
    return frozenset(map(chr, set.intersection(*each))) if each else frozenset()
