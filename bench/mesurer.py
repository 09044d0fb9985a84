"""Mesure nos constructions et `jupyter nbconvert` sur les mêmes chapitres, en une séance."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from measures import measure
from results import page
from sandbox import add_a_word, copy_project, forget, write_notebooks

from enquete.errors import EnqueteError

ROOT = Path(__file__).resolve().parents[1]
RESULTS = Path(__file__).with_name("RESULTATS.md")
BUILD = (sys.executable, "-m", "edition.cli", "construire")
PEER = (sys.executable, "-m", "nbconvert", "--execute", "--to", "html", "--output-dir", "html")


def main() -> int:
    """Measure, print the page of results and write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fois", type=int, default=3, help="mesures de chaque cas (défaut : 3)")
    parser.add_argument("--sans-ecrire", action="store_true", help="n'écrit pas RESULTATS.md")
    options = parser.parse_args()
    try:
        text = compare(options.fois)
    except EnqueteError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"\n{text}")
    if not options.sans_ecrire:
        RESULTS.write_text(text, encoding="utf-8", newline="\n")
    return 0


def compare(times: int) -> str:
    """Measure each case *times* times after one run that only fills the disk's caches."""
    with tempfile.TemporaryDirectory(prefix="banc-") as temporary:
        book, notebooks = Path(temporary, "livre"), Path(temporary, "carnets")
        book.mkdir()
        copy_project(ROOT, book)
        variables = {"RAPPORT_RACINE": str(book)}
        measure("amorce", BUILD, folder=book, variables=variables, times=1)
        names = write_notebooks(book, notebooks)
        ours = [
            measure(title, BUILD, folder=book, variables=variables, times=times, before=before)
            for title, before in (
                ("construction à froid (HTML + PDF)", lambda: forget(book)),
                ("construction sans changement", lambda: None),
                ("un mot de texte changé", lambda: add_a_word(book)),
            )
        ]
        command = (*PEER, *names)
        measure("amorce du pair", command, folder=notebooks, variables=variables, times=1)
        peer = measure(
            "jupyter nbconvert (HTML seul)",
            command,
            folder=notebooks,
            variables=variables,
            times=times,
        )
    return page(ours, peer, len(names))


if __name__ == "__main__":
    sys.exit(main())
