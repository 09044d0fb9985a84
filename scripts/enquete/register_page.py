"""The register of figures as a table: one line for each figure that the book prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from enquete import french
from enquete.contents import book_order
from enquete.escape import esc
from enquete.ledger_file import read_unplaced
from enquete.paths import ledger_dir
from enquete.titles import chapter_title

VERDICTS = {
    "reproduced": "reproduit",
    "reproduced-other-base": "reproduit sur une autre base",
    "discrepant": "écart déclaré",
    "undetermined": "indéterminé",
    "not-recomputable": "non recalculable",
    "new": "nouveau",
}
# Dashes set the columns' share of the page, in Typst as in HTML.
_RULE = f"|---:|{'-' * 27}|{'-' * 32}|{'-' * 19}|{'-' * 7}|"
_HEAD = "| N° | Chiffre | Question et base | Publié, verdict | Où |"


@dataclass(frozen=True, slots=True)
class RegisterTable:
    """Hold the register's Markdown: a pipe table in a `registre` division."""

    markdown: str
    lines: int

    def _repr_markdown_(self) -> str:
        return self.markdown

    def __repr__(self) -> str:
        return f"<registre, {self.lines} chiffres>"


def register_table() -> RegisterTable:
    """
    Write the ledger of the whole book as a table.

    Reads what the other chapters left in the ledger directory, so it must run after
    them. A figure printed in several chapters has one line, that of the first.
    """
    ledgers = read_unplaced(ledger_dir())
    chapters = in_book_order(ledgers)
    entries = unique(entry for chapter in chapters for entry in ledgers[chapter])
    ranks = {entry["id"]: rank for rank, entry in enumerate(entries, 1)}
    blocks = [
        _block(chapter, [(ranks[entry["id"]], entry) for entry in group])
        for chapter, group in groupby(entries, key=lambda entry: str(entry["chapter"]))
    ]
    return RegisterTable("\n".join(blocks), len(entries))


def _block(chapter: str, lines: Iterable[tuple[int, Mapping[str, Any]]]) -> str:
    body = "\n".join(_line(rank, entry) for rank, entry in lines)
    heading = f"## {esc(chapter_title(chapter))} {{#sec-registre-{chapter} .unnumbered}}"
    return f"{heading}\n\n::: {{.registre}}\n{_HEAD}\n{_RULE}\n{body}\n:::\n"


def in_book_order(names: Iterable[str]) -> list[str]:
    """Order chapters as the book does; one that it does not list is last."""
    ranks = {chapter: rank for rank, chapter in enumerate(book_order())}
    return sorted(names, key=lambda name: (ranks.get(name, len(ranks)), name))


def unique(entries: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Keep the first entry of each id."""
    seen: dict[str, Mapping[str, Any]] = {}
    for entry in entries:
        seen.setdefault(entry["id"], entry)
    return list(seen.values())


def _line(rank: int, entry: Mapping[str, Any]) -> str:
    identifier = entry["id"]
    cells = (
        f"[{rank}]{{#reg-{identifier}}}",
        f"**{esc(entry['text'])}** {esc(entry['label'])}",
        " ".join(_question_and_base(entry)),
        "; ".join(_published(entry)),
        # The link's address is resolved by the renderer, which knows the pages.
        f'[phrase](#chiffre-{identifier}){{.retour chapitre="{entry["chapter"]}"}}',
    )
    return "| " + " | ".join(cells) + " |"


def _question_and_base(entry: Mapping[str, Any]) -> Iterator[str]:
    if entry["kind"] == "fact":
        yield f"Repris, sans recalcul&#160;: {esc(entry['universe'])}."
        return
    names = [question["id"] for question in entry["questions"]]
    if names:
        yield esc(french.enumeration(names)) + "."
    if entry["universe"] and entry["kind"] != "count":
        yield f"Base&#160;: {esc(entry['universe'])}."
    if entry["sentence"]:
        yield f"{esc(entry['sentence'][:1].upper() + entry['sentence'][1:])}."


def _published(entry: Mapping[str, Any]) -> Iterator[str]:
    texts = dict.fromkeys(french.typeset(each["value"]) for each in entry["published"])
    if texts:
        yield "«&#160;" + esc(", ".join(texts)) + "&#160;»"
    if entry.get("words") and not texts:
        yield "mots vérifiés"
    elif entry["kind"] == "implied":
        yield "déduit des chiffres publiés"
    else:
        yield VERDICTS[entry["verdict"]]
