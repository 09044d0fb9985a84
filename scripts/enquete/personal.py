"""Signs that a text names somebody: told by kind, never by value."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

_CAPITAL = "A-ZÀÂÄÇÈÉÊËÎÏÔÖÙÛÜŸŒÆ"
_PLATE = "A-HJ-NP-TV-Z"  # letters of the plates in use since 2009
_CHECKED = 97  # both keys are remainders by 97
_IBAN_LENGTHS = range(15, 35)
_IBAN_DIGITS = 10  # fewer is a word that looks like an account
_AROUND = 64  # characters read on each side of what announces a sign
# An e-mail is looked for around its at sign, a long number around seven of its digits:
# the full patterns would read every word of the book.
# Each of their branches starts with one plain sign: the places without it are skipped at once.
_AT = re.compile(r"@|a(?i:robase)|A(?i:robase)|\((?i: ?at ?[)\]])|\[(?i: ?at ?[)\]])")
_DIGITS = re.compile(r"\d(?:[ .\-/()]{0,3}\d){6}")
_SAID_AT = r"(?:[(\[] ?(?:at|arobase) ?[)\]]|(?<= )arobase(?= ))"
_SAID_DOT = r"(?:[(\[] ?(?:point|dot) ?[)\]]|(?<= )point(?= ))"
_ENDINGS = "fr|com|org|net|eu|info|asso|gouv|be|ch|lu|ca|re|gp|mq|gf|yt|bzh|paris"
_FORMAT = re.compile(
    "[\u00ad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u206f\ufeff\ufff9-\ufffb]"
)


@dataclass(frozen=True, slots=True)
class Sign:
    """
    One kind of personal data: a pattern, and a check of what it found if there is one.

    ``near`` finds quickly the places worth reading.  A sign that is only ``reviewed``
    is too common in a finished book (fractions, links) to stop its publication; a reviewer
    of a quotation is still told.
    """

    kind: str
    pattern: re.Pattern[str]
    check: Callable[[str], bool] | None = None
    near: re.Pattern[str] | None = None
    reviewed: bool = False

    def matches(self, seen: Plain) -> Iterator[str]:
        """Yield what a text holds of this kind."""
        for piece in seen.near(self.near):
            for match in self.pattern.finditer(piece):
                if self.check is None or self.check(match[0]):
                    yield match[0]


@dataclass(frozen=True, slots=True)
class Plain:
    """Hold a text as the patterns read it, and the places that several of them look at."""

    text: str
    _near: dict[re.Pattern[str], list[str]] = field(default_factory=dict, compare=False)

    def near(self, announced: re.Pattern[str] | None) -> list[str]:
        """Return the text around what announces a sign; all of it without any."""
        if announced is None:
            return [self.text]
        found = self._near.get(announced)
        if found is None:
            found = self._near[announced] = list(_around(announced, self.text))
        return found


def _around(announced: re.Pattern[str], text: str) -> Iterator[str]:
    start = stop = 0
    for match in announced.finditer(text):
        low, high = max(0, match.start() - _AROUND), match.end() + _AROUND
        if low > stop:
            yield text[start:stop]
            start = low
        stop = high
    yield text[start:stop]


def kinds(text: str) -> tuple[str, ...]:
    """
    Return the kinds of personal data that *text* seems to hold, in French.

    >>> kinds("Écrire à jeanne(at)exemple.fr ou au 06 12 34 56 78.")
    ('adresse électronique', 'numéro de téléphone')
    """
    seen = Plain(plain(text))
    return tuple(sign.kind for sign in SIGNS if any(sign.matches(seen)))


def plain(text: str) -> str:
    """
    Return *text* as the patterns read it.

    Ordinary digits and spaces, and none of the characters without width that would
    hide a number.
    """
    if not text.isascii():
        text = _FORMAT.sub("", unicodedata.normalize("NFKC", text))
    return " ".join(text.split())


def _social_security(found: str) -> bool:
    """Check the key of a French social security number, Corsica included."""
    number = re.sub(r"\W", "", found).upper().replace("2A", "19").replace("2B", "18")
    return int(number[13:]) == _CHECKED - int(number[:13]) % _CHECKED


def _account(found: str) -> bool:
    """Check the key of an IBAN; the match may have swallowed words after it."""
    compact = re.sub(r"\W", "", found).upper()
    return any(_iban(compact[:length]) for length in _IBAN_LENGTHS if length <= len(compact))


def _iban(compact: str) -> bool:
    turned = compact[4:] + compact[:4]
    digits = "".join(str(int(one, 36)) for one in turned)
    return sum(map(str.isdigit, compact)) >= _IBAN_DIGITS and int(digits) % _CHECKED == 1


SIGNS = (
    Sign(
        "adresse électronique",
        re.compile(
            # As one word; or spaced out, or spelled, under a known ending.
            r"[\w+-][\w.+-]*@[\w-]+(?:\.[\w-]+)+"
            rf"|[\w+-][\w.+-]* ?{_SAID_AT} ?[\w-]+(?: ?{_SAID_DOT} ?[\w-]+)+"
            rf"|[\w+-][\w.+-]* ?(?:@|{_SAID_AT}) ?[\w-]+(?: ?(?:\.|{_SAID_DOT}) ?[\w-]+)*"
            rf" ?(?:\.|{_SAID_DOT}) ?(?:{_ENDINGS})\b"
            r"|[\w+-] ?[(\[] ?arobase ?[)\]]",
            re.IGNORECASE,
        ),
        near=_AT,
    ),
    Sign(
        "numéro de téléphone",
        re.compile(
            r"(?<![\d+])(?:(?:\+|00) ?33 ?(?:\(0\) ?)?|0)[1-9](?:[ .\-/]{0,2}\d{2}){4}(?!\d)"
            r"|(?<![\w+])\+(?!33)[1-9]\d{0,2}(?:[ .\-/]{0,2}\(?\d{1,4}\)?){3,6}(?!\d)"
        ),
        lambda found: sum(map(str.isdigit, found)) >= _IBAN_DIGITS,
        near=_DIGITS,
    ),
    Sign(
        "numéro de sécurité sociale",
        re.compile(
            r"(?<!\d)[1-478][ .-]?\d{2}[ .-]?\d{2}[ .-]?(?:\d{2}|2[AB])"
            r"[ .-]?\d{3}[ .-]?\d{3}[ .-]?\d{2}(?!\d)",
            re.IGNORECASE,
        ),
        _social_security,
        near=_DIGITS,
    ),
    Sign(
        "coordonnées bancaires",
        re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}", re.IGNORECASE),
        _account,
        near=_DIGITS,
    ),
    Sign(
        "adresse postale",
        re.compile(
            # A first digit, then the rest of a number of a street or of a postcode.
            r"\d(?<!\w\d)(?:\d{0,3},? ?(?:bis|ter|quater)?,? "
            r"(?:(?i:rue|avenue|av\.|boulevard|bd|bld|impasse|chemin|allée|route|faubourg) \w"
            rf"|(?i:place|cours|quai|square|passage|résidence|villa|lotissement|hameau) "
            rf"(?:(?:de la|de l['’]|de|du|des|d['’]|la|le|les) ?)?[{_CAPITAL}])"
            rf"|(?:(?<=0)[1-9]|(?<=[1-8])\d|(?<=9)[0-8])\d{{3}},? [{_CAPITAL}][\w'’-]{{2,}})"
        ),
    ),
    Sign(
        "plaque d’immatriculation",
        re.compile(
            rf"\b[{_PLATE}]{{2}}[ -]?\d{{3}}[ -]?[{_PLATE}]{{2}}\b"
            r"|\b\d{1,4}(?P<tiret>[ -]?)[A-Z]{2,3}(?P=tiret)(?:\d{2}|2[AB])\b"
        ),
        near=re.compile(r"[A-Z]{2}[ -]?\d"),
    ),
    Sign(
        "civilité et nom",
        re.compile(
            r"\b(?:M\.|MM\.|[Mm](?:r|me|mes|lle|lles)\b\.?|[Mm]onsieur|[Mm]adame|[Mm]ademoiselle"
            r"|Dr\.?|[Dd]octeure?|[Mm]aître) (?:(?:de la|de|du|le|la) |d['’])?"
            rf"(?![XYZ]\b)[{_CAPITAL}]"
        ),
        near=re.compile("[Mm](?:[.Mmrl]|ons|ad|aî)|[Dd](?:r|oct)"),
    ),
    Sign(
        "date de naissance",
        re.compile(
            r"\bné(?:·?e|\(e\)|\.e)?(?:e\b)? le (?:\d{1,2}(?:er)? \w+ \d{4}"
            r"|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4})",
            re.IGNORECASE,
        ),
        near=re.compile("n[éÉ][e(·. ]"),
    ),
    Sign("longue suite de chiffres", re.compile(r"\d{7}"), near=_DIGITS, reviewed=True),
)
