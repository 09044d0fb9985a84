"""
Photograph the book for review: pages of the site at three widths and in two themes, pages of
the PDF. `make captures` runs it on `_book/`; the pictures go to `captures/` (not committed).

    python bench/captures.py [--livre _book] [--vers captures] [--toutes] [--entieres]

Six pages of the site by default, every page with --toutes. Each picture is the first three
screens of the page; --entieres takes it to its foot.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pypdfium2
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("index", "methodologie", "partie-1", "partie-2", "annexe-1-profil", "registre")
WIDTHS = (360, 768, 1280)
THEMES = ("light", "dark")
SCREENS = 3
PDF_PAGES = 8
NAMES = ("chromium", "chromium-browser", "google-chrome")


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    book, target = Path(options.livre), Path(options.vers)
    if not (book / "index.html").is_file():
        print(f"{book}/index.html n'existe pas : lancez d'abord « make ».", file=sys.stderr)
        return 1
    chromium = _chromium()
    if chromium is None:
        print("Chromium introuvable : donnez son chemin par CHROMIUM.", file=sys.stderr)
        return 1
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    every = sorted(file.stem for file in book.glob("*.html"))
    chosen = every if options.toutes else [stem for stem in PAGES if stem in every]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        site = sum(1 for _ in _site(browser, book, target, chosen, options.entieres))
        browser.close()
    paper = sum(1 for _ in _paper(book, target))
    print(f"{site} vues du site et {paper} du PDF dans {target}/")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Photographie le site et le PDF pour relecture.")
    parser.add_argument("--livre", default=str(ROOT / "_book"), help="dossier du livre")
    parser.add_argument("--vers", default=str(ROOT / "captures"), help="dossier des images")
    parser.add_argument("--toutes", action="store_true", help="toutes les pages du site")
    parser.add_argument("--entieres", action="store_true", help="pages entières, jusqu'au pied")
    return parser


def _chromium() -> str | None:
    given = os.environ.get("CHROMIUM")
    return next(filter(None, map(shutil.which, [given] if given else NAMES)), None)


def _site(
    browser: Browser, book: Path, target: Path, stems: Sequence[str], whole: bool
) -> Iterator[Path]:
    for width in WIDTHS:
        height = 800 if width > 500 else 720
        for theme in THEMES:
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=theme,
                reduced_motion="reduce",
                device_scale_factor=1,
            )
            page = context.new_page()
            for stem in stems:
                page.goto((book / f"{stem}.html").as_uri())
                page.evaluate("document.fonts.ready")
                full = page.evaluate("document.documentElement.scrollHeight")
                shown = full if whole else min(full, SCREENS * height)
                file = target / f"{stem}-{width}-{'clair' if theme == 'light' else 'sombre'}.png"
                clip = {"x": 0, "y": 0, "width": width, "height": shown}
                page.screenshot(path=file, clip=clip, full_page=True)
                yield file
            context.close()


def _paper(book: Path, target: Path) -> Iterator[Path]:
    """Draw the cover, the two pages after it, then pages spread from there to the last one."""
    for source in sorted(book.glob("*.pdf")):
        document = pypdfium2.PdfDocument(source)
        last = len(document)
        first = min(3, last)
        step = max(1, (last - first) // (PDF_PAGES - first))
        spread = range(first + step, last + 1, step) if last > first else ()
        for number in [*range(1, first + 1), *spread][:PDF_PAGES]:
            file = target / f"{source.stem}-page-{number:03}.png"
            document[number - 1].render(scale=1.5).to_pil().save(file)
            yield file
        document.close()


if __name__ == "__main__":
    sys.exit(main())
