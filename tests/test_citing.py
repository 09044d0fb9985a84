"""Citations made once for the whole book read as those that citeproc makes of each document."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from small_book import chapters_of, make_book

from edition import assemble, citing
from edition.config import Config, read_config
from edition.execution import execute
from edition.joined import Document
from edition.pandoc import pandoc_path

THEME = Path(__file__).parents[1] / "theme"
STYLE = "theme/csl/iso690-author-date-fr.csl"
WORKS = """\
@book{durand2020, author = {Durand, Anne}, title = {Un livre}, year = {2020}, publisher = {Éditeur}}
@book{durand2020b, author = {Durand, Anne}, title = {Autre livre}, year = {2020}}
@article{leroy2018, author = {Leroy, Paul and Petit, Léa}, title = {Un article}, journal = {Revue},
  year = {2018}}
"""
CITED = """\
# Début

Comme le dit [@leroy2018, p. 4], et [voir @durand2020, **chap. 2** ; @leroy2018].

@durand2020b le montre[^1], *ou plutôt [-@leroy2018]*.

[^1]: Une note qui cite [@durand2020b, p. 12].
"""
REFERENCES = "# Bibliographie {.unnumbered}\n\n::: {#refs}\n:::\n"
BLANKS = re.compile(r"\s+")


@pytest.fixture(params=[REFERENCES, "# Fin\n"], ids=["place", "sans place"])
def config(tmp_path: Path, request: pytest.FixtureRequest) -> Config:
    """A book that cites, in the style of the real one, with or without a place for references."""
    made = make_book(tmp_path, {"index.qmd": CITED, "a.qmd": request.param})
    file = made.root / "_quarto.yml"
    named = f"bibliography: references.bib\ncsl: {STYLE}\n"
    file.write_text(file.read_text("utf-8") + named, "utf-8")
    (tmp_path / "references.bib").write_text(WORKS, "utf-8")
    (tmp_path / STYLE).parent.mkdir(parents=True)
    shutil.copyfile(THEME.parent / STYLE, tmp_path / STYLE)
    (tmp_path / "data").mkdir()
    return read_config(tmp_path)


def read(config: Config) -> tuple[assemble.Book, Document, Path]:
    book = assemble.assemble(execute(chapters_of(config), config=config), config)
    work = config.root / "travail"
    work.mkdir()
    return book, assemble.read(book, THEME, work), work


def words(html: str) -> list[str]:
    """The citations and the entries of a page, whatever their spaces."""
    found = re.findall(r'<(span) class="citation"[^>]*>(.*?)</\1>(?!</a>)', html, re.DOTALL)
    found += re.findall(r'<(div) id="ref-[^>]*>(.*?)</\1>', html, re.DOTALL)
    text = [re.sub(r"<[^>]+>", "", inside) for _, inside in found]
    return [BLANKS.sub(" ", each.replace("\u00a0", " ").replace("\u202f", " ")) for each in text]


def by_citeproc(config: Config) -> list[str]:
    """What pandoc's own command makes of the same texts, in one document."""
    command = [pandoc_path(), "--from", "markdown", "--to", "html", "--citeproc", "--wrap", "none"]
    command += ["--bibliography", "references.bib", "--csl", STYLE, "--metadata", "lang=fr"]
    command += ["--metadata", "link-citations=true"]
    done = subprocess.run(
        command,
        input=CITED + "\n" + (config.root / "a.qmd").read_text("utf-8"),
        capture_output=True,
        check=True,
        encoding="utf-8",
        cwd=config.root,
    )
    return words(done.stdout)


@pytest.mark.parametrize("before", [True, False])
def test_citations_made_before_or_in_the_document_are_those_of_pandoc(
    config: Config, before: bool
) -> None:
    book, document, work = read(config)
    if before:
        citing.write(document, book, config, THEME, work, lambda _asked, make: make())
        (config.root / "references.bib").write_text("", "utf-8")  # nobody needs it any more
    made = assemble.render(book, "html", config, THEME, work, document.text())
    (config.root / "references.bib").write_text(WORKS, "utf-8")
    expected = by_citeproc(config)
    assert sorted(words(made)) == sorted(expected)
    assert len(expected) == 8
    assert any("2020a" in each for each in expected)  # two works that only the book can tell apart


def test_a_citation_that_was_not_made_before_is_made_then(config: Config) -> None:
    book, document, work = read(config)
    citing.write(document, book, config, THEME, work, lambda _asked, make: make())
    made = json.loads((work / citing.FILE).read_bytes())
    made["blocks"] = made["blocks"][2:]
    (work / citing.FILE).write_text(json.dumps(made), "utf-8")
    html = assemble.render(book, "html", config, THEME, work, document.text())
    assert sorted(words(html)) == sorted(by_citeproc(config))


@pytest.mark.parametrize(
    ("old", "new"), [('class="in-text"', 'class="note"'), ("<layout", '<layout position="ibid"')]
)
def test_a_style_that_looks_at_the_place_is_asked_in_each_document(
    config: Config, old: str, new: str
) -> None:
    _, document, _ = read(config)
    assert citing.question(document, config, reconstructed=True)
    style = config.root / STYLE
    style.write_text(style.read_text("utf-8").replace(old, new, 1), "utf-8")
    assert citing.question(document, config, reconstructed=True) == ""


def test_what_the_edition_leaves_out_is_not_cited(config: Config) -> None:
    text = "# Début\n\n::: {.si-originales}\n[@durand2020]\n:::\n\n[@leroy2018] et [@fig-x]\n"
    (config.root / "index.qmd").write_text(text, "utf-8")
    _, document, _ = read(config)
    for reconstructed, works in ((True, ["leroy2018"]), (False, ["durand2020", "leroy2018"])):
        asked = citing.question(document, config, reconstructed=reconstructed)
        assert re.findall(r'"citationId":"([\w-]+)"', asked) == works
