"""What each command of `rapport` does; imported only when it runs."""

from __future__ import annotations

import sys
from collections import Counter
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from enquete.errors import EnqueteError
from enquete.paths import data_dir, root

if TYPE_CHECKING:
    from edition.build import BuildResult

Format = Literal["html", "typst"]
FORMATS: dict[str, tuple[Format, ...]] = {
    "tous": ("html", "typst"),
    "html": ("html",),
    "pdf": ("typst",),
}


def _book(folder: str | None) -> Path:
    from edition.config import read_config

    base = root()
    return Path(folder) if folder else base / read_config(base).output_dir


def build(formats: str, engine: str) -> int:
    """Build the book, then compare it with the published figures."""
    from edition.config import read_config

    if engine == "quarto":
        from edition.quarto_engine import render
        from enquete import open_survey

        open_survey()  # bad data stops here, as with our own engine
        result = render(read_config(root()), formats)
    else:
        result = _integrated(formats)
    print(f"{len(result.pages)} pages, {result.figures} chiffres : {result.output.name}/index.html")
    if result.pdf:
        print(f"PDF : {result.output.name}/{result.pdf}")
    print(" · ".join(f"{step} {seconds:.1f} s" for step, seconds in result.seconds.items()))
    return verify(str(result.output))


def _integrated(formats: str) -> BuildResult:
    from edition.execution import warm_parent

    base = root()
    with warm_parent(base) as parent:  # imports while the sources are read and checked
        from edition.build import Options
        from edition.build import build as build_book
        from edition.config import read_config
        from enquete import open_survey

        config = read_config(base)
        open_survey()  # bad data stops here, before any chapter runs
        return build_book(config, Options(formats=FORMATS[formats], parent=parent))


def verify(folder: str | None) -> int:
    """Print the comparison of a book with the published figures; 1 if anything is at fault."""
    from edition.verify import raise_faults, summary
    from edition.verify import verify as compare
    from enquete import open_survey

    found = compare(_book(folder), open_survey())
    print(summary(found))
    raise_faults(found)
    return 0


def trace(identifier: str, folder: str | None) -> int:
    """Print everything about one figure."""
    from edition.trace import trace as account

    print(account(_book(folder), identifier))
    return 0


def reconstruct(*, dry_run: bool) -> int:
    """Compute the reconstructed answers again; with *dry_run*, compare and write nothing."""
    from enquete.questionnaire import read_questionnaire
    from enquete.reconstruction import read_declared, write
    from enquete.reconstruction import reconstruct as solve
    from enquete.register import read_register
    from enquete.schema import read_package, refresh_hashes

    folder = data_dir()
    package = read_package(folder)
    if package.origin == "originale":
        raise EnqueteError(
            "data/ contient les réponses d'origine : les reconstituer les effacerait.",
            "data/datapackage.json, « origine »",
            "remettre d'abord les données d'avant : rapport importer --retablir.",
        )
    records = package.read("questions", "modalites")
    questionnaire = read_questionnaire(records["questions"], records["modalites"])
    made = solve(read_register(folder), questionnaire, read_declared(folder))
    changed = [
        name
        for name, content in made.files.items()
        if not (folder / name).is_file() or (folder / name).read_bytes() != content
    ]
    print(f"{len(made.files)} fichiers calculés, {len(changed)} différents de data/.")
    for name in changed:
        print(f"  {name}")
    if dry_run:
        return 1 if changed else 0
    if changed:
        write(made, folder)
        refresh_hashes(folder)
    return 0


def freeze() -> int:
    """Refresh the notebooks that nbval re-executes and print what changed."""
    from edition.freeze import freeze as export
    from edition.freeze import report

    print(report(export(root())))
    return 0


def diagnose() -> int:
    """Print what an editor is asked for in a bug report: versions, data, tools."""
    import shutil

    from enquete import open_survey
    from enquete.verdicts import verdicts

    print(f"Python {sys.version.split()[0]}, {sys.platform}")
    for package in ("pandas", "seaborn", "great-tables", "scipy", "pypandoc-binary", "typst"):
        print(f"{package} {metadata.version(package)}")
    print(f"Quarto : {'présent' if shutil.which('quarto') else 'absent (moteur intégré)'}")
    survey = open_survey()
    judged = verdicts(survey)
    print(repr(survey))
    print(f"{len(judged)} chiffres publiés, {len(survey.discrepancies)} écarts déclarés")
    for name, count in Counter(each.name for each in judged.values()).items():
        print(f"  {name} : {count}")
    return 0
