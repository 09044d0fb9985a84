"""What an editor is asked for in a bug report: versions, tools, and the state of the data."""

from __future__ import annotations

import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from importlib import metadata, util
from pathlib import Path

from edition import tracked
from enquete.importing.swap import PREVIOUS
from enquete.paths import data_dir
from enquete.schema import PACKAGE, stale_hashes
from enquete.survey import Survey
from enquete.verdicts import verdicts

PACKAGES = ("pandas", "seaborn", "great-tables", "scipy", "pypandoc-binary", "typst")


def lines(root: Path, survey: Survey) -> Iterator[str]:
    """Yield the diagnosis, line by line; nothing in it comes from an answer."""
    yield from _tools()
    yield from _data(root, survey)
    judged = verdicts(survey)
    yield f"{len(judged)} chiffres publiés, {len(survey.discrepancies)} écarts déclarés"
    for name, count in Counter(each.name for each in judged.values()).items():
        yield f"  {name} : {count}"


def _tools() -> Iterator[str]:
    yield f"Python {sys.version.split()[0]}, {sys.platform}"
    yield from (f"{package} {metadata.version(package)}" for package in PACKAGES)
    yield f"Quarto : {'présent' if shutil.which('quarto') else 'absent (moteur intégré)'}"
    spss = util.find_spec("pyreadstat")
    yield (
        f"Exports SPSS (.sav) : lus par pyreadstat {metadata.version('pyreadstat')}"
        if spss
        else "Exports SPSS (.sav) : non lus ; pip install pyreadstat"
    )


def _data(root: Path, survey: Survey) -> Iterator[str]:
    data = data_dir(root)
    yield repr(survey)
    yield f"Origine des réponses : {'originales' if survey.original else 'reconstituées'}"
    export = json.loads((data / PACKAGE).read_text(encoding="utf-8")).get("export")
    yield f"Export importé : {export['hash'] if export else 'aucun'}"
    kept = (root / ".rapport" / PREVIOUS).is_dir()
    yield (
        f"Données d'avant l'import : .rapport/{PREVIOUS}/ (rapport importer --retablir)"
        if kept
        else "Données d'avant l'import : aucune"
    )
    stale = stale_hashes(data)
    yield (
        f"Empreintes périmées : {', '.join(stale)} (rapport figer les refait)"
        if stale
        else "Empreintes des données : à jour"
    )
    if survey.original:
        yield f"Protection de git : {_guard(root)}"


def _guard(root: Path) -> str:
    seen = tracked.exposed(root)
    if seen:
        return f"{len(seen)} fichiers de réponses d'origine partiraient au prochain commit"
    return "réponses cachées à git" if tracked.tracked(root) else "git ne suit pas ces fichiers"
