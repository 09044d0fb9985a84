"""French typography of the finished book, on the text that its pages and its paper hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pypdfium2
import pytest

pytestmark = pytest.mark.lent

NBSP, NARROW, HIDDEN = "\u00a0", "\u202f", "\u2400"
# Code, drawings and addresses are not prose.
_APART = re.compile(
    r"<(script|style|code|pre|svg)\b.*?</\1>|<a [^>]*class=\"uri\"[^>]*>.*?</a>", re.DOTALL
)
_BLOCK = re.compile(
    r"</?(?:p|li|td|th|tr|h\d|div|section|figure|figcaption|dt|dd|dl|details|summary|br|ul|ol"
    r"|table|title|main|nav|header|footer|caption|option|label|body|aside)\b[^>]*>"
)
_UNITS = "h|min|km|euros?|€"
_MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
FAULTS = {
    "espace fine absente avant ; ! ?": rf"[^\s{NARROW}!?(\[{HIDDEN}][;!?](?![\w/=&])",
    "espace ordinaire avant ; ! ?": r"[ \n][;!?](?!\w)",
    "espace insécable absente avant :": rf"[^\d/{NBSP}{HIDDEN}]:(?=[ \n]|$)",
    "espace insécable absente avant %": rf"[^{NBSP}{NARROW}{HIDDEN}]%(?![0-9A-F]{{2}})",
    "espace insécable absente après «": rf"«(?!{NBSP})",
    "espace insécable absente avant »": rf"(?<!{NBSP})»",
    "apostrophe droite": r"'",
    "guillemets droits": r'"',
    "milliers coupés": r"(?<!\d )\b\d{1,3} \d{3}\b(?! \d)",
    "unité séparée de son nombre": rf"\d (?:{_UNITS})\b",
    "date séparée de son quantième": rf"\b1er (?:{_MONTHS})\b",
    "trois points": r"\.\.\.",
    "double espace insécable": rf"[{NBSP}{NARROW}] | [{NBSP}{NARROW}]",
}


def prose(html: str) -> str:
    """Return the text that a page shows, one block a line."""
    text = _BLOCK.sub("\n", _APART.sub(HIDDEN, html))
    return unescape(re.sub(r"<[^>]+>", "", text))


def faults(text: str) -> Iterator[str]:
    for name, pattern in FAULTS.items():
        for found in re.finditer(pattern, text, re.MULTILINE):
            around = text[max(0, found.start() - 30) : found.end() + 20]
            yield f"{name} : {around!r}"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Oui; non", "espace fine absente"),
        ("Oui ; non", "espace ordinaire"),
        ("Oui : non", "espace insécable absente avant :"),
        ("50 %", "espace insécable absente avant %"),
        ("« oui\u00a0»", "après «"),
        ("«\u00a0oui »", "avant »"),
        ("l'an", "apostrophe"),
        ('un "mot"', "guillemets"),
        ("quelque 2 542 voix", "milliers"),
        ("à 12 h", "unité"),
        ("le 1er mai", "date"),
        ("et...", "trois points"),
    ],
)
def test_each_fault_is_seen(text: str, name: str) -> None:
    assert [found for found in faults(text) if name in found]


def test_right_french_is_left_alone() -> None:
    right = "Oui~: «~non~»_; 50~% de 2_542, à 10:30. Vrai_?! https://a.fr/?b;c l’an… en 2024"
    assert list(faults(right.replace("~", NBSP).replace("_", NARROW).replace("?b;c", "?b=c"))) == []


def test_every_page_of_the_site_has_its_french_signs(book: Path) -> None:
    found = {
        page.name: list(faults(prose(page.read_text("utf-8"))))
        for page in sorted(book.glob("*.html"))
    }
    assert {name: each for name, each in found.items() if each} == {}


def paper(book: Path) -> str:
    """Return the text of the PDF without its addresses, one line of paper a line."""
    shown = pypdfium2.PdfDocument(book / "rapport.pdf")
    pages = [page.get_textpage().get_text_bounded().replace("\r\n", "\n") for page in shown]
    return re.sub(r"(?:https?://|www\.)\S+(?:\n\S*[/%-]\S*)*", HIDDEN, "\n".join(pages))


def test_paper_has_its_french_signs(book: Path) -> None:
    # On paper U+00A0 is drawn as any space: what it must prevent is a break of the line.
    text = paper(book)
    assert re.findall(rf".{{20}}[^\s{NARROW}!?(\[{HIDDEN}][;!?](?!\w)", text) == []
    assert re.findall(r".{20} [;!?]", text) == []
    assert re.findall(r".{20}[^\s\d/]:(?=\s)", text) == []
    assert re.findall(r"[^\n]{0,20}['\"][^\n]{0,20}", text) == []
    assert re.findall(r".{20}[^\s]%", text) == []


def test_no_line_of_paper_begins_or_ends_with_what_belongs_to_its_neighbour(book: Path) -> None:
    lines = [line.strip(" ") for line in paper(book).split("\n")]
    assert [line for line in lines if re.match(r"[;:!?%»]", line)] == []
    assert [line for line in lines if line.endswith("«")] == []
