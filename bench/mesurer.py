"""Mesure nos constructions, ce qu'elles ne peuvent éviter, et celles des pairs, en une séance."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from floor import PARTS
from many_chapters import write_chapters
from measures import Measure, Run, measure
from multiplied import multiply
from peers import Peer, peers
from results import page
from sandbox import add_a_word, copy_project, forget, swap_two_answers, write_notebooks

from enquete.errors import EnqueteError

ROOT = Path(__file__).resolve().parents[1]
RESULTS = Path(__file__).with_name("RESULTATS.md")
BUILD = (sys.executable, "-m", "edition.cli", "construire")
# What a terminal does by itself: a process stays, for longer than a measure takes.
WATCHED = (*BUILD, "--veille", "300")
LONGEST = "chapters/partie-2.qmd"
SETTLED = 5  # seconds that an editor takes at least, and the process that stays to be ready
# Figures that count people, and the notebooks, are of other data: such a book is a draft.
DRAFT = (*BUILD, "--brouillon")
FLOOR = (sys.executable, str(Path(__file__).with_name("floor.py")))
ROWS = (25_000, 250_000, 1_000_000)
CHAPTERS = (10, 50, 200)


@dataclass(frozen=True)
class Results:
    """What one session measured; a part that was not asked for is empty."""

    chapters: int
    ours: Sequence[Measure]
    peers: Sequence[Measure] = ()
    floor: Sequence[Measure] = ()
    rows: Sequence[tuple[int, Measure]] = ()
    growth: Sequence[tuple[int, Measure]] = ()
    missing: Sequence[str] = field(default_factory=tuple)


def main() -> int:
    """Measure, print the page of results and write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fois", type=int, default=3, help="mesures de chaque cas (défaut : 3)")
    parser.add_argument("--court", action="store_true", help="ni grandes enquêtes ni longs livres")
    parser.add_argument("--sans-ecrire", action="store_true", help="n'écrit pas RESULTATS.md")
    options = parser.parse_args()
    try:
        text = page(compare(options.fois, short=options.court))
    except EnqueteError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"\n{text}")
    if not options.sans_ecrire:
        RESULTS.write_text(text, encoding="utf-8", newline="\n")
    return 0


def compare(times: int, *, short: bool) -> Results:
    """Measure each case *times* times after one run that only fills the disk's caches."""
    with tempfile.TemporaryDirectory(prefix="banc-") as temporary:
        book, notebooks = Path(temporary, "livre"), Path(temporary, "carnets")
        with project(book) as variables:
            measure("amorce", BUILD, folder=book, variables=variables, times=1)
            names = write_notebooks(book, notebooks)
            ours = [
                measure(title, command, folder=book, variables=variables, times=n, before=before)
                for title, command, n, before in (
                    ("à froid, HTML et PDF", BUILD, times, lambda: forget(book)),
                    ("rien n'a changé", BUILD, times, lambda: None),
                    ("un mot de texte changé", BUILD, times, lambda: add_a_word(book)),
                    ("deux réponses changées", DRAFT, times, lambda: swap_two_answers(book)),
                )
            ]
            ours[3:3] = watched(book, variables, times)
            floor = list(floor_of(book, notebooks, variables, times))
            found = peers(book, notebooks, names)
            others = [measured(peer, times) for peer in found if peer.command]
        rows, growth = ([], []) if short else (larger(temporary), longer(temporary))
    missing = [peer.name for peer in found if not peer.command]
    return Results(len(names), ours, others, floor, rows, growth, missing)


def watched(book: Path, variables: dict[str, str], times: int) -> Iterator[Measure]:
    """Measure changes of prose where a process stays; its own processor time is not known."""
    given = {"folder": book, "variables": variables}
    measure("amorce", WATCHED, times=1, before=lambda: add_a_word(book), **given)  # type: ignore[arg-type]
    for title, name in (("", "index.qmd"), (", dans le plus long chapitre", LONGEST)):

        def change(name: str = name) -> None:
            add_a_word(book, name)
            time.sleep(SETTLED)

        title = f"un mot de texte changé, un processus veille{title}"
        found = measure(title, WATCHED, times=times, before=change, **given)  # type: ignore[arg-type]
        yield replace(found, runs=tuple(Run(run.wall, None, None) for run in found.runs))
    measure("fin", (*BUILD, "--veille", "0"), times=1, **given)  # type: ignore[arg-type]


@contextmanager
def project(folder: Path) -> Iterator[dict[str, str]]:
    """Give a copy of the project and the environment of its builds; it goes at the end."""
    folder.mkdir()
    copy_project(ROOT, folder)
    yield {"RAPPORT_RACINE": str(folder)}
    shutil.rmtree(folder)


def floor_of(
    book: Path, notebooks: Path, variables: dict[str, str], times: int
) -> Iterator[Measure]:
    """Measure alone each part that no construction avoids."""
    place = str(notebooks)
    measure(
        "plancher : préparation",
        (*FLOOR, "preparer", place),
        folder=book,
        variables=variables,
        times=1,
    )
    for part in PARTS:
        yield measure(part, (*FLOOR, part, place), folder=book, variables=variables, times=times)


def measured(peer: Peer, times: int) -> Measure:
    """Measure a peer as ourselves: once to warm up, then *times* times."""
    given = {"folder": peer.folder, "variables": peer.variables, "before": peer.before}
    measure(f"amorce : {peer.name}", peer.command, times=1, **given)  # type: ignore[arg-type]
    return measure(peer.name, peer.command, times=times, **given)  # type: ignore[arg-type]


def larger(temporary: str) -> list[tuple[int, Measure]]:
    """Build the book of ever larger surveys, from nothing."""
    found = []
    for least in ROWS:
        folder = Path(temporary, f"lignes-{least}")
        with project(folder) as variables:
            n = multiply(folder / "data", least)
            found.append(
                (n, measure(f"{n} lignes", DRAFT, folder=folder, variables=variables, times=1))
            )
    return found


def longer(temporary: str) -> list[tuple[int, Measure]]:
    """Build ever longer books, from nothing."""
    found = []
    for number in CHAPTERS:
        folder = Path(temporary, f"chapitres-{number}")
        with project(folder) as variables:
            write_chapters(folder, number)
            title = f"{number} chapitres"
            one = measure(title, DRAFT, folder=folder, variables=variables, times=1)
            found.append((number, one))
    return found


if __name__ == "__main__":
    sys.exit(main())
