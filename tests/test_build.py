from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

import pytest
from small_book import make_book

from edition import build as building
from edition.build import Options, build
from enquete.errors import EnqueteError

THEME = Path(__file__).parents[1] / "theme"
BOOK = {"index.qmd": "# Début\n\nDu texte.\n"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path


def options(**more) -> Options:
    return Options(**{"formats": ("html",), "theme": THEME, **more})


def test_a_check_that_refuses_keeps_the_previous_book(root: Path) -> None:
    config = make_book(root, BOOK)
    build(config, options())
    before = (root / "_book" / "index.html").read_bytes()
    seen = []

    def refuse(folder: Path) -> None:
        seen.append(sorted(file.name for file in folder.iterdir() if file.suffix == ".html"))
        raise EnqueteError("Non.", "ici", "rien")

    changed = make_book(root, {"index.qmd": BOOK["index.qmd"].replace("Du texte", "Un autre")})
    with pytest.raises(EnqueteError, match="Non"):
        build(changed, options(check=refuse))
    assert (root / "_book" / "index.html").read_bytes() == before
    assert seen == [["index.html"]]


def test_a_format_added_to_the_mapping_is_made_and_named(root: Path, monkeypatch) -> None:
    def make(book, config, theme, work, folder):
        (folder / "essai.txt").write_text(book.markdown, "utf-8")
        return "essai.txt"

    monkeypatch.setattr(building, "MAKERS", MappingProxyType({"texte": make}))
    result = build(make_book(root, BOOK), options(formats=("html", "texte")))
    assert result.others == ("essai.txt",)
    assert "Du texte." in (root / "_book" / "essai.txt").read_text("utf-8")


def test_a_draft_tells_the_formats_that_it_is_one(root: Path, monkeypatch) -> None:
    drafts = []

    def make(book, config, theme, work, folder):
        drafts.append(building.assemble.metadata(book, config, cards=False).get("brouillon"))
        return ""

    monkeypatch.setattr(building, "MAKERS", MappingProxyType({"texte": make}))
    config = make_book(root, BOOK)
    build(config, options(formats=("texte",), draft=True))
    build(config, options(formats=("texte",)))
    assert drafts == [True, None]
