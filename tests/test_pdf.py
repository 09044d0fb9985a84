from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import page as page_validation
import pdfplumber
import pypdfium2
import pytest
import typst
from rendered import SVG, THEME, book_of, svg
from small_book import cell
from test_site import APPENDICES, CHAPTERS, OUTPUTS

from edition import assemble
from edition.pdf import Compilation, compile_pdf, parted
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


def test_a_draft_is_marked_behind_the_text_and_out_of_the_tags(tmp_path: Path) -> None:
    book, config = book_of(tmp_path, CHAPTERS, OUTPUTS, appendices=APPENDICES, lang="fr")
    work = tmp_path / "atelier"
    work.mkdir()
    assemble.write_pictures(book, work)
    draft = replace(book, draft=True)
    data = compile_pdf(assemble.render(draft, "typst", config, THEME, work), work, FONTS, "")
    file = tmp_path / "brouillon.pdf"
    file.write_bytes(data)
    assert page_validation.validate_pdf(str(file), profile="ua1").is_compliant
    with pdfplumber.open(io.BytesIO(data)) as document:
        pages = [page.chars for page in document.pages]
    turned = [[c for c in chars if abs(c["matrix"][1]) > 0.1] for chars in pages]
    assert {"".join(c["text"] for c in chars) for chars in turned} == {"Brouillon"}
    assert {c["tag"] for chars in turned for c in chars} == {"Artifact"}


def test_the_ledger_is_attached_when_the_edition_has_a_day(tmp_path: Path) -> None:
    source = MINIMAL.replace("title:", "date: datetime(year: 2026, month: 11, day: 22), title:")
    with_day = compile_pdf(f"{source}= T", tmp_path, FONTS, "2026-11-22", b'{"schema":1}')
    without = compile_pdf(f"{MINIMAL}= T", tmp_path, FONTS, "", b'{"schema":1}')
    names = [
        [
            each.get_name()
            for each in map(document.get_attachment, range(document.count_attachments()))
        ]
        for document in (pypdfium2.PdfDocument(with_day), pypdfium2.PdfDocument(without))
    ]
    assert names == [["provenance.json"], []]


TRAILS = """\
# D {#sec-d}

Un [59 %]{.chiffre chiffre="a"}, puis [2]{.chiffre chiffre="b"} et [3]{.chiffre chiffre="d"}.

- [2]{.chiffre chiffre="b"} en liste

::: {.callout-note}
[2]{.chiffre chiffre="b"} dans un encadré.
:::

## Suite {#sec-suite}

Encore [3]{.chiffre chiffre="d"}.^[Note [2]{.chiffre chiffre="b"}.]

| N° |
|----|
| [1]{#reg-a} |
| [2]{#reg-b} |
| [4]{#reg-d} |
"""


def test_paragraphs_name_their_lines_of_the_register(tmp_path: Path) -> None:
    """First trail after a heading: the word; a list: its indent; a callout, a note: nothing."""
    book, config = book_of(tmp_path, {"index.qmd": TRAILS, "registre.qmd": "# Registre\n"})
    source = assemble.render(book, "typst", config, THEME, tmp_path)
    assert re.findall(r"#trace\(.*?\);", source) == [
        '#trace("registre 1–2, 4");',
        '#trace("2", retrait: 1.4em);',
        '#trace("registre 4");',
    ]


KEYS = """\
# D {#sec-d}

::: {#chiffres-cles .chiffres-cles}
- [[59 %]{.chiffre chiffre="a"}]{.cle-valeur} [des voix]{.cle-phrase} [[ici](#sec-d)]{.cle-trace}
- [[2]{.chiffre chiffre="b"}]{.cle-valeur} [des autres]{.cle-phrase} [[là](#sec-d)]{.cle-trace}
:::

| N° |
|----|
| [1]{#reg-a} |
| [2]{#reg-b} |
"""


def test_key_figures_are_a_grid_that_leads_to_the_register(tmp_path: Path) -> None:
    book, config = book_of(tmp_path, {"index.qmd": KEYS, "registre.qmd": "# Registre\n"})
    source = assemble.render(book, "typst", config, THEME, tmp_path)
    grid = next(line for line in source.splitlines() if line.startswith("#chiffres-cles("))
    assert "([#link(<reg-a>)[59~%]<chiffre-a>], [des voix], " in grid
    assert "registre~2]" in grid
    assert grid.endswith("<chiffres-cles>")
    found = text(compile_pdf(source, tmp_path, FONTS, ""))
    assert "ici · registre 1" in found


def test_short_chapters_follow_one_another_and_a_part_opens_a_page(tmp_path: Path) -> None:
    chapters = {
        "index.qmd": "# Avant {.unnumbered}\n\nMot.\n",
        "a.qmd": "# Encore {.unnumbered}\n\nMot.\n",
        "b.qmd": "# Partie\n\nMot.\n",
        "c.qmd": "# Après {.unnumbered}\n\nMot.\n",
    }
    book, config = book_of(tmp_path, chapters, lang="fr")
    data = compile_pdf(assemble.render(book, "typst", config, THEME, tmp_path), tmp_path, FONTS, "")
    with pdfplumber.open(io.BytesIO(data)) as document:
        texts = [page.extract_text() for page in document.pages][2:]
    assert [re.findall(r"Avant|Encore|Partie$|Après", page, re.MULTILINE) for page in texts] == [
        ["Avant", "Encore"],
        ["Partie"],
        ["Après"],
    ]


TEMPLATE = """#let mot(texte) = strong(texte)
#let annexes(corps) = { set heading(numbering: "A.1"); corps }
"""
BOOK = f"""{MINIMAL}#set heading(numbering: "1.1")
//edition:chapitre un
= Un
#mot[Un mot], voir @deux.
//edition:chapitre deux

= Deux <deux>
Un autre.
//edition:chapitre annexe
#show: annexes
= Annexe
Fin.
//edition:chapitre derniere
= Autre annexe
"""


def test_a_book_in_as_many_files_as_chapters_is_the_same_byte_for_byte(tmp_path: Path) -> None:
    whole = tmp_path / "entier"
    whole.mkdir()
    (whole / "rapport.typ").write_text(TEMPLATE + BOOK, "utf-8")
    alone = Compilation(whole / "rapport.typ", FONTS, "2026-11-22", archive=False).run()
    work = tmp_path / "en parties"
    work.mkdir()
    assert compile_pdf(f"{TEMPLATE}\n//edition:gabarit\n{BOOK}", work, FONTS, "2026-11-22") == alone
    names = ["chapitre-001.typ", "chapitre-002.typ", "chapitre-003.typ", "chapitre-004.typ"]
    assert sorted(path.name for path in work.iterdir()) == [*names, "gabarit.typ", "rapport.typ"]


def test_a_chapter_changes_its_own_file_only() -> None:
    before = parted(f"{TEMPLATE}\n//edition:gabarit\n{BOOK}")
    after = parted(f"{TEMPLATE}\n//edition:gabarit\n{BOOK}".replace("Un autre.", "Un.\n\nAutre."))
    assert [name for name in before if before[name] != after[name]] == ["chapitre-002.typ"]
    assert parted(BOOK) == {"rapport.typ": BOOK}  # without the mark of the template
