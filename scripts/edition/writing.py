"""Write everything that the executed chapters become: site, PDF, other formats, ledger."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
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


Meanwhile = tuple[Callable[[], None] | None, Callable[[Path], None] | None]


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
    clock: Clock,
    meanwhile: Meanwhile = (None, None),
) -> Written:
    """
    Write the book into the empty *folder*.

    Of *meanwhile*, the first is called while pandoc converts; the second on the folder while
    the PDF is being made, once all the rest is written.
    """
    early, ahead = meanwhile
    config, theme = order.config, order.theme
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
                executed,
                config,
                cards=bool(entries),
                reconstructed=reconstructed,
                draft=order.draft,
            )
            assemble.write_pictures(book, work)
        read = order.reader(book, work)
        pdf_name = f"{config.output_file}.pdf" if "typst" in order.formats else ""

        def typst_source() -> str:
            with clock.step("pandoc typst"):
                return order.converted(book, "typst", work, read)

        def html_pages() -> str:
            with clock.step("pandoc html"):
                return order.converted(book, "html", work, read)

        def make_pdf(source: Future[str], ledger: bytes) -> Callable[[], None]:
            begun = order.compiling(source.result(), book, work, ledger)

            def end() -> None:
                with clock.step("PDF"):
                    data = begun()
                (folder / pdf_name).write_bytes(data)

            return end

        def make(name: str) -> str:
            with clock.step(name):
                return MAKERS[name](book, config, theme, work, folder)

        source = pool.submit(typst_source) if pdf_name else None
        converted = pool.submit(html_pages)
        others = [pool.submit(make, name) for name in order.formats if name in MAKERS]
        if early:
            with clock.step("préparation"):
                early()
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
            # The PDF carries the ledger, which says where the site prints each figure.
            ledger = (folder / "provenance.json").read_bytes()
            pending: Callable[[], None] | None = None
            if source and order.rehearsal is None:
                pending = pool.submit(lambda: make_pdf(source, ledger)()).result
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
            datasets.copy_package(config.root / "data", folder)
            _write_notebooks(executed, folder)
        if source and order.rehearsal:
            pending = make_pdf(source, ledger)  # in another process, which we only have to ask
            if not others:
                pool.shutdown()  # no thread is left: the checks can be shared out
        if ahead:
            with clock.step("vérifications du site"):
                ahead(folder)
        if pending:
            pending()
        made_others = tuple(other.result() for other in others)
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
