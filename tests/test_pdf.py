from __future__ import annotations

import io
import re
from pathlib import Path

import page as page_validation
import pdfplumber
import pytest
import typst
from rendered import SVG, THEME, book_of, svg
from small_book import cell
from test_site import APPENDICES, CHAPTERS, OUTPUTS

from edition import assemble
from edition.pdf import compile_pdf
from enquete.errors import EnqueteError

FONTS = THEME / "polices"
MINIMAL = '#set document(title: "T")\n#set text(lang: "fr", font: "Source Serif 4")\n'


def pdf_of(root: Path) -> bytes:
    book, config = book_of(root, CHAPTERS, OUTPUTS, appendices=APPENDICES, lang="fr")
    work = root / "atelier"
    work.mkdir(exist_ok=True)
    assemble.write_pictures(book, work)
    source = assemble.render(book, "typst", config, THEME, work)
    return compile_pdf(source, work, FONTS, "2026-11-22")


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return pdf_of(tmp_path_factory.mktemp("livre"))


def text(data: bytes) -> str:
    with pdfplumber.open(io.BytesIO(data)) as document:
        return "\n".join(page.extract_text() for page in document.pages)


def test_the_pdf_follows_the_ua_1_profile(pdf: bytes, tmp_path: Path) -> None:
    file = tmp_path / "rapport.pdf"
    file.write_bytes(pdf)
    report = page_validation.validate_pdf(str(file), profile="ua1")
    assert report.is_compliant, report.failures


def test_the_same_sources_give_the_same_bytes(pdf: bytes, tmp_path: Path) -> None:
    assert pdf_of(tmp_path) == pdf


def test_unbreakable_spaces_reach_the_paper(pdf: bytes) -> None:
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        letters = "".join(c["text"] for page in document.pages for c in page.chars)
    # Typst writes U+00A0 and a plain space as one glyph; U+202F has its own.
    assert "encore 59 %.1 Vrai\u202f?" in letters


def test_numbers_and_captions_are_those_of_the_site(pdf: bytes) -> None:
    found = text(pdf)
    assert re.search(r"Figure 1\.1\n?.*Un titre", found, re.DOTALL)
    assert re.search(r"Tableau 1\.1\n?.*Les métiers", found, re.DOTALL)
    assert "=1+1" not in found  # the chart's table: the register has its figures


def test_every_number_links_to_the_register_and_the_register_to_a_page(pdf: bytes) -> None:
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        internal = [link for page in document.pages for link in page.annots if link["uri"] is None]
    # 5 prints of p1, contents, cross-references and the register's own links.
    assert len(internal) >= 10


def test_an_image_without_alternative_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(SVG, "utf-8")
    with pytest.raises(EnqueteError, match="ne se compile pas") as caught:
        compile_pdf(MINIMAL + '#image("a.svg")', tmp_path, FONTS, "2026-11-22")
    assert "fig-alt" in caught.value.que_faire


@pytest.mark.parametrize("path", ["/etc/hostname", "../secret.txt"])
def test_the_source_reads_nothing_outside_its_folder(tmp_path: Path, path: str) -> None:
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    inside = tmp_path / "atelier"
    inside.mkdir()
    with pytest.raises(EnqueteError):
        compile_pdf(f'{MINIMAL}#read("{path}")', inside, FONTS, "2026-11-22")


def test_fonts_of_the_machine_are_not_used(tmp_path: Path) -> None:
    data = compile_pdf(f"{MINIMAL}= Titre\nTexte", tmp_path, FONTS, "2026-11-22")
    with pdfplumber.open(io.BytesIO(data)) as document:
        fonts = {char["fontname"].split("+")[-1] for page in document.pages for char in page.chars}
    assert {font.split("-")[0] for font in fonts} == {"SourceSerif4"}


def test_a_font_of_the_machine_does_not_exist_for_the_book(tmp_path: Path) -> None:
    own = set(typst.Fonts(include_system_fonts=False, font_paths=[FONTS]).families())
    others = sorted(set(typst.Fonts(include_system_fonts=True).families()) - own)
    if not others:
        pytest.skip("cette machine n'a aucune police")
    body = f'{MINIMAL}#set text(font: "{others[0]}", fallback: false)\nTexte'
    data = compile_pdf(body, tmp_path, FONTS, "2026-11-22")
    assert others[0].replace(" ", "").encode() not in data


def test_the_date_is_the_edition_s(tmp_path: Path) -> None:
    data = compile_pdf(f"{MINIMAL}= Titre", tmp_path, FONTS, "2026-11-22")
    assert b"2026-11-22" in data or b"D:20261122" in data


def test_the_list_of_figures_gives_the_page_where_each_stands(tmp_path: Path) -> None:
    """A figure that does not fit moves to the next page; some of these do."""
    text, outputs = "# D\n\n", {}
    for rank in range(6):
        text += "Du texte qui remplit la page.\n\n" * (7 + 2 * rank) + cell(
            "c", f"label: fig-f{rank}", f'fig-cap: "Dessin {rank}"', 'fig-alt: "A"'
        )
        outputs[f"fig-f{rank}"] = [svg()]
    book, config = book_of(tmp_path, {"index.qmd": text}, outputs, typst={"lof": True})
    work = tmp_path / "atelier"
    assemble.write_pictures(book, work)
    data = compile_pdf(assemble.render(book, "typst", config, THEME, work), work, FONTS, "")
    with pdfplumber.open(io.BytesIO(data)) as document:
        texts = [page.extract_text() for page in document.pages]
    listed = {name: int(page) for name, page in re.findall(r"(Dessin \d) +(\d+)$", texts[1], re.M)}
    stands = {f"Dessin {rank}": _page_of(f"Dessin {rank}", texts) for rank in range(6)}
    assert listed == stands


def _page_of(title: str, texts: list[str]) -> int:
    return next(n for n, text in enumerate(texts, 1) if n > 2 and title in text)
