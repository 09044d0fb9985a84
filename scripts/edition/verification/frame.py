"""Put a text where a page of the book has its own, so that it looks like the rest of the site."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template

from edition import head

_MAIN = re.compile(r"(<main\b[^>]*>).*(</main>)", re.DOTALL)
_TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)
_META = re.compile(r'(<meta (?:name|property)="(og:)?(title|description)" content=")[^"]*(")')
_NEIGHBOUR = re.compile(r'<link rel="(?:prev|next)"[^>]*>\n?')
_BODY = re.compile(r'(<body class="[^"]*?)\bpage-[\w-]+')
_HERE = re.compile(
    r'(<p class="nav-titre">Dans cette page</p>\s*)(?:<ol class="sommaire">.*?</ol>\s*)?(?=</nav>)',
    re.DOTALL,
)
_FONT = re.compile(r"@font-face \{[^}]*url\([^}]*\}\n?")
_CARD = 'id="carte-'
_SHEET = head.sheet(head.MAIN_SHEET)
_OURS = '<body class="page-'


@dataclass(frozen=True)
class Text:
    """
    A page to frame.

    Attributes:
        stem: name of the page, for its class.
        title: before the title of the book; *book*: that title.
        description: one sentence, for search engines.
        headings: (anchor, words) of its h2.
        html: what stands in the page.
    """

    stem: str
    title: str
    book: str
    description: str
    headings: Sequence[tuple[str, str]]
    html: str


def framed(text: Text, folder: Path, theme: Path) -> str:
    """
    Return the whole page, in the frame of another page of the site in *folder*.

    A folder without our site (a PDF alone, a book made by Quarto) gets a page that stands by
    itself, from `verification.html` of *theme*.
    """
    model = _model(folder)
    return _in(model, text) if model else alone(text, theme)


def _model(folder: Path) -> str:
    """Return a page of the site, one without cards if there is one."""
    found = ""
    for file in sorted(folder.glob("*.html")):
        html = file.read_text(encoding="utf-8")
        if _OURS not in html or not _MAIN.search(html) or file.stem == "index":
            continue
        if _CARD not in html:
            return html
        found = found or html
    return found


def _in(model: str, text: Text) -> str:
    title = escape(_title(text))
    own = {"title": title, "description": escape(text.description)}
    html = _MAIN.sub(lambda found: f"{found[1]}\n{text.html}\n{found[2]}", model, count=1)
    html = _TITLE.sub(lambda _: f"<title>{title}</title>", html, count=1)
    html = _META.sub(lambda found: found[1] + own[found[3]] + found[4], html)
    html = _NEIGHBOUR.sub("", html)
    html = _BODY.sub(lambda found: f"{found[1]}page-{text.stem}", html, count=1)
    html = html.replace(_SHEET, f"{_SHEET}\n{head.sheet(text.stem)}", 1)
    html = html.replace(' aria-current="page"', "")
    page = f'href="{text.stem}.html"'
    html = html.replace(f"<a {page}>", f'<a {page} aria-current="page">', 1)
    contents = _contents(text.headings)
    html = _HERE.sub(lambda found: found[1] + contents, html)
    lines = html.split("\n")
    return "\n".join(line for line in lines if not line.startswith('<div popover id="carte-'))


def _title(text: Text) -> str:
    return " · ".join(each for each in (text.title, text.book) if each)


def _contents(headings: Sequence[tuple[str, str]]) -> str:
    items = "".join(f'<li><a href="#{anchor}">{words}</a></li>' for anchor, words in headings)
    return f'<ol class="sommaire">{items}</ol>'


def alone(text: Text, theme: Path) -> str:
    """Return a page that stands by itself, its styles inside; fonts are the reader's own."""
    template = Template((theme / "html" / "verification.html").read_text(encoding="utf-8"))
    styles = "\n".join(
        _FONT.sub("", (theme / "css" / name).read_text(encoding="utf-8"))
        for name in ("livre.css", "verification.css")
    )
    return template.substitute(
        titre_page=escape(_title(text)),
        titre_livre=escape(text.book),
        description=escape(text.description),
        classe_page=f"page-{text.stem}",
        styles=styles,
        contenu=text.html,
    )
