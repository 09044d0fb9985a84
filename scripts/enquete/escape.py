"""The one place where untrusted text becomes Markdown or HTML."""

from __future__ import annotations

import re

_PUNCTUATION = re.compile(r"([!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~\u00a0\u202f])")
# Controls, zero-width space, bidirectional overrides, BOM, lone surrogates.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_BREAKS = re.compile(r"[ \t\r\n]+")  # never \s, which also eats no-break spaces
# A French number is safe as it is: it starts with a digit and has no markup.
_NUMBER = re.compile(r"[0-9][0-9,%\u00a0\u202f]*")
_NO_BREAK = re.compile("([\u00a0\u202f])")


def esc(text: str) -> str:
    r"""
    Write *text* so that Markdown, Typst through pandoc, and HTML show it literally.

    Every ASCII punctuation character becomes a numeric entity: backslashes
    change meaning with the reader's extensions, entities do not.  Numbers stay
    legible in notebooks, with their no-break spaces made visible.

    >>> esc("<b>5 $ & co</b>")
    '&#60;b&#62;5 &#36; &#38; co&#60;&#47;b&#62;'
    >>> esc("59\u00a0%")
    '59&#160;%'
    """
    pattern = _NO_BREAK if _NUMBER.fullmatch(text) else _PUNCTUATION
    return pattern.sub(lambda match: f"&#{ord(match[1])};", clean(text))


def clean(text: str) -> str:
    """Drop invisible controls and fold line breaks; keep no-break spaces."""
    return _BREAKS.sub(" ", _HIDDEN.sub("", text)).strip(" ")


class Text(str):
    """
    Hold a text that came with the data, safe to print inline.

    A plain ``str`` inline is printed by its ``repr`` and half escaped.
    """

    __slots__ = ()

    def _repr_markdown_(self) -> str:
        return esc(self)
