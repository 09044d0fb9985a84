"""Small books written to a temporary folder, for the tests of the edition."""

from __future__ import annotations

from pathlib import Path

from edition.config import Config, read_config
from edition.execution import Engine, Executed, execute
from edition.execution.model import Output, Ran
from edition.qmd import Chapter, read_chapters

MINI = Path(__file__).parent / "livre-mini"

CONFIG = """\
project:
  type: book
book:
  title: Essai
  chapters:
    - index.qmd
{others}
lang: fr
rapport:
  limite-par-chapitre: {limit}
"""


def write(root: Path, path: str, text: str) -> Path:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="\n")
    return file


def make_book(root: Path, chapters: dict[str, str], *, limit: float = 60) -> Config:
    """Write a book made of *chapters* and read its configuration."""
    others = "".join(f"    - {path}\n" for path in chapters if path != "index.qmd")
    write(root, "_quarto.yml", CONFIG.format(others=others.rstrip("\n"), limit=limit))
    for path, text in {"index.qmd": "# Début\n", **chapters}.items():
        write(root, path, text)
    return read_config(root)


def chapters_of(config: Config) -> tuple[Chapter, ...]:
    return read_chapters(config.root, config.sources)


def run_book(root: Path, chapters: dict[str, str], *, engine: Engine = "auto") -> list[Executed]:
    config = make_book(root, chapters)
    return execute(chapters_of(config), config=config, engine=engine)


def outputs(executed: Executed) -> list[tuple[Output, ...]]:
    return [s.outputs for s in executed.segments if isinstance(s, Ran)]


def cell(code: str, *options: str) -> str:
    lines = [*(f"#| {option}" for option in options), code]
    return "```{python}\n" + "\n".join(lines) + "\n```\n"
