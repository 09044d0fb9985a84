"""Cut the HTML of the whole book into pages, and make links hold from page to page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape, unescape

from edition.latest import latest
from edition.splice import Picture
from enquete.errors import EnqueteError

_MARK = re.compile(r"<!--edition:chapitre (\S+)-->\n?")
_ID = re.compile(r'\sid="([^"]+)"')
_LINK = re.compile(r'(?<=\shref=")#([^"]+)(?=")')
_HEADING = re.compile(r'<h([1-6])([^>]*?) id="([^"]+)"([^>]*)>(.*?)</h\1>', re.DOTALL)
_NUMBER = re.compile(r'^<span class="numero-section">(.*?)</span>\s*', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_PICTURE = re.compile(r'<img src="figures/([^"]+)" alt="([^"]*)">')
_CELL_HEAD = re.compile(r"<(thead|tbody)\b.*?</\1>", re.DOTALL)
_TH = re.compile(r"<th(?![^>]*\sscope=)(?=[\s>])")
_CHART = re.compile(r'<figure class="figure" id="([^"]+)">.*?</figure>', re.DOTALL)
_DRAWN = re.compile(r'<text\b[^>]*\sdata-chiffre="([^"]+)"')
_PRINT = re.compile(r'class="chiffre"[^>]*? id="([^"]+)" data-chiffre="([^"]+)"')
_PRINT_LINK = re.compile(r'id="([^"]+)" class="chiffre" data-chiffre="([^"]+)"')
VERIFICATION = "verification"
"""Stem of the page and of the file that a verification adds to a finished book."""


@dataclass(frozen=True)
class Heading:
    """A title of a page: its level, anchor, number (may be empty) and text as HTML."""

    level: int
    id: str
    number: str
    html: str


@dataclass(frozen=True)
class Print:
    """One place where a figure is printed."""

    figure: str
    anchor: str


@dataclass(frozen=True)
class Page:
    """
    A page of the site, before its template.

    Attributes:
        stem: stem of the chapter's file; *file*: name of the page.
        kind: `chapter` or `appendix`.
        title: the h1, without its number.
        headings: the titles below the h1, in order.
        prints: the figures that the text prints, in order.
    """

    stem: str
    file: str
    kind: str
    html: str
    title: Heading
    headings: tuple[Heading, ...]
    prints: tuple[Print, ...]


def cut(html: str, kinds: Mapping[str, str], pictures: Sequence[Picture]) -> tuple[Page, ...]:
    """
    Return the pages of the book, drawings in place and links between pages written.

    *kinds* gives the kind of each chapter by its stem.
    """
    parts = _MARK.split(html)[1:]
    drawings = {picture.name: picture for picture in pictures}
    pages = [
        _page(stem, scoped(_drawn(body, drawings)), kinds.get(stem, "chapter"))
        for stem, body in zip(parts[::2], parts[1::2], strict=True)
    ]
    owner: dict[str, str] = {}
    for page in pages:
        for ident in _ids(page):
            owner.setdefault(ident, page.file)
    return tuple(replace(page, html=_linked(page, owner)) for page in pages)


@latest  # asked of the same page by the ledger and by the audits
def drawn(html: str, _name: str) -> tuple[tuple[str, str], ...]:
    """Return (figure, anchor of its chart) for every number that a chart of the page draws."""
    return tuple(
        (figure, chart[1]) for chart in _CHART.finditer(html) for figure in _DRAWN.findall(chart[0])
    )


def text_of(html: str) -> str:
    """Return the text of a piece of HTML, without its tags."""
    return unescape(_TAG.sub("", html))


def _page(stem: str, body: str, kind: str) -> Page:
    found = [_heading(match) for match in _HEADING.finditer(body)]
    title = next((heading for heading in found if heading.level == 1), None)
    if title is None:
        raise EnqueteError(
            "Chapitre sans titre « # ».", stem, "Commencez-le par une ligne « # Titre »."
        )
    prints = [*_PRINT.findall(body), *_PRINT_LINK.findall(body)]
    return Page(
        stem=stem,
        file=f"{stem}.html",
        kind=kind,
        html=_HEADING.sub(_anchored, body).strip(),
        title=title,
        headings=tuple(heading for heading in found if heading.level > 1),
        prints=tuple(Print(figure, anchor) for anchor, figure in prints),
    )


def _heading(match: re.Match[str]) -> Heading:
    level, ident, inner = int(match[1]), match[3], match[5]
    number = _NUMBER.match(inner)
    words = text_of(_NUMBER.sub("", inner))
    return Heading(level, ident, text_of(number[1]) if number else "", escape(words, quote=False))


def _anchored(match: re.Match[str]) -> str:
    """Add to a title below the h1 the link that readers copy."""
    if match[1] == "1":
        return match[0]
    words = escape(text_of(_NUMBER.sub("", match[5])))
    anchor = f'<a class="ancre" href="#{match[3]}" aria-label="Lien vers « {words} »">#</a>'
    return match[0].removesuffix(f"</h{match[1]}>") + f"{anchor}</h{match[1]}>"


def _drawn(body: str, drawings: Mapping[str, Picture]) -> str:
    """Put the site's drawings in the place of the picture that the PDF shows."""

    def inline(match: re.Match[str]) -> str:
        picture = drawings.get(match[1])
        if picture is None or not picture.wide:
            return match[0]
        shapes = [("large", picture.wide), ("etroit", picture.narrow or picture.wide)]
        return "".join(
            f'<div class="graphique-{name}">{described(svg, unescape(match[2]))}</div>'
            for name, svg in shapes
        )

    return _PICTURE.sub(inline, body)


def described(svg: str, alt: str) -> str:
    """Give an SVG that stands in the page its role and its text alternative."""
    start = svg.index("<svg")
    svg = svg[start:].strip().replace(' role="img"', "", 1)
    return f'<svg role="img" aria-label="{escape(alt)}"{svg.removeprefix("<svg")}'


def scoped(body: str) -> str:
    """Say of each header cell what it heads; pandoc does not."""
    scopes = {"thead": "col", "tbody": "row"}
    return _CELL_HEAD.sub(lambda match: _TH.sub(f'<th scope="{scopes[match[1]]}"', match[0]), body)


def _ids(page: Page) -> list[str]:
    """Return the ids of the page; one that is there twice is a fault."""
    ids = _ID.findall(page.html)
    twice = [ident for ident, times in Counter(ids).items() if times > 1]
    if twice:
        raise EnqueteError(
            f"Identifiant employé deux fois dans la page : {', '.join(twice[:5])}.",
            page.file,
            "Donnez à chaque cellule un label différent.",
        )
    return ids


def _linked(page: Page, owner: Mapping[str, str]) -> str:
    def address(match: re.Match[str]) -> str:
        target = owner.get(unescape(match[1]))
        if target is None:
            raise EnqueteError(
                f"Lien vers une cible qui n'existe pas : #{match[1]}.",
                page.file,
                "Corrigez l'adresse dans le chapitre.",
            )
        return match[0] and ("" if target == page.file else target) + f"#{match[1]}"

    return _LINK.sub(address, page.html)
