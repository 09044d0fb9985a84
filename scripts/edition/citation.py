"""The stable address of a figure, and the sentence that cites it in full."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edition.text import NBSP
from edition.text import french as typeset
from enquete.figure import UNKNOWN_COUNT

Entry = Mapping[str, Any]

REGISTER_PAGE = "registre.html"
DIGEST = 12
"""How many signs of a SHA-256 are shown: enough to tell two editions of a file apart."""


@dataclass(frozen=True)
class Edition:
    """
    What the card of a figure says of the book around it.

    Attributes:
        title, date: those of the book, in French type.
        register: whether the book has a register to link to.
        data: address of the folder that holds the answers' files, empty when they are not
            published with the book.
    """

    title: str = ""
    date: str = ""
    register: bool = True
    data: str = ""


def permalink(entry: Entry) -> str:
    """Return the address of the figure's first print, from any page of the site."""
    anchor = str(entry.get("anchor") or f"chiffre-{entry['id']}")
    page = REGISTER_PAGE if anchor.startswith("reg-") else f"{entry['chapter']}.html"
    return f"{page}#{anchor}"


def counted(entry: Entry) -> str:
    """Return the count of the entry in words, empty when the answers do not settle it."""
    sentence = str(entry.get("sentence") or "")
    return "" if sentence == UNKNOWN_COUNT else sentence


def citation(entry: Entry, edition: Edition) -> str:
    """
    Write what a reader pastes: the figure, what it counts, the edition, the address, the data.

    The address is relative; the site's script makes it absolute when it knows where it is.
    """
    said = typeset(f"« {entry['text']} », {entry.get('label') or ''}".strip(", "))
    asked = ", ".join(str(each["id"]) for each in entry.get("questions", ()))
    count = counted(entry) if entry["kind"] in ("share", "count") else ""
    precise = typeset(" ; ".join(filter(None, (count, asked))))
    rebuilt = entry["data"]["origin"] == "reconstructed" and entry["kind"] != "fact"
    book = (
        edition.title,
        f"édition du {edition.date}" if edition.date else "",
        "réponses reconstituées" if rebuilt else "",
    )
    named = ", ".join(filter(None, book))
    sources = "".join(
        f" {name}, SHA-256 {digest[:DIGEST]}."
        for name, digest in sorted(entry["data"]["files"].items())
    )
    return (
        f"{said}{f' ({precise})' if precise else ''}. "
        + (f"{named}. " if named else "")
        + f"{permalink(entry)}."
        + (f" Données{NBSP}:{sources}" if sources else "")
    )
