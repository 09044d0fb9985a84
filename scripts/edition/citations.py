"""
Quotation slots: where a chapter tells what a respondent said, and can show her own words.

A slot is a div `::: {.citation ref="v-0412"}` around the indirect speech. The reviewed words,
when the editor has them, follow it as a block quote; without them nothing changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from edition.splice import blanked
from enquete.errors import EnqueteError
from enquete.escape import esc
from enquete.suggest import suggestion
from enquete.verbatims import IDENTIFIER, NAME, Verbatim

_OPENING = re.compile(r"^ {0,3}:{3,}[ \t]*(?:\{([^{}]*)\}|([^\s{}:]+))[ \t]*:*[ \t]*$")
_CLOSING = re.compile(r"^ {0,3}:{3,}[ \t]*$")
_CLASS = re.compile(r"(?:^|\s)\.citation(?=\s|$)")
_REFERENCE = re.compile(r'(?:^|\s)ref=(?:"([^"]*)"|([^\s"]+))')
_EXAMPLE = '::: {.citation ref="v-0412"}'
_QUOTED = re.compile("^«.*»$", re.DOTALL)

Verbatims = Mapping[str, Verbatim] | None


def with_words(markdown: str, verbatims: Verbatims) -> str:
    """Return a chapter with the reviewed words at the end of each slot."""
    if not verbatims:
        return markdown
    lines: list[str] = []
    opened: list[list[str]] = []
    for line, seen in zip(markdown.split("\n"), blanked(markdown).split("\n"), strict=True):
        if opening := _OPENING.match(seen):
            opened.append(_slot(opening) or [])
        elif _CLOSING.match(seen) and opened:
            for ref in opened.pop():
                lines += ["", f"> {_words(verbatims[ref].text)}", ""]
        lines.append(line)
    return "\n".join(lines)


def _words(text: str) -> str:
    """Return the words between French quotation marks, as text that nothing can interpret."""
    return esc(text) if _QUOTED.match(text) else f"«&#160;{esc(text)}&#160;»"


def problems(
    lines: Iterable[tuple[int, str]], path: str, verbatims: Verbatims
) -> Iterator[EnqueteError]:
    """Yield what is wrong with the slots of a chapter, given its (line, visible text) pairs."""
    opened: list[tuple[int, list[str] | None]] = []
    empty = False
    for number, text in lines:
        opening = _OPENING.match(text)
        if opening:
            refs = _slot(opening)
            opened.append((number, refs))
            empty = refs is not None
            if refs is not None:
                yield from _references(refs, f"{path}:{number}", verbatims)
        elif _CLOSING.match(text) and opened:
            start, refs = opened.pop()
            if empty and refs is not None:
                yield EnqueteError(
                    "Citation sans discours indirect.",
                    f"{path}:{start}",
                    "Dire dans le bloc ce que rapporte la citation : sans elle, il serait vide.",
                )
        elif text.strip():
            empty = False
            if _CLASS.search(text.replace("{", " ").replace("}", " ")) and ":::" in text:
                yield EnqueteError(
                    "Bloc de citation mal placé.",
                    f"{path}:{number}",
                    f"L'ouvrir en début de ligne : « {_EXAMPLE} ».",
                )


def _slot(opening: re.Match[str]) -> list[str] | None:
    """Return the references of a slot, or nothing when the div is not one."""
    attributes = opening[1] or f".{opening[2]}"
    if not _CLASS.search(attributes):
        return None
    found = _REFERENCE.search(attributes)
    return (found[1] or found[2] or "").split() if found else []


def _references(refs: list[str], where: str, verbatims: Verbatims) -> Iterator[EnqueteError]:
    if not refs or not all(map(IDENTIFIER.fullmatch, refs)):
        yield EnqueteError(
            "Bloc de citation sans référence, ou à référence mal formée.",
            where,
            f"Écrire « {_EXAMPLE} » : « v- » et quatre chiffres.",
        )
        return
    for ref in refs:
        if verbatims is not None and ref not in verbatims:
            yield EnqueteError(
                f"Citation inconnue : {ref}.{suggestion(ref, verbatims)}",
                where,
                f"L'ajouter à data/{NAME} après relecture, ou retirer le bloc.",
            )
