"""The two engines make the same book: same ledger, same text of every paragraph."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import page as page_validation
import pytest
from parity import PageText, differences, holds, page_text, pdf_text, squashed

from edition.config import read_config

ROOT = Path(__file__).parents[1]
SOURCES = ("_quarto.yml", "index.qmd", "chapters", "data", "theme", "references.bib")
CHAPTERS = [(Path(path).stem, path) for path in read_config(ROOT).sources]
with_quarto = pytest.mark.skipif(
    shutil.which("quarto") is None,
    reason="Quarto n'est pas dans le PATH : la parité des deux moteurs n'est pas vérifiée ici",
)


def built(folder: Path, engine: str) -> Path:
    for name in SOURCES:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    before = sorted(path.name for path in folder.iterdir())
    environment = {**os.environ, "RAPPORT_RACINE": str(folder)}
    environment.pop("RAPPORT_REGISTRE", None)
    done = subprocess.run(
        [sys.executable, "-m", "edition.cli", "construire", "--moteur", engine],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    left = {path.name for path in folder.iterdir()} - {*before, "_book", ".rapport"}
    assert not left, f"restes dans le projet : {left}"
    return folder / "_book"


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("integre"), "integre")


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("quarto"), "quarto")


def ledger(book: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((book / "provenance.json").read_text("utf-8"))
    return content


@pytest.mark.lent
@with_quarto
def test_both_engines_write_the_same_ledger(ours: Path, theirs: Path) -> None:
    first, second = ledger(ours), ledger(theirs)

    assert len(first["entries"]) > 50
    for a, b in zip(first["entries"], second["entries"], strict=True):
        assert a == b
    assert first == second


@pytest.mark.lent
@with_quarto
@pytest.mark.parametrize(("stem", "path"), CHAPTERS)
def test_each_page_has_the_same_text(ours: Path, theirs: Path, stem: str, path: str) -> None:
    first = page_text((ours / f"{stem}.html").read_text("utf-8"))
    second = page_text((theirs / Path(path).with_suffix(".html")).read_text("utf-8"))

    assert first.blocks
    assert not list(differences(first.blocks, second.blocks))
    assert first == second


@pytest.mark.lent
@with_quarto
@pytest.mark.parametrize(("stem", "path"), CHAPTERS)
def test_the_pdf_has_every_paragraph_of_the_page(
    ours: Path, theirs: Path, stem: str, path: str
) -> None:
    paragraphs = page_text((ours / f"{stem}.html").read_text("utf-8")).paragraphs
    first, second = (squashed(pdf_text(book / "rapport.pdf")) for book in (ours, theirs))

    assert paragraphs
    assert not [text for text in paragraphs if not holds(first, squashed(text))]
    assert not [text for text in paragraphs if not holds(second, squashed(text))]


@pytest.mark.lent
@with_quarto
def test_quarto_s_pdf_passes_the_ua1_rules(theirs: Path) -> None:
    report = page_validation.validate_pdf(str(theirs / "rapport.pdf"), profile="ua1")

    assert report.is_compliant, report


@pytest.mark.lent
@with_quarto
def test_quarto_s_pages_ask_the_network_for_nothing(theirs: Path) -> None:
    for page in theirs.rglob("*.html"):
        text = page.read_text("utf-8")
        assert 'src="http' not in text, page
        assert '<link href="http' not in text, page


OURS = """<main><p>Elles sont <button class="chiffre">59&nbsp;%</button>, ou plus.</p>
<figure><figcaption>Figure 1.1<span> – </span>Titre</figcaption><svg role="img"
aria-label="L’alt"><text>59</text></svg></figure><nav>Suite</nav></main>"""
THEIRS = """<nav>Menu</nav><main><div class="bandeau"><p>Mention</p></div>
<p>Elles sont
<a class="chiffre">59&nbsp;%</a>, ou plus.</p><figure><img alt="L'alt">
<figcaption>Figure&nbsp;1.1&nbsp;– Titre</figcaption></figure></main>"""
TITLE = "<h1>Titre</h1>"


def read(html: str) -> PageText:
    return page_text(TITLE + html)


def test_what_only_dresses_the_text_is_no_difference() -> None:
    assert read(OURS) == read(THEIRS)
    assert read(OURS).blocks == ("Elles sont 59\u00a0%, ou plus.",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("59&nbsp;%", "58&nbsp;%"),
        ("59&nbsp;%", "59 %"),
        ("ou plus", "ou moins"),
        ("– Titre", "– Autre"),
        ("L'alt", "Rien"),
        ("</main>", "<p>Une phrase de plus.</p></main>"),
    ],
)
def test_another_number_sentence_or_picture_is_a_difference(old: str, new: str) -> None:
    assert THEIRS.count(old) == 1

    assert read(OURS) != read(THEIRS.replace(old, new))


def test_a_difference_is_shown_on_both_sides() -> None:
    changed = replace(read(OURS), blocks=("Elles sont 58\u00a0%, ou plus.",))

    (shown,) = differences(read(OURS).blocks, changed.blocks)

    assert "59\u00a0%" in shown.replace("\\xa0", "\u00a0")
    assert "58\u00a0%" in shown.replace("\\xa0", "\u00a0")


def test_a_paragraph_cut_by_a_page_is_found_and_another_is_not():
    book = "debutunephrasecoupee[figure]endeuxmorceauxfin"

    assert holds(book, "unephrasecoupee")
    assert holds(book, "unephrasecoupeeendeuxmorceaux")
    assert not holds(book, "unephrasechangeeendeuxmorceaux")
    assert not holds(book, "toutautrechose")
