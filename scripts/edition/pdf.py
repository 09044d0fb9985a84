"""Compile the Typst source of the book to an accessible PDF."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Literal

import typst

from enquete.errors import EnqueteError

STANDARD: Literal["ua-1"] = "ua-1"
_ALT = re.compile(r"missing alt text|alternative description", re.IGNORECASE)


def compile_pdf(source: str, folder: Path, fonts: Path, date: str) -> bytes:
    """
    Return the PDF of *source*, compiled in *folder*, which it cannot read outside of.

    Only the fonts of *fonts* exist for it and its time stamp is the edition's *date*: the
    same sources give the same bytes on any machine.
    """
    main = folder / "rapport.typ"
    main.write_text(source, "utf-8", newline="\n")
    try:
        pdf = typst.compile(
            main,
            root=folder,
            font_paths=[fonts],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=[STANDARD],
            timestamp=moment(date),
        )
    except typst.TypstError as error:
        raise _explained(error) from error
    return pdf


def moment(date: str) -> int:
    """Return noon of an ISO date as a time stamp, a fixed day when it is not one."""
    try:
        day = dt.date.fromisoformat(date)
    except ValueError:
        day = dt.date(2024, 1, 1)
    return int(dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC).timestamp())


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
