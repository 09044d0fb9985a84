from __future__ import annotations

import json
import os
import platform
import threading
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

import pytest
from small_book import make_book

from edition import manifest, writing
from edition.build import Options, build
from enquete.errors import EnqueteError

THEME = Path(__file__).parents[1] / "theme"
BOOK = {"index.qmd": "# Début\n\nDu texte.\n"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path


def options(**more) -> Options:
    return Options(**{"formats": ("html",), "theme": THEME, **more})


def test_a_check_that_refuses_keeps_the_previous_book(root: Path) -> None:
    config = make_book(root, BOOK)
    build(config, options())
    before = (root / "_book" / "index.html").read_bytes()
    seen = []

    def refuse(folder: Path) -> None:
        seen.append(sorted(file.name for file in folder.iterdir() if file.suffix == ".html"))
        raise EnqueteError("Non.", "ici", "rien")

    changed = make_book(root, {"index.qmd": BOOK["index.qmd"].replace("Du texte", "Un autre")})
    with pytest.raises(EnqueteError, match="Non"):
        build(changed, options(check=refuse))
    assert (root / "_book" / "index.html").read_bytes() == before
    assert seen == [["index.html"]]


def test_a_site_that_fails_does_not_leave_the_pdf_waiting_for_it(root: Path, monkeypatch) -> None:
    def fail(*_args: object) -> None:
        raise EnqueteError("Le site échoue.", "ici", "rien")

    monkeypatch.setattr(writing.pages, "cut", fail)
    config = make_book(root, BOOK)
    said: list[EnqueteError] = []

    def run() -> None:
        with pytest.raises(EnqueteError, match="échoue") as refused:
            build(config, options(formats=("html", "typst")))
        said.append(refused.value)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(60)
    assert said, "la construction attend encore le registre que le PDF doit porter"
    assert not (root / "_book").exists()
    assert list((root / ".rapport").glob("travail-*")) == []


def test_a_format_added_to_the_mapping_is_made_and_named(root: Path, monkeypatch) -> None:
    def make(book, config, theme, work, folder):
        (folder / "essai.txt").write_text(book.markdown, "utf-8")
        return "essai.txt"

    monkeypatch.setattr(writing, "MAKERS", MappingProxyType({"texte": make}))
    result = build(make_book(root, BOOK), options(formats=("html", "texte")))
    assert result.others == ("essai.txt",)
    assert "Du texte." in (root / "_book" / "essai.txt").read_text("utf-8")


def test_a_draft_tells_the_formats_that_it_is_one(root: Path, monkeypatch) -> None:
    drafts = []

    def make(book, config, theme, work, folder):
        drafts.append(writing.assemble.metadata(book, config, cards=False).get("brouillon"))
        return ""

    monkeypatch.setattr(writing, "MAKERS", MappingProxyType({"texte": make}))
    config = make_book(root, BOOK)
    build(config, options(formats=("texte",), draft=True))
    build(config, options(formats=("texte",)))
    assert drafts == [True, None]


@pytest.fixture
def conversions(monkeypatch) -> list[str]:
    """The names of the conversions that pandoc was asked for."""
    asked: list[str] = []
    render = writing.assemble.render

    def counted(book, name, *more):
        asked.append(name)
        return render(book, name, *more)

    monkeypatch.setattr(writing.assemble, "render", counted)
    return asked


def test_what_pandoc_made_of_the_same_text_is_not_made_again(root: Path, conversions) -> None:
    config = make_book(root, BOOK)
    build(config, options())
    first = (root / "_book" / "index.html").read_bytes()
    build(config, options())
    assert conversions == ["html"]
    assert (root / "_book" / "index.html").read_bytes() == first
    build(make_book(root, {"index.qmd": "# Début\n\nUn autre texte.\n"}), options())
    build(config, options(cache=False))
    assert conversions == ["html"] * 3


def test_a_damaged_conversion_is_made_again(root: Path, conversions) -> None:
    config = make_book(root, BOOK)
    build(config, options())
    for kept in (root / ".rapport" / "cache" / "conversions").iterdir():
        kept.write_bytes(kept.read_bytes()[:-5] + b"<!---")
    build(config, options())
    assert conversions == ["html", "html"]


def test_publication_refuses_a_conversion_that_differs(root: Path, monkeypatch) -> None:
    config = make_book(root, BOOK)
    build(config, options())
    build(config, options(publication=True))
    render = writing.assemble.render
    monkeypatch.setattr(writing.assemble, "render", lambda *all_: render(*all_) + "<!-- -->")
    with pytest.raises(EnqueteError, match="pandoc html"):
        build(config, options(publication=True))


def test_the_manifest_lists_inputs_tools_and_outputs_and_no_place(root: Path) -> None:
    config = make_book(root, BOOK)
    build(config, options())
    text = (root / "_book" / "manifeste.json").read_text("utf-8")
    found = json.loads(text)
    inputs = {each["chemin"]: each["sha256"] for each in found["entrees"]}
    outputs = {each["chemin"]: each for each in found["sorties"]}
    assert inputs["index.qmd"] == sha256((root / "index.qmd").read_bytes()).hexdigest()
    assert "scripts/enquete/french.py" in inputs
    files = {p.relative_to(root / "_book").as_posix() for p in (root / "_book").rglob("*.*")}
    assert set(outputs) == {f for f in files if (root / "_book" / f).is_file()} - {"manifeste.json"}
    page = (root / "_book" / "index.html").read_bytes()
    assert outputs["index.html"] == {
        "chemin": "index.html",
        "sha256": sha256(page).hexdigest(),
        "octets": len(page),
    }
    assert found["outils"]["python"] == platform.python_version()
    assert str(root) not in text


def test_unchanged_means_same_inputs_same_request_and_whole_outputs(root: Path) -> None:
    config = make_book(root, BOOK)
    build(config, options())
    book = root / "_book"

    def unchanged(*formats: str, draft: bool = False) -> bool:
        asked = manifest.Asked(formats or ("html",), draft)
        return manifest.unchanged(
            config, asked, book, manifest.changed(manifest.inputs(config, THEME), book)
        )

    assert unchanged()
    assert not unchanged("html", "typst")
    assert not unchanged(draft=True)
    page = book / "index.html"
    content, moment = page.read_bytes(), page.stat().st_mtime_ns
    page.write_bytes(content.replace(b"Du texte", b"Du texto"))
    os.utime(page, ns=(moment, moment))  # hashes, not dates, are compared
    assert not unchanged()
    page.write_bytes(content)
    assert unchanged()
    (book / "de-trop.html").write_text("x")
    assert not unchanged()
    (book / "de-trop.html").unlink()
    (root / "data" / "verbatims.csv").write_text("id\n")
    assert not unchanged()
    (root / "data" / "verbatims.csv").unlink()
    (root / "data" / "nouveau.csv").write_text("id\n")
    assert not unchanged()


def test_what_is_kept_back_is_not_in_the_manifest(root: Path) -> None:
    config = make_book(root, BOOK)
    (root / "data" / "verbatims.csv").write_text("id,texte,relectrice,date\n", "utf-8")
    build(config, options())
    assert "verbatims" not in (root / "_book" / "manifeste.json").read_text("utf-8").replace(
        "scripts/enquete/verbatims.py", ""
    )
