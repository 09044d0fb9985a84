"""Read a page of the site into the texts that someone meets, each with its place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape

from edition.latest import latest
from enquete.errors import EnqueteError

_QUOTED = r"(?:[^'\">]|\"[^\"]*\"|'[^']*')*"
# A tag and the text that follows it; what is no tag comes last: a comment, a script, a style.
_TOKEN = re.compile(
    rf"<(/?)(?!(?:script|style)\b)([A-Za-z][\w:-]*)({_QUOTED})>([^<]*)"
    r"|<!--.*?-->|<!doctype[^>]*>"
    rf"|<(script|style)\b({_QUOTED})>(.*?)</\5\s*>"
    r"|([^<]+)|(<)",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"""([^\s=/>"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+)))?""")
_BLANKS = re.compile(r"[ \t\r\n\f]+")


def _names(*rows: str) -> frozenset[str]:
    return frozenset(name for row in rows for name in row.split())


_VOID = _names("area base br col embed hr img input link meta source track wbr")
_INLINE = _names(
    "a abbr b bdi bdo button cite code data del dfn em i ins kbd mark output q s samp small",
    "span strong sub sup time tspan u var wbr br",
)
_SILENT = _names("path col colgroup")
_SPOKEN = _names(
    "alt title aria-label aria-description aria-roledescription aria-valuetext",
    "aria-placeholder placeholder label abbr summary value",
)
# The most frequent of those that nobody reads, told first.
_MUTE = _names("class id href type role x y d fill width height scope popovertarget text-anchor")
# What these hold is for the machine: an address, an id, the name of a class.
_KEYS = _names(
    "data-chiffre data-de data-chapitre data-cites data-lien data-theme data-pagefind-body"
)
_TECHNICAL = _names(
    "viewport color-scheme theme-color robots generator referrer format-detection",
    "og:type og:locale og:url og:image og:image:width og:image:height og:image:type twitter:card",
)


class Node:
    """
    An element of a page and what it stands in.

    Attributes:
        names: its tag and its `.classes`.
        around: the same, of the element and of all that it stands in.
    """

    __slots__ = ("around", "attributes", "names", "parent", "tag")
    around: frozenset[str]

    def __init__(self, tag: str, attributes: Mapping[str, str], parent: Node | None) -> None:
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.names = _named(tag, attributes.get("class", ""))
        self.around = self.names if parent is None else _within(parent.around, self.names)

    def has(self, *classes: str) -> bool:
        """Tell whether the element has one of these classes."""
        for name in classes:  # noqa: SIM110 (asked a hundred thousand times: no generator)
            if f".{name}" in self.names:
                return True
        return False

    def lineage(self) -> Iterator[Node]:
        """Go from the element up to the root."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.parent

    def inside(self, *names: str) -> Node | None:
        """Return the nearest element, itself included, with one of these tags or `.classes`."""
        if self.around.isdisjoint(names):
            return None
        node: Node | None = self
        while node is not None and node.names.isdisjoint(names):
            node = node.parent
        return node


# Elements are many, and few kinds of elements in few kinds of places: each is worked out once.
@lru_cache(maxsize=4096)
def _named(tag: str, classes: str) -> frozenset[str]:
    return frozenset((tag, *(f".{name}" for name in classes.split())))


@lru_cache(maxsize=16_384)
def _within(outer: frozenset[str], names: frozenset[str]) -> frozenset[str]:
    return outer if names <= outer else outer | names


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a block's text that one inline element holds."""

    start: int
    end: int
    node: Node


@dataclass(frozen=True, slots=True)
class Block:
    """
    One text of a page: a paragraph, a cell, a title, a label of a chart, an attribute.

    Attributes:
        kind: the tag of the element, or `@` and the name of the attribute.
        text: as read, ordinary blanks folded; no-break spaces are kept.
        node: the element that holds it.
        runs: the inline elements of the text, outer first.
    """

    file: str
    kind: str
    text: str
    node: Node
    runs: tuple[Run, ...] = ()


@dataclass(slots=True)
class _Open:
    node: Node
    text: list[str] = field(default_factory=list)
    length: int = 0
    runs: list[Run] = field(default_factory=list)
    starts: list[tuple[Node, int]] = field(default_factory=list)


@latest
def read(html: str, file: str) -> tuple[Block, ...]:
    """
    Return every text of a page that is shown, spoken or indexed, in order.

    A page read twice in one process, by the audit of the site and that of the PDF, is read once.

    Raises:
        EnqueteError: the page holds something that this reader does not know.
    """
    return tuple(_Reader(file).read(html))


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.node = Node("", {}, None)
        self.block = _Open(self.node)
        self.made: list[Block] = []

    def read(self, html: str) -> list[Block]:
        for close, tag, written, after, raw, about, body, text, odd in _TOKEN.findall(html):
            if tag:
                if close:
                    self._close(tag.lower())
                else:
                    self._open(tag.lower(), written)
                text = after
            elif raw:
                self._raw(raw.lower(), about, body)
            elif odd:
                raise self._unknown("un « < » qui n’ouvre aucune balise")
            if text:
                self._text(unescape(text) if "&" in text else text)
        self._flush(self.node)
        return self.made

    def _text(self, text: str) -> None:
        if "\ufffd" in text or "\0" in text:
            raise self._unknown("un caractère illisible")
        text = _BLANKS.sub(" ", text)
        if text == " " and not self.block.text:
            return
        self.block.text.append(text)
        self.block.length += len(text)

    def _open(self, tag: str, written: str) -> None:
        silent = not written or (tag in _SILENT and "aria" not in written)
        attributes = {} if silent else _attributes(written)
        node = Node(tag, attributes, self.node)
        inline = tag in _INLINE
        if not inline:
            self._flush(node)
        if attributes:
            self._attributes(node)
        if tag == "br":
            self._text("\n")
        if tag in _VOID or written.rstrip().endswith("/"):
            if not inline:
                self._flush(self.node)
            return
        self.node = node
        if inline:
            self.block.starts.append((node, self.block.length))

    def _close(self, tag: str) -> None:
        if tag in _VOID:
            return
        if self.node.tag != tag or self.node.parent is None:
            raise self._unknown(f"une balise </{tag}> qui ferme <{self.node.tag}>")
        node, parent = self.node, self.node.parent
        if tag in _INLINE:
            started = next((each for each in self.block.starts if each[0] is node), None)
            if started:
                self.block.starts.remove(started)
                self.block.runs.append(Run(started[1], self.block.length, node))
            self.node = parent
        else:
            self.node = parent
            self._flush(parent)

    def _flush(self, node: Node) -> None:
        """End the text under way; an inline element still open goes on in the next one."""
        block = self.block
        if not block.text and not block.starts:
            block.node = node  # nothing has begun
            if block.runs:
                block.runs = []
            return
        still = [each for each, _ in block.starts]
        runs = [*block.runs, *(Run(start, block.length, each) for each, start in block.starts)]
        text = "".join(block.text)
        if text.strip():
            runs.sort(key=lambda run: (run.start, -run.end))
            owner = block.node if block.node.tag not in ("", "html") else self.node
            self.made.append(Block(self.file, owner.tag, text, owner, tuple(runs)))
        self.block = _Open(node)
        self.block.starts = [(each, 0) for each in still]

    def _attributes(self, node: Node) -> None:
        for name, value in node.attributes.items():
            if name in _MUTE:
                continue
            if node.tag == "meta" and name == "content":
                about = node.attributes.get("name") or node.attributes.get("property") or ""
                if about not in _TECHNICAL and value:
                    self.made.append(Block(self.file, f"@{about or 'content'}", value, node))
            elif name in _SPOKEN or (name.startswith("data-") and name not in _KEYS):
                if value:
                    text = _BLANKS.sub(" ", value)
                    self.made.append(Block(self.file, f"@{name}", text, node))
            elif name == "style" and "content:" in value:
                raise self._unknown("un texte dans un attribut style")

    def _raw(self, tag: str, written: str, body: str) -> None:
        attributes = _attributes(written)
        if tag == "script" and "json" in attributes.get("type", ""):
            node = Node("script", attributes, self.node)
            for text in _strings(json.loads(body)):
                self.made.append(Block(self.file, "@json", text, node))
        elif tag == "style" and "content:" in body:
            raise self._unknown("un texte dans une feuille de style de la page")

    def _unknown(self, what: str) -> EnqueteError:
        return EnqueteError(
            f"L’audit ne sait pas lire la page : {what}.",
            self.file,
            "Corrigez le gabarit, ou apprenez cette structure à scripts/edition/audit/reading.py.",
        )


def _attributes(written: str) -> dict[str, str]:
    found = {}
    for name, double, single, bare in _ATTRIBUTE.findall(written):
        value = double or single or bare
        found[name.lower()] = unescape(value) if "&" in value else value
    return found


def _strings(value: object) -> Iterator[str]:
    """Give every text and number of a JSON value."""
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
    elif value is not None and not isinstance(value, bool):
        yield str(value)
