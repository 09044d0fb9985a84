"""What each command of `rapport` does; imported only when it runs."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from edition.wish import Wish
from enquete.errors import EnqueteError
from enquete.paths import data_dir, root

if TYPE_CHECKING:
    from edition.config import Config


def _book(folder: str | None) -> Path:
    from edition.config import read_config

    base = root()
    return Path(folder) if folder else base / read_config(base).output_dir


def build(wish: Wish, engine: str, stay: int | None = None, *, debug: bool = False) -> int:
    """
    Build the book and check it before it takes the place of the previous one.

    A process that stayed after the last build does it, when there is one; after a build of our
    own one stays for *stay* seconds, by default as the configuration says, at a terminal only.
    A book that Quarto made is checked once published. A draft is published whatever the checks
    find, and says so.
    """
    from edition import tracked
    from edition.daemon import client
    from edition.garbage import no_collection

    if said := tracked.warning(root()):
        print(said, file=sys.stderr)
    if engine == "quarto":
        return _by_quarto(wish)
    if wish.lazy:
        if stay == 0:
            client.dismiss(root())
        elif (code := client.asked(root(), {"souhait": asdict(wish), "debug": debug})) is not None:
            return code
    with no_collection(last=True):
        from edition import building
        from edition.config import read_config

        config = read_config(root())
        seconds = lasting(config, stay) if wish.lazy and client.available() else 0
        built = building.build(config, wish, staying=seconds > 0)
    if built.made and seconds:
        from edition.daemon.service import stay_for

        stay_for(config, seconds, built.rehearsal)
    return 0


def lasting(config: Config, asked: int | None) -> float:
    """Return how many seconds a process stays: as asked, else as configured, at a terminal."""
    if asked is not None:
        return asked
    typed = sys.stdout.isatty() and "CI" not in os.environ
    return config.stay if typed else 0


def _by_quarto(wish: Wish) -> int:
    from edition import building
    from edition.config import read_config
    from edition.quarto_engine import render
    from enquete import open_survey

    open_survey()  # bad data stops here, as with our own engine
    config = read_config(root())
    building.told(render(config, wish.formats))
    return verify(str(config.root / config.output_dir), draft=wish.draft)


def verify(folder: str | None, *, draft: bool = False) -> int:
    """Print what the checks of a book find; 1 if anything is at fault, *draft* or not."""
    from edition.verification import verify as verified
    from enquete import open_survey

    found = verified(_book(folder), root(), open_survey(), draft=draft)
    print(found.summary)
    found.raise_faults()
    return 0


def trace(
    identifier: str | None, folder: str | None, *, question: str | None, answers: bool
) -> int:
    """Print everything about one figure, the ids that it counts, or what a question gives."""
    from edition import tracing
    from enquete import open_survey

    book, survey = _book(folder), open_survey()
    if question:
        print(tracing.trace_question(book, survey, question))
    elif answers:
        print(tracing.trace_answers(book, survey, identifier or ""))
    else:
        print(tracing.trace(book, survey, identifier or ""))
    return 0


def compare(before: str, after: str, markdown: str | None, erratum: str | None) -> int:
    """Print what changed from one edition to another; 1 if anything did, as `diff` does."""
    from edition.comparison import compare as compared
    from edition.comparison import erratum as page
    from edition.comparison import read, told

    first, second = read(before, root()), read(after, root())
    changes = compared(first.state, second.state)
    print(told.terminal(changes, second))
    if markdown:
        text = told.markdown(changes, first, second)
        Path(markdown).write_text(text, "utf-8", newline="\n")
    if erratum:
        file = Path(erratum)
        text = page.erratum(changes, first, second, file, root() / "theme")
        file.write_text(text, "utf-8", newline="\n")
    return 1 if changes else 0


def accept(folder: str | None, reason: str) -> int:
    """Record a book as the accepted edition."""
    from edition.accepted import accept as accepted

    print(accepted(_book(folder), root(), reason))
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
    """Refresh the hashes of data and the notebooks of nbval, and print what changed."""
    from edition.freeze import freeze as export
    from edition.freeze import report
    from enquete.schema import refresh_hashes, stale_hashes

    if stale := stale_hashes(data_dir(root())):
        refresh_hashes(data_dir(root()))
        print(f"Empreintes refaites dans data/datapackage.json : {', '.join(stale)}")
    print(report(export(root())))
    return 0


def diagnose() -> int:
    """Print what an editor is asked for in a bug report: versions, data, tools."""
    from edition import diagnosis
    from enquete import open_survey

    print("\n".join(diagnosis.lines(root(), open_survey())))
    return 0
