"""The data package of a finished book: exact, readable by other tools, and never too much."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import frictionless
import pytest
from small_book import write

from edition.codebook import codebook
from edition.config import read_config
from edition.crate import crate
from edition.datasets import copy_package
from edition.package import LATER
from enquete import Survey, answered, chose, everyone
from enquete.provenance import entry

HERE = Path(__file__).resolve().parent


def package_of(book: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((book / "donnees" / "datapackage.json").read_text("utf-8"))
    return loaded


@pytest.mark.lent
def test_the_package_describes_the_files_there_and_no_other(book: Path) -> None:
    folder = book / "donnees"
    there = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    listed = {each["path"]: each for each in package_of(book)["resources"]}
    assert set(listed) == there - {"datapackage.json"}
    for path, each in listed.items():
        content = (folder / path).read_bytes()
        assert each["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert each["bytes"] == len(content)
    names = [each["name"] for each in listed.values()]
    assert len(set(names)) == len(names)


@pytest.mark.lent
def test_frictionless_finds_the_package_valid(book: Path) -> None:
    report = frictionless.validate(str(book / "donnees" / "datapackage.json"))
    assert report.valid, report.flatten(["rowNumber", "fieldName", "message"])
    assert len(report.tasks) > 15


@pytest.mark.lent
def test_a_chart_is_read_as_numbers_with_its_title(book: Path) -> None:
    package = frictionless.Package(str(book / "donnees" / "datapackage.json"))
    resource = package.get_resource("fig-q10")
    page = "".join(file.read_text("utf-8") for file in book.glob("partie-*.html"))
    assert str(resource.title).split("\u00a0")[0].split(" –")[0] in page
    assert str(resource.path) == "fig-q10-reconstitue.csv"
    rows = resource.read_rows()
    shown = re.findall(r'id="fig-q10".*?</figure>', page, re.DOTALL)[0]
    for row in rows:
        if row["Part"] is not None:
            assert f"{row['Part']}\u00a0%".replace(".", ",") in shown


@pytest.mark.lent
def test_the_tables_have_no_comment(book: Path) -> None:
    for file in (book / "donnees").glob("fig-*.csv"):
        first = next(csv.reader(file.read_text("utf-8").splitlines()))
        assert first[0] == "Réponse"
        assert first[-1] == "chiffre"


class Outline(HTMLParser):
    """The parts of a page that a screen reader goes by."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.lang = ""
        self.found: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.bare_headers = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.found.append(tag)
        if tag == "html":
            self.lang = given.get("lang") or ""
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if str(given.get("href", "")).startswith("#"):
            self.targets.append(str(given["href"])[1:])
        self.bare_headers += tag == "th" and "scope" not in given


@pytest.mark.lent
def test_the_code_book_is_a_page_that_can_be_read_aloud(book: Path, shipped: Survey) -> None:
    text = (book / "donnees" / "dictionnaire.html").read_text("utf-8")
    seen = Outline(text)
    assert seen.lang == "fr"
    assert seen.found.count("h1") == seen.found.count("main") == seen.found.count("title") == 1
    assert seen.bare_headers == 0
    assert set(seen.targets) <= set(seen.ids)
    assert len(set(seen.ids)) == len(seen.ids)
    assert seen.found.count("caption") == seen.found.count("table") > 10
    for question in shipped.questionnaire:
        for option, _ in question.walk():
            assert (f"<code>{option.code}</code>" in text) or option.status == "remplissage"


@pytest.mark.lent
def test_the_code_book_has_the_look_of_the_site(book: Path) -> None:
    page = book / "donnees" / "dictionnaire.html"
    text = page.read_text("utf-8")
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', text)
    assert [Path(sheet).name for sheet in sheets] == ["livre.css", "dictionnaire.css"]
    assert all((page.parent / sheet).is_file() for sheet in sheets)
    assert text.index("Données reconstituées") < text.index("<main")


def test_the_code_book_gives_only_the_numbers_of_the_ledger(mini: Survey) -> None:
    figures = mini.chapter("partie-1")
    made = [
        figures.count("m-n", everyone),
        figures.share("m-bien", chose("Q1", "bien"), base=answered("Q1")),
        figures.share(
            "m-bien-plus10", chose("Q1", "bien"), base=chose("S4", "plus_10") & answered("Q1")
        ),
    ]
    entries = [entry(each, mini.questionnaire, mini.answers.hashes) for each in made]
    text = codebook(mini, entries, "Essai")
    numbers = re.findall(r'<td class="nombre">([^<]*)</td>', text)
    # 12 in all is published; 8 « bien » is supposed only, so it is not told.
    assert "12 répondantes" in text.replace("\u00a0", " ")
    assert set(numbers) == {"non publié"}


def test_labels_in_the_code_book_are_text(mini: Survey) -> None:
    assert "<script" not in codebook(mini, [], "<script>alert(1)</script>")


def test_rows_that_people_gave_stay_out(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(HERE / "data" / "mini" / "data", data)
    description = json.loads((data / "datapackage.json").read_text("utf-8"))
    description["origine"] = "originale"
    (data / "datapackage.json").write_text(json.dumps(description), "utf-8")
    copy_package(data, tmp_path / "a")
    names = {file.name for file in (tmp_path / "a/donnees/enquete").iterdir()}
    assert names == {"datapackage.json", "questions.csv", "modalites.csv"}
    left = json.loads((tmp_path / "a/donnees/enquete/datapackage.json").read_text("utf-8"))
    assert {each["name"] for each in left["resources"]} == {"questions", "modalites"}

    with (data / "politique.yml").open("a", encoding="utf-8") as policy:
        policy.write("publier_reponses_origine: true\n")
    copy_package(data, tmp_path / "b")
    assert (tmp_path / "b/donnees/enquete/reponses.csv").is_file()


def test_reviewed_words_are_never_copied_even_when_listed(tmp_path: Path) -> None:
    write(
        tmp_path, "data/datapackage.json", '{"resources": [{"name": "v", "path": "verbatims.csv"}]}'
    )
    write(tmp_path, "data/verbatims.csv", "secret\n")
    copy_package(tmp_path / "data", tmp_path / "livre")
    assert not list((tmp_path / "livre").rglob("verbatims.csv"))


# ---------------------------------------------------------------- RO-Crate

VALIDATE = """
import json, sys
from types import SimpleNamespace
from rocrate_validator.utils.http import HttpRequester

context = json.load(open(sys.argv[2], encoding="utf-8"))
text = json.dumps(context)

def get(self, url, *_, **__):
    assert url == "https://w3id.org/ro/crate/1.1/context", url
    return SimpleNamespace(status_code=200, ok=True, json=lambda: context, text=text,
        content=text.encode(), headers={"Content-Type": "application/ld+json"}, url=url,
        raise_for_status=lambda: None)

HttpRequester.get = HttpRequester.head = get  # the one address it asks for, from a copy
from rocrate_validator import models, services

settings = services.ValidationSettings(
    rocrate_uri=sys.argv[1], profile_identifier="process-run-crate-0.5",
    requirement_severity=models.Severity.REQUIRED, offline=True)
found = services.validate(settings)
print(json.dumps([f"{each.check.identifier} {each.message}" for each in found.get_issues()]))
"""


def issues(folder: Path) -> list[str]:
    """What roc-validator says of a crate, without the network."""
    done = subprocess.run(
        [sys.executable, "-c", VALIDATE, str(folder), str(HERE / "data" / "ro-crate-1.1.json")],
        capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    loaded: list[str] = json.loads(done.stdout.strip().splitlines()[-1])
    return loaded


@pytest.mark.lent
def test_the_ro_crate_validates(book: Path) -> None:
    assert issues(book) == []


@pytest.mark.lent
def test_a_ro_crate_without_licence_or_file_does_not(book: Path, tmp_path: Path) -> None:
    """The validator at work: both faults are seen."""
    described = json.loads((book / "ro-crate-metadata.json").read_text("utf-8"))
    root = next(node for node in described["@graph"] if node["@id"] == "./")
    del root["license"], root["datePublished"]
    (tmp_path / "ro-crate-metadata.json").write_text(json.dumps(described), "utf-8")
    told = " ".join(issues(tmp_path))
    assert "datePublished" in told or "date" in told
    assert "provenance.json" in told or "Data Entity" in told


@pytest.mark.lent
def test_the_ro_crate_gives_the_hash_of_every_file(book: Path) -> None:
    described = json.loads((book / "ro-crate-metadata.json").read_text("utf-8"))
    nodes = {node["@id"]: node for node in described["@graph"]}
    later = {"ro-crate-metadata.json", *LATER}
    there = {file.relative_to(book).as_posix() for file in book.rglob("*") if file.is_file()}
    parts = {each["@id"] for each in nodes["./"]["hasPart"]}
    assert parts == there - later
    for name in parts:
        assert nodes[name]["sha256"] == hashlib.sha256((book / name).read_bytes()).hexdigest()
    made = nodes["#construction"]
    assert {each["@id"] for each in made["result"]} == parts
    sources = {nodes[each["@id"]]["name"] for each in made["object"]}
    assert {"index.qmd", "data/reponses.csv", "data/politique.yml", "_quarto.yml"} <= sources
    for reference in [*made["instrument"], *made["object"], nodes["./"]["license"]]:
        assert reference["@id"] in nodes


def test_the_ro_crate_says_nothing_of_the_machine_or_the_moment(tmp_path: Path) -> None:
    for name in ("a", "b"):
        root = tmp_path / name
        write(root, "_quarto.yml", "project:\n  type: book\nbook:\n  title: E\n  date: 2024-05-01\n"
              "  chapters:\n    - index.qmd\nlang: fr\n")  # fmt: skip
        write(root, "index.qmd", "# D\n")
        write(root, "data/verbatims.csv", "secret\n")
        write(root, "_book/index.html", "<p>a</p>")
    a, b = (crate(read_config(tmp_path / n), tmp_path / n / "_book", [], ()) for n in ("a", "b"))
    assert a == b
    assert "verbatims" not in json.dumps(a)
    assert SimpleNamespace(**a["@graph"][1]).datePublished == "2024-05-01"
