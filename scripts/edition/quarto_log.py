"""Read what Quarto says while it renders: where it is, and what went wrong, in French."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from edition.execution.errors import cell_failure, inline_failure
from edition.qmd import Cell, Chapter, Inline
from enquete.errors import EnqueteError

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_CHAPTER = re.compile(r"^\[\d+/\d+\] (\S+\.qmd)$")
_CELL = re.compile(r"^ +Cell (\d+)/\d+: ")
_CROSSREF = re.compile(r"Unable to resolve crossref @?([\w:.-]*[\w])")
_CITATION = re.compile(r"[Cc]itation:? (\S+) not found|key `(\S+)` does not exist")
_FAILED_CELL = "An error occurred while executing the following cell:"
_EXCEPTION = re.compile(
    r"^((?:\w+\.)*[A-Z]\w*(?:Errors?|Exception|Interrupt|Iteration|Exit)|Undetermined)(?:: ?(.*))?$"
)
_NAMES = re.compile(r"'([^']+)'")
_TYPST = re.compile(r"(?:\.\.\.|ERROR: )error: (.+)$")
_ALT = re.compile(r"alt text|alternative (?:text|description)", re.IGNORECASE)
_NOISE = re.compile(r"^WARN|^Done$|^-*$")


def plain(line: str) -> str:
    """Return a line of the log without its colours and its end."""
    return _ANSI.sub("", line).rstrip("\r\n")


def chapter_of(line: str) -> str | None:
    """Return the path of the chapter that *line* announces, or None."""
    found = _CHAPTER.match(line)
    return found[1].replace("\\", "/") if found else None


def problems(lines: Sequence[str], code: int, chapters: Sequence[Chapter]) -> list[EnqueteError]:
    """
    Return everything that the log reports, with file and line where they can be found.

    Quarto only warns about a reference or a citation that it cannot resolve: here they
    are faults like any other. *code* is Quarto's exit code.
    """
    found = [*_unresolved(lines, chapters)]
    if code != 0:
        found.append(_failure(lines, code, chapters))
    return found


def leftovers(text: str, chapter: Chapter) -> Iterator[EnqueteError]:
    """Yield an error for each inline expression that *text* shows instead of its value."""
    for prose in chapter.prose():
        for inline in prose.inlines:
            if f"{{python}} {inline.code}" in text:
                yield EnqueteError(
                    f"L'expression en ligne « {inline.code} » est restée dans la page.",
                    f"{chapter.path}:{inline.line}",
                    "Quarto ne l'a pas évaluée : vérifiez que le chapitre s'exécute "
                    "(« engine: jupyter » s'il n'a aucune cellule).",
                )


def _unresolved(lines: Sequence[str], chapters: Sequence[Chapter]) -> Iterator[EnqueteError]:
    text = "\n".join(lines)
    for name in dict.fromkeys(_CROSSREF.findall(text)):
        yield EnqueteError(
            f"Renvoi inconnu : @{name}.",
            _mention(name, chapters),
            "Corrigez-le, ou donnez ce label à une figure, un tableau ou une section.",
        )
    for name in dict.fromkeys(a or b for a, b in _CITATION.findall(text)):
        yield EnqueteError(
            f"Référence bibliographique inconnue : @{name}.",
            _mention(name, chapters),
            "Ajoutez-la à references.bib ou corrigez la clé.",
        )


def _mention(name: str, chapters: Sequence[Chapter]) -> str:
    """Return the first place of the prose that cites *name*, empty when there is none."""
    mark = re.compile(rf"@\{{?{re.escape(name)}(?![\w-])")
    for chapter in chapters:
        for prose in chapter.prose():
            if found := mark.search(prose.text):
                return f"{chapter.path}:{prose.line + prose.text.count(chr(10), 0, found.start())}"
    return ""


@dataclass(frozen=True)
class _Stop:
    """Where Quarto stopped: the chapter, the rank of the cell from 1 (0 = none yet)."""

    chapter: Chapter | None
    rank: int
    after: tuple[str, ...]


def _stop(lines: Sequence[str], chapters: Sequence[Chapter]) -> _Stop:
    known = {chapter.path: chapter for chapter in chapters}
    chapter, rank, after = None, 0, 0
    for number, line in enumerate(lines):
        if path := chapter_of(line):
            chapter, rank, after = known.get(path), 0, number
        elif found := _CELL.match(line):
            rank, after = int(found[1]), number
    return _Stop(chapter, rank, tuple(lines[after + 1 :]))


def _failure(lines: Sequence[str], code: int, chapters: Sequence[Chapter]) -> EnqueteError:
    stop = _stop(lines, chapters)
    if stop.chapter and _FAILED_CELL in stop.after:
        cells = list(stop.chapter.cells())
        if 0 < stop.rank <= len(cells):
            return _cell(stop, cells[stop.rank - 1])
    compiled = [match[1] for line in lines if (match := _TYPST.search(line))]
    if compiled:
        return _pdf(compiled[-1])
    exception = _exception(stop.after)
    if stop.chapter and exception:
        inline = _inline(stop.chapter, exception[1])
        if inline:
            error = {"ename": exception[0], "evalue": exception[1]}
            return inline_failure(stop.chapter, inline, error)
    last = next((line for line in reversed(lines) if not _NOISE.match(line.strip())), "")
    return EnqueteError(
        f"Quarto s'est arrêté (code {code}) : {last.strip() or 'sans message'}",
        stop.chapter.path if stop.chapter else "",
        "Relancez « quarto render » pour voir tout ce qu'il dit, "
        "ou construisez avec le moteur intégré : rapport construire.",
    )


def _cell(stop: _Stop, cell: Cell) -> EnqueteError:
    name, value = _exception(stop.after) or ("Erreur", "")
    assert stop.chapter is not None  # noqa: S101 - _failure has looked
    return cell_failure(
        stop.chapter, cell, {"ename": name, "evalue": value, "traceback": list(stop.after)}
    )


def _exception(lines: Sequence[str]) -> tuple[str, str] | None:
    """Return the last exception, its name and its message with the lines that follow it."""
    for number in range(len(lines) - 1, -1, -1):
        if found := _EXCEPTION.match(lines[number]):
            rest = []
            for line in lines[number + 1 :]:
                if not line.startswith("  "):
                    break
                rest.append(line)
            return found[1], "\n".join([found[2] or "", *rest])
    return None


def _inline(chapter: Chapter, message: str) -> Inline | None:
    """Return the first inline expression that holds a name quoted by *message*."""
    names = _NAMES.findall(message)
    inlines = [inline for prose in chapter.prose() for inline in prose.inlines]
    return next(
        (inline for name in names for inline in inlines if name in inline.code),
        inlines[0] if len(inlines) == 1 else None,
    )


def _pdf(message: str) -> EnqueteError:
    return EnqueteError(
        f"Le PDF ne se compile pas : {message}",
        "",
        "Donnez un texte de remplacement (fig-alt) à l'image."
        if _ALT.search(message)
        else "C'est le gabarit theme/typst/ ou un filtre de theme/filtres/ qu'il faut corriger.",
    )
