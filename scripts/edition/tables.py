"""Clean the HTML of a table or of any other cell output, so that it can stand in a page."""

from __future__ import annotations

import re

_STYLE = re.compile(r"<style\b[^>]*>.*?</style>\s*", re.DOTALL | re.IGNORECASE)
_SCRIPT = re.compile(r"<script\b[^>]*>.*?</script>\s*", re.DOTALL | re.IGNORECASE)
_QUARTO = re.compile(r'\s+data-quarto-[a-z-]+="[^"]*"')
_WRAPPER = re.compile(r'<div id="[^"]*" style="padding-left:0px;[^"]*">')
_REFERENCES = re.compile(
    r'(?P<before>\s(?P<name>id|headers|for|aria-labelledby|aria-describedby)=")(?P<ids>[^"]*)"'
)
_ID = re.compile(r'\sid="([^"]+)"')
_FRAGMENT = re.compile(r'(\s(?:xlink:)?href=")#([^"]+)"')
_URL = re.compile(r"url\(#([^)]+)\)")


def clean_html(html: str, prefix: str) -> str:
    """
    Return *html* without its own style, and with ids that no other table of the page has.

    great_tables repeats 10 kB of style in each table and ids such as `stub-1`.
    """
    html = _STYLE.sub("", html)
    html = _SCRIPT.sub("", html)
    html = _QUARTO.sub("", html)
    html = _WRAPPER.sub('<div class="gt_cadre">', html)
    return own_ids(html, prefix).strip()


def own_ids(markup: str, prefix: str) -> str:
    """
    Put *prefix* before every id of HTML or SVG *markup*, and before what refers to one.

    A reference to an id of another place (the anchor of a figure, say) stays as it is.
    """
    inside = set(_ID.findall(markup))

    def own(ident: str) -> str:
        return ident if ident not in inside or ident.startswith(prefix) else f"{prefix}-{ident}"

    def references(found: re.Match[str]) -> str:
        return f'{found["before"]}{" ".join(own(i) for i in found["ids"].split())}"'

    markup = _REFERENCES.sub(references, markup)
    markup = _FRAGMENT.sub(lambda found: f'{found[1]}#{own(found[2])}"', markup)
    return _URL.sub(lambda found: f"url(#{own(found[1])})", markup)
