"""The ways through the site: chapters, sections of the page, previous and next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import groupby
from types import MappingProxyType

from edition.pages import Heading, Page
from edition.text import NBSP, french


def name(heading: Heading) -> str:
    """Return the title after its bare number: « A », not « Annexe A »."""
    bare = heading.number.rpartition(NBSP)[2]
    number = f'<span class="numero-section">{bare}</span> ' if bare else ""
    return number + heading.html


def sidebar(
    pages: Sequence[Page], current: Page, parts: Mapping[str, str | None] = MappingProxyType({})
) -> str:
    """Return the chapters, those of each part under its title, then the appendices."""
    here = ' aria-current="page"'

    def listed(group: Iterable[Page], css: str, title: str = "") -> str:
        items = "".join(
            f'<li><a href="{page.file}"{here if page is current else ""}>'
            f"{name(page.title)}</a></li>"
            for page in group
        )
        head = f'<p class="chapitres-titre">{escape(title)}</p>' if title else ""
        return f'{head}<ol class="{css}">{items}</ol>' if items else ""

    of_kind = {
        kind: [page for page in pages if page.kind == kind]
        for kind in ("chapter", "appendix", "list")
    }
    groups = groupby(of_kind["chapter"], key=lambda page: parts.get(page.stem))
    return (
        "".join(listed(group, "chapitres", french(part or "")) for part, group in groups)
        + listed(of_kind["appendix"], "chapitres annexes", "Annexes")
        + listed(of_kind["list"], "chapitres listes")
    )


def contents(headings: Sequence[Heading]) -> str:
    """Return the titles of the page: h2, each with its h3."""
    tops = [heading for heading in headings if heading.level == 2]
    if len(tops) < 2:
        return ""
    pieces: list[str] = []
    inner = False
    for heading in headings:
        if heading.level not in (2, 3) or (heading.level == 3 and not pieces):
            continue
        if heading.level == 3:
            pieces.append("" if inner else "<ol>")
            inner = True
        elif pieces:
            pieces.append("</ol></li>" if inner else "</li>")
            inner = False
        link = f'<a href="#{heading.id}">{name(heading)}</a>'
        pieces.append(f"<li>{link}" + ("</li>" if heading.level == 3 else ""))
    pieces.append("</ol></li>" if inner else "</li>")
    return f'<ol class="sommaire">{"".join(pieces)}</ol>'


def neighbour(page: Page | None, rel: str, css: str, words: str) -> str:
    """Return the link to the page before or after, empty at the ends of the book."""
    if page is None:
        return ""
    return (
        f'<a rel="{rel}" class="{css}" href="{page.file}"><span class="sens">{words}</span> '
        f'<span class="titre">{name(page.title)}</span></a>'
    )
