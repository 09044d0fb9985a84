"""Check that the committed notebooks, which nbval executes again, are of the present book."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from edition.checking import Finished, Outcome
from edition.frozen import FOLDER, frozen_chapters, is_ledger, line
from edition.qmd import Cell, Chapter
from enquete.errors import EnqueteError

NAME = "carnets"
TITLE = "Carnets de contrôle"
FREEZE = "Rafraîchissez-les : rapport figer."
Notebook = Sequence[Mapping[str, Any]]


def check(book: Finished) -> Outcome:
    """
    Compare each notebook's code with its chapter, and its ledger with the book's.

    The notebooks are not executed here: nbval does it in the tests. Words outside code and
    inline values may change freely.
    """
    folder = book.root / FOLDER
    if not folder.is_dir():
        return Outcome(NAME, TITLE, 0, "", skipped="ce projet n'a pas de carnets versés")
    chapters = frozen_chapters(book.root)
    faults = [fault for chapter in chapters for fault in _faults(chapter, folder, book)]
    known = {f"{chapter.stem}.ipynb" for chapter in chapters}
    faults += [
        EnqueteError("Ce carnet n'est d'aucun chapitre du livre.", _place(path.name), FREEZE)
        for path in sorted(folder.glob("*.ipynb"))
        if path.name not in known
    ]
    cells = sum(isinstance(each, Cell) for chapter in chapters for each in chapter.segments)
    said = f"{len(chapters)} carnets et {cells} cellules"
    said += f", {len(faults)} défauts" if faults else ", toutes exécutées, du présent livre"
    return Outcome(NAME, TITLE, len(chapters), said, tuple(faults))


def _faults(chapter: Chapter, folder: Path, book: Finished) -> Iterator[EnqueteError]:
    name = f"{chapter.stem}.ipynb"
    try:
        cells = _code_cells(folder / name)
    except FileNotFoundError:
        yield EnqueteError("Ce chapitre calcule et n'a pas de carnet.", _place(name), FREEZE)
        return
    except (ValueError, KeyError, TypeError) as error:
        yield EnqueteError(f"Carnet illisible : {error}.", _place(name), FREEZE)
        return
    counts = [cell.get("execution_count") for cell in cells]
    if counts != list(range(1, len(cells) + 1)):
        rank = next((n for n, count in enumerate(counts, 1) if count != n), len(counts))
        yield EnqueteError(
            "Le carnet n'a pas été exécuté de la première à la dernière cellule : nbval ne "
            "compare que ce qui l'a été.",
            f"{_place(name)}, cellule de code {rank}",
            FREEZE,
        )
    expected = [each.source for each in chapter.segments if isinstance(each, Cell)]
    sources = ["".join(cell["source"]) for cell in cells]
    if sources != expected:
        yield EnqueteError(
            f"Le code du chapitre a changé depuis que son carnet a été fait : "
            f"{_first_change(sources, expected)}.",
            f"{chapter.path} et {_place(name)}",
            FREEZE,
        )
    else:
        yield from _other_ledger(chapter, cells, book, name)


def _other_ledger(
    chapter: Chapter, cells: Notebook, book: Finished, name: str
) -> Iterator[EnqueteError]:
    """Yield the fault of a notebook whose figures are not those of the book."""
    held = [text for cell in cells if is_ledger("".join(cell["source"])) for text in _lines(cell)]
    wanted = [line(entry) for entry in book.entries if entry["chapter"] == chapter.stem]
    differing = sorted(set(held) ^ set(wanted))
    if differing:
        names = dict.fromkeys(each.partition(" = ")[0] for each in differing)
        listed = ", ".join(list(names)[:5]) + ("…" if len(names) > 5 else "")
        yield EnqueteError(
            f"Le carnet n'a pas les mêmes chiffres que le livre : {listed}.",
            _place(name),
            FREEZE,
        )


def _code_cells(path: Path) -> Notebook:
    cells = orjson.loads(path.read_bytes())["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def _lines(cell: Mapping[str, Any]) -> list[str]:
    texts = ("".join(output.get("text", "")) for output in cell["outputs"])
    return [each for text in texts for each in text.split("\n") if each]


def _first_change(held: Sequence[str], wanted: Sequence[str]) -> str:
    for rank, (one, other) in enumerate(zip(held, wanted, strict=False), 1):
        if one != other:
            return f"cellule {rank}, « {other.strip().partition(chr(10))[0][:60]} »"
    return f"{len(held)} cellules au carnet, {len(wanted)} au chapitre"


def _place(name: str) -> str:
    return (FOLDER / name).as_posix()
