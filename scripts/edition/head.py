"""What the head of a page tells other programs: its neighbours, its address, its preview."""

from __future__ import annotations

from html import escape

from edition.config import Config
from edition.pages import Page
from edition.text import french

SHARED_IMAGE = "assets/images/partage.png"
MAIN_SHEET = "livre"
"""Sheet of theme/css that every page has; the others are for the page that has their name."""


def address(config: Config, page: Page, *, draft: bool = False) -> str:
    """Return the public address of a page, empty when the book does not say where it lives."""
    base = config.site_url
    if not base or draft:
        return ""
    return f"{base.rstrip('/')}/{'' if page.file == 'index.html' else page.file}"


def sheet(name: str, root: str = "") -> str:
    """Return the link to a style sheet; *root* leads from the page to the site's root."""
    return f'<link rel="stylesheet" href="{root}assets/css/{name}.css">'


def shared(config: Config, page: Page, title: str, *, draft: bool) -> str:
    """Return what a message that links to the page shows of it; *title* is text."""
    base = config.site_url.rstrip("/")
    fields = {
        "og:type": "website" if page.file == "index.html" else "article",
        "og:locale": "fr_FR",
        "og:site_name": french(config.title),
        "og:title": title,
        "og:description": french(config.description or config.subtitle or config.title),
        "og:url": address(config, page, draft=draft),
        "og:image": f"{base}/{SHARED_IMAGE}" if base else SHARED_IMAGE,
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": french(config.title),
    }
    lines = [
        f'<meta property="{name}" content="{escape(text)}">'
        for name, text in fields.items()
        if text
    ]
    lines.append('<meta name="twitter:card" content="summary_large_image">')
    if draft:
        lines.append('<meta name="robots" content="noindex">')
    return "\n".join(lines)


def links(before: Page | None, after: Page | None, public: str) -> str:
    """Return the links of the page's head; *public* is its address, if it has one."""
    links = ['<link rel="contents" href="index.html">']
    if public:
        links.append(f'<link rel="canonical" href="{escape(public)}">')
    if before:
        links.append(f'<link rel="prev" href="{before.file}">')
    if after:
        links.append(f'<link rel="next" href="{after.file}">')
    return "\n".join(links)
