"""Tell everything about one printed figure, in the terminal."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from edition.verification.book import read_book
from enquete.errors import EnqueteError
from enquete.register_page import VERDICTS
from enquete.suggest import suggestion

Entry = Mapping[str, Any]
STATUS = {
    "published": "publié",
    "deduced": "déduit",
    "assumed": "supposé",
    "undetermined": "non publié",
}
_WIDTH = 88
_INDENT = " " * 14


def trace(book: Path, identifier: str) -> str:
    """
    Write the French account of *identifier*, as printed in *book*.

    A published id that another entry prints (a repetition) is traced through it.
    """
    entries: Sequence[Entry] = read_book(book)["entries"]
    found = [entry for entry in entries if entry["id"] == identifier] or [
        entry
        for entry in entries
        if any(published["id"] == identifier for published in entry["published"])
    ]
    if not found:
        raise EnqueteError(
            f"Aucun chiffre « {identifier} » dans ce livre."
            f"{suggestion(identifier, [entry['id'] for entry in entries])}",
            str(book / "provenance.json"),
            "Les identifiants sont dans le registre des chiffres.",
        )
    return "\n".join(_lines(book, found))


def _lines(book: Path, found: Sequence[Entry]) -> Iterator[str]:
    entry = found[0]
    yield f"{entry['id']} : {entry['text']}"
    yield _field("Mesure", entry["label"])
    for each in found:
        page = book / f"{each['chapter']}.html"
        yield _field("Phrase", sentence_at(page, each["anchor"]) or "(hors du texte)")
        yield _field("Lien", f"{page.name}#{each['anchor']}")
    for question in entry["questions"]:
        wording = f"« {question['wording']} »" if question["wording"] else "(intitulé non publié)"
        yield _field("Question", f"{question['id']} {wording}")
    yield _field("Base", entry["universe"])
    yield _field("Compte", entry["sentence"])
    yield _field("Statuts", _statuses(entry))
    yield _field("Lecture", entry["note"])
    if entry["selection"]:
        for name, words in (("numerator", "Sélection"), ("base", "Dénominateur")):
            yield _field(words, json.dumps(entry["selection"][name], ensure_ascii=False))
    for published in entry["published"]:
        yield _field(
            "Publié", f"{published['value']} (section {published['section']}, {published['id']})"
        )
    yield _field("Verdict", VERDICTS[entry["verdict"]])
    yield _field("Raison", entry["reason"])
    origin = "reconstituées" if entry["data"]["origin"] == "reconstructed" else "d'origine"
    yield _field("Réponses", origin)
    for name, digest in entry["data"]["files"].items():
        yield _field("Données", f"data/{name}, SHA-256 {digest}")
    source = entry["source"]
    yield _field("Code", f"{source['file']}:{source['line']}")
    yield textwrap.indent(source["code"].strip(), _INDENT)


def _field(name: str, text: str) -> str:
    if not text:
        return f"  {name:<11} —"
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=f"  {name:<11} ",
        subsequent_indent=_INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _statuses(entry: Entry) -> str:
    names = (("value", "valeur"), ("base", "base"), ("count", "effectif"))
    return ", ".join(f"{words} : {STATUS[entry['status'][key]['status']]}" for key, words in names)


class _Block(HTMLParser):
    """Collect the text of the innermost block that holds the element with one id."""

    BLOCKS = frozenset({"p", "li", "td", "th", "figure", "dd", "figcaption", "blockquote"})

    def __init__(self, anchor: str) -> None:
        super().__init__()
        self.anchor = anchor
        self.open: list[tuple[str, list[str]]] = []
        self.wanted = -1
        self.at = -1
        self.found = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.found:
            return
        if tag in self.BLOCKS:
            self.open.append((tag, []))
        if dict(attrs).get("id") == self.anchor and self.open:
            self.wanted = len(self.open) - 1
            self.at = sum(len(piece) for piece in self.open[-1][1])

    def handle_endtag(self, tag: str) -> None:
        if self.found or not self.open or tag != self.open[-1][0]:
            return
        _, pieces = self.open.pop()
        text = "".join(pieces)
        if len(self.open) == self.wanted:
            self.found = _sentence(text, self.at)
        elif self.open:
            self.open[-1][1].append(text)

    def handle_data(self, data: str) -> None:
        if self.open and not self.found:
            self.open[-1][1].append(data)


def sentence_at(page: Path, anchor: str) -> str:
    """Return the sentence of *page* that holds the element *anchor*, or nothing."""
    if not page.is_file():
        return ""
    block = _Block(anchor)
    block.feed(page.read_text(encoding="utf-8"))
    return block.found


def _sentence(text: str, position: int) -> str:
    """Cut the sentence around *position*; French spaces stay as they are."""
    breaks = re.finditer(r"[.!?…] (?=[A-ZÀÉÈÊÎÔŒ«])", text)
    ends = [0, *(match.end() for match in breaks), len(text)]
    start = max(end for end in ends if end <= position)
    stop = min((end for end in ends if end > position), default=len(text))
    return re.sub(r"[ \t\r\n]+", " ", text[start:stop]).strip(" ")
