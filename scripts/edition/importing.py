"""The command `rapport importer`: what it is asked, and what it says."""

from __future__ import annotations

import argparse
from pathlib import Path

from enquete.errors import EnqueteError
from enquete.importing import Imported, Request, import_export, restore
from enquete.importing.csv_files import NAMES
from enquete.importing.report import NAME
from enquete.importing.swap import PREVIOUS
from enquete.paths import root


def run(options: argparse.Namespace) -> int:
    """Import an export, or put the previous data back."""
    base = root()
    if options.retablir:
        restore(base)
        print("Données d'avant rétablies ; celles de l'import sont gardées à leur place.")
        return 0
    if not options.fichier:
        raise EnqueteError(
            "Quel export importer ?", "", "le nommer : rapport importer reponses.csv"
        )
    done = import_export(
        Request(
            export=Path(options.fichier),
            root=base,
            correspondence=_path(options.correspondance),
            themes=_path(options.themes),
            sheet=options.feuille,
            separator=NAMES[options.separateur] if options.separateur else None,
            dry_run=options.essai,
            keep_texts=options.garder_textes,
        )
    )
    print("\n".join(said(done)))
    return 0


def said(done: Imported) -> list[str]:
    """Say in French what an import read, noticed and wrote."""
    lines = [f"{done.size} réponses lues, sans erreur.", *(f"  {line}" for line in done.read)]
    if done.remarks:
        lines += ["À savoir :", *(f"  {line}" for line in done.remarks)]
    if not done.written:
        return [*lines, "Essai : rien n'est écrit."]
    return [
        *lines,
        "data/ contient maintenant les réponses d'origine : ne le versez pas tel quel.",
        f"  {done.discrepancies} : .rapport/{NAME}",
        f"  données d'avant : .rapport/{PREVIOUS}/ (rapport importer --retablir)",
        "Ensuite : rapport construire, puis rapport figer.",
    ]


def _path(given: str | None) -> Path | None:
    return Path(given) if given else None
