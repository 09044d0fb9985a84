"""What each command of `rapport` does; imported only when it runs."""

from __future__ import annotations

import sys
from collections import Counter
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from enquete.paths import data_dir, root

if TYPE_CHECKING:
    from edition.build import BuildResult

Format = Literal["html", "typst", "epub", "docx"]
FORMATS: dict[str, tuple[Format, ...]] = {
    "tous": ("html", "typst"),
    "html": ("html",),
    "pdf": ("typst",),
    "epub": ("html", "epub"),
    "docx": ("html", "docx"),
    "tout": ("html", "typst", "epub", "docx"),
}


def _book(folder: str | None) -> Path:
    from edition.config import read_config

    base = root()
    return Path(folder) if folder else base / read_config(base).output_dir


def build(formats: str, engine: str, *, cache: bool = True, publication: bool = False) -> int:
    """
    Build the book, then compare it with the published figures.

    Nothing is built when nothing changed, unless the cache is refused (*cache*) or has to
    be proved (*publication*).
    """
    from edition import manifest
    from edition.config import read_config

    config = read_config(root())
    output = config.root / config.output_dir
    asked = manifest.Asked(FORMATS[formats], draft=False)
    lazy = engine == "integre" and cache and not publication
    if lazy and manifest.unchanged(config, config.root / "theme", asked, output):
        print(f"Rien n'a changé : {output.name}/index.html")
        print(manifest.restated(output))
        return 0
    if engine == "quarto":
        from edition.quarto_engine import render
        from enquete import open_survey

        open_survey()  # bad data stops here, as with our own engine
        result = render(config, formats)
    else:
        result = _integrated(formats, cache=cache, publication=publication)
    print(f"{len(result.pages)} pages, {result.figures} chiffres : {result.output.name}/index.html")
    if result.pdf:
        print(f"PDF : {result.output.name}/{result.pdf}")
    print(" · ".join(f"{step} {seconds:.1f} s" for step, seconds in result.seconds.items()))
    return verify(str(result.output))


def _integrated(formats: str, *, cache: bool, publication: bool) -> BuildResult:
    from edition.build import Options
    from edition.build import build as build_book
    from edition.config import read_config
    from edition.progress import shown

    def ready() -> None:
        """Stop at bad data, before any chapter runs."""
        from enquete import open_survey

        open_survey()

    config = read_config(root())
    with shown() as progress:
        options = Options(
            formats=FORMATS[formats],
            ready=ready,
            cache=cache,
            publication=publication,
            progress=progress,
        )
        return build_book(config, options)


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
    records = read_package(folder).read("questions", "modalites")
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
