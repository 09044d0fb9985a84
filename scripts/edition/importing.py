"""The command `rapport importer`: what it is asked, and what it says."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edition import tracked

if TYPE_CHECKING:
    from enquete.importing import Imported


def add_parser(commands: Any) -> None:
    """Add the command and its options to those of `rapport`."""
    bring = commands.add_parser(
        "importer",
        help="prend les réponses d'origine dans un export",
        description="Lit un export (CSV, XLSX, SPSS), dit tout ce qui ne va pas, et remplace les "
        "réponses de data/ si tout va bien. Les textes libres ne sont pas gardés.",
    )
    bring.add_argument("fichier", metavar="FICHIER", nargs="?", help="l'export à importer")
    bring.add_argument("--essai", action="store_true", help="dit tout, sans rien écrire")
    bring.add_argument(
        "--correspondance",
        metavar="FICHIER",
        help="colonnes et libellés de l'export (défaut : EXPORT.correspondance.yml, à côté)",
    )
    bring.add_argument(
        "--themes", metavar="FICHIER", help="thèmes des réponses libres : un par ligne"
    )
    bring.add_argument("--feuille", metavar="NOM", help="feuille du classeur XLSX")
    bring.add_argument(
        "--separateur",
        choices=("virgule", "point-virgule", "tabulation"),
        help="séparateur du CSV, quand il est ambigu",
    )
    bring.add_argument(
        "--garder-textes",
        action="store_true",
        help="garde les textes libres dans .rapport/, qui n'est jamais versé",
    )
    bring.add_argument(
        "--retablir", action="store_true", help="remet les données d'avant le dernier import"
    )
    bring.set_defaults(run=run)


def repair() -> None:
    """Undo an import that was killed while it replaced ``data/``; two looks when none was."""
    declared = os.environ.get("RAPPORT_RACINE")
    here = Path(declared) if declared else Path.cwd()
    for folder in (here,) if declared else (here, *here.parents):
        if (folder / ".rapport" / "donnees-sortantes").is_dir():
            from enquete.importing import recover

            print(recover(folder) or "Un import interrompu a été achevé.")
            return


def run(options: argparse.Namespace) -> int:
    """Import an export, or put the previous data back."""
    from enquete.errors import EnqueteError
    from enquete.importing import Request, import_export, restore
    from enquete.importing.csv_files import NAMES
    from enquete.paths import data_dir, root
    from enquete.schema import read_package

    base = root()
    if options.retablir:
        restore(base)
        guard(base, read_package(data_dir(base)).origin == tracked.ORIGINAL)
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
    if done.written:
        print(guard(base, True))
    return 0


def guard(root: Path, original: bool) -> str:
    """Hide original answers from git, or show it reconstructed ones; say what became of it."""
    if not original:
        tracked.show(root)
        return ""
    if tracked.hide(root):
        return (
            "git les laisse de côté : aucun commit ne les prendra ; --retablir l'annule.\n"
            f"  pour les verser dans un dépôt privé : {tracked.how_to_show(root)}"
        )
    return tracked.warning(root) or "Aucun dépôt git ne suit ces fichiers."


def said(done: Imported) -> list[str]:
    """Say in French what an import read, noticed and wrote."""
    from enquete.importing.report import NAME
    from enquete.importing.swap import PREVIOUS

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
