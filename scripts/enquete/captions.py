"""What the captions of the charts affirm in words: they cannot be tied to a figure in a cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from enquete.entries import Item, read_entries
from enquete.errors import EnqueteError
from enquete.evidence import Evidence
from enquete.known import recomputed
from enquete.predicates import check, holds
from enquete.register import Register

FILE = "legendes.yml"


@dataclass(frozen=True, slots=True)
class Caption:
    """Hold the caption of one chart, word for word, and the condition under which it is true."""

    chart: str
    chapter: str
    text: str
    predicate: Any
    where: str


def read_captions(folder: Path, register: Register) -> dict[str, Caption]:
    """Read ``legendes.yml``; a project without this file affirms nothing in its captions."""
    if not (folder / FILE).exists():
        return {}

    def read(chart: str, item: Item) -> Caption:
        item.only("id", "chapitre", "texte", "predicat")
        found = Caption(
            chart, item.text("chapitre"), item.text("texte"), item.raw("predicat"), item.where
        )
        try:
            check(found.predicate, register.knows)
        except EnqueteError as error:
            raise item.problem("predicat", error.quoi.removesuffix("."), error.que_faire) from error
        return found

    return read_entries(folder / FILE, "legendes", read)


def untrue_captions(evidence: Evidence, captions: Mapping[str, Caption]) -> Iterator[EnqueteError]:
    """Yield an error for each caption that the answers do not hold."""
    known = recomputed(evidence)
    for each in captions.values():
        if (held := holds(each.predicate, known)) is not True:
            verb = "n’est pas établie" if held is None else "est fausse"
            yield EnqueteError(
                f"La légende de « {each.chart} » {verb} : {each.text}.",
                each.where,
                f"changer la légende, là et dans le chapitre (condition : {each.predicate}).",
            )


def unmatched_captions(
    printed: Mapping[str, tuple[str, str]], captions: Mapping[str, Caption]
) -> Iterator[EnqueteError]:
    """
    Yield an error for each chart whose caption is not the one declared, or has none.

    *printed* gives, for each chart of the book, its caption and where it is written.
    """
    for chart, (text, where) in printed.items():
        declared = captions.get(chart)
        if declared is None or declared.text != text:
            yield EnqueteError(
                f"La légende de « {chart} » n’est pas vérifiée : {text}.",
                where,
                f"la déclarer, mot pour mot et avec sa condition, dans data/{FILE}.",
            )
    for each in captions.values():
        if each.chart not in printed:
            yield EnqueteError(
                f"La légende de « {each.chart} » est celle d’aucun graphique.",
                each.where,
                f"l’ôter de data/{FILE}, ou y corriger l’étiquette.",
            )
