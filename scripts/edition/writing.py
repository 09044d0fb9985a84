"""Write everything that the executed chapters become: site, PDF, other formats, ledger."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edition import assemble, datasets, pages, provenance, site
from edition.clock import Clock
from edition.execution.model import Executed
from edition.execution.notebook import dump, notebook
from edition.formats import MAKERS
from edition.lists import lists_page
from edition.order import Order
from edition.pages import VERIFICATION

PAGE = f"{VERIFICATION}.html"
CHECKED = f'<p><a href="{PAGE}">Ce qui a été vérifié dans ce livre</a></p>'
FOOTER = (
    "<p>Texte sous licence CC BY 4.0, code sous licence MIT.</p>"
    "<p>Chaque chiffre renvoie à la question, à la base et au calcul qui le donnent&#160;: "
    '<a href="provenance.json">registre complet (JSON)</a>.</p>'
)


def _nothing(*_: object) -> None:
    pass


@dataclass(frozen=True)
class Meanwhile:
    """
    What can be done for a book while another part of it is made.

    Attributes:
        early: called while pandoc converts.
        ahead: called with the folder, where only the PDF is missing.
        waiting: called with it next, while the PDF is still being made.
        printed: called with it when the PDF is there, before the book is described.
    """

    early: Callable[[], None] = _nothing
    ahead: Callable[[Path], None] = _nothing
    waiting: Callable[[Path], None] = _nothing
    printed: Callable[[Path], None] = _nothing


NOTHING = Meanwhile()


@dataclass(frozen=True)
class Written:
    """
    What was written into the folder of a book.

    Attributes:
        pages: file names of the site, in order.
        pdf: file name of the PDF, empty when there is none.
        others: file names of the other formats.
        figures: entries of the ledger; *prints*: places where the site prints one.
    """

    pages: tuple[str, ...]
    pdf: str
    others: tuple[str, ...]
    figures: int
    prints: int


def write_book(
    order: Order,
    executed: Sequence[Executed],
    entries: list[dict[str, Any]],
    folder: Path,
    work: Path,
    clock: Clock,
    meanwhile: Meanwhile = NOTHING,
) -> Written:
    """Write the book into the empty *folder*; *work* is another, for what is written on the way."""
    config, theme = order.config, order.theme
    known = provenance.by_figure(entries)
    provenance.check_prints(executed, known)
    reconstructed = provenance.origin_of(entries) == "reconstructed"
    with (
        ThreadPoolExecutor(max_workers=2) as pool,
        ExitStack() as abandoned,
    ):
        with clock.step("assemblage"):
            book = assemble.assemble(
                executed,
                config,
                cards=bool(entries),
                reconstructed=reconstructed,
                draft=order.draft,
            )
            assemble.write_pictures(book, work)
        read = order.reader(book, work)
        pdf_name = f"{config.output_file}.pdf" if "typst" in order.formats else ""

        # The PDF carries the ledger, which says where the site prints each figure.
        ledger = Future[bytes]()
        abandoned.callback(ledger.cancel)

        def begun_pdf() -> Callable[[], None]:
            with clock.step("pandoc typst"):
                source = order.converted(book, "typst", work, read)
            begun = order.compiling(source, book, work, ledger.result())

            def end() -> None:
                with clock.step("PDF"):
                    data = begun()
                (folder / pdf_name).write_bytes(data)

            if order.rehearsal:
                return end  # made in another process: the last word is the caller's
            end()
            return _nothing

        def html_pages() -> str:
            with clock.step("pandoc html"):
                return order.converted(book, "html", work, read)

        def make(name: str) -> str:
            with clock.step(name):
                return MAKERS[name](book, config, theme, work, folder)

        pdf = pool.submit(begun_pdf) if pdf_name else None
        converted = pool.submit(html_pages)
        others = [pool.submit(make, name) for name in order.formats if name in MAKERS]
        with clock.step("préparation"):
            meanwhile.early()
            datasets.copy_package(config.root / "data", folder)
            _write_notebooks(executed, folder)
        html = converted.result()
        with clock.step("site"):
            kinds = {entry.stem: entry.kind for entry in config.entries}
            made = pages.cut(html, kinds, book.pictures)
            made = datasets.write(made, folder, reconstructed=reconstructed)
            lists = lists_page(made)
            made = (*made, lists) if lists else made
            entries = provenance.located(entries, made)
            origin = provenance.origin_of(entries)
            provenance.write(entries, config, folder, origin, provenance.files_of(entries))
            ledger.set_result((folder / "provenance.json").read_bytes())
            if "html" in order.formats:
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
                        footer=FOOTER + (CHECKED if order.verified else ""),
                        draft=order.draft,
                        verification=PAGE if order.verified else "",
                        downloads=tuple(
                            (f"{config.output_file}.{name}", name.upper())
                            for name in order.formats
                            if name in MAKERS
                        ),
                    ),
                    folder,
                )
        if pdf and order.rehearsal:
            pdf.result()
            if not others:
                pool.shutdown()  # no thread is left: the checks can be shared out
        with clock.step("vérifications du site"):
            meanwhile.ahead(folder)
            if not any(work.glob("*.pdf")):  # a guess: the wrong one costs little time
                meanwhile.waiting(folder)
        if pdf:
            pdf.result()()
        made_others = tuple(other.result() for other in others)
        pool.shutdown()
        meanwhile.printed(folder)
        with clock.step("description"):
            from edition import package  # with the answers: imported when all else is written

            package.describe(made, entries, config, folder)
    return Written(
        pages=tuple(page.file for page in made),
        pdf=pdf_name,
        others=made_others,
        figures=len(entries),
        prints=sum(len(page.prints) for page in made),
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
