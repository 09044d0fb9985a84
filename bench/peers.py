"""The peers that build the same chapters; one that is not installed is named, not measured."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Peer:
    """
    A tool that builds the book.

    Attributes:
        command: empty when the tool is not installed.
        before: what makes it start from nothing each time.
    """

    name: str
    command: Sequence[str]
    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    before: Callable[[], None] = lambda: None


def peers(book: Path, notebooks: Path, names: Sequence[str]) -> tuple[Peer, ...]:
    """Return the peers, given a project, and its chapters as notebooks named *names*."""
    variables = {"RAPPORT_RACINE": str(book)}
    convert = (sys.executable, "-m", "nbconvert", "--execute", "--to", "html")
    return (
        Peer(
            "jupyter nbconvert (HTML seul)",
            (*convert, "--output-dir", "html", *names),
            notebooks,
            variables,
        ),
        _jupyter_book(notebooks, names, variables),
        _quarto(book, variables),
    )


def _jupyter_book(notebooks: Path, names: Sequence[str], variables: Mapping[str, str]) -> Peer:
    """Set Jupyter Book 1 (Sphinx) to execute every notebook; version 2 is another program."""
    name = "jupyter-book 1 (HTML seul)"
    found = shutil.which("jupyter-book")
    folder = notebooks.with_name("jupyter-book")
    if not found:
        return Peer(name, (), folder)
    folder.mkdir()
    for each in names:
        text = json.loads((notebooks / each).read_text("utf-8"))
        # Its parser refuses Quarto's option lines.
        for cell in text["cells"]:
            lines = cell["source"] if isinstance(cell["source"], list) else [cell["source"]]
            whole = "".join(lines).split("\n")
            cell["source"] = "\n".join(line for line in whole if not line.startswith("#|"))
        (folder / each).write_text(json.dumps(text), encoding="utf-8")
    stems = [each.removesuffix(".ipynb") for each in names]
    listed = "".join(f"- file: {stem}\n" for stem in stems if stem != "index")
    (folder / "_toc.yml").write_text(f"format: jb-book\nroot: index\nchapters:\n{listed}", "utf-8")
    (folder / "_config.yml").write_text(
        "title: Banc d'essai\nexecute:\n  execute_notebooks: force\n  timeout: 120\n", "utf-8"
    )
    # The notebooks run in our environment: this kernel comes before the tool's own.
    kernel = folder / "noyaux" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    start = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    described = {"argv": start, "display_name": "Python 3", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(described), encoding="utf-8")
    kernels = {"JUPYTER_PATH": str(folder / "noyaux")}
    return Peer(
        name,
        (found, "build", "--all", "."),
        folder,
        {**variables, **kernels},
        lambda: shutil.rmtree(folder / "_build", ignore_errors=True),
    )


def _quarto(book: Path, variables: Mapping[str, str]) -> Peer:
    name = "quarto render (HTML et PDF)"
    found = shutil.which("quarto")
    return Peer(
        name,
        (found, "render") if found else (),
        book,
        {**variables, "QUARTO_PYTHON": sys.executable},
        lambda: shutil.rmtree(book / "_book", ignore_errors=True),
    )
