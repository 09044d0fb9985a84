"""
Read a `.qmd` chapter: front matter, prose with inline expressions, Python cells.

Follows Quarto's own reader (`break-quarto-md.ts`, `notebook.py`) where the book needs it and
refuses by name, with file and line, whatever the book does not support (`edition.subset`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from edition import subset
from edition.yaml_marks import Marked, read_mapping
from enquete.errors import EnqueteError, EnqueteErrors, raise_all

INLINE = re.compile(r"(?<!`)`\{python\}[ \t]([^`]+)`")
"""Quarto's grammar of inline expressions; the only pattern for evaluation and substitution."""

_CELL = re.compile(r"^([ \t]*)(`{3,})[ \t]*\{([A-Za-z][A-Za-z0-9._]*)([ ,][^}]*)?\}[ \t]*$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_OPTION = re.compile(r"^#[ \t]*\| ?")


@dataclass(frozen=True)
class Inline:
    """An inline expression: its code and the span of `{python} …`, backticks included."""

    code: str
    start: int
    end: int
    line: int


@dataclass(frozen=True)
class Prose:
    """A stretch of Markdown between cells; *line* is the file's line of its first character."""

    text: str
    line: int
    inlines: tuple[Inline, ...]


@dataclass(frozen=True)
class Cell:
    """
    A Python cell.

    Attributes:
        code: the code without its option lines, as the kernel gets it.
        source: the lines between the fences, option lines included.
        options: the `#|` options as plain data.
        label: the `label` option, or None.
        line: line of the opening fence; *code_line*: line of the first line of *code*.
        option_lines: line of each option.
    """

    code: str
    source: str
    options: Mapping[str, Any]
    label: str | None
    line: int
    code_line: int
    option_lines: Mapping[str, int]


Segment: TypeAlias = Prose | Cell


@dataclass(frozen=True)
class Chapter:
    """A scanned chapter; *path* is relative to the project root, with forward slashes."""

    path: str
    front: Marked
    segments: tuple[Segment, ...]

    @property
    def stem(self) -> str:
        """Return the file name without extension."""
        return Path(self.path).stem

    @property
    def front_matter(self) -> Mapping[str, Any]:
        """Return the YAML header as plain data."""
        return self.front.value

    def cells(self) -> Iterator[Cell]:
        """Yield the Python cells in order."""
        return (segment for segment in self.segments if isinstance(segment, Cell))

    def prose(self) -> Iterator[Prose]:
        """Yield the stretches of Markdown in order."""
        return (segment for segment in self.segments if isinstance(segment, Prose))

    @property
    def runs_code(self) -> bool:
        """Tell whether the chapter has anything to execute."""
        return any(self.cells()) or any(prose.inlines for prose in self.prose())


def read_chapters(root: Path, paths: Iterable[str]) -> tuple[Chapter, ...]:
    """Scan the chapters of a book, and report the problems of all of them at once."""
    chapters: list[Chapter] = []
    errors: list[EnqueteError] = []
    for path in paths:
        try:
            chapters.append(scan(read_source(root / path, path), path))
        except EnqueteErrors as several:
            errors += several.problems
        except EnqueteError as one:
            errors.append(one)
    if not errors:
        errors = subset.duplicate_labels(chapters)
    raise_all(errors)
    return tuple(chapters)


def read_source(file: Path, path: str) -> str:
    """Return the text of a source file, or say which line is not UTF-8."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise EnqueteError(
            quoi=f"Fichier illisible : {error.strerror}.",
            ou=path,
            que_faire="Créez-le ou corrigez _quarto.yml.",
        ) from None
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise EnqueteError(
            quoi="Texte qui n'est pas en UTF-8.",
            ou=f"{path}:{line}",
            que_faire="Enregistrez ce fichier en UTF-8.",
        ) from None


@lru_cache(maxsize=256)  # a build reads the chapters, then its checks read them again
def scan(text: str, path: str) -> Chapter:
    """Scan the text of a chapter; raise every refusal found together."""
    lines = text.split("\n")
    front, start = _front_matter(lines, path)
    segments = tuple(_segments(lines, start, path))
    chapter = Chapter(path, front, segments)
    raise_all(subset.refusals(chapter))
    return chapter


def _front_matter(lines: list[str], path: str) -> tuple[Marked, int]:
    """Return the header and the index of the first line after it."""
    if lines[0].rstrip() != "---":
        return Marked({}, {}, path), 0
    for index, line in enumerate(lines[1:], 1):
        if line.rstrip() in ("---", "..."):
            return read_mapping("\n".join(lines[1:index]), path, 2), index + 1
    raise EnqueteError(
        quoi="En-tête YAML jamais refermé.",
        ou=f"{path}:1",
        que_faire="Ajoutez une ligne « --- » après l'en-tête.",
    )


def _segments(lines: list[str], start: int, path: str) -> Iterator[Segment]:
    """Yield prose and cells from line index *start* on."""
    prose_from, index, fence = start, start, ""
    while index < len(lines):
        line = lines[index]
        opening = None if fence else _CELL.match(line)
        if opening:
            if index > prose_from:
                yield _prose(lines, prose_from, index)
            end = _closing(lines, index, opening, path)
            yield _cell(lines, index, end, path)
            prose_from = index = end + 1
            continue
        plain = _FENCE.match(line)
        if plain and not fence:
            fence = plain[1]
        elif plain and plain[1].startswith(fence) and not line.strip(" \t`~"):
            fence = ""
        index += 1
    if fence:
        raise EnqueteError(
            quoi="Bloc de code jamais refermé.",
            ou=f"{path}:{len(lines)}",
            que_faire=f"Refermez-le par « {fence} ».",
        )
    if prose_from < len(lines):
        yield _prose(lines, prose_from, len(lines), last=True)


def _closing(lines: list[str], index: int, opening: re.Match[str], path: str) -> int:
    """Return the index of the fence closing the cell opened at *index*, a plain `{python}`."""
    where = f"{path}:{index + 1}"
    indent, ticks, engine, header = opening.groups()
    if engine != "python":
        raise EnqueteError(
            quoi=f"Cellule « {{{engine}}} » non prise en charge : le livre n'exécute que Python.",
            ou=where,
            que_faire="Écrivez-la en ```{python}, ou en bloc simple (```"
            + engine
            + ") pour la montrer.",
        )
    if indent or header:
        raise EnqueteError(
            quoi="Cellule en retrait ou à options dans ses accolades, non prise en charge.",
            ou=where,
            que_faire="Commencez la ligne par ```{python} et mettez les options en lignes « #| ».",
        )
    for end in range(index + 1, len(lines)):
        if lines[end].rstrip(" \t") == ticks:
            return end
    raise EnqueteError(
        quoi="Cellule jamais refermée.", ou=where, que_faire=f"Ajoutez une ligne « {ticks} »."
    )


def _cell(lines: list[str], index: int, end: int, path: str) -> Cell:
    """Build the cell between the fences at *index* and *end*."""
    body = lines[index + 1 : end]
    count = next((n for n, line in enumerate(body) if not _OPTION.match(line)), len(body))
    yaml_text = "\n".join(_OPTION.sub("", line, count=1) for line in body[:count])
    options = read_mapping(yaml_text, path, index + 2)
    subset.check_options(options)
    label = options.value.get("label")
    return Cell(
        code="\n".join(body[count:]),
        source="\n".join(body),
        options=options.value,
        label=label,
        line=index + 1,
        code_line=index + 2 + count,
        option_lines={str(key[0]): line for key, line in options.lines.items() if len(key) == 1},
    )


def _prose(lines: list[str], start: int, end: int, *, last: bool = False) -> Prose:
    """Build the prose of lines[start:end]; the last stretch has no line break of its own."""
    text = "\n".join(lines[start:end]) + ("" if last else "\n")
    inlines = tuple(
        Inline(match[1], match.start(), match.end(), start + 1 + text.count("\n", 0, match.start()))
        for match in INLINE.finditer(text)
    )
    return Prose(text, start + 1, inlines)
