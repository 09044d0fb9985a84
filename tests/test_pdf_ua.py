"""PDF/UA judged three times: by veraPDF, by page-validation and by our own reading of the tags."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matterhorn
import page as page_validation
import pdf_edits as edits
import pikepdf
import pytest
import verapdf
from pdf_faults import FAULTS
from pikepdf import Array, Pdf, String
from rendered import THEME, book_of, output, svg
from small_book import cell

from edition import assemble
from edition.pdf import compile_pdf

needs_java = pytest.mark.skipif(
    not verapdf.available(), reason="Java absent : PDF non jugé par veraPDF"
)
TABLE = (
    "<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr>"
    "<tr><td>3</td><td>4</td></tr></tbody></table>"
)
CHAPTERS = {
    "index.qmd": '# Avant\n\nUne [59 %]{.chiffre chiffre="p1"} phrase.^[Une note.] Voir @sec-un et '
    "<https://exemple.fr>.\n\n- un\n- deux\n\n## Section {#sec-un}\n\nDu texte.\n\n### Plus bas\n\n"
    "Un `code`.\n\n"
    + cell("f", "label: fig-f", 'fig-cap: "Un dessin"', 'fig-alt: "Des barres"')
    + "\n"
    + cell("t", "label: tbl-t", 'tbl-cap: "Une table"'),
    "registre.qmd": "# Registre\n\n| N° | Où |\n|--|--|\n| [1]{#reg-p1} | [ici](#chiffre-p1) |\n",
}
OUTPUTS = {"fig-f": [svg()], "tbl-t": [output(text_html=TABLE)]}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A small book with one element of each kind that the real one is made of."""
    root = tmp_path_factory.mktemp("livre")
    date = "2026-11-22"
    book, config = book_of(
        root, CHAPTERS, OUTPUTS, appendices=("registre.qmd",), lang="fr", date=date
    )
    assemble.write_pictures(book, root)
    source = assemble.render(book, "typst", config, THEME, root)
    return compile_pdf(source, root, THEME / "polices", date, b'{"schema":1}')


def broken(data: bytes) -> dict[str, list[str]]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return matterhorn.broken(pdf)


@needs_java
@pytest.mark.lent
@pytest.mark.parametrize(("profile", "rules"), [("PDFUA_1", 106), ("PDFA_3_A", 155)])
def test_vera_finds_nothing_against_the_real_book(book: Path, profile: str, rules: int) -> None:
    (verdict,) = verapdf.validate([book / "rapport.pdf"], profile)
    assert verdict.failed == {}
    assert verdict.compliant
    assert verdict.rules == rules
    assert verdict.checks > 500_000


@pytest.mark.lent
def test_the_tags_of_the_real_book_answer_its_content(book: Path) -> None:
    assert broken((book / "rapport.pdf").read_bytes()) == {}


@needs_java
@pytest.mark.lent
def test_vera_finds_each_planted_fault_by_its_rule(sound: bytes, tmp_path: Path) -> None:
    """84 of the 106 rules; the others are of what no Typst book holds: media, Type 1 fonts…"""
    files = [tmp_path / f"{rank}.pdf" for rank in range(len(FAULTS) + 1)]
    files[0].write_bytes(edits.edited(sound, edits.nothing))
    for file, fault in zip(files[1:], FAULTS, strict=True):
        file.write_bytes(fault.plant(sound))
    unharmed, *verdicts = verapdf.validate(files)
    assert unharmed.compliant
    missed = [
        (fault.name, fault.rule, verdict.failed)
        for fault, verdict in zip(FAULTS, verdicts, strict=True)
        if fault.rule not in verdict.failed or verdict.compliant
    ]
    assert missed == []
    assert len({fault.rule for fault in FAULTS}) == 84


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_page_validation_refuses_the_same_files(sound: bytes, tmp_path: Path, fault: Any) -> None:
    file = tmp_path / "faute.pdf"
    file.write_bytes(fault.plant(sound))
    assert not page_validation.validate_pdf(str(file), profile="ua1").is_compliant


def test_a_sound_book_breaks_no_condition(sound: bytes) -> None:
    assert broken(edits.edited(sound, edits.nothing)) == {}


def unread(pdf: Pdf) -> None:
    """Take a heading out of the tags, its content left on the page."""
    heading = edits.first(pdf, "H2")
    heading.K = Array()


def read_twice(pdf: Pdf) -> None:
    heading = edits.first(pdf, "H2")
    heading.K = Array([heading.K[0], heading.K[0]])


def promised(pdf: Pdf) -> None:
    """Announce content that no page shows."""
    edits.first(pdf, "H2").K.append(900)


def shown_twice(done: list[Any], at: int) -> list[Any]:
    end = next(n for n in range(at, len(done)) if str(done[n][1]) == "EMC")
    return [*done[: end + 1], *done[at : end + 1], *done[end + 1 :]]


def wrong_parent(pdf: Pdf) -> None:
    owners = pdf.Root.StructTreeRoot.ParentTree.Nums
    page = next(each for each in pdf.pages if "/StructParents" in each)
    at = list(owners[::2]).index(page.StructParents) * 2 + 1
    owners[at] = Array([edits.first(pdf, "Document")] * len(owners[at]))


def swapped_parents(pdf: Pdf) -> None:
    """Exchange what two links say that they belong to."""
    one, other = [a for page in pdf.pages for a in page.get("/Annots", Array())][:2]
    one.StructParent, other.StructParent = other.StructParent, one.StructParent


def unlinked(pdf: Pdf) -> None:
    """Keep the words of a link and forget the place to press."""
    element = next(
        each
        for each in edits.elements(pdf.Root.StructTreeRoot.K)
        if each.S == "/Link" and isinstance(each.K, Array) and len(each.K) > 1
    )
    element.K = Array([kid for kid in element.K if isinstance(kid, int) or "/Obj" not in kid])


def wordless(pdf: Pdf) -> None:
    element = edits.first(pdf, "Link")
    element.K = Array([kid for kid in element.K if not isinstance(kid, int) and "/Obj" in kid])


def later(pdf: Pdf) -> None:
    """Read the last chapter before the first."""
    document = edits.first(pdf, "Document")
    document.K = Array([document.K[-1], *list(document.K)[:-1]])


def without_label(pdf: Pdf) -> None:
    item = edits.first(pdf, "LI")
    item.K = Array([kid for kid in item.K if kid.S != "/Lbl"])


def numbering_unsaid(pdf: Pdf) -> None:
    edits.without("L", "/A")(pdf)


def other_headers(pdf: Pdf) -> None:
    """Make the cells of one table name the headers of another."""
    tables = [each for each in edits.elements(pdf.Root.StructTreeRoot.K) if each.S == "/Table"]
    far = next(each.ID for each in edits.elements(tables[1]) if each.S == "/TH")
    cell = next(each for each in edits.elements(tables[0]) if each.S == "/TD")
    for each in cell.A if isinstance(cell.A, Array) else [cell.A]:
        if "/Headers" in each:
            each.Headers = Array([far])


def shuffled_bookmarks(pdf: Pdf) -> None:
    with pdf.open_outline() as outline:
        outline.root.reverse()


def another_title(pdf: Pdf) -> None:
    pdf.docinfo["/Title"] = "Autre"


def nowhere(pdf: Pdf) -> None:
    figure = edits.first(pdf, "Figure")
    for each in figure.A if isinstance(figure.A, Array) else [figure.A]:
        if "/BBox" in each:
            each.BBox = Array([-50, 0, 20, 20])


def undescribed(pdf: Pdf) -> None:
    del pdf.Root.AF[0].Desc


def unassociated(pdf: Pdf) -> None:
    del pdf.Root.AF


def two_names(pdf: Pdf) -> None:
    pdf.Root.AF[0].UF = String("autre.json")


BREAKS: tuple[tuple[str, Callable[[Pdf], None]], ...] = (
    ("paints_outside_of_tags", edits.content(edits.untagged)),
    ("content_and_tags_answer_each_other", unread),
    ("content_and_tags_answer_each_other", read_twice),
    ("content_and_tags_answer_each_other", promised),
    ("content_and_tags_answer_each_other", edits.content(shown_twice)),
    ("parent_tree_says_the_same", wrong_parent),
    ("links_and_tags_answer_each_other", swapped_parents),
    ("links_and_tags_answer_each_other", unlinked),
    ("links_and_tags_answer_each_other", edits.link(edits.orphan)),
    ("links_have_words", wordless),
    ("no_element_is_empty", edits.with_child("Div", "P")),
    ("reading_follows_the_pages", later),
    ("list_items_are_whole", without_label),
    ("list_items_are_whole", numbering_unsaid),
    ("cells_name_headers_of_their_table", other_headers),
    ("cells_name_headers_of_their_table", edits.unheaded(None)),
    ("bookmarks_are_the_headings", shuffled_bookmarks),
    ("the_title_is_said_once", another_title),
    ("figures_have_a_place", nowhere),
    ("attached_files_are_described", undescribed),
    ("attached_files_are_described", unassociated),
    ("attached_files_are_described", two_names),
)


def test_each_condition_has_its_planted_fault() -> None:
    conditions = {condition.__name__ for condition in matterhorn.CONDITIONS}
    assert {name for name, _ in BREAKS} == conditions


@pytest.mark.parametrize(
    ("condition", "edit"), BREAKS, ids=lambda said: getattr(said, "__name__", said)
)
def test_a_broken_condition_is_found(sound: bytes, condition: str, edit: Any) -> None:
    assert condition in broken(edits.edited(sound, edit))
