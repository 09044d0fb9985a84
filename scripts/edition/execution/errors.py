"""Failures of execution, said so that an editor finds the cell and sees its code."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from edition.qmd import Cell, Chapter, Inline, Prose
from enquete.errors import EnqueteError

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_CELL_LINE = re.compile(r"Cell In\[\d+\], line (\d+)")
_CODE_NAME = re.compile(r" \((?:<ipython-input[^>]*>|\d+\.py), line \d+\)$")
_OWN_PARTS = re.compile(r"^  (où|que faire) : ", re.MULTILINE)
SHOWN_BEFORE, SHOWN_AFTER = 8, 3


class ExecutionError(EnqueteError):
    """
    A failure in a chapter: three French lines, then the code and the short exception.

    The kernel's own traceback is a note of the exception: Python prints it with `--debug`.
    """

    def __init__(self, quoi: str, ou: str, que_faire: str, details: str = "") -> None:
        super().__init__(quoi, ou, que_faire)
        self.details = details

    def __str__(self) -> str:
        return f"{super().__str__()}\n\n{self.details}" if self.details else super().__str__()

    def __reduce__(self) -> tuple[type[ExecutionError], tuple[str, ...]]:
        return type(self), (self.quoi, self.ou, self.que_faire, self.details)


def cell_failure(chapter: Chapter, cell: Cell, error: Mapping[str, Any]) -> ExecutionError:
    """Say which cell failed, on which line, and show it."""
    name = f"« {cell.label} »" if cell.label else "sans label"
    inside = _failing_line(error.get("traceback", ()))
    count = cell.code.count("\n") + 1
    inside = inside if inside and inside <= count else None
    line = cell.code_line + inside - 1 if inside else cell.line
    failure = ExecutionError(
        quoi=f"La cellule {name} échoue : {_headline(error)}",
        ou=f"{chapter.path}:{line} (cellule ligne {cell.line})",
        que_faire="Corrigez la ligne marquée « > », puis relancez.",
        details=f"{_listing(cell.code, cell.code_line, inside)}\n\n{_exception(error)}",
    )
    return _with_traceback(failure, error)


def inline_failure(chapter: Chapter, inline: Inline, error: Mapping[str, Any]) -> ExecutionError:
    """Say which inline expression failed."""
    failure = ExecutionError(
        quoi=f"L'expression en ligne « {inline.code} » échoue : {_headline(error)}",
        ou=f"{chapter.path}:{inline.line}",
        que_faire="Corrigez-la, ou calculez cette valeur dans une cellule placée avant.",
        details=f"> {inline.line:>4}  `{{python}} {inline.code}`\n\n{_exception(error)}",
    )
    return _with_traceback(failure, error)


def inline_refusal(
    chapter: Chapter, inline: Inline, data: Mapping[str, str]
) -> ExecutionError | None:
    """
    Refuse a value that Quarto would print otherwise than as its Markdown.

    A `str` prints its escapes, a float its point, an object its address; HTML or LaTeX
    win over Markdown; an empty value leaves the raw expression in the page.
    """
    others = [mime for mime in ("text/html", "text/latex") if mime in data]
    markdown = data.get("text/markdown")
    if markdown is None:
        reason = f"vaut {data.get('text/plain', '?')[:80]}, qui n'a pas de forme Markdown"
    elif others:
        reason = f"a aussi une forme {others[0]}, qui l'emporterait"
    elif not markdown.strip():
        reason = "est vide"
    elif "\n" in markdown:
        reason = "s'écrit sur plusieurs lignes"
    else:
        return None
    return ExecutionError(
        quoi=f"L'expression en ligne « {inline.code} » {reason}.",
        ou=f"{chapter.path}:{inline.line}",
        que_faire="Imprimez un chiffre du registre (figures.share, figures.count, figures.fact…).",
    )


def overtime(chapter: Chapter, segment: Prose | Cell | None, limit: float) -> ExecutionError:
    """Say that the chapter was stopped at its time limit, and what was running."""
    return ExecutionError(
        quoi=f"Le chapitre a dépassé sa limite de {limit:g} s ; il a été arrêté.",
        ou=_running(chapter, segment),
        que_faire="Cherchez une boucle sans fin, ou relevez « rapport > limite-par-chapitre » "
        "dans _quarto.yml.",
        details=_code_of(segment),
    )


def crash(chapter: Chapter, segment: Prose | Cell | None, how: str) -> ExecutionError:
    """Say that the process of a chapter died without an exception."""
    return ExecutionError(
        quoi=f"Le processus du chapitre s'est arrêté net ({how}).",
        ou=_running(chapter, segment),
        que_faire="Vérifiez la mémoire disponible et que la cellule n'appelle pas exit().",
        details=_code_of(segment),
    )


def _running(chapter: Chapter, segment: Prose | Cell | None) -> str:
    return f"{chapter.path}:{segment.line}" if segment else chapter.path


def _code_of(segment: Prose | Cell | None) -> str:
    if isinstance(segment, Cell):
        return _listing(segment.code, segment.code_line, None)
    return ""


def _failing_line(traceback: Sequence[str]) -> int | None:
    """Return the line of the cell named by the traceback's first frame in it."""
    found = _CELL_LINE.search(plain(traceback))
    return int(found[1]) if found else None


def plain(traceback: Sequence[str]) -> str:
    """Return a traceback as text without terminal colours."""
    return _ANSI.sub("", "\n".join(traceback))


def _headline(error: Mapping[str, Any]) -> str:
    """Return the exception in one line; our own errors say it without their class."""
    first = _CODE_NAME.sub("", str(error.get("evalue", "")).strip().split("\n")[0])
    if _OWN_PARTS.search(str(error.get("evalue", ""))):
        return first
    return f"{error['ename']} : {first}" if first else str(error["ename"])


def _exception(error: Mapping[str, Any]) -> str:
    value = _CODE_NAME.sub("", str(error.get("evalue", "")))
    return f"{error['ename']} : {value}".rstrip(" :\n")


def _listing(code: str, first: int, inside: int | None) -> str:
    """Return the code with the file's line numbers; a long cell shows the part that matters."""
    lines = code.rstrip("\n").split("\n")
    start = max(0, (inside or 1) - 1 - SHOWN_BEFORE)
    end = (inside or 1) + SHOWN_AFTER if inside else SHOWN_BEFORE + SHOWN_AFTER
    return "\n".join(
        f"{'>' if number == inside else ' '} {first + number - 1:>4}  {line}".rstrip()
        for number, line in enumerate(lines, 1)
        if start < number <= end
    )


def _with_traceback(failure: ExecutionError, error: Mapping[str, Any]) -> ExecutionError:
    if error.get("traceback"):
        failure.add_note(plain(error["traceback"]))
    return failure
