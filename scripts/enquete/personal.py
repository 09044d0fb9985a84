"""Signs that a text names somebody: told by kind, never by value."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

_CAPITAL = "A-ZÀÂÄÇÈÉÊËÎÏÔÖÙÛÜŸŒÆ"
_PLATE = "A-HJ-NP-TV-Z"  # letters of the plates in use since 2009
_CHECKED = 97  # both keys are remainders by 97
_IBAN_LENGTHS = range(15, 35)
_IBAN_DIGITS = 10  # fewer is a word that looks like an account


@dataclass(frozen=True, slots=True)
class Sign:
    """One kind of personal data: a pattern, and a check of what it found if there is one."""

    kind: str
    pattern: re.Pattern[str]
    check: Callable[[str], bool] | None = None

    def found(self, text: str) -> bool:
        """Tell whether *text* holds this kind of data."""
        return any(
            self.check is None or self.check(match[0]) for match in self.pattern.finditer(text)
        )


def kinds(text: str) -> tuple[str, ...]:
    """
    Return the kinds of personal data that *text* seems to hold, in French.

    >>> kinds("Écrire à jeanne(at)exemple.fr ou au 06 12 34 56 78.")
    ('adresse électronique', 'numéro de téléphone')
    """
    plain = " ".join(_visible(unicodedata.normalize("NFKC", text)).split())
    return tuple(sign.kind for sign in _SIGNS if sign.found(plain))


def _visible(text: str) -> str:
    """Drop the characters of no width that would hide a number from a pattern."""
    return "".join(one for one in text if unicodedata.category(one) != "Cf")


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


_SIGNS = (
    Sign(
        "adresse électronique",
        re.compile(
            r"[\w+-][\w.+-]* ?(?:@|[(\[] ?(?:at|arobase) ?[)\]]| arobase ) ?"
            r"[\w-]+(?: ?(?:\.|[(\[] ?point ?[)\]]| point ) ?[\w-]+)+",
            re.IGNORECASE,
        ),
    ),
    Sign(
        "numéro de téléphone",
        re.compile(
            r"(?<![\d+])(?:(?:\+|00) ?33 ?(?:\(0\) ?)?|0)[1-9](?:[ .\-/]{0,2}\d{2}){4}(?!\d)"
        ),
    ),
    Sign(
        "numéro de sécurité sociale",
        re.compile(
            r"(?<!\d)[1-478][ .-]?\d{2}[ .-]?\d{2}[ .-]?(?:\d{2}|2[AB])"
            r"[ .-]?\d{3}[ .-]?\d{3}[ .-]?\d{2}(?!\d)",
            re.IGNORECASE,
        ),
        _social_security,
    ),
    Sign(
        "coordonnées bancaires",
        re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}", re.IGNORECASE),
        _account,
    ),
    Sign(
        "adresse postale",
        re.compile(
            r"\b\d{1,4},? ?(?:bis|ter|quater)?,? "
            r"(?:(?i:rue|avenue|av\.|boulevard|bd|bld|impasse|chemin|allée|route|faubourg) \w"
            rf"|(?i:place|cours|quai|square|passage|résidence|villa|lotissement|hameau) "
            rf"(?:(?:de la|de l['’]|de|du|des|d['’]|la|le|les) ?)?[{_CAPITAL}])"
            rf"|\b(?:0[1-9]|[1-8]\d|9[0-8])\d{{3}},? [{_CAPITAL}][\w'’-]{{2,}}"
        ),
    ),
    Sign(
        "plaque d’immatriculation",
        re.compile(
            rf"\b[{_PLATE}]{{2}}[ -]?\d{{3}}[ -]?[{_PLATE}]{{2}}\b"
            r"|\b\d{1,4}(?P<tiret>-?)[A-Z]{2,3}(?P=tiret)(?:\d{2}|2[AB])\b"
        ),
    ),
    Sign(
        "civilité et nom",
        re.compile(
            r"\b(?:M\.|MM\.|[Mm](?:r|me|mes|lle|lles)\b\.?|[Mm]onsieur|[Mm]adame|[Mm]ademoiselle"
            r"|Dr\.?|[Dd]octeure?|[Mm]aître) (?:(?:de la|de|du|le|la) |d['’])?"
            rf"(?![XYZ]\b)[{_CAPITAL}]"
        ),
    ),
    Sign("longue suite de chiffres", re.compile(r"\d{7}")),
)
