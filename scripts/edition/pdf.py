"""Compile the Typst source of the book to an accessible PDF."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import typst

from edition.dates import day, moment
from edition.glyphs import drawable, make_drawable
from enquete.errors import EnqueteError

STANDARDS: tuple[Literal["ua-1", "a-3a"], ...] = ("ua-1",)
ARCHIVE: tuple[Literal["ua-1", "a-3a"], ...] = ("ua-1", "a-3a")
"""With files inside: of the PDF/A family, only PDF/A-3 takes any file and is of the version of
PDF (1.7) that PDF/UA-1 is made for."""
LEDGER = "provenance.json"
MAIN = "rapport.typ"
_ATTACH = (
    f'\n#pdf.attach("{LEDGER}", relationship: "data", mime-type: "application/json", '
    'description: "Registre de tous les chiffres imprimés")\n'
)
_DEFINITIONS = "\n//edition:gabarit\n"
_CHAPTER = re.compile(r"^//edition:chapitre \S+\n\s*(?P<forme>#show: .+\n)?", re.MULTILINE)
TEMPLATE = "gabarit.typ"
CHAPTERS = "chapitre-*.typ"
_IMPORT = f'#import "{TEMPLATE}": *\n'
_ALT = re.compile(r"missing alt text|alternative description", re.IGNORECASE)


@dataclass(frozen=True)
class Compilation:
    """
    What Typst is asked for.

    Attributes:
        main: the source; it cannot read outside of its folder.
        fonts: folder of the only fonts that exist for it.
        date: the edition's, ISO or empty, for the time stamp of the PDF.
        archive: whether the PDF is PDF/A-3a too.
    """

    main: Path
    fonts: Path
    date: str
    archive: bool

    def run(self) -> bytes:
        """Return the PDF; raise `typst.TypstError` when the source does not compile."""
        here()
        return typst.compile(
            self.main,
            root=self.main.parent,
            font_paths=[self.fonts],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=list(ARCHIVE if self.archive else STANDARDS),
            timestamp=moment(self.date),
        )


_COMPILED: set[int] = set()


def here() -> None:
    """Note that Typst compiles in this process."""
    _COMPILED.add(os.getpid())


def compiled_here() -> bool:
    """Tell whether Typst has compiled in this process: copies of it cannot compile any more."""
    return os.getpid() in _COMPILED


Compiler: TypeAlias = Callable[[Compilation], bytes]


def laid_down(
    source: str, folder: Path, fonts: Path, date: str, ledger: bytes | None = None
) -> Compilation:
    """
    Lay *source* and what goes with it down in *folder*, which it cannot read outside of.

    Only the fonts of *fonts* exist for it and its time stamp is the edition's *date*: the
    same sources give the same bytes on any machine. With a *ledger*, the PDF carries it as
    `provenance.json` and is PDF/A-3a too.
    """
    main = folder / MAIN
    attached = bool(ledger and day(date))  # PDF/A wants a date
    if ledger and attached:
        (folder / LEDGER).write_bytes(ledger)
    make_drawable(folder / "figures", fonts)
    files = parted(drawable(source, fonts))
    files[MAIN] += _ATTACH if attached else ""
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8", newline="\n")
    return Compilation(main, fonts, date, attached)


def parted(source: str) -> dict[str, str]:
    """
    Return the files of a source by their names: the book, its template, its chapters.

    Typst knows what it laid out by the place of each element among those of its file: a
    paragraph more leaves the other files as they were. The PDF has the same bytes as that of
    one file, which a source without the marks of the filters stays.
    """
    definitions, mark, rest = source.partition(_DEFINITIONS)
    marks = [*_CHAPTER.finditer(rest)]
    if not (mark and marks):
        return {MAIN: source}
    files = {TEMPLATE: definitions}
    pieces = [_IMPORT, rest[: marks[0].start()]]
    ends = [*(each.start() for each in marks[1:]), len(rest)]
    for rank, (each, end) in enumerate(zip(marks, ends, strict=True), 1):
        name = f"chapitre-{rank:03}.typ"
        files[name] = _IMPORT + rest[each.end() : end]
        # What shapes all that follows must stand in the book.
        pieces.append(f'{each["forme"] or ""}#include "{name}"\n')
    return {**files, MAIN: "".join(pieces)}


def compile_pdf(
    source: str,
    folder: Path,
    fonts: Path,
    date: str,
    ledger: bytes | None = None,
    compiler: Compiler = Compilation.run,
) -> bytes:
    """Return the PDF of what `laid_down` takes; raise the fault of the source in French."""
    return compiled(laid_down(source, folder, fonts, date, ledger), compiler)


def compiled(asked: Compilation, compiler: Compiler = Compilation.run) -> bytes:
    """Return the PDF asked for; raise the fault of the source in French."""
    try:
        return compiler(asked)
    except typst.TypstError as error:
        raise _explained(error) from error


def _explained(error: Exception) -> EnqueteError:
    message = getattr(error, "message", None) or str(error)
    hints = "; ".join(getattr(error, "hints", ()) or ())
    to_do = (
        "Donnez un texte de remplacement (fig-alt) à l'image."
        if _ALT.search(message)
        else "C'est le gabarit theme/typst/ ou un filtre de theme/filtres/ qu'il faut corriger."
    )
    return EnqueteError(
        f"Le PDF ne se compile pas : {message}{f' ({hints})' if hints else ''}",
        getattr(error, "trace", "") or "rapport.typ",
        to_do,
    )
