"""The page that lists the figures and tables of the book."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from edition.pages import Heading, Page, text_of

FILE = "figures-tableaux"
_CAPTION = re.compile(
    r'<figure class="figure" id="(?P<figure>[^"]+)">\s*<figcaption>(?P<a>.*?)</figcaption>'
    r'|<div class="tableau" id="(?P<table>[^"]+)">.*?<caption[^>]*>(?P<b>.*?)</caption>',
    re.DOTALL,
)
_PARTS = re.compile(
    r'<span class="legende-numero">(.*?)</span>.*?<span class="legende-titre">(.*)</span>',
    re.DOTALL,
)


@dataclass(frozen=True)
class Captioned:
    """A figure or table: where it is, its number and its title."""

    kind: str
    page: str
    id: str
    number: str
    title: str


def captioned(pages: Sequence[Page]) -> Iterator[Captioned]:
    """Yield the figures and tables in reading order."""
    for page in pages:
        for match in _CAPTION.finditer(page.html):
            parts = _PARTS.search(match["a"] or match["b"] or "")
            kind = "figure" if match["figure"] else "table"
            ident = match["figure"] or match["table"]
            if parts:
                yield Captioned(kind, page.file, ident, text_of(parts[1]), text_of(parts[2]))


def lists_page(pages: Sequence[Page]) -> Page | None:
    """Return the page of the lists, or None when the book has neither figure nor table."""
    items = list(captioned(pages))
    if not items:
        return None
    title = Heading(1, FILE, "", "Figures et tableaux")
    pieces = [f'<h1 id="{FILE}">{title.html}</h1>']
    headings = []
    for kind, words in (("figure", "Figures"), ("table", "Tableaux")):
        chosen = [item for item in items if item.kind == kind]
        if chosen:
            headings.append(Heading(2, f"liste-{kind}", "", words))
            pieces.append(f'<h2 id="liste-{kind}">{words}</h2>')
            pieces.append(f'<ul class="liste-legendes">{"".join(map(_item, chosen))}</ul>')
    return Page(FILE, f"{FILE}.html", "list", "\n".join(pieces), title, tuple(headings), ())


def _item(item: Captioned) -> str:
    return (
        f'<li><a href="{item.page}#{item.id}"><span class="legende-numero">'
        f'{escape(item.number)}</span> <span class="legende-titre">{escape(item.title)}</span>'
        "</a></li>"
    )
