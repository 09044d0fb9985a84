"""EPUB and DOCX of a small book whose chapters are not run."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from rendered import THEME, book_of
from test_site import APPENDICES, CHAPTERS, OUTPUTS

from edition import assemble
from edition.formats import MAKERS


def made(root: Path, *, draft: bool = False, date: str = "2026-11-22") -> Path:
    book, config = book_of(
        root, CHAPTERS, OUTPUTS, appendices=APPENDICES, lang="fr", output_file="essai", date=date
    )
    if draft:
        book = replace(book, draft=True)
    work, folder = root / "atelier", root / "livre"
    work.mkdir()
    folder.mkdir()
    assemble.write_pictures(book, work)
    for make in MAKERS.values():
        make(book, config, THEME, work, folder)
    return folder


def read(file: Path, name: str) -> str:
    with zipfile.ZipFile(file) as package:
        return package.read(name).decode("utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("formats"))


def test_the_same_book_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    again = made(tmp_path)
    for name in ("essai.epub", "essai.docx"):
        assert (again / name).read_bytes() == (folder / name).read_bytes()


def test_another_day_is_another_edition(folder: Path, tmp_path: Path) -> None:
    other = made(tmp_path, date="2027-01-01")
    identifiers = {
        re.search(r"urn:uuid:[^<]+", read(each / "essai.epub", "EPUB/content.opf"))[0]
        for each in (folder, other)
    }
    assert len(identifiers) == 2


def test_the_mimetype_comes_first_and_plain(folder: Path) -> None:
    with zipfile.ZipFile(folder / "essai.epub") as package:
        first = package.infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)


def test_captions_carry_the_numbers_of_the_site(folder: Path) -> None:
    with zipfile.ZipFile(folder / "essai.epub") as package:
        text = "".join(package.read(n).decode() for n in package.namelist() if "/ch" in n)
    document = read(folder / "essai.docx", "word/document.xml")
    for caption in ("Figure\u00a01.1\u00a0– ", "Tableau\u00a01.1\u00a0– "):
        assert caption in text
        assert caption in document


def test_a_draft_says_so_before_anything_else(folder: Path, tmp_path: Path) -> None:
    draft = made(tmp_path, draft=True)
    first = read(draft / "essai.epub", "EPUB/text/ch001.xhtml")
    assert first.index("Brouillon") < first.index("</h1>") + 200
    assert "Brouillon" in read(draft / "essai.docx", "word/document.xml")
    assert "Brouillon" not in read(folder / "essai.epub", "EPUB/text/ch001.xhtml")
