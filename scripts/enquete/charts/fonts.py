"""
The charts' typeface: registered once from the project, measured exactly.

Labels stay text in the SVG (searchable, read aloud, checked by the audit); only their
widths must be known to wrap them and to place the values.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

from matplotlib import font_manager, get_data_path
from matplotlib.ft2font import FT2Font, LoadFlags

from enquete.paths import root

_FACES = {400: "SourceSans3-Regular.ttf", 600: "SourceSans3-SemiBold.ttf"}
_FALLBACK = {400: "DejaVuSans.ttf", 600: "DejaVuSans-Bold.ttf"}
_REFERENCE = 100  # size at which advances are read: large enough to ignore rounding


@cache
def family() -> str:
    """
    Register the project's typeface and return its name.

    Without theme/polices/ (a partial copy of the project), charts are drawn with the
    typeface that matplotlib ships: nothing fails, only the widths differ.
    """
    for name in _FACES.values():
        file = root() / "theme" / "polices" / name
        if not file.is_file():
            return "DejaVu Sans"
        font_manager.fontManager.addfont(str(file))
    return "Source Sans 3"


@cache
def _face(weight: int) -> FT2Font:
    folder, names = root() / "theme" / "polices", _FACES
    if family() != "Source Sans 3":
        folder, names = Path(get_data_path()) / "fonts" / "ttf", _FALLBACK
    face = FT2Font(str(folder / names[weight]))
    face.set_size(_REFERENCE, 72)
    return face


@lru_cache(maxsize=4096)
def _advance(character: str, weight: int) -> float:
    face = _face(weight)
    index = face.get_char_index(ord(character))
    if index == 0:
        return 1.2  # not in this face (an emoji): the widest that another one may draw it
    glyph = face.load_glyph(index, flags=LoadFlags.NO_HINTING)
    return float(glyph.linearHoriAdvance) / 65536 / _REFERENCE


def width(text: str, size: float, weight: int = 400) -> float:
    """Return the width of *text* in the units of *size*; kerning is left out."""
    return sum(_advance(character, weight) for character in text) * size


def wrap(text: str, limit: float, size: float, weight: int = 400) -> tuple[str, ...]:
    """
    Break *text* into lines no wider than *limit*, at plain spaces.

    No-break spaces hold. A single word that is too long is cut: a label from the data must
    never leave the drawing, and never be dropped.
    """
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if width(joined, size, weight) <= limit:
            lines[-1] = joined
            continue
        if lines[-1]:
            lines.append("")
        for character in word:
            if lines[-1] and width(lines[-1] + character, size, weight) > limit:
                lines.append("")
            lines[-1] += character
    return tuple(line for line in lines if line)
