"""Clean the HTML of a table or of any other cell output, so that it can stand in a page."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape, unescape

from edition.text import french

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
_TEXT = re.compile(r"(?<=>)[^<>]+(?=<)")
_FOOT = re.compile(r"\s*<tfoot\b[^>]*>(.*?)</tfoot>", re.DOTALL)
_NOTE = re.compile(r'<td class="gt_(?:sourcenote|footnote)"[^>]*>(.*?)</td>', re.DOTALL)
_COLUMNS = re.compile(r"(?<=^#table\(\n  columns: )(\d+)(?=,$(?:\n  align: (.*))?)", re.MULTILINE)


@lru_cache(maxsize=256)  # the next build of the same process has nearly all of them again
def clean_html(html: str, prefix: str) -> str:
    """
    Return *html* without its own style, and with ids that no other table of the page has.

    great_tables repeats 10 kB of style in each table and ids such as `stub-1`.
    """
    html = _STYLE.sub("", html)
    html = _SCRIPT.sub("", html)
    html = _QUARTO.sub("", html)
    html = _WRAPPER.sub('<div class="gt_cadre">', html)
    return typeset(own_ids(html, prefix).strip())


def typeset(html: str) -> str:
    """Give the text of *html* French signs and spaces: no filter looks into raw HTML."""
    return _TEXT.sub(lambda text: escape(french(unescape(text[0])), quote=False), html)


def without_notes(html: str) -> tuple[str, str]:
    """
    Part a table from the notes in its foot, which a table that scrolls would cut.

    The notes come as a block of their own, empty when there are none.
    """
    foot = _FOOT.search(html)
    notes = _NOTE.findall(foot[1]) if foot else []
    if foot is None or not notes:
        return html, ""
    lines = "".join(f"<p>{note}</p>" for note in notes)
    table = html[: foot.start()] + html[foot.end() :]
    return table, f'<div class="notes-tableau">{lines}</div>'


def flexible_columns(typst: str) -> str:
    """
    Give the first column of each table of a Typst source the width that the others leave.

    pandoc only counts the columns, and all take their natural width. Where no column holds
    numbers, which are at the right, the first one is a number or a name and the others share.
    """

    def widths(found: re.Match[str]) -> str:
        others = int(found[1]) - 1
        figures = "right" in (found[2] or "right")
        first, rest = ("1fr", "auto") if figures else ("auto", "1fr")
        return f"({', '.join([first, *[rest] * others])},)"

    return _COLUMNS.sub(widths, typst)


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
