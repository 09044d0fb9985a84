"""Build the whole book: from `_quarto.yml` to the site, the PDF and the ledger."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edition import assemble, datasets, lint, package, pages, provenance, site
from edition.config import Config
from edition.execution import Engine, WarmParent, execute
from edition.execution.model import Executed
from edition.execution.notebook import dump, notebook
from edition.lists import lists_page
from edition.pdf import compile_pdf
from edition.publish import new_book
from edition.qmd import Chapter, read_chapters
from enquete.ledger import read_ledger

FOOTER = (
    "<p>Texte sous licence CC BY 4.0, code sous licence MIT.</p>"
    "<p>Chaque chiffre renvoie à la question, à la base et au calcul qui le donnent : "
    '<a href="provenance.json">registre complet (JSON)</a>.</p>'
)


@dataclass(frozen=True)
class Options:
    """
    How to build.

    Attributes:
        formats: what to make, among `html` and `typst`.
        output: folder of the book, by default the `output-dir` of the configuration.
        theme: folder of template, styles, fonts and filters, by default `theme/`.
        workers, engine, parent: passed on to the execution.
    """

    formats: Sequence[assemble.Format] = ("html", "typst")
    output: Path | None = None
    theme: Path | None = None
    workers: int | None = None
    engine: Engine = "auto"
    parent: WarmParent | None = None


@dataclass(frozen=True)
class BuildResult:
    """
    What was built.

    Attributes:
        output: the folder of the book.
        pages: file names of the site, in order.
        pdf: file name of the PDF, empty when it was not asked for.
        figures: entries of the ledger; *prints*: places where the site prints one.
        seconds: wall time of each step.
    """

    output: Path
    pages: tuple[str, ...]
    pdf: str
    figures: int
    prints: int
    seconds: dict[str, float] = field(default_factory=dict)


def build(config: Config, options: Options | None = None) -> BuildResult:
    """
    Build the book that *config* describes and put it in the place of the previous one.

    Every error leaves the previous book untouched.
    """
    options = options or Options()
    clock = Clock()
    output = options.output or config.root / config.output_dir
    with clock.step("lecture"):
        chapters = read_chapters(config.root, config.sources)
        lint.lint(chapters, config)
    with clock.step("exécution"):
        ledger = empty_ledger(config.root, chapters)
        executed = execute(
            chapters,
            config=config,
            workers=options.workers,
            engine=options.engine,
            parent=options.parent,
        )
        entries = read_ledger(ledger, [chapter.stem for chapter in chapters])
    with new_book(output, config.root) as folder:
        return _write(config, options, executed, entries, folder, output, clock)


def ledger_folder(root: Path) -> Path:
    """Return the folder where chapters write their ledgers."""
    given = os.environ.get("RAPPORT_REGISTRE")
    return Path(given) if given else root / ".rapport" / "registre"


def empty_ledger(root: Path, chapters: Sequence[Chapter]) -> Path:
    """Remove the ledgers of the chapters to come: one that prints no more figures writes none."""
    folder = ledger_folder(root)
    for chapter in chapters:
        (folder / f"{chapter.stem}.jsonl").unlink(missing_ok=True)
    return folder


def _write(
    config: Config,
    options: Options,
    executed: Sequence[Executed],
    entries: list[dict[str, Any]],
    folder: Path,
    output: Path,
    clock: Clock,
) -> BuildResult:
    theme = options.theme or config.root / "theme"
    known = provenance.by_figure(entries)
    provenance.check_prints(executed, known)
    reconstructed = provenance.origin_of(entries) == "reconstructed"
    with (
        tempfile.TemporaryDirectory(prefix="rapport-") as temporary,
        ThreadPoolExecutor(max_workers=2) as pool,
    ):
        work = Path(temporary)
        with clock.step("assemblage"):
            book = assemble.assemble(
                executed, config, cards=bool(entries), reconstructed=reconstructed
            )
            assemble.write_pictures(book, work)
        pdf_name = f"{config.output_file}.pdf" if "typst" in options.formats else ""

        def make_pdf() -> None:
            with clock.step("pandoc typst"):
                source = assemble.render(book, "typst", config, theme, work)
            with clock.step("PDF"):
                data = compile_pdf(source, work, theme / "polices", config.date)
            (folder / pdf_name).write_bytes(data)

        pending = pool.submit(make_pdf) if pdf_name else None
        with clock.step("pandoc html"):
            html = assemble.render(book, "html", config, theme, work)
        with clock.step("site"):
            kinds = {entry.stem: entry.kind for entry in config.entries}
            made = pages.cut(html, kinds, book.pictures)
            made = datasets.write(made, folder, reconstructed=reconstructed)
            lists = lists_page(made)
            made = (*made, lists) if lists else made
            entries = provenance.located(entries, made)
            if "html" in options.formats:
                _copy_pictures(book, made, work, folder)
                site.write_site(
                    site.Site(
                        config=config,
                        theme=theme,
                        pages=made,
                        entries=provenance.by_figure(entries),
                        reconstructed=reconstructed,
                        pdf=pdf_name,
                        about_data=_about_data(made),
                        footer=FOOTER,
                    ),
                    folder,
                )
            origin = provenance.origin_of(entries)
            provenance.write(entries, config, folder, origin, provenance.files_of(entries))
            datasets.copy_package(config.root / "data", folder)
            _write_notebooks(executed, folder)
        if pending:
            pending.result()
        with clock.step("description"):
            package.describe(made, entries, config, folder)
    return BuildResult(
        output=output,
        pages=tuple(page.file for page in made),
        pdf=pdf_name,
        figures=len(entries),
        prints=sum(len(page.prints) for page in made),
        seconds=clock.seconds,
    )


def _copy_pictures(
    book: assemble.Book, made: Sequence[pages.Page], work: Path, folder: Path
) -> None:
    """Copy the pictures that pages still refer to: charts drawn in the page need no file."""
    for picture in book.pictures:
        if any(f'src="figures/{picture.name}"' in page.html for page in made):
            (folder / "figures").mkdir(exist_ok=True)
            shutil.copyfile(work / "figures" / picture.name, folder / "figures" / picture.name)


def _write_notebooks(executed: Sequence[Executed], folder: Path) -> None:
    target = folder / "notebooks"
    target.mkdir()
    for one in executed:
        text = dump(notebook(one))
        (target / f"{one.stem}.ipynb").write_text(text, "utf-8", newline="\n")


def _about_data(made: Sequence[pages.Page]) -> str:
    """Return the address of the section on reconstructed answers, if the book has one."""
    anchor = "donnees-reconstituees"
    owner = next((page for page in made if f' id="{anchor}"' in page.html), None)
    return f"{owner.file}#{anchor}" if owner else ""


class Clock:
    """Wall time of each step; steps of two threads may overlap."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Add to *name* the time that the block takes."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start
