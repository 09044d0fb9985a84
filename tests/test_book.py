"""The real book, built once in a copy of the project: what a reader would hold."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import page
import pdfplumber
import pytest
from real_book import ROOT, rapport

pytestmark = pytest.mark.lent


def fingerprints(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


@pytest.fixture(scope="module")
def provenance(book):
    return json.loads((book / "provenance.json").read_text("utf-8"))


class Numbers(HTMLParser):
    """Collect the text of every element that carries a figure's id."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[str | None] = []
        self.texts: list[tuple[str, str]] = []

    def handle_starttag(self, tag, attrs):
        if tag in {"button", "span", "a"}:
            self.stack.append(dict(attrs).get("data-chiffre"))
            if self.stack[-1]:
                self.texts.append((self.stack[-1], ""))

    def handle_endtag(self, tag):
        if tag in {"button", "span", "a"} and self.stack:
            self.stack.pop()

    def handle_data(self, data):
        owner = next((name for name in reversed(self.stack) if name), None)
        if owner:
            name, text = self.texts[-1]
            self.texts[-1] = (name, text + data)


def visible_text(page_file: Path) -> str:
    html = page_file.read_text("utf-8")
    html = re.sub(r"(?s)<(script|style)\b.*?</\1>", " ", html)
    return re.sub(r"<[^>]+>", " ", html)


def pages(book: Path) -> list[Path]:
    found = sorted(book.glob("*.html"))
    assert len(found) >= 6
    return found


def test_every_chapter_has_its_page_and_the_pdf_is_there(book):
    names = {file.name for file in book.iterdir()}

    assert {
        "index.html",
        "methodologie.html",
        "partie-1.html",
        "annexe-1-profil.html",
        "registre.html",
        "rapport.pdf",
        "provenance.json",
        "donnees",
        "notebooks",
    } <= names


def test_the_ledger_follows_its_schema(provenance):
    schema = json.loads((ROOT / "scripts/enquete/provenance.schema.json").read_text("utf-8"))

    jsonschema.validate(provenance, schema)
    assert len(provenance["entries"]) > 90


def test_the_schema_refuses_a_ledger_that_hides_its_verdict(provenance):
    schema = json.loads((ROOT / "scripts/enquete/provenance.schema.json").read_text("utf-8"))
    entry = {key: value for key, value in provenance["entries"][0].items() if key != "verdict"}

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**provenance, "entries": [entry]}, schema)


def test_every_number_of_the_site_prints_its_ledger_text(book, provenance):
    texts = {(entry["chapter"], entry["id"]): entry["text"] for entry in provenance["entries"]}
    seen = Counter()
    for file in pages(book):
        parser = Numbers()
        parser.feed(file.read_text("utf-8"))
        for name, text in parser.texts:
            # « 50 ans » is set with a no-break space, as every number with its unit.
            expected = {texts[(file.stem, name)], texts[(file.stem, name)].replace(" ", "\u00a0")}
            assert text in expected, f"{file.name} : {name}"
            seen[file.stem] += 1

    assert seen["partie-1"] >= 20
    assert seen["annexe-1-profil"] >= 40


def test_no_trace_of_the_machinery_is_left_in_the_pages(book):
    for file in pages(book):
        text = visible_text(file)
        for left in ("{python}", "\\u202f", "\\xa0", "object at 0x", "{#", ":::"):
            assert left not in text, (file.name, left)
        assert {"None", "nan", "NaN"}.isdisjoint(text.split()), file.name


def test_every_page_says_that_the_answers_are_reconstructed(book):
    assert [file.name for file in pages(book) if "reconstitué" not in visible_text(file)] == []


def test_a_solved_count_that_was_not_published_appears_nowhere(book):
    """1 051 of 1 782 is what the solver chose for « facilitation » ; nobody published it."""
    ledger = (book / "provenance.json").read_text("utf-8")
    solved = {
        row.split(",")[0]: row.split(",")[2]
        for row in (ROOT / "data/intervalles.csv").read_text("utf-8").splitlines()[1:]
    }
    entry = next(
        item for item in json.loads(ledger)["entries"] if item["id"] == "p1-1-facilitation"
    )

    assert solved["p1-1-facilitation"].isdigit()
    assert entry["numerator"] is None
    assert entry["base"] is None
    assert f'"{solved["p1-1-facilitation"]}"' not in json.dumps(entry)


def test_the_pdf_passes_the_ua1_rules_and_every_page_has_text(book):
    report = page.validate_pdf(str(book / "rapport.pdf"), profile="ua1")
    with pdfplumber.open(book / "rapport.pdf") as pdf:
        empty = [n for n, one in enumerate(pdf.pages, 1) if len(one.extract_text() or "") < 40]
        fonts = {char["fontname"] for one in pdf.pages for char in one.chars}

    assert report.is_compliant, report
    assert empty == []
    assert all("+" in font for font in fonts), fonts  # a subset tag: the font is embedded


def test_numbers_of_the_pdf_are_those_of_the_ledger(book, provenance):
    """Typst writes U+00A0 with the glyph of a plain space; U+202F has its own."""
    with pdfplumber.open(book / "rapport.pdf") as pdf:
        text = "".join(char["text"] for one in pdf.pages for char in one.chars)
    plain = text.replace("\u00a0", " ")

    assert "2\u202f542" in text
    missing = [
        entry["id"]
        for entry in provenance["entries"]
        if entry["kind"] == "share" and entry["text"].replace("\u00a0", " ") not in plain
    ]
    assert missing == []


BAD_INPUT = {
    "fichier-absent": (lambda d: (d / "themes.csv").unlink(), "themes.csv"),
    "fichier-vide": (lambda d: (d / "themes.csv").write_bytes(b""), "themes.csv"),
    "modalite-inconnue": (
        lambda d: substitute(d / "reponses.csv", ",bien,", ",bein,"),
        "reponses.csv",
    ),
    "repondante-en-double": (
        lambda d: substitute(d / "reponses.csv", "\nR0002,", "\nR0001,"),
        "reponses.csv",
    ),
    "mauvais-encodage": (
        lambda d: (d / "questions.csv").write_bytes(
            (d / "questions.csv").read_text("utf-8").encode("cp1252", "replace")
        ),
        "questions.csv",
    ),
    "colonne-absente": (
        lambda d: substitute(d / "coches.csv", "repondant,question,option", "repondant,question"),
        "coches.csv",
    ),
}


def substitute(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8", newline="")


@pytest.fixture
def damaged(project, tmp_path):
    """A copy of the built project, that a test may damage."""
    copy = tmp_path / "projet"
    shutil.copytree(project, copy)
    return copy


@pytest.mark.parametrize("case", BAD_INPUT)
def test_bad_data_stops_the_build_in_french_and_keeps_the_previous_book(damaged, case):
    damage, named = BAD_INPUT[case]
    before = fingerprints(damaged / "_book")
    damage(damaged / "data")

    done = rapport(damaged, "construire")

    assert done.returncode == 1
    assert named in done.stderr
    assert "que faire" in done.stderr
    assert "Traceback" not in done.stderr
    assert fingerprints(damaged / "_book") == before


def test_a_failing_cell_names_its_chapter_and_line_and_shows_its_code(damaged):
    chapter = damaged / "chapters" / "partie-1.qmd"
    substitute(chapter, 'chose("Q7", "surcharge")', 'chose("Q7", "surcharg")')
    line = chapter.read_text("utf-8").split("\n").index("surcharge = figures.share(") + 1
    before = fingerprints(damaged / "_book")

    done = rapport(damaged, "construire", "--format", "html")

    assert done.returncode == 1
    assert re.search(rf"chapters/partie-1\.qmd:{line}\b|partie-1\.qmd:{line + 1}\b", done.stderr)
    assert "surcharg" in done.stderr
    assert "figures.share(" in done.stderr
    assert "Traceback" not in done.stderr
    assert fingerprints(damaged / "_book") == before
