"""The text of a book, block by block, however its renderer dresses it: for the parity test."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pdfplumber

BLOCKS = {"p", "li", "td", "th", "dt", "dd", "h1", "h2", "h3", "h4", "figcaption", "caption"}
BLOCKS |= {"summary", "blockquote", "pre"}
BLOCK_CLASSES = {"csl-entry", "callout-title-container"}
VOID = {"img", "br", "hr", "meta", "link", "input", "col", "wbr", "source"}
MILLIMETRE = 72 / 25.4

# What one engine shows and the other does not, or shows elsewhere. Nothing else may differ.
LEFT_OUT = {
    "nav": "navigation, différente par nature",
    "script": "pas du texte",
    "style": "pas du texte",
    "svg": "le dessin : dans la page ici, en fichier chez Quarto ; ses nombres sont au registre",
    "#title-block-header": "titre, auteur et date du livre, que chaque site place à sa façon",
    ".ouverture": "la même chose ici",
    ".bandeau": "la mention « Données reconstituées » : dans l'en-tête du site ici",
    ".ancre": "le lien « # » des titres, ici seulement",
    ".telecharger": "le lien vers le CSV d'un graphique, ici seulement",
    ".retour": "le lien du registre vers la phrase",
    ".screen-reader-only": "le genre d'un encadré, que Quarto dit aux lecteurs d'écran",
    "display: none": "les références que Quarto garde dans chaque page pour ses infobulles",
}


@dataclass
class _Open:
    """An element being read; *words* only where the element is a block."""

    tag: str
    skipped: bool
    name: str = ""
    words: list[str] | None = None


@dataclass
class Blocks(HTMLParser):
    """Collect (element, text) for each block inside `<main>`, and the texts of pictures."""

    found: list[tuple[str, str]] = field(default_factory=list)
    pictures: set[str] = field(default_factory=set)
    stack: list[_Open] = field(default_factory=list)
    inside: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        classes = set((given.get("class") or "").split())
        if tag == "main":
            self.inside = True
        if self.inside and tag == "img":
            self.pictures.add(given.get("alt") or "")
        if self.inside and tag == "svg" and given.get("role") == "img":
            self.pictures.add(given.get("aria-label") or "")
        if tag in VOID:
            return
        names = {tag, f"#{given.get('id')}", *(f".{name}" for name in classes)}
        names.add((given.get("style") or "").rstrip(";"))
        skipped = bool(names & LEFT_OUT.keys()) or bool(self.stack and self.stack[-1].skipped)
        block = tag in BLOCKS or bool(classes & BLOCK_CLASSES)
        name = next(iter(classes & BLOCK_CLASSES), tag)
        self.stack.append(_Open(tag, skipped, name, [] if block and not skipped else None))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or tag not in [element.tag for element in self.stack]:
            return
        while self.stack:
            element = self.stack.pop()
            if self.inside and element.words and (text := tidy("".join(element.words))):
                self.found.append((element.name, text))
            if element.tag == tag:
                break
        if tag == "main":
            self.inside = False

    def handle_data(self, data: str) -> None:
        if not self.inside or (self.stack and self.stack[-1].skipped):
            return
        for element in reversed(self.stack):
            if element.words is not None:
                element.words.append(data)
                return
        assert not data.strip(), f"texte hors de tout bloc : {data!r}"


def tidy(text: str) -> str:
    """Fold ordinary white space; no-break spaces are text."""
    # Quarto's filters also read the tables that code writes: there « 45 ans » is held together.
    text = re.sub(r"(?<=\d)\u00a0(?=[a-z]{3})", " ", text)
    return re.sub(r"[ \t\r\n]+", " ", text).strip(" \t\r\n")


@dataclass(frozen=True)
class PageText:
    """
    What a reader reads in a page.

    Attributes:
        title: its number included; Quarto leaves out « Partie » and joins an appendix by « — ».
        blocks: paragraphs, items, cells and titles, in order; U+00A0 and U+202F count, but in
            the bibliography, which citeproc writes after our filters in Quarto.
        paragraphs: the blocks that are `<p>` here (a callout's title is a `<div>` in Quarto).
        captions: apart, for they stand before the picture here and in it or after in Quarto;
            their « Figure 1.1 – » has other spaces.
        pictures: alternative texts; Quarto keeps the source's spaces and apostrophes.
    """

    title: str
    blocks: tuple[str, ...]
    paragraphs: tuple[str, ...] = field(compare=False)
    captions: tuple[str, ...]
    pictures: frozenset[str]


def page_text(html: str) -> PageText:
    """Read a page of either engine."""
    parser = Blocks()
    parser.feed(html)
    parser.close()
    captions = ("figcaption", "caption")
    return PageText(
        title(html),
        tuple(
            # citeproc writes the entries after Quarto's filters: no space is comparable.
            "".join(folded(text).split()) if name == "csl-entry" else text
            for name, text in parser.found
            if name not in (*captions, "h1")
        ),
        tuple(text for name, text in parser.found if name == "p"),
        tuple(folded(text) for name, text in parser.found if name in captions),
        frozenset(map(folded, parser.pictures)),
    )


def folded(text: str) -> str:
    """Return *text* with plain spaces and apostrophes."""
    return re.sub(r"[\s\u00a0\u202f]+", " ", text).replace("’", "'").replace(" ;", ";")


def title(html: str) -> str:
    """Return the title of a page, its number included, without what joins both."""
    found = re.findall(r"<h1\b[^>]*>(.*?)</h1>", html, re.DOTALL)
    words = unescape(re.sub(r"<[^>]+>", "", found[-1]))
    return folded(words).replace(" — ", " ").removeprefix("Partie ").strip()


@cache
def pdf_text(path: Path) -> str:
    """
    Return the text of a PDF without what depends on where pages and lines break.

    Out: running head and foot, the strip's notes « registre 41–43 », page numbers.
    """
    with pdfplumber.open(path) as pdf:
        return "\n".join(_page(page) for page in pdf.pages)


def _page(page: pdfplumber.page.Page) -> str:
    top, bottom = 25 * MILLIMETRE, page.height - 25 * MILLIMETRE

    def body(found: dict[str, float]) -> bool:
        if found.get("object_type") != "char":
            return True
        note = found["size"] < 7.75 and found["x0"] < 50 * MILLIMETRE
        return top < found["top"] < bottom and not note

    return page.filter(body).extract_text(x_tolerance=1.5) or ""


def squashed(text: str) -> str:
    """Return the text without spaces, line breaks and hyphens."""
    return re.sub(r"[\s\u00a0\u202f\u00ad‐-]+", "", text)


def holds(book: str, text: str) -> bool:
    """
    Tell whether *book* has *text*, whole or in two parts.

    A page break may put a figure between the halves of a paragraph, and the two engines
    do not break their pages at the same place.
    """
    cut = bisect_left(range(len(text)), True, key=lambda size: text[: size + 1] not in book)
    return cut == len(text) or (cut > 0 and text[cut:] in book)


def differences(ours: Sequence[object], theirs: Sequence[object]) -> Iterator[str]:
    """Yield what differs between two sequences, for the eye."""
    matcher = SequenceMatcher(a=ours, b=theirs, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            yield f"intégré : {list(ours[a:b])}\nQuarto  : {list(theirs[c:d])}"
