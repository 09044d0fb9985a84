"""The Quarto engine, with a false `quarto` that says and writes what each test asks."""

from __future__ import annotations

import json
import os
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from small_book import cell, make_book

from edition import quarto_engine
from edition.config import Config
from edition.qmd import scan
from edition.quarto_engine import render
from edition.quarto_log import problems
from enquete.errors import EnqueteError, EnqueteErrors

INDEX = (
    "# Début {#sec-debut}\n\nVoir @fig-a et [@dupont].\n\n"
    + cell("x = 1", "label: fig-a", "fig-cap: T", "fig-alt: A")
    + "\nIl y en a `{python} part`.\n"
)
SECOND = "# Suite\n\n" + cell("y = 1\nz = y / 0", "label: calcul") + "\nSoit `{python} absent`.\n"
PAGE = '<main><a href="#r" id="chiffre-p1" class="chiffre" data-chiffre="p1">59 %</a></main>'
ENTRY = {"id": "p1", "chapter": "index", "data": {"origin": "reconstructed", "files": {"a": "0"}}}

FALSE_QUARTO = """\
import json, os, pathlib, sys, time
here = pathlib.Path.cwd()
asked = json.loads(pathlib.Path({asked!r}).read_text("utf-8"))
pathlib.Path({seen!r}).write_text(json.dumps(
    {{"arguments": sys.argv[1:], "cwd": str(here), "environment": dict(os.environ),
      "files": sorted(p.relative_to(here).as_posix() for p in here.rglob("*") if p.is_file())}}
), "utf-8")
(here / ".quarto").mkdir()
for name, text in asked["files"].items():
    (here / name).parent.mkdir(parents=True, exist_ok=True)
    (here / name).write_text(text, "utf-8")
for name, lines in asked["ledger"].items():
    text = "".join(json.dumps(line) + "\\n" for line in lines)
    pathlib.Path(os.environ["RAPPORT_REGISTRE"], name).write_text(text, "utf-8")
sys.stdout.reconfigure(encoding="utf-8")
print(asked["log"], flush=True)
time.sleep(asked["sleep"])
sys.exit(asked["code"])
"""


class FalseQuarto:
    """Writes the program, and what it is to do."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked, self.seen = folder / "asked.json", folder / "seen.json"
        code = FALSE_QUARTO.format(asked=str(self.asked), seen=str(self.seen))
        (folder / "quarto.py").write_text(code, "utf-8")
        if os.name == "nt":
            text = f'@"{sys.executable}" "{folder / "quarto.py"}" %*\n'
            (folder / "quarto.cmd").write_text(text, "utf-8")
        else:
            program = folder / "quarto"
            program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{program}.py" "$@"\n', "utf-8")
            program.chmod(0o755)
        self.does()

    def does(
        self,
        *,
        log: str = "",
        code: int = 0,
        files: dict[str, str] | None = None,
        ledger: dict[str, list[dict[str, Any]]] | None = None,
        sleep: float = 0,
    ) -> None:
        made = {"_book/index.html": PAGE, "_book/rapport.pdf": "%PDF", "index.typ": ""}
        asked = {
            "log": log,
            "code": code,
            "files": made if files is None else files,
            "ledger": {"index.jsonl": [ENTRY]} if ledger is None else ledger,
            "sleep": sleep,
        }
        self.asked.write_text(json.dumps(asked), "utf-8")

    @property
    def saw(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.seen.read_text("utf-8"))
        return content


@pytest.fixture
def quarto(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FalseQuarto:
    folder = tmp_path / "programmes"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("RAPPORT_REGISTRE", raising=False)
    return FalseQuarto(folder)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """A book of one page, with a previous build to keep."""
    root = tmp_path / "livre"
    made = make_book(root, {"index.qmd": "# Début\n\nIl y en a `{python} part`.\n"})
    (root / "_book").mkdir()
    (root / "_book" / "ancien.html").write_text("l'ancien livre", "utf-8")
    (root / "scripts").mkdir()
    (root / ".git").mkdir()
    return made


def listing(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*"))


def refusal(config: Config, formats: str = "tous") -> EnqueteError:
    """Render, and check that the failure changed nothing in the project."""
    before = listing(config.root)
    with pytest.raises(EnqueteError) as caught:
        render(config, formats)
    assert listing(config.root) == before
    return caught.value


def test_without_quarto_the_error_says_how_to_get_it(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    error = refusal(config)

    assert error.quoi == "Quarto n'est pas installé."
    assert "PATH" in error.ou
    assert "uv sync --extra quarto" in error.que_faire
    assert "rapport construire" in error.que_faire


def test_a_render_replaces_the_book_and_leaves_nothing_in_the_project(
    config: Config, quarto: FalseQuarto
) -> None:
    result = render(config)

    assert (result.pages, result.pdf) == (("index.html",), "rapport.pdf")
    assert (result.figures, result.prints) == (1, 1)
    assert sorted(path.name for path in (config.root / "_book").iterdir()) == [
        "index.html",
        "provenance.json",
        "rapport.pdf",
    ]
    assert sorted(path.name for path in config.root.iterdir()) == [
        ".git",
        "_book",
        "_quarto.yml",
        "index.qmd",
        "scripts",
    ]


def test_quarto_works_in_a_copy_with_the_project_s_answers(
    config: Config, quarto: FalseQuarto
) -> None:
    render(config)

    saw, environment = quarto.saw, quarto.saw["environment"]
    assert Path(saw["cwd"]) != config.root
    assert saw["files"] == ["_quarto.yml", "index.qmd"]
    assert environment["RAPPORT_RACINE"] == str(config.root)
    assert environment["QUARTO_PYTHON"] == sys.executable
    assert environment["PYTHONDONTWRITEBYTECODE"] == "1"
    assert not Path(environment["RAPPORT_REGISTRE"]).is_relative_to(config.root)
    assert "--no-execute-daemon" in saw["arguments"]


@pytest.mark.parametrize(
    ("formats", "made", "to"),
    [
        ("html", ["index.html", "provenance.json"], ["--to", "html"]),
        ("pdf", ["provenance.json", "rapport.pdf"], []),
    ],
)
def test_one_format_alone_is_published_alone(
    config: Config, quarto: FalseQuarto, formats: str, made: list[str], to: list[str]
) -> None:
    pdf = {} if formats == "html" else {"_book/rapport.pdf": "%PDF"}
    quarto.does(files={"_book/index.html": PAGE, **pdf})

    render(config, formats)

    assert sorted(path.name for path in (config.root / "_book").iterdir()) == made
    assert quarto.saw["arguments"][1:3] == to or not to


def test_entries_have_the_anchor_of_their_first_print_or_of_their_chart(
    config: Config, quarto: FalseQuarto
) -> None:
    chart = (
        '<figure class="quarto-float quarto-float-fig figure"><svg role="img">'
        '<text x="1" data-chiffre="p1">59</text><text data-chiffre="p2">1</text></svg>'
        '<figcaption id="fig-a-caption-0ceaefa1">Figure 1</figcaption></figure>'
    )
    quarto.does(
        files={"_book/index.html": PAGE + chart, "_book/rapport.pdf": "%PDF"},
        ledger={"index.jsonl": [{**ENTRY, "id": name} for name in ("p1", "p2", "p3")]},
    )

    render(config)

    written = json.loads((config.root / "_book" / "provenance.json").read_text("utf-8"))
    assert [entry["anchor"] for entry in written["entries"]] == ["chiffre-p1", "fig-a", "reg-p3"]
    assert written["edition"]["origin"] == "reconstructed"
    assert written["edition"]["files"] == {"a": "0"}


def test_scripts_from_the_network_are_taken_out_of_the_pages(
    config: Config, quarto: FalseQuarto
) -> None:
    foreign = '<script src="https://cdn.example/jquery.min.js" integrity="x"></script>\n'
    own = '<script src="site_libs/a.js"></script>'
    quarto.does(files={"_book/index.html": foreign + own + PAGE, "_book/rapport.pdf": ""})

    render(config)

    assert (config.root / "_book" / "index.html").read_text("utf-8") == own + PAGE


def test_the_reader_is_told_which_chapter_is_being_made(
    config: Config, quarto: FalseQuarto, capsys: pytest.CaptureFixture[str]
) -> None:
    quarto.does(log="\x1b[1m\x1b[34m[1/1] index.qmd\x1b[39m\x1b[22m\nbruit")

    render(config)

    assert capsys.readouterr().out == "Quarto : index.qmd\n"


def test_a_failure_keeps_the_previous_book_and_gives_quarto_s_last_words(
    config: Config, quarto: FalseQuarto
) -> None:
    quarto.does(
        log="[1/1] index.qmd\n\nERROR: no such template\nWARN: Error encountered when rendering",
        code=1,
    )

    error = refusal(config)

    assert error.quoi == "Quarto s'est arrêté (code 1) : ERROR: no such template"
    assert error.ou == "index.qmd"
    assert (config.root / "_book" / "ancien.html").is_file()


def test_an_expression_left_in_a_page_is_an_error_with_its_line(
    config: Config, quarto: FalseQuarto
) -> None:
    quarto.does(files={"_book/index.html": "<code>{python} part</code>", "_book/rapport.pdf": ""})

    assert refusal(config).ou == "index.qmd:3"


def test_an_expression_left_in_the_pdf_is_an_error_too(config: Config, quarto: FalseQuarto) -> None:
    quarto.does(
        files={"_book/index.html": PAGE, "_book/rapport.pdf": "", "index.typ": "`{python} part`"}
    )

    assert "« part »" in refusal(config).quoi


def test_a_missing_page_or_pdf_is_an_error(config: Config, quarto: FalseQuarto) -> None:
    quarto.does(files={"_book/index.html": PAGE})

    assert refusal(config).quoi == "Quarto n'a pas produit rapport.pdf."


def test_a_number_printed_outside_the_ledger_is_an_error(
    config: Config, quarto: FalseQuarto
) -> None:
    quarto.does(ledger={"index.jsonl": [{**ENTRY, "id": "p2"}]})

    assert "« p1 »" in refusal(config).quoi


def test_faults_of_the_sources_are_told_before_quarto_starts(
    tmp_path: Path, quarto: FalseQuarto
) -> None:
    config = make_book(tmp_path / "autre", {"index.qmd": "# Un\n\nVoir @fig-rien.\n"})

    assert refusal(config).ou == "index.qmd:3"
    assert not quarto.seen.exists()


def test_a_render_without_end_is_stopped(
    config: Config, quarto: FalseQuarto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarto_engine, "START", -119.0)  # 2 × 60 s for the chapter: 1 s in all
    quarto.does(log="[1/1] index.qmd", sleep=30)

    error = refusal(config)

    assert "1 s" in error.quoi
    assert error.ou == "index.qmd"


def log(text: str) -> list[str]:
    return textwrap.dedent(text).strip("\n").split("\n")


BOOK = (scan(INDEX, "index.qmd"), scan(SECOND, "chapters/suite.qmd"))


def test_an_unresolved_reference_is_an_error_at_its_line_whatever_the_exit_code() -> None:
    lines = log("""
        [1/2] index.qmd
        WARNING (/share/filters/refs.lua:128) Unable to resolve crossref @fig-a
        WARNING (/share/filters/refs.lua:128) Unable to resolve crossref @fig-a
    """)

    (error,) = problems(lines, 0, BOOK)

    assert (error.quoi, error.ou) == ("Renvoi inconnu : @fig-a.", "index.qmd:3")


def test_a_missing_citation_is_an_error_at_its_line() -> None:
    (error,) = problems(["[WARNING] Citeproc: citation dupont not found"], 0, BOOK)

    assert (error.quoi, error.ou) == (
        "Référence bibliographique inconnue : @dupont.",
        "index.qmd:3",
    )


def test_a_failing_cell_is_shown_with_its_line() -> None:
    lines = log("""
        [1/2] index.qmd
        Executing 'index.quarto_ipynb'
          Cell 1/1: 'fig-a'...Done
        [2/2] chapters/suite.qmd
        Executing 'suite.quarto_ipynb'
          Cell 1/1: 'calcul'...

        An error occurred while executing the following cell:
        ------------------
        y = 1
        z = y / 0
        ------------------

        ---------------------------------------------------------------------------
        ZeroDivisionError                         Traceback (most recent call last)
        Cell In[1], line 2
              1 y = 1
        ----> 2 z = y / 0

        ZeroDivisionError: division by zero

        WARN: Error encountered when rendering files
    """)

    (error,) = problems(lines, 1, BOOK)

    assert "« calcul » échoue : ZeroDivisionError : division by zero" in error.quoi
    assert error.ou.startswith("chapters/suite.qmd:6 ")
    assert ">    6  z = y / 0" in str(error)


def test_our_own_error_in_a_cell_keeps_its_words() -> None:
    lines = log("""
        [2/2] chapters/suite.qmd
          Cell 1/1: 'calcul'...
        An error occurred while executing the following cell:
        Undetermined: Indéterminé sur des réponses reconstituées.
          où : Q2
          que faire : montrer « détail non publié ».
        WARN: Error encountered when rendering files
    """)

    (error,) = problems(lines, 1, BOOK)

    assert "Indéterminé sur des réponses reconstituées." in error.quoi
    assert "Undetermined :" not in error.quoi


def test_a_failing_inline_expression_is_found_by_the_name_it_lacks() -> None:
    lines = log("""
        [2/2] chapters/suite.qmd
          Cell 1/1: 'calcul'...Done


        NameError: name 'absent' is not defined
        WARN: Error encountered when rendering files
    """)

    (error,) = problems(lines, 1, BOOK)

    assert "« absent »" in error.quoi
    assert error.ou == "chapters/suite.qmd:9"


def test_a_picture_without_text_is_said_as_such() -> None:
    lines = log("""
        [typst]: Compiling index.typ to index.pdf...error: PDF/UA-1 error: missing alt text
            ┌─ index.typ:284:48
        ERROR: Typst compilation failed
    """)

    (error,) = problems(lines, 1, BOOK)

    assert error.quoi == "Le PDF ne se compile pas : PDF/UA-1 error: missing alt text"
    assert "fig-alt" in error.que_faire


def test_several_problems_are_told_together(config: Config, quarto: FalseQuarto) -> None:
    quarto.does(log="Unable to resolve crossref @fig-x\nUnable to resolve crossref @fig-y")

    error = refusal(config)

    assert isinstance(error, EnqueteErrors)
    assert len(error.problems) == 2
