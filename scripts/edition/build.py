"""
Build the whole book: from `_quarto.yml` to the site, the PDF and the ledger.

Chapters whose code and data are as before are not executed again (`edition.cache`): that
changes no byte of the book. `publication` executes everything all the same, compares each
chapter with what was remembered of it, and refuses by name one that differs.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from edition import lint, manifest
from edition.cache.conversions import Conversions
from edition.cache.executions import Executions
from edition.clock import Clock
from edition.config import Config
from edition.execution import Engine, Executed, Progress, WarmParent, after_all, execute
from edition.garbage import no_collection
from edition.lock import only_build
from edition.order import Order
from edition.publish import new_book, workshop
from edition.qmd import Chapter, read_chapters
from edition.rehearsal import Rehearsal
from edition.writing import NOTHING, Meanwhile, write_book
from enquete.ledger_file import read_ledger


def _say(text: str) -> None:
    print(text, flush=True)  # who waits must know why, whatever the output goes to


@dataclass(frozen=True)
class Options:
    """
    How to build.

    Attributes:
        formats: what to make, among `html`, `typst` and the keys of `edition.formats.MAKERS`.
        output: folder of the book, by default the `output-dir` of the configuration.
        theme: folder of template, styles, fonts and filters, by default `theme/`.
        workers, engine, parent, progress: passed on to the execution.
        ready: called before the first chapter runs, if one must; what it raises stops the
            build (bad data is said once, not by every chapter).
        check: called with the folder of the new book once everything is written; what it
            raises keeps the previous book in place.
        meanwhile: what checks can do before the book is written.
        draft: mark every page as a draft.
        cache: use what is remembered of earlier executions and conversions.
        publication: make everything again and prove that what was remembered is the same.
        rehearsal: a process that has laid out the last book, to compile the PDF in.
        made_from: `manifest.inputs` of the project, for who has asked before: a file that changes
            meanwhile makes the next build begin, none is missed.
        say: told what the reader should know meanwhile (another build is running).
    """

    formats: Sequence[str] = ("html", "typst")
    output: Path | None = None
    theme: Path | None = None
    workers: int | None = None
    engine: Engine = "auto"
    parent: WarmParent | None = None
    progress: Progress | None = None
    ready: Callable[[], object] | None = None
    check: Callable[[Path], None] | None = None
    meanwhile: Meanwhile = NOTHING
    draft: bool = False
    cache: bool = True
    publication: bool = False
    rehearsal: Rehearsal | None = None
    made_from: Mapping[str, str] | None = None
    say: Callable[[str], None] = _say


@dataclass(frozen=True)
class BuildResult:
    """
    What was built.

    Attributes:
        output: the folder of the book.
        pages: file names of the site, in order.
        pdf: file name of the PDF, empty when it was not asked for.
        others: file names of the other formats.
        figures: entries of the ledger; *prints*: places where the site prints one.
        seconds: wall time of each step.
        recalled: chapters that did not have to run.
    """

    output: Path
    pages: tuple[str, ...]
    pdf: str
    figures: int
    prints: int
    seconds: dict[str, float] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    recalled: tuple[str, ...] = ()


def build(config: Config, options: Options | None = None) -> BuildResult:
    """
    Build the book that *config* describes and put it in the place of the previous one.

    Every error leaves the previous book untouched. A second build of the same project waits
    for the first one's end.
    """
    options = options or Options()
    clock = Clock()
    output = options.output or config.root / config.output_dir
    ledger = ledger_folder(config.root)
    theme = options.theme or config.root / "theme"
    with only_build(ledger.parent / "verrou", options.say) as at_once, no_collection():
        made_from = (at_once and options.made_from) or manifest.inputs(config, theme)
        with clock.step("lecture"):
            chapters = read_chapters(config.root, config.sources)
            lint.lint(chapters, config)
        with clock.step("exécution"):
            executed, recalled = _executed(chapters, config, options, ledger)
            entries = read_ledger(ledger, [chapter.stem for chapter in chapters])
        with new_book(output, config.root) as folder, workshop(ledger.parent) as work:
            conversions = None
            if options.cache or options.publication:
                conversions = Conversions(config.root, proving=options.publication)
            order = Order(
                config,
                theme,
                options.formats,
                options.draft,
                verified=options.check is not None,
                conversions=conversions,
                rehearsal=options.rehearsal,
            )
            written = write_book(order, executed, entries, folder, work, clock, options.meanwhile)
            if options.check:
                with clock.step("vérifications"):
                    options.check(folder)
            asked = manifest.Asked(options.formats, options.draft)
            manifest.write(asked, made_from, folder)
        manifest.remember(config, output)
    return BuildResult(
        output=output,
        pages=written.pages,
        pdf=written.pdf,
        figures=written.figures,
        prints=written.prints,
        seconds=clock.seconds,
        others=written.others,
        recalled=recalled,
    )


def _executed(
    chapters: Sequence[Chapter], config: Config, options: Options, ledger: Path
) -> tuple[list[Executed], tuple[str, ...]]:
    """Execute what must be, and return all chapters with the names of those remembered."""
    empty_ledger(ledger)
    memory = None
    if options.cache or options.publication:
        first = [each.stem for each in chapters if not after_all(each, config)]
        memory = Executions(config.root, ledger, first, proving=options.publication)
    executed = execute(
        chapters,
        config=config,
        workers=options.workers,
        engine=options.engine,
        parent=options.parent,
        memory=memory,
        ready=options.ready,
        progress=options.progress,
    )
    if memory:
        memory.close()
    return executed, tuple(memory.recalled) if memory else ()


def ledger_folder(root: Path) -> Path:
    """Return the folder where chapters write their ledgers."""
    given = os.environ.get("RAPPORT_REGISTRE")
    return Path(given) if given else root / ".rapport" / "registre"


def empty_ledger(folder: Path) -> None:
    """
    Remove the ledgers of every chapter.

    One that prints no more figures writes none, and one that left the book must leave the
    register.
    """
    for path in folder.glob("*.jsonl"):
        path.unlink()
