"""Find every number of a French text: digits, dates, percentages, ordinals, number words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

SPACES = {"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " ", "\u2019": "'", "\u02bc": "'"}
_PLAIN = str.maketrans(SPACES)

# « un », « une » are left out: they are articles far more often than numbers, and where they
# count (« un tiers », « une sur deux », « une dizaine », « vingt et un ») the other word is here.
_ROWS = (
    "zéro deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize",
    "vingt vingts trente quarante cinquante soixante septante huitante octante nonante",
    "cent cents mille million millions milliard milliards",
    "dizaine dizaines douzaine douzaines quinzaine vingtaine trentaine quarantaine",
    "cinquantaine soixantaine centaine centaines millier milliers",
    "moitié moitiés tiers quart quarts demi demie demis demies",
    "double doubles doublé doublée doublés doublées doubler triple triples triplé triplée tripler",
    "quadruple décuple centuple premier première premiers premières",
    "second seconde seconds secondes",
    "majorité majorités majoritaire majoritaires majoritairement",
    "minorité minorités minoritaire minoritaires pourcent pourcents",
)
WORDS = frozenset(word for row in _ROWS for word in row.split())
_STEMS = (
    "deuxi troisi quatri cinqui sixi septi huiti neuvi dixi onzi douzi treizi quatorzi quinzi",
    "seizi vingti trenti quaranti cinquanti soixanti centi milli millioni",
)
_ORDINALS = tuple(f"{stem}ème" for row in _STEMS for stem in row.split())
_ROMAN = re.compile("[IVX]+(?:e|er|ère|ème)")
_SIGNS = "\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u2079\u2080-\u2089\u2150-\u218b\u2460-\u249b"
_NUMBER = re.compile(
    rf"""
      [^\W\d_{_SIGNS}][^\W\d_]*+(?:\d\w*+)?+           # a word; a name: Q10b, SHA256, R0001
    | [^\W\d_]++\d\w*                                  # one that begins with a sign
    | (?<![\d,.])\d{{1,3}}(?:[ \u00a0\u202f\u2009]\d{{3}})+(?!\d)(?:,\d+)?   # 2 542
    | \d++(?:[.,]\d++)*+(?:ère|ème|er|re|e|nde|nd)?+(?![^\W_])   # 45  80,8  1er  2026
    | \d++(?:[.,]\d++)*+\w*+                            # 3A, a hash
    | [{_SIGNS}]+                                      # ² ½ ①
    | [^\W\d_]+                                        # what is left
    """,
    re.VERBOSE,
)


_LETTERS = re.compile(r"[^\W\d_]+")
_MAY_COUNT = re.compile(rf"[\d{_SIGNS}]")
_WORDS_SEEN: set[str] = set()
"""Words met that are no numbers: a text of such words alone, as most are, has none."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a text: its place and how it is written."""

    start: int
    end: int
    text: str


@lru_cache(maxsize=60_000)
def find(text: str) -> tuple[Number, ...]:
    r"""
    Return the numbers of *text*, in order.

    A name that holds a digit (`Q10b`) is one number: what follows a letter is read with it.

    >>> [number.text for number in find("Près de 2\u202f542 personnes, soit un tiers des 1ers")]
    ['2\u202f542', 'tiers', '1ers']
    """
    if not _MAY_COUNT.search(text) and _WORDS_SEEN.issuperset(_LETTERS.findall(text)):
        return ()
    found = []
    for match in _NUMBER.finditer(text):
        word = match[0]
        if word in _WORDS_SEEN:
            continue
        if not word.isalpha() or _is_word(word):
            found.append(Number(match.start(), match.end(), word))
        else:
            _WORDS_SEEN.add(word)
    return tuple(found)


def plain(text: str) -> str:
    """
    Return *text* with ordinary spaces and apostrophes, sign for sign.

    The length stays: places found in the result are places of *text*.
    """
    return text.translate(_PLAIN)


@lru_cache(maxsize=60_000)
def _is_word(word: str) -> bool:
    small = word.lower()
    if small in WORDS or small.removesuffix("s").endswith(_ORDINALS):
        return True
    return word[:1] in "IVX" and _ROMAN.fullmatch(word) is not None
