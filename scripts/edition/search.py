"""
Write the index that the site's search reads: the sections of every page, as plain text.

The index is a script, not a file to fetch: a page opened from a folder may not fetch. It
loads when a reader opens the search. It holds what the pages show and nothing else:

    window.rapportIndex=[["page.html","Title of the page",[["anchor","Section","text"],…]],…]

`theme/js/recherche.js` cuts words, folds accents and ranks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from html import unescape
from pathlib import Path
from typing import Any

import orjson

from edition.latest import latest
from edition.pages import Page, text_of

FILE = "recherche/index.js"
_BEFORE, _AFTER = "window.rapportIndex=", ";\n"
_START = re.compile(
    r'<h[1-3][^>]*? id="(?P<title>[^"]+)"[^>]*>(?P<words>.*?)</h[1-3]>'
    r'|<span id="(?P<line>reg-[^"]+)"[^>]*>',
    re.DOTALL,
)
# What a page shows as a drawing or a sign, or says only to those who do not see it.
_UNREAD = re.compile(
    r'<svg\b.*?</svg>|<a class="ancre".*?</a>|<span class="legende-separateur">.*?</span>'
    r'|<a [^>]*class="(?:appel-note|retour-note)".*?</a>|<!--.*?-->',
    re.DOTALL,
)
_INLINE = re.compile(r"</?(?:a|abbr|b|button|cite|code|em|i|mark|q|span|strong|sub|sup)\b[^>]*>")
_TAG = re.compile(r"<[^>]+>")
_BLANKS = re.compile(r"[ \t\r\n]+")

Section = tuple[str, str, str]


def sections(page: Page) -> Iterator[Section]:
    """
    Yield anchor, title and text of each section of the page, in order.

    A line of the register is a section of its own: it has an address.
    """
    yield from _sections(page.html, page.file)


@latest  # most pages are those of the last build of the same process
def _sections(html: str, _name: str) -> tuple[Section, ...]:
    return tuple(_cut(_UNREAD.sub(" ", html)))


def _cut(html: str) -> Iterator[Section]:
    starts = list(_START.finditer(html))
    title = ""
    ends = [*(match.start() for match in starts[1:]), len(html)]
    for match, end in zip(starts, ends, strict=bool(starts)):
        if match["title"]:
            title = _plain(match["words"])
        yield match["title"] or match["line"], title, _plain(html[match.end() : end])


def write_index(pages: Sequence[Page], assets: Path) -> None:
    """Write the index of *pages* into the folder of the site's assets."""
    index = [
        [page.file, text_of(page.title.html), [list(each) for each in sections(page)]]
        for page in pages
    ]
    text = orjson.dumps(index).decode()
    target = assets / FILE
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(f"{_BEFORE}{text}{_AFTER}", "utf-8", newline="\n")


def read_index(text: str) -> list[Any] | None:
    """Return what `write_index` wrote, None of a script that is no index."""
    if not (text.startswith(_BEFORE) and text.endswith(_AFTER)):
        return None
    with suppress(ValueError):
        found: Any = orjson.loads(text.removeprefix(_BEFORE).removesuffix(_AFTER))
        if isinstance(found, list) and all(map(_is_page, found)):
            return found
    return None


def _is_page(found: Any) -> bool:
    return isinstance(found, list) and bool(found) and isinstance(found[0], str)


def _plain(html: str) -> str:
    """Return the words of a piece of a page; no-break spaces stay, they are French."""
    text = _TAG.sub(" ", _INLINE.sub("", html))
    return _BLANKS.sub(" ", unescape(text)).strip()
