"""From the words of a cell to the codes of a question."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from enquete.importing.wording import fold, folded, tidy
from enquete.questionnaire import Question

_OTHER = re.compile(r"autres?(?:\s*\([^)]*\))?\s*(?:[:：].*)?", re.IGNORECASE | re.DOTALL)
_OTHER_START = re.compile(r"autres?(?:\s*\([^)]*\))?\s*[:：]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """Say which option a text names; ``near`` when only up to case and punctuation."""

    code: str
    label: str
    near: bool = False
    free: bool = False  # « Autre : … »: words of a person followed


@dataclass(frozen=True, slots=True)
class Split:
    """Hold the options named in one cell, and the pieces that name none."""

    found: tuple[Found, ...]
    unknown: tuple[str, ...] = ()
    hidden: int = 0  # known options written after « Autre : », taken as its text


@dataclass(frozen=True, slots=True)
class Labels:
    """Know the writings of every option of one question."""

    question: str
    exact: Mapping[str, str]
    near: Mapping[str, str]  # folded writing → code, where only one option has it
    by_length: tuple[tuple[str, str], ...]
    words: Mapping[str, str]  # code → its label
    other: str | None

    def find(self, text: str) -> Found | None:
        """Return the option that a tidy *text* names."""
        code = self.exact.get(text)
        if code is not None:
            return Found(code, self.words[code])
        code = self.near.get(fold(text))
        if code is not None:
            return Found(code, self.words[code], near=True)
        if self.other is not None and _OTHER.fullmatch(text):
            return Found(self.other, self.words[self.other], free=":" in text or "：" in text)
        return None

    def split(self, cell: str) -> Split:
        """
        Cut a cell that joins several options, by their labels, longest first.

        A comma cuts nothing by itself: an option may hold some.  What follows
        « Autre : » is its text, to the end of the cell.
        """
        whole = self.find(tidy(cell))
        if whole is not None and not whole.free:
            return Split((whole,))
        reduced = folded(cell)
        found: list[Found] = []
        unknown: list[str] = []
        position, start = 0, 0
        while position < len(reduced.text):
            matched = self._at(reduced.text, position, reduced.breaks)
            if matched is not None:
                length, code = matched
                found.append(Found(code, self.words[code]))
                position += length
                start = position
                continue
            rest = cell[reduced.source[position] :]
            if self.other is not None and _OTHER_START.match(rest):
                hidden = self._hidden(reduced.text, position, reduced.breaks)
                found.append(Found(self.other, self.words[self.other], free=True))
                return Split(tuple(found), tuple(unknown), hidden)
            following = [each for each in reduced.breaks if each > position]
            position = min(following, default=len(reduced.text))
            unknown.append(_piece(cell, reduced.source, start, position))
            start = position
        return Split(tuple(found), tuple(unknown))

    def _at(self, text: str, position: int, breaks: frozenset[int]) -> tuple[int, str] | None:
        for writing, code in self.by_length:
            end = position + len(writing)
            if text.startswith(writing, position) and (end == len(text) or end in breaks):
                return len(writing), code
        return None

    def _hidden(self, text: str, position: int, breaks: frozenset[int]) -> int:
        return sum(self._at(text, each, breaks) is not None for each in breaks if each > position)


def labels(question: Question, aliases: Mapping[str, str], other: str | None = None) -> Labels:
    """
    Gather the writings of the options of *question*: label, code, and *aliases*.

    A folded writing that two options share names neither.
    """
    words = {option.code: option.label for option, _ in question.walk()}
    exact = {code: code for code in words}
    exact.update({tidy(label): code for code, label in words.items()})
    exact.update({tidy(writing): code for writing, code in aliases.items()})
    writings: dict[str, set[str]] = {}
    for writing, code in exact.items():
        writings.setdefault(fold(writing), set()).add(code)
    near = {writing: codes.pop() for writing, codes in writings.items() if len(codes) == 1}
    lengths = sorted(near.items(), key=lambda item: (-len(item[0]), item[0]))
    return Labels(question.id, exact, near, tuple(lengths), words, other or _other(question))


def _other(question: Question) -> str | None:
    """Return the option that « Autre » names: that of this code, or the only one so called."""
    shown = [option.code for option, _ in question.walk() if option.status != "remplissage"]
    for code in ("autre", "autres"):
        if code in shown:
            return code
    starting = [code for code in shown if code.startswith("autre") and code in _roots(question)]
    return starting[0] if len(starting) == 1 else None


def _roots(question: Question) -> frozenset[str]:
    return frozenset(option.code for option in question.options)


def _piece(cell: str, source: tuple[int, ...], start: int, end: int) -> str:
    stop = source[end] if end < len(source) else len(cell)
    return tidy(cell[source[start] : stop]).strip(" ,;|")
