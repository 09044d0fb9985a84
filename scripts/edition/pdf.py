"""Compile the Typst source of the book to an accessible PDF."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import typst

from edition.dates import day, moment
from edition.glyphs import drawable, make_drawable
from enquete.errors import EnqueteError

STANDARDS: tuple[Literal["ua-1", "a-3a"], ...] = ("ua-1",)
ARCHIVE: tuple[Literal["ua-1", "a-3a"], ...] = ("ua-1", "a-3a")
"""With files inside: of the PDF/A family, only PDF/A-3 takes any file and is of the version of
PDF (1.7) that PDF/UA-1 is made for."""
LEDGER = "provenance.json"
_ATTACH = (
    f'\n#pdf.attach("{LEDGER}", relationship: "data", mime-type: "application/json", '
    'description: "Registre de tous les chiffres imprimés")\n'
)
_ALT = re.compile(r"missing alt text|alternative description", re.IGNORECASE)


def compile_pdf(
    source: str, folder: Path, fonts: Path, date: str, ledger: bytes | None = None
) -> bytes:
    """
    Return the PDF of *source*, compiled in *folder*, which it cannot read outside of.

    Only the fonts of *fonts* exist for it and its time stamp is the edition's *date*: the
    same sources give the same bytes on any machine. With a *ledger*, the PDF carries it as
    `provenance.json` and is PDF/A-3a too.
    """
    main = folder / "rapport.typ"
    attached = bool(ledger and day(date))  # PDF/A wants a date
    if ledger and attached:
        (folder / LEDGER).write_bytes(ledger)
    make_drawable(folder / "figures", fonts)
    shown = drawable(source, fonts)
    main.write_text(shown + (_ATTACH if attached else ""), "utf-8", newline="\n")
    try:
        pdf = typst.compile(
            main,
            root=folder,
            font_paths=[fonts],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=list(ARCHIVE if attached else STANDARDS),
            timestamp=moment(date),
        )
    except typst.TypstError as error:
        raise _explained(error) from error
    return pdf


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
