"""French signs and spaces for texts that no filter sees: titles, alternative texts."""

from __future__ import annotations

import re

from enquete.french import NBSP, typeset
from enquete.french import NNBSP as NARROW

__all__ = ["NARROW", "NBSP", "french"]
_RULES = (
    (re.compile("'"), "’"),
    (re.compile(r"\.\.\."), "…"),
    (re.compile("« ?(?=[^ \u00a0\u202f])"), f"«{NBSP}"),
    (re.compile("(?<=[^ \u00a0\u202f]) ?»"), f"{NBSP}»"),
    (re.compile(r"(?<=[^ \u00a0\u202f!?;]) ?([;!?]+)(?=[ \u00a0»)]|$)"), rf"{NARROW}\1"),
    (re.compile("(?<=[^ \u00a0\u202f]) ?:(?=[ \u00a0]|$)"), f"{NBSP}:"),
    (re.compile("(?<=[0-9]) ?([‰€])"), rf"{NBSP}\1"),
)


def french(text: str) -> str:
    r"""
    Return *text* with French apostrophes and no-break spaces, as `typographie.lua` does.

    >>> french("L'essai : oui !")
    'L’essai\xa0: oui\\u202f!'
    """
    text = typeset(text)  # numbers
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text
