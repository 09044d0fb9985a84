"""House rules of the chapters, read in their sources: nothing here runs a cell."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from edition.config import read_config
from edition.qmd import Cell, Chapter, read_chapters

ROOT = Path(__file__).parents[1]
CHAPTERS = read_chapters(ROOT, read_config(ROOT).sources)
FRENCH_NUMBER = re.compile(r"\d")
PERCENT = re.compile(
    r"\d\s*%|pour[ -]cent|\b(?:dix|vingt|trente|quarante|cinquante|soixante)\s*%", re.IGNORECASE
)


def bare_prose(text: str) -> str:
    """Remove what is not read as prose: code, addresses, references, attributes."""
    for pattern in (
        r"(?ms)^```.*?^```\s*$",
        r"`[^`]*`",
        r"<https?://[^>]*>",
        r"\]\([^)]*\)",
        r"\{[^}\n]*\}",
        r"@[\w.:-]+",
    ):
        text = re.sub(pattern, " ", text)
    return text


def problems(chapter: Chapter, pattern: re.Pattern[str]) -> list[str]:
    """List the lines of prose, captions and alt texts that match *pattern*."""
    found = []
    for prose in chapter.prose():
        for offset, line in enumerate(bare_prose(prose.text).split("\n")):
            if pattern.search(line):
                found.append(f"{chapter.path}:{prose.line + offset} : {line.strip()}")
    for cell in chapter.cells():
        found += [
            f"{chapter.path}:{cell.line} : {option}"
            for option in ("fig-cap", "fig-alt", "tbl-cap")
            if pattern.search(str(cell.options.get(option, "")))
        ]
    return found


def scan_text(tmp_path: Path, text: str) -> Chapter:
    (tmp_path / "essai.qmd").write_text(text, encoding="utf-8", newline="\n")
    return read_chapters(tmp_path, ["essai.qmd"])[0]


def compute_cells(chapter: Chapter) -> list[Cell]:
    return [
        cell
        for cell in chapter.cells()
        if cell.label != "setup" and not str(cell.label).startswith(("fig-", "tbl-"))
    ]


def test_there_are_chapters_to_read():
    assert {"index", "methodologie", "partie-1", "annexe-1-profil", "registre"} <= {
        chapter.stem for chapter in CHAPTERS
    }


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)
def test_no_percentage_is_typed(chapter):
    assert problems(chapter, PERCENT) == []


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)
def test_no_digit_at_all_is_typed_in_prose_captions_and_alt_texts(chapter):
    assert problems(chapter, FRENCH_NUMBER) == []


@pytest.mark.parametrize(
    "planted",
    [
        "Elles sont 45 % à le dire.",
        "Elles sont 45\u00a0% à le dire.",
        "Quarante-cinq pour cent le disent.",
    ],
)
def test_a_typed_percentage_is_found(tmp_path, planted):
    chapter = scan_text(tmp_path, f"# Essai\n\nUne phrase.\n{planted}\n")

    assert problems(chapter, PERCENT) == [f"essai.qmd:4 : {planted}"]


def test_a_percentage_typed_in_a_caption_is_found(tmp_path):
    chapter = scan_text(
        tmp_path,
        '# Essai\n\n```{python}\n#| label: fig-a\n#| fig-cap: "45 % agissent"\n'
        '#| fig-alt: "Une barre."\n1\n```\n',
    )

    assert problems(chapter, PERCENT) == ["essai.qmd:3 : fig-cap"]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)
def test_chapters_open_alike(chapter):
    first = next(chapter.prose()).text.strip().split("\n")[0]
    labels = [cell.label for cell in chapter.cells()]

    assert re.fullmatch(r"# .+ \{#sec-[a-z0-9-]+( \.unnumbered)?\}", first), first
    assert labels[:1] in ([], ["setup"])


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)
def test_compute_cells_hold_eight_lines_at_most(chapter):
    long = {
        cell.label: len(cell.code.strip().split("\n"))
        for cell in compute_cells(chapter)
        if len(cell.code.strip().split("\n")) > 8
    }

    assert long == {}


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)
def test_every_cell_has_a_label(chapter):
    assert [cell.line for cell in chapter.cells() if not cell.label] == []


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)
def test_every_figure_has_a_caption_and_an_alt_text_that_differ(chapter):
    for cell in chapter.cells():
        if str(cell.label).startswith("fig-"):
            caption, alt = cell.options.get("fig-cap"), cell.options.get("fig-alt")
            assert caption, cell.label
            assert alt, cell.label
            assert caption != alt
            assert "·" not in alt
        if str(cell.label).startswith("tbl-"):
            assert cell.options.get("tbl-cap"), cell.label


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)
def test_prose_has_one_sentence_a_line(chapter):
    end_then_capital = re.compile(r"[.!?…] +[A-ZÉÈÀÇ«]")
    abbreviations = re.compile(r"\b(?:M|p|n|art)\. ")
    lines = [
        f"{chapter.path}:{prose.line + offset} : {line}"
        for prose in chapter.prose()
        for offset, line in enumerate(bare_prose(prose.text).split("\n"))
        if end_then_capital.search(abbreviations.sub("", re.sub(r"«[^»]*»", "", line)))
        and not line.lstrip().startswith((":", "#", "**"))
    ]

    assert lines == []
