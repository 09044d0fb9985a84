"""The index of the search: what the pages show, section by section, and nothing else."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from edition.pages import Heading, Page
from edition.search import sections, write_index

BODY = """<h1 id="t">Le <em>titre</em></h1>
<p>Dès 2016, l’essai&nbsp;: <span class="insecable">(<button type="button" class="chiffre"
 data-chiffre="a">59&nbsp;%</button>,</span> vrai).<a class="appel-note" href="#n">1</a></p>
<h2 id="s"><span class="numero-section">1.1</span> Section<a class="ancre" href="#s">#</a></h2>
<figure id="f"><figcaption><span class="legende-numero">Figure 1</span>
<span class="legende-separateur"> – </span><span class="legende-titre">Un titre</span></figcaption>
<svg role="img" aria-label="caché"><text>59 %</text></svg></figure>
<table><tr><td>Oui</td><td>59 %</td></tr></table>
"""
REGISTER = """<h1 id="r">Registre</h1><h2 id="c">Chapitre</h2><table>
<tr><td><span id="reg-a">1</span></td><td>59 % oui</td></tr>
<tr><td><span id="reg-b">2</span></td><td>41 % non</td></tr></table>"""


def page(html: str, stem: str = "un") -> Page:
    return Page(stem, f"{stem}.html", "chapter", html, Heading(1, "t", "", "Titre"), (), ())


def read(assets: Path) -> list[list[object]]:
    text = (assets / "recherche" / "index.js").read_text("utf-8")
    assert text.startswith("window.rapportIndex=")
    found: list[list[object]] = json.loads(text.removeprefix("window.rapportIndex=").rstrip(";\n"))
    return found


def test_a_section_is_its_anchor_its_title_and_its_text() -> None:
    assert list(sections(page(BODY))) == [
        ("t", "Le titre", "Dès 2016, l’essai\u00a0: (59\u00a0%, vrai)."),
        ("s", "1.1 Section", "Figure 1 Un titre Oui 59 %"),
    ]


def test_a_line_of_the_register_has_its_own_address() -> None:
    assert list(sections(page(REGISTER))) == [
        ("r", "Registre", ""),
        ("c", "Chapitre", ""),
        ("reg-a", "Chapitre", "1 59 % oui"),
        ("reg-b", "Chapitre", "2 41 % non"),
    ]


def test_the_index_is_a_script_with_the_pages_in_order(tmp_path: Path) -> None:
    write_index([page(BODY), page(REGISTER, "registre")], tmp_path)
    index = read(tmp_path)
    assert [entry[:2] for entry in index] == [["un.html", "Titre"], ["registre.html", "Titre"]]
    first = (tmp_path / "recherche" / "index.js").read_bytes()
    write_index([page(BODY), page(REGISTER, "registre")], tmp_path)
    assert (tmp_path / "recherche" / "index.js").read_bytes() == first


class Text(HTMLParser):
    """Collect the words of a page's <main>, drawings apart, and the ids of the page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self.ids, self.depth = set[str](), set[str](), 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids |= {value for name, value in attrs if name == "id" and value}
        self.depth += tag == "svg"

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag == "svg"

    def handle_data(self, data: str) -> None:
        if not self.depth:
            self.words |= set(re.findall(r"\w+", data))


@pytest.mark.lent
def test_the_index_of_the_book_holds_only_words_and_places_of_its_pages(book: Path) -> None:
    index = read(book / "assets")
    assert {entry[0] for entry in index} >= {"index.html", "partie-1.html", "registre.html"}
    for file, _, found in index:
        shown = Text((book / str(file)).read_text("utf-8"))
        assert isinstance(found, list)
        assert {anchor for anchor, _, _ in found} <= shown.ids
        said = {w for _, title, text in found for w in re.findall(r"\w+", f"{title} {text}")}
        # A word that a tag cuts (« 1<sup>er</sup> ») is whole in the index.
        assert {w for w in said - shown.words if not re.fullmatch(r"\d+\w+", w)} == set(), file


@pytest.mark.lent
def test_the_index_of_the_book_knows_the_words_that_readers_will_try(book: Path) -> None:
    text = (book / "assets" / "recherche" / "index.js").read_text("utf-8")
    assert "illectronisme" in text
    assert not re.search(r"\bR\d{4}\b", text)
