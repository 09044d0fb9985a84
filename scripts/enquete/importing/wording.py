"""Texts of an export made comparable: tidy for exact equality, folded for near misses."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

SHOWN = 60  # a longer cell is never repeated in a message
_NO_BREAK = re.compile("[\u00a0\u202f\u2007\u2009\u2060]")
# Zero-width and control characters; line breaks and tabs are spaces.
_HIDDEN = re.compile(
    "[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
)
_SPACES = re.compile(r"\s+")
_SEPARATORS = ",;|\n\r\t"
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"})
# What UTF-8 becomes when it is read as Windows-1252: « Ã© » for « é », « â€™ » for « ’ ».
_MOJIBAKE = re.compile(
    "[ÃÂ][\u0080-\u00bf\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152"
    "\u017d\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u017e\u0178]"
    "|â€[\u2122\u0153\u201d\u02dc\u00a6\u201c\u00a2\x9d]|â€"
)
_MONTH = (
    r"(?:janv?|jan|f[ée]vr?|feb|mars?|avr|apr|mai|may|juin|jun|juil?|jul|ao[uû]t?|aug|sept?"
    r"|oct|nov|d[ée]c)[a-zé]*\.?"
)
_ISO = re.compile(r"\d{4}-(\d{2})-(\d{2})(?:[T ]00:00(?::00)?)?")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/\d{2,4}")
_NAMED = re.compile(rf"(\d{{1,2}})[- ]({_MONTH})(?:[- ]\d{{2,4}})?", re.IGNORECASE)
_MONTHS = ("ja", "f", "mar", "av|ap", "mai|may", "juin|jun", "jui|jul", "ao|au", "s", "o", "n", "d")


def tidy(text: str) -> str:
    """Return *text* in NFC, on one line, with ordinary single spaces."""
    text = _NO_BREAK.sub(" ", _HIDDEN.sub("", text))
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


@dataclass(frozen=True, slots=True)
class Folded:
    """
    Hold the letters and digits of a text, and where a separator stood before them.

    ``breaks`` are positions in ``text`` that a comma, a semicolon, a bar or a
    line break precedes; ``source`` gives the position in the original text.
    """

    text: str
    breaks: frozenset[int]
    source: tuple[int, ...]


def folded(text: str) -> Folded:
    """
    Reduce *text* to what two writings of one label share.

    Case, accents, spaces, punctuation and the signs of inclusive writing go:
    « travailleur·euse », « travailleur.euse » and « Travailleur(euse) » are
    alike.  Between two digits something stays: « 1-4 » is not « 14 ».
    """
    letters: list[str] = []
    breaks: set[int] = set()
    source: list[int] = []
    gap = separated = False
    for position, one in enumerate(text):
        for part in unicodedata.normalize("NFKD", one.translate(_LIGATURES)):
            if part.isalnum():
                if gap and letters and letters[-1].isdigit() and part.isdigit():
                    letters.append("_")
                    source.append(position)
                if separated:
                    breaks.add(len(letters))
                for low in part.casefold():
                    letters.append(low)
                    source.append(position)
                gap = separated = False
            elif not unicodedata.combining(part):
                gap = True
                separated = separated or part in _SEPARATORS
    return Folded("".join(letters), frozenset(breaks), tuple(source))


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Return the letters and digits of *text*; *text* itself when it has none."""
    return folded(text).text or text.casefold()


def mojibake(text: str) -> str:
    """Return the first piece of UTF-8 read as Windows-1252, or nothing."""
    found = _MOJIBAKE.search(text)
    return found[0] if found else ""


def mended(text: str) -> str:
    """Return what damaged text was, or the text itself."""
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


def eaten(text: str) -> tuple[str, ...]:
    """
    Return what a spreadsheet may have turned into the date *text*, or nothing.

    >>> eaten("01-avr")
    ('1-4', '4-1')
    """
    found = _ISO.fullmatch(text)
    if found:
        month, day = int(found[1]), int(found[2])
        return _both(day, month)
    found = _SLASHED.fullmatch(text)
    if found:
        return _both(int(found[1]), int(found[2]))
    found = _NAMED.fullmatch(text)
    if found:
        name = found[2].casefold().replace("é", "e")
        month = next((n for n, start in enumerate(_MONTHS, 1) if re.match(start, name)), 0)
        return _both(int(found[1]), month)
    return ()


def _both(day: int, month: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys((f"{day}-{month}", f"{month}-{day}")))
