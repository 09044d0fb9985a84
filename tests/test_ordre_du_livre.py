"""The register lists the chapters in the order in which they are read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from enquete.contents import book_order
from enquete.register_page import in_book_order

LISTED = """
book:
  title: Un livre
  chapters:
    - index.qmd
    - part: Première partie
      chapters:
        - chapters/un.qmd
        - chapters/deux.qmd
    - part: chapters/trois.qmd
      chapters: [chapters/quatre.qmd]
    - chapters/fin.qmd
  appendices:
    - chapters/annexe.qmd
"""


def test_parts_and_appendices_have_their_place(tmp_path: Path) -> None:
    (tmp_path / "_quarto.yml").write_text(LISTED, "utf-8")
    order = ("index", "un", "deux", "trois", "quatre", "fin", "annexe")
    assert book_order(tmp_path) == order


@pytest.mark.parametrize("content", ["", "book: 3", "- a", "book:\n  chapters: 3"])
def test_without_a_list_there_is_no_order(tmp_path: Path, content: str) -> None:
    (tmp_path / "_quarto.yml").write_text(content, "utf-8")
    assert book_order(tmp_path) == ()
    assert book_order(tmp_path / "ailleurs") == ()


def test_a_chapter_that_is_not_listed_comes_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "_quarto.yml").write_text(LISTED, "utf-8")
    monkeypatch.setenv("RAPPORT_RACINE", str(tmp_path))
    found = in_book_order(["brouillon", "annexe", "deux", "fin", "index"])
    assert found == ["index", "deux", "fin", "annexe", "brouillon"]


def test_the_register_of_the_book_is_in_the_order_of_reading(book: Path) -> None:
    page = (book / "registre.html").read_text("utf-8")
    found = re.findall(r'id="sec-registre-([\w-]+)"', page)
    # By hand, from the table of contents of the book; chapters without a line print no new figure.
    assert found == [
        *("index", "methodologie", "partie-1", "partie-2", "partie-3", "recommandations"),
        *("perspective", "annexe-1-profil", "annexe-2-questionnaire", "annexe-3-procedure"),
        *("fiche-technique", "coherence"),
    ]
