"""Which texts account for the numbers of a block, by where the block stands."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from edition.audit.entries import Said, key, numbered
from edition.audit.numbering import Numbering
from edition.audit.numbers import find, plain
from edition.audit.reading import Block, Node
from edition.checking import Finished
from enquete import french
from enquete.coherence import SECTIONS
from enquete.deductions import read_deductions
from enquete.questionnaire import Question

_BIB = re.compile(r"^@\w+\{\s*([^,\s]+)\s*,(.*?)^\}", re.DOTALL | re.MULTILINE)
_SENTENCE = re.compile(r"(?<=[.!?…]) ")
_GROUPS = frozenset(("figure", "tr", ".tableau", "li", "p", "dd"))
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août"),
    *("septembre", "octobre", "novembre", "décembre"),
)


@dataclass(frozen=True)
class Declared:
    """
    What the data of the project declare, beyond the ledger.

    Attributes:
        book: title, subtitle, authors and date of the edition.
        questions: texts of each question, by its number.
        gaps: texts of each declared discrepancy, by the anchor of its title.
        works: the numbers of each work of the bibliography, by its key.
    """

    book: tuple[str, ...]
    questions: Mapping[str, tuple[str, ...]]
    gaps: Mapping[str, tuple[str, ...]]
    works: Mapping[str, frozenset[str]]


def edition_words(book: Finished) -> tuple[str, ...]:
    """Return the title, the subtitle, the authors and the date of the edition."""
    edition = book.provenance["edition"]
    day = str(edition.get("date") or "").split("-")
    dates: tuple[str, ...] = ()
    if len(day) == len(("year", "month", "day")):
        dates = (
            f"{french.ordinal(1) if day[2] == '01' else int(day[2])} "
            f"{MONTHS[int(day[1]) - 1]} {day[0]}",
        )
    words = (edition.get("title"), edition.get("subtitle"), *edition.get("authors", ()), *dates)
    return tuple(key(each) for each in words if each)


def declared(book: Finished) -> Declared:
    """Read what the project of *book* declares."""
    questions = {each.id: _question(each) for each in book.survey.questionnaire}
    return Declared(
        book=edition_words(book),
        questions=questions,
        gaps=_gaps(book),
        works=_works(book.root),
    )


def _question(question: Question) -> tuple[str, ...]:
    texts = [question.title, question.body_title, *_SENTENCE.split(question.published_base)]
    texts += [question.id, *_asked(question)]
    return tuple(filter(None, map(numbered, texts)))


def _asked(question: Question) -> Iterator[str]:
    """Name the questions that the condition of this one rests on."""
    yield from re.findall(r'"q": "(\w+)"', json.dumps(question.asked.to_json()))


def _gaps(book: Finished) -> dict[str, tuple[str, ...]]:
    register = book.survey.register
    titles = read_deductions(book.root, register).titles
    found = {}
    for gap in book.survey.discrepancies:
        texts = [gap.cause, titles.get(gap.id, "")]
        for name in gap.figures or gap.neighbours:
            figure = register.figures.get(name)
            entry = figure or register.fact(name)
            printed = figure.text if figure is not None else register.fact(name).printed
            texts += [french.quoted(french.typeset(printed)), f"({entry.label})"]
            place = SECTIONS.get(entry.section, f"section {entry.section}")
            texts.append(f"{place} :")
        found[f"ecart-{gap.id.lower()}"] = tuple(filter(None, map(numbered, texts)))
    return found


def _works(root: Path) -> dict[str, frozenset[str]]:
    path = root / "references.bib"
    if not path.is_file():
        return {}
    return {
        name: frozenset(number.text.lower() for number in find(plain(body)))
        for name, body in _BIB.findall(path.read_text("utf-8"))
    }


@dataclass
class Scopes:
    """
    The pages of a book, and what accounts for the numbers of each block.

    Attributes:
        said: what each entry lets print, by chapter and id.
        printed: ids of the figures that an element prints, by the element's identity.
        rows: id of the entry of a register row, by its element's identity.
        firsts: first cell of a table row, by its element's identity.
        headings: id of the nearest title above each block, by the block's identity.
        lines: name of the card's line that a block is, by the block's identity.
        digests: SHA-256 of each data file, by its name.
    """

    said: Mapping[tuple[str, str], Said]
    declared: Declared
    numbering: Numbering
    digests: Mapping[str, str]
    printed: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    rows: dict[int, str] = field(default_factory=dict)
    firsts: dict[int, str] = field(default_factory=dict)
    headings: dict[int, str] = field(default_factory=dict)
    lines: dict[int, str] = field(default_factory=dict)

    def place(self, blocks: Sequence[Block]) -> None:
        """Note where each block of a page stands."""
        heading = line = ""
        for block in blocks:
            if block.kind in ("h1", "h2", "h3", "h4", "h5", "h6"):
                heading = block.node.attributes.get("id", "")
            if block.kind == "dt":
                line = key(block.text).strip()
            title = block.node.inside("h1", "h2", "h3", "h4", "h5", "h6")
            self.headings[id(block)] = title.attributes.get("id", "") if title else heading
            self.lines[id(block)] = line
            row = block.node.inside("tr")
            if row is not None:
                self.firsts.setdefault(id(row), block.text.strip())
            for node in (block.node, *(run.node for run in block.runs)):
                if name := node.attributes.get("data-chiffre"):
                    for group in _groups(node):
                        self.printed[id(group)].append(name)
                ident = node.attributes.get("id", "")
                if row is not None and ident.startswith("reg-"):
                    self.rows[id(row)] = ident.removeprefix("reg-")

    def entry(self, file: str, name: str) -> Said | None:
        """Return what the entry *name* lets print on a page: the one of its chapter first."""
        found = self.said.get((file.removesuffix(".html"), name))
        return found or self._first.get(name)

    @cached_property
    def _first(self) -> Mapping[str, Said]:
        found: dict[str, Said] = {}
        for (_, name), said in self.said.items():
            found.setdefault(name, said)
        return found

    def texts(self, block: Block) -> Iterator[tuple[str, ...]]:
        """Give the texts that may hold the numbers of *block*, the nearest first."""
        node = block.node
        if (card := node.inside(".carte")) is not None:
            yield from self._card(block, card)
            return
        if own := self.entry(block.file, node.attributes.get("data-chiffre", "")):
            yield (own.text,)
        row = node.inside("tr")
        if row is not None:
            yield from self._row(block.file, row)
        if self.headings[id(block)] in self.declared.gaps:
            yield self.declared.gaps[self.headings[id(block)]]
        for group in _groups(node):
            for name in self.printed.get(id(group), ()):
                if said := self.entry(block.file, name):
                    yield self._around(said, group)
        if (work := node.inside(".csl-entry")) is not None:
            yield tuple(self._work(work.attributes.get("id", "")))
        for run in block.runs:
            href = run.node.attributes.get("href", "")
            if "#ref-" in href:
                yield tuple(self._work(href.partition("#")[2]))
        yield self._book
        if node.inside(".liste-legendes") is not None:
            yield tuple(key(title) for _, _, title in self.numbering.captions)
        if node.inside("head") is not None or node.tag == "script":
            yield tuple(key(title) for title in self._titles)
        yield tuple(digest for name, digest in self.digests.items() if name in block.text)

    @cached_property
    def _book(self) -> tuple[str, ...]:
        return self.declared.book

    @cached_property
    def _titles(self) -> tuple[str, ...]:
        """Return the titles of pages, as the browser's tab writes them."""
        found = []
        for file, title in self.numbering.titles.items():
            found.append(title)
            if number := self.numbering.targets.get(file):
                word, _, rest = title.partition(number)
                found.append(f"{word}{number} – {rest.strip()}")
        return tuple(found)

    def _card(self, block: Block, card: Node) -> Iterator[tuple[str, ...]]:
        said = self.entry(block.file, card.attributes.get("id", "").removeprefix("carte-"))
        if said is None:
            return
        if block.kind == "dd":
            yield said.card(self.lines[id(block)])
        elif block.kind in ("p", "@aria-label") and not block.node.inside("details"):
            yield said.headline
            yield said.everything
        else:
            yield said.origin
            yield said.everything
        yield self._book

    def _row(self, file: str, row: Node) -> Iterator[tuple[str, ...]]:
        if said := self.entry(file, self.rows.get(id(row), "")):
            yield said.row
        first = self.firsts.get(id(row), "")
        if first in self.declared.questions:
            yield self.declared.questions[first]
        for name in self.printed.get(id(row), ()):
            if said := self.entry(file, name):
                yield said.questions

    def _around(self, said: Said, group: Node) -> tuple[str, ...]:
        """Return what may be said of a figure where it is printed."""
        if group.tag == "figure" or group.has("tableau"):
            return (*said.questions, *said.universe, *said.counts)
        if said.entry["kind"] == "implied":
            condition = said.entry["status"]["value"].get("condition")
            return (*said.headline, *said.published, *said.computed, key(condition))
        return ()

    def _work(self, ident: str) -> frozenset[str]:
        return self.declared.works.get(ident.removeprefix("ref-"), frozenset())


def _groups(node: Node) -> Iterator[Node]:
    for each in node.lineage():
        if not each.names.isdisjoint(_GROUPS):
            yield each
