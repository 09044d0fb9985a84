"""A copy of the project to build in, and its chapters as plain notebooks for the peers."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

from edition.config import read_config
from edition.execution.model import Executed, Printed, Ran, Segment
from edition.execution.notebook import dump, notebook
from edition.qmd import Cell, Prose, read_chapters
from enquete.schema import refresh_hashes

SOURCES = (
    *("_quarto.yml", "index.qmd", "references.bib", "chapters", "data", "theme"),
    *("uv.lock", "requirements.txt", "pyproject.toml", "scripts/recount.py", "tests/carnets"),
)
WORD = "\nUn mot de plus.\n"


def copy_project(root: Path, folder: Path) -> None:
    """Copy the sources of the book to *folder*: the editor's own files stay untouched."""
    for name in SOURCES:
        source = root / name
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copyfile(source, folder / name)


def forget(folder: Path) -> None:
    """Remove what builds leave: book and caches."""
    for name in ("_book", ".rapport"):
        shutil.rmtree(folder / name, ignore_errors=True)


def add_a_word(folder: Path, name: str = "index.qmd") -> None:
    """Change the prose of one chapter."""
    chapter = folder / name
    with chapter.open("a", encoding="utf-8", newline="\n") as file:
        file.write(WORD)


def swap_two_answers(folder: Path) -> None:
    """
    Exchange the answers to S5 of two respondents who differ: margins stay.

    Others each time: a state of the data that came before would be remembered.
    """
    path = folder / "data" / "reponses.csv"
    before = path.read_text("utf-8")
    draw = random.Random(before)  # noqa: S311 - a draw, not a secret
    header, *rows = before.splitlines()
    place = header.split(",").index("S5")
    cells = [row.split(",") for row in rows]
    one = draw.choice(cells)
    other = draw.choice([row for row in cells if row[place] != one[place]])
    one[place], other[place] = other[place], one[place]
    text = "\n".join([header, *(",".join(row) for row in cells), ""])
    path.write_text(text, encoding="utf-8", newline="\n")
    refresh_hashes(folder / "data")


def write_notebooks(root: Path, folder: Path) -> list[str]:
    """Write each chapter as a notebook that was never executed; return their names."""
    folder.mkdir()
    names = []
    for chapter in read_chapters(root, read_config(root).sources):
        segments: list[Segment] = [
            Ran(segment, (), None)
            if isinstance(segment, Cell)
            else Printed(Prose(segment.text, segment.line, ()), ())
            for segment in chapter.segments
        ]
        name = f"{chapter.stem}.ipynb"
        text = dump(notebook(Executed(chapter, tuple(segments))))
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
        names.append(name)
    return names
