"""The frozen notebooks: nbval executes them again, and finds a fault wherever one is planted."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small_book import MINI, cell, make_book, write

from edition.config import read_config
from edition.freeze import FOLDER, SANITIZE, freeze, report
from edition.frozen_changes import differences
from edition.qmd import read_chapters
from enquete.errors import EnqueteError

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ROOT / FOLDER
RULES = NOTEBOOKS / SANITIZE

Notebook = dict[str, Any]


def nbval(folder: Path, scratch: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run nbval on the notebooks of *folder*, away from this run's own settings."""
    settings = write(scratch, "pytest.ini", "[pytest]\n")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "RAPPORT_"))}
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env"]
    command += ["--nbval-sanitize-with", str(RULES), "-n2", "--dist=loadscope", "-q", "-rf"]
    command += ["--color=no", "-p", "no:cacheprovider", "-c", str(settings)]
    command += ["--rootdir", str(folder), str(folder)]
    return subprocess.run(
        command,
        cwd=folder,
        env={**kept, "RAPPORT_REGISTRE": str(scratch / "registre"), **variables},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def load(path: Path) -> Notebook:
    notebook: Notebook = json.loads(path.read_text(encoding="utf-8"))
    return notebook


def code_cells(notebook: Notebook) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def spoil(notebook: Notebook, mime: str, fault: re.Pattern[str]) -> bool:
    """Change one digit of the first output that *fault* matches; group 1 is the digit."""
    for code_cell in code_cells(notebook):
        for output in code_cell["outputs"]:
            holder = output if mime == "text" else output.get("data", {})
            text = "".join(holder.get(mime, ""))
            found = fault.search(text)
            if found:
                digit = str((int(found[1]) + 1) % 10)
                holder[mime] = text[: found.start(1)] + digit + text[found.end(1) :]
                return True
    return False


FAULTS: dict[str, tuple[str, re.Pattern[str]]] = {
    "pourcentage": ("text", re.compile(r" = \d*(\d)(?:&#160;|\u00a0)%")),
    "registre": ("text", re.compile(r"^[\w-]+ = \d*(\d)\u00a0% · ", re.MULTILINE)),
    "tableau": ("text/html", re.compile(r"<td\b.*?>[^<>&]*(\d)[^<>]*</", re.DOTALL)),
    "graphique": (
        "image/svg+xml",
        re.compile(r"<(?:path|rect|polygon)\b[^>]*? (?:d|width|points)=\"[^\"]*?(\d)"),
    ),
}


def plant(source: Path, target: Path, fault: str) -> None:
    """Copy to *target* the first notebook of *source* that has a place for *fault*, spoiled."""
    for path in sorted(source.glob("*.ipynb")):
        notebook = load(path)
        if spoil(notebook, *FAULTS[fault]):
            write(target, f"{fault}.ipynb", json.dumps(notebook))
            return
    pytest.fail(f"aucun carnet n'a de place pour la faute « {fault} »")


@pytest.mark.lent
def test_the_frozen_notebooks_still_give_what_they_show(tmp_path: Path) -> None:
    done = nbval(NOTEBOOKS, tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    cells = sum(len(code_cells(load(path))) for path in NOTEBOOKS.glob("*.ipynb"))
    assert f"{cells} passed" in done.stdout


@pytest.mark.lent
@pytest.mark.parametrize("book", ["livre", "livre-mini"])
def test_a_fault_planted_in_prose_table_or_chart_makes_nbval_fail(
    tmp_path: Path, book: str
) -> None:
    source, root, faults = NOTEBOOKS, ROOT, sorted(FAULTS)
    if book == "livre-mini":
        source, root = tmp_path / "sains", MINI
        freeze(MINI, source)
        faults.remove("registre")  # its chapters print no figure of the survey
    for fault in faults:
        plant(source, tmp_path / "fautes", fault)

    done = nbval(tmp_path / "fautes", tmp_path, RAPPORT_RACINE=str(root))

    failed = re.findall(r"^FAILED (?:.*/)?(\w+)\.ipynb::", done.stdout, re.MULTILINE)
    assert sorted(failed) == faults, done.stdout


def test_there_is_a_notebook_for_each_chapter_that_computes() -> None:
    config = read_config(ROOT)
    expected = {
        f"{chapter.stem}.ipynb"
        for chapter in read_chapters(ROOT, config.sources)
        if chapter.runs_code and chapter.front_matter.get("apres") != "tous"
    }

    assert {path.name for path in NOTEBOOKS.glob("*.ipynb")} == expected


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_every_cell_was_executed_since_nbval_passes_those_that_were_not(path: Path) -> None:
    counts = [cell["execution_count"] for cell in code_cells(load(path))]

    assert counts == list(range(1, len(counts) + 1))


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_the_ledger_of_each_chapter_is_a_text_output(path: Path) -> None:
    last = code_cells(load(path))[-1]

    assert "".join(last["source"]).split("\n")[1] == f"show_ledger({path.stem!r})"
    (output,) = last["outputs"]
    lines = "".join(output["text"]).splitlines()
    text = path.read_text(encoding="utf-8")
    printed = set(re.findall(r'chiffre=\\?"([\w-]+)', text))
    assert printed <= {line.partition(" = ")[0] for line in lines}


def test_freezing_names_the_figures_that_changed_and_those_that_came_or_went() -> None:
    path = NOTEBOOKS / "partie-1.ipynb"
    before = path.read_text(encoding="utf-8")
    source = "".join(code_cells(load(path))[-1]["outputs"][0]["text"])
    gone, changed = (line for line in source.split("\n")[:2])
    name, _, rest = changed.partition(" = ")
    text = rest.partition(" · ")[0]
    after = before.replace(json.dumps(gone + "\n", ensure_ascii=False)[1:-1], "nouveau = 1 · \\n")
    after = after.replace(f"{name} = {text} ·", f"{name} = 99 % ·")

    assert sorted(differences(before, after)) == sorted(
        [
            f"chiffre {name} : {text} -> 99 %",
            f"chiffre disparu : {gone.partition(' = ')[0]}",
            "chiffre nouveau : nouveau = 1",
        ]
    )


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_no_output_holds_a_memory_address(path: Path) -> None:
    assert not re.search(r" at 0x[0-9a-f]", path.read_text(encoding="utf-8"))


def test_each_rule_that_hides_something_from_nbval_gives_its_reason() -> None:
    lines = RULES.read_text(encoding="utf-8").split("\n")
    rules = [number for number, line in enumerate(lines) if line.startswith("[")]

    assert rules
    assert all(lines[number - 1].startswith("# ") for number in rules)


VALUE = """\
from IPython.display import Markdown
class V:
    def _repr_markdown_(self): return '**{value}**'
    def __str__(self): return '{value}'
v = V()"""


def page(value: str) -> str:
    return (
        cell(VALUE.format(value=value), "label: calcul") + "\nIci `{python} v`, là `{python} v`.\n"
    )


def test_each_inline_expression_becomes_a_cell_that_prints_it(tmp_path: Path) -> None:
    make_book(tmp_path, {"index.qmd": page("59 %")})

    freeze(tmp_path, tmp_path / "carnets")

    cells: Callable[[int], dict[str, Any]] = code_cells(
        load(tmp_path / "carnets" / "index.ipynb")
    ).__getitem__
    assert "".join(cells(2)["source"]) == "print('v', '=', v)"
    assert cells(2)["outputs"] == cells(3)["outputs"]
    assert cells(3)["outputs"] == [
        {"output_type": "stream", "name": "stdout", "text": ["v = 59 %\n"]}
    ]


def test_freezing_says_what_changed_and_removes_what_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "carnets"
    make_book(tmp_path, {"index.qmd": page("59 %"), "b.qmd": page("1")})
    freeze(tmp_path, folder)
    make_book(tmp_path, {"index.qmd": page("60 %")})

    said = report(freeze(tmp_path, folder))

    assert said.split("\n") == [
        "modifié    index.ipynb",
        "             cellule nouvelle ou modifiée : calcul",
        "             sortie : v = 59 % -> v = 60 %",
        "supprimé   b.ipynb",
        "2 carnets, 2 modifiés.",
    ]
    assert not (folder / "b.ipynb").exists()


def test_an_address_left_in_an_output_is_refused(tmp_path: Path) -> None:
    code = "class V:\n    def _repr_html_(self): return object.__repr__(self)\nV()"
    make_book(tmp_path, {"index.qmd": cell(code)})

    with pytest.raises(EnqueteError, match="adresse mémoire"):
        freeze(tmp_path, tmp_path / "carnets")
