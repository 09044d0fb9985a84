"""The PDF of the real book, page by page: what a reader of paper, or of a screen reader, holds."""

from __future__ import annotations

import io
import itertools
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import resolve1

from edition.other_formats import site_prints
from edition.pages import text_of

pytestmark = pytest.mark.lent

MILLIMETRE = 72 / 25.4
LEFT, RIGHT, TOP, BOTTOM = (25 * MILLIMETRE, 185 * MILLIMETRE, 27 * MILLIMETRE, 27 * MILLIMETRE)
STRIP = 49 * MILLIMETRE
HEIGHT = 297 * MILLIMETRE
# The last page of a part, or of what comes before a new kind of chapter, may be short.
NEAR_EMPTY = 0.15
WELL_FILLED = 0.70
FIRST_ROWS = 40 * MILLIMETRE  # a caption, a header and two or three rows
BOLD = 600
ABOVE = 10  # Typst shows what a link leads to a little below the top of the window


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\ufffe", "").replace("\xad", "")).strip()


@dataclass(frozen=True)
class Link:
    page: int
    rect: tuple[float, float, float, float]
    goes_to: tuple[int, float] | None
    address: str


class Pdf:
    """The PDF read by two libraries: pdfminer for its objects, PDFium for its text."""

    def __init__(self, file: Path) -> None:
        self.objects = PDFDocument(PDFParser(io.BytesIO(file.read_bytes())))
        self.catalog: Mapping[str, Any] = self.objects.catalog
        self.pages = list(PDFPage.create_pages(self.objects))
        self.rank = {page.pageid: rank for rank, page in enumerate(self.pages)}
        self.shown = pypdfium2.PdfDocument(file)
        self.sheets = [page.get_textpage() for page in self.shown]
        self.texts = [sheet.get_text_bounded() for sheet in self.sheets]
        names = resolve1(resolve1(self.catalog["Names"])["Dests"])["Names"]
        self.named = dict(zip(names[::2], names[1::2], strict=True))
        self.links = list(self._links())

    def _links(self) -> Iterator[Link]:
        for rank, page in enumerate(self.pages):
            for each in resolve1(page.annots) or []:
                link = resolve1(each)
                action = resolve1(link.get("A")) or {}
                target = resolve1(link.get("Dest") or action.get("D"))
                if isinstance(target, bytes):
                    found = resolve1(self.named[target])
                    target = found["D"] if isinstance(found, dict) else found
                place = (
                    (self.rank[target[0].objid], HEIGHT - float(resolve1(target[3])))
                    if target
                    else None
                )
                address = resolve1(action.get("URI")) or b""
                yield Link(rank, tuple(map(float, link["Rect"])), place, address.decode())

    def inside(self, page: int, rect: Sequence[float]) -> str:
        return plain(self.sheets[page].get_text_bounded(*rect))

    def structure(self) -> Iterator[Mapping[str, Any]]:
        """Yield each element of the tag tree, in reading order."""
        waiting = [self.catalog["StructTreeRoot"]]
        while waiting:
            element = resolve1(waiting.pop())
            if isinstance(element, dict):
                yield element
                children = resolve1(element.get("K"))
                waiting += reversed(children if isinstance(children, list) else [children])


@pytest.fixture(scope="module")
def pdf(book: Path) -> Pdf:
    return Pdf(book / "rapport.pdf")


@pytest.fixture(scope="module")
def texts(book: Path) -> dict[str, str]:
    """The text of each figure: one that several chapters print has one line of the register."""
    found = json.loads((book / "provenance.json").read_text("utf-8"))["entries"]
    return {entry["id"]: plain(entry["text"]) for entry in reversed(found)}


@pytest.fixture(scope="module")
def first_register_page(pdf: Pdf) -> int:
    return max(
        entry.get_dest().get_index()
        for entry in pdf.shown.get_toc()
        if entry.get_title().endswith("Registre des chiffres")
    )


@dataclass(frozen=True)
class Row:
    page: int
    top: float
    bottom: float
    text: str


def line_numbers(sheet: pypdfium2.PdfTextPage) -> Iterator[tuple[float, int]]:
    """Yield the numbers that stand alone in the first column, with their top."""
    characters = (
        (sheet.get_text_range(n, 1), sheet.get_charbox(n)) for n in range(sheet.count_chars())
    )
    digits: list[str] = []
    above = 0.0
    for character, (_, _, right, top) in characters:
        if character.isdigit() and right < LEFT + 30:
            if digits and abs(top - above) > 4:
                yield HEIGHT - above, int("".join(digits))
                digits = []
            digits.append(character)
            above = top
        elif digits:
            yield HEIGHT - above, int("".join(digits))
            digits = []


@pytest.fixture(scope="module")
def rows(pdf: Pdf, first_register_page: int) -> dict[int, Row]:
    """The lines of the register as the paper shows them: number, place, words of « Chiffre »."""
    starts = [
        (page, top, number)
        for page in range(first_register_page, len(pdf.sheets))
        for top, number in line_numbers(pdf.sheets[page])
    ]
    found = {}
    for (page, top, number), after in zip(starts, [*starts[1:], None], strict=True):
        bottom = after[1] if after and after[0] == page else HEIGHT - BOTTOM
        box = (LEFT + 25, HEIGHT - bottom + 1, LEFT + 160, HEIGHT - top + 2)
        found[number] = Row(page, top, bottom, pdf.inside(page, box))
    return found


def test_pdf_says_its_language_its_title_and_the_day_of_the_edition(pdf, book):
    edition = json.loads((book / "provenance.json").read_text("utf-8"))["edition"]
    meta = pdf.shown.get_metadata_dict()
    assert pdf.catalog["Lang"] == b"fr-FR"
    assert resolve1(pdf.catalog["ViewerPreferences"])["DisplayDocTitle"] is True
    assert meta["Title"] == edition["title"].replace("'", "’")
    assert meta["Author"] == ", ".join(edition["authors"]).replace("'", "’")
    assert meta["CreationDate"][2:10] == edition["date"].replace("-", "")


def test_pdf_declares_ua_1_and_a_3(pdf):
    xmp = resolve1(pdf.catalog["Metadata"]).get_data().decode("utf-8")
    assert re.search(r"<pdfuaid:part>1<", xmp)
    assert re.search(r"<pdfaid:part>3<", xmp)
    assert re.search(r"<pdfaid:conformance>A<", xmp)


def test_the_ledger_travels_inside_the_pdf(pdf, book):
    assert pdf.shown.count_attachments() == 1
    attached = pdf.shown.get_attachment(0)
    assert attached.get_name() == "provenance.json"
    assert bytes(attached.get_data()) == (book / "provenance.json").read_bytes()


def test_every_font_is_embedded_and_holds_only_what_is_used(pdf):
    fonts = {}
    for page in pdf.pages:
        for font in (resolve1(page.resources.get("Font")) or {}).values():
            top = resolve1(font)
            below = resolve1((resolve1(top.get("DescendantFonts")) or [top])[0])
            described = resolve1(below["FontDescriptor"])
            fonts[str(top["BaseFont"])] = any(
                key in described for key in ("FontFile", "FontFile2", "FontFile3")
            )
    assert fonts
    assert all(fonts.values())
    assert [name for name in fonts if not re.search(r"[A-Z]{6}\+Source", name)] == []


def test_every_figure_has_an_alternative_text_that_is_not_its_title(pdf, book):
    figures = [element for element in pdf.structure() if str(element.get("S")) == "/'Figure'"]
    alts = [resolve1(figure.get("Alt")) for figure in figures]
    texts = [alt.decode("utf-16") if alt[:2] == b"\xfe\xff" else alt.decode() for alt in alts]
    site = "".join(
        (book / f"{name}.html").read_text("utf-8") for name in ("partie-1", "partie-2", "partie-3")
    )
    labels = re.findall(r'<svg role="img" aria-label="([^"]+)"', site)
    assert Counter(map(plain, texts)) == Counter({plain(text_of(label)): 1 for label in labels})
    titles = set(re.findall(r'<span class="legende-titre">(.*?)</span>', site))
    assert not titles & set(texts)


def test_tags_are_those_that_a_book_is_made_of(pdf):
    """A second look at the tag tree, without the validator: headings never skip a level."""
    kinds = [str(element["S"]).strip("/'") for element in pdf.structure() if "S" in element]
    count = Counter(kinds)
    levels = [int(kind[1]) for kind in kinds if re.fullmatch(r"H[1-6]", kind)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert count["Table"] >= 20
    assert count["TH"] >= 2 * count["Table"]
    assert count["L"] > 0
    assert count["Link"] == len(pdf.links)
    assert resolve1(pdf.catalog["MarkInfo"])["Marked"] is True


def test_numbers_lead_to_their_lines_of_the_register(pdf, book, texts, rows):
    """Set equality: the lines reached are those of the figures that the text prints."""
    assert sorted(rows) == list(range(1, len(texts) + 1))
    reached: dict[int, set[str]] = {}
    for link in pdf.links:
        page, y = link.goes_to or (-1, 0.0)
        near = [n for n, row in rows.items() if row.page == page and abs(row.top - y - ABOVE) < 3]
        if near:
            words = pdf.inside(link.page, link.rect)
            reached.setdefault(near[0], set()).add(words)
    printed = {
        each
        for prints in site_prints(book, _chapters(book), data=False).values()
        for each, _ in prints
    }
    wanted = Counter(texts[each].casefold() for each in printed)
    assert len(reached) == len(printed)
    found: Counter[str] = Counter()
    for number in reached:
        row = rows[number].text.casefold()
        owner = next(
            (text for text in sorted(wanted, key=len, reverse=True) if _begins(row, text)), None
        )
        assert owner, (number, rows[number])
        found[owner] += 1
    assert found == wanted


def _begins(row: str, text: str) -> bool:
    return row.replace("- ", "").replace(" ", "").startswith(text.casefold().replace(" ", ""))


def _chapters(book: Path) -> list[str]:
    found: list[str] = json.loads((book / "provenance.json").read_text("utf-8"))["edition"][
        "chapters"
    ]
    return found


def test_each_line_of_the_register_leads_back_to_what_prints_it(pdf, rows, first_register_page):
    back = [
        link
        for link in pdf.links
        if link.page >= first_register_page and link.goes_to and link.rect[0] > RIGHT - 60
    ]
    places = {
        number: [
            link
            for link in back
            if link.page == row.page and row.top - 4 <= HEIGHT - link.rect[3] < row.bottom - 4
        ]
        for number, row in rows.items()
    }
    assert [number for number, found in places.items() if len(found) != 1] == []
    for number, (link,) in places.items():
        said = pdf.inside(link.page, link.rect)
        page, y = link.goes_to or (-1, 0.0)
        if said.startswith("p."):
            assert said == f"p. {page + 1}", number
            assert any(
                other.page == page
                and HEIGHT - other.rect[3] - 5 <= y + ABOVE <= HEIGHT - other.rect[1] + 4
                for other in pdf.links
            ), number


def test_no_page_is_blank_or_nearly(pdf):
    short = []
    for rank, sheet in enumerate(pdf.sheets):
        boxes = [sheet.get_rect(n) for n in range(sheet.count_rects())]
        body = [box for box in boxes if box[1] > BOTTOM and box[3] < HEIGHT - TOP + 4]
        assert body, f"page {rank + 1}"
        low = min(box[1] for box in body)
        filled = (HEIGHT - TOP - low) / (HEIGHT - TOP - BOTTOM)
        if rank and filled < WELL_FILLED:
            short.append((rank + 1, round(filled, 2)))
    # Only where the next page opens a part, the appendices, or what follows the parts.
    opens = {page for page, _ in _openings(pdf)}
    assert [each for each in short if each[0] + 1 not in opens and each[0] != len(pdf.sheets)] == []
    assert [each for each in short if each[1] < NEAR_EMPTY] == []


def test_a_table_never_breaks_just_after_its_caption(pdf):
    """Where a caption stands low, its table is short and whole, or there is no such place."""
    places = {}
    for rank, sheet in enumerate(pdf.sheets):
        for found in re.finditer(
            r"^Tableau ((?:[\dA-Z]\.)?\d+)\s*$", pdf.texts[rank], re.MULTILINE
        ):
            finder = sheet.search(found[0].strip())
            while hit := finder.get_next():
                left, bottom, *_ = sheet.get_charbox(hit[0])
                if abs(left - LEFT) < 3:
                    places[found[1]] = bottom - BOTTOM
    assert len(places) >= 10
    assert {number: left for number, left in places.items() if left < FIRST_ROWS} == {}


def test_no_page_ends_with_a_line_all_in_bold(pdf):
    """A heading or a term stays with what it opens."""
    for rank, sheet in enumerate(pdf.sheets[1:], 2):
        boxes = [sheet.get_rect(n) for n in range(sheet.count_rects())]
        low = min(box[1] for box in boxes if box[1] > BOTTOM - 6)
        weights = {
            pypdfium2.raw.FPDFText_GetFontWeight(sheet, n)
            for n in range(sheet.count_chars())
            if sheet.get_text_range(n, 1).strip() and low - 1 < sheet.get_charbox(n)[1] < low + 6
        }
        assert min(weights) < BOLD, rank


def _openings(pdf: Pdf) -> list[tuple[int, str]]:
    """Return the page (from 1) and title, without number, of each chapter."""
    return [
        (
            entry.get_dest().get_index() + 1,
            re.sub(r"^(\d+|[A-Z]) (?=[A-Z])", "", plain(entry.get_title())),
        )
        for entry in pdf.shown.get_toc()
        if entry.level == 0
    ]


def test_no_heading_stands_alone_at_the_foot_of_a_page(pdf):
    for entry in pdf.shown.get_toc():
        place = entry.get_dest().get_view()[1]
        y = HEIGHT - place[1]
        assert y < HEIGHT - BOTTOM - 40, entry.get_title()


def test_bookmarks_are_the_headings_of_the_site(pdf, book):
    wanted = []
    for chapter in _chapters(book):
        page = (book / f"{chapter}.html").read_text("utf-8")
        main = page[page.index("<main") : page.index("</main>")]
        main = re.sub(r'<header class="ouverture">.*?</header>', "", main, flags=re.DOTALL)
        main = re.sub(r'<a class="ancre".*?</a>', "", main, flags=re.DOTALL)
        for level, body in re.findall(r"<h([1-6])[^>]*>(.*?)</h\1>", main, re.DOTALL):
            number = re.search(r'<span class="numero-section">(?:\w+\s)?([\dA-Z.]+)</span>', body)
            body = re.sub(r'<span class="numero-section">.*?</span>', "", body)
            words = plain(text_of(body))
            wanted.append((int(level) - 1, f"{number[1]} {words}" if number else words))
    assert [(entry.level, plain(entry.get_title())) for entry in pdf.shown.get_toc()] == wanted


def test_running_heads_say_the_chapter_that_the_page_began_in(pdf):
    openings = dict(_openings(pdf))
    current = ""
    for rank, sheet in enumerate(pdf.sheets, 1):
        head = plain(sheet.get_text_bounded(LEFT - 5, HEIGHT - TOP + 6, RIGHT + 5, HEIGHT))
        title = openings.get(rank)
        opens = title and pdf_top(pdf, rank) and plain(pdf_top(pdf, rank)).startswith(title[:12])
        wanted = "" if opens else current
        if rank == 1:
            assert head == ""
        elif rank > 3:  # the contents have their own
            assert head == plain(f"{wanted} {rank}"), rank
        titles = [name for page, name in _openings(pdf) if page == rank]
        current = titles[-1] if titles else current


def pdf_top(pdf: Pdf, rank: int) -> str:
    """Return what stands at the very top of a page, its « Partie 1 » left out."""
    body = pdf.sheets[rank - 1].get_text_bounded(
        LEFT - 5, HEIGHT - TOP - 60, RIGHT + 5, HEIGHT - TOP + 5
    )
    return re.sub(r"^(Partie|Annexe)\s\w+\s+", "", body)


def test_the_cover_and_each_foot_say_that_answers_are_reconstructed(pdf):
    assert "Réponses reconstituées" in pdf.texts[0]
    feet = [
        plain(sheet.get_text_bounded(LEFT - 5, 0, RIGHT + 5, BOTTOM - 8))
        for sheet in pdf.sheets[1:]
    ]
    assert {re.sub(r"\d+$", "N", foot) for foot in feet} == {
        "Chiffres recalculés à partir de réponses reconstituées, voir p. N"
    }


def test_a_table_that_goes_on_overleaf_repeats_its_headers(pdf, first_register_page):
    for page in range(first_register_page + 1, len(pdf.sheets)):
        assert re.search(r"N° Chiffre Question et base", plain(pdf.texts[page])), page + 1
