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


def test_cells_of_the_epub_say_what_they_head(folder: Path) -> None:
    with zipfile.ZipFile(folder / "essai.epub") as package:
        text = "".join(package.read(n).decode() for n in package.namelist() if "/ch" in n)
    heads = re.findall(r"<th\b[^>]*>", text)
    assert heads
    assert all(re.search(r' scope="(?:col|row)"', head) for head in heads)


def test_the_docx_is_an_a4_sheet_with_a_numbered_foot(folder: Path) -> None:
    document = read(folder / "essai.docx", "word/document.xml")
    assert '<w:pgSz w:w="11906" w:h="16838" />' in document
    assert document.count("<w:footerReference") == 1
    foot = read(folder / "essai.docx", "word/footer1.xml")
    assert " PAGE " in foot
    assert "footer1.xml" in read(folder / "essai.docx", "[Content_Types].xml")
    assert 'Id="rIdPied"' in read(folder / "essai.docx", "word/_rels/document.xml.rels")


def test_the_contents_of_the_docx_are_there_without_updating_a_field(folder: Path) -> None:
    document = read(folder / "essai.docx", "word/document.xml")
    body = document.split("</w:sdt>", 1)
    listed = re.findall(r'<w:pStyle w:val="TOC[12]"/>.*?w:anchor="([^"]+)"', body[0])
    titles = re.findall(r'w:name="([^"]+)" />\s*<w:p><w:pPr><w:pStyle w:val="Heading[12]"', body[1])
    assert len(listed) >= 3
    assert listed == titles
    assert body[0].count('fldCharType="begin"') == body[0].count('fldCharType="end"') == 1


def test_tables_of_the_docx_have_the_width_of_the_text(folder: Path) -> None:
    document = read(folder / "essai.docx", "word/document.xml")
    grids = re.findall(r"<w:tblGrid>(.*?)</w:tblGrid>", document)
    assert grids
    for grid in grids:
        widths = [int(each) for each in re.findall(r'w:w="(\d+)"', grid)]
        # 210 mm less twice 22, in twentieths of a point; each column rounds down.
        assert sum(widths) == pytest.approx((210 - 44) / 25.4 * 1440, abs=len(widths) + 2)


def test_each_style_of_the_docx_is_ours_or_pandoc_s_but_not_both(folder: Path) -> None:
    styles = read(folder / "essai.docx", "word/styles.xml")
    names = re.findall(r'w:styleId="([^"]+)"', styles)
    ours = re.findall(r'w:styleId="([^"]+)"', (THEME / "docx" / "styles.xml").read_text("utf-8"))
    assert len(names) == len(set(names))
    assert set(ours) <= set(names)


def test_a_draft_says_so_before_anything_else(folder: Path, tmp_path: Path) -> None:
    draft = made(tmp_path, draft=True)
    first = read(draft / "essai.epub", "EPUB/text/ch001.xhtml")
    assert first.index("Brouillon") < first.index("</h1>") + 200
    assert "Brouillon" in read(draft / "essai.docx", "word/document.xml")
    assert "Brouillon" not in read(folder / "essai.epub", "EPUB/text/ch001.xhtml")
