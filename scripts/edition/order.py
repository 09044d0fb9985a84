"""What a book is ordered as, and its conversions, remembered or made."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from edition import assemble, citing
from edition.cache.conversions import Conversions, hashes
from edition.cache.keys import file_digest
from edition.chapterwise import by_chapter
from edition.config import Config
from edition.joined import Document
from edition.pdf import Compilation, Compiler, compiled, laid_down
from edition.reading import READING, TOGETHER, Memory, Nothing
from edition.rehearsal import Rehearsal, keep

_PLACES = frozenset({"bibliography", "csl"})  # absolute paths; their content counts


@dataclass(frozen=True)
class _Readings:
    """Remembers what was read of each chapter, *made_by* filters of these hashes."""

    conversions: Conversions
    made_by: Sequence[str]

    def knows(self, name: str, text: str) -> bool:
        """Tell whether what a text gave is remembered, and may be believed."""
        proving = self.conversions.proving
        return not proving and self.conversions.find(name, [text, *self.made_by]) is not None

    def get(self, name: str, text: str, make: Callable[[], bytes]) -> bytes:
        """Return what a text gave, or what *make* gives."""
        return self.conversions.get(name, [text, *self.made_by], make)


@dataclass(frozen=True)
class Order:
    """
    What to write.

    Attributes:
        formats, draft: as in `edition.build.Options`.
        verified: whether checks will add their page to the book.
        conversions: what remembers what pandoc and Typst made, if anything does.
        rehearsal: what has laid out the last book, if anything has.
    """

    config: Config
    theme: Path
    formats: Sequence[str]
    draft: bool
    verified: bool = False
    conversions: Conversions | None = None
    rehearsal: Rehearsal | None = None

    def reader(self, book: assemble.Book, work: Path) -> Callable[[], Document]:
        """Return what reads the book for all formats, once, when the first of them asks."""
        lock, document = threading.Lock(), list[Document]()
        filters = self.theme / "filtres"
        memory: Memory = Nothing()
        if self.conversions:
            made_by = [file_digest(filters / name) for name in (READING, TOGETHER)]
            memory = _Readings(self.conversions, made_by)

        def read() -> Document:
            with lock:
                if not document:
                    found = assemble.read(book, self.theme, work, memory)
                    citing.write(found, book, self.config, self.theme, work, self._citations())
                    document.append(found)
                return document[0]

        return read

    def _citations(self) -> Callable[[str, Callable[[], bytes]], bytes]:
        """Return what remembers the citations that were made, if anything does."""
        conversions, config = self.conversions, self.config
        if conversions is None:
            return lambda _asked, make: make()
        files = [config.root / path for path in (*config.bibliography, config.csl) if path]
        files += [self.theme / "filtres" / name for name in (citing.FILTER, READING)]
        ground = [config.lang, *map(file_digest, files)]
        return lambda asked, make: conversions.get("citations", [asked, ground], make)

    def converted(
        self, book: assemble.Book, name: assemble.Format, work: Path, read: Callable[[], Document]
    ) -> str:
        """Return the book as pandoc writes it in one format, from what *read* gives."""
        config, theme = self.config, self.theme

        def rendered(document: str) -> str:
            return assemble.render(book, name, config, theme, work, document)

        conversions = self.conversions
        if conversions is None:
            return rendered(read().text())
        sources = [config.root / path for path in config.bibliography]
        sources += [config.root / config.csl] if config.csl else []
        fields = assemble.metadata(book, config, cards=book.cards)
        common = {
            "champs": {key: value for key, value in fields.items() if key not in _PLACES},
            "typst": dict(config.typst),
            "theme": hashes([theme / "filtres", theme / "typst"], sources),
            "images": sorted(picture.name for picture in book.pictures),
            "livre": [book.cards, book.reconstructed, book.draft],
        }

        def make() -> bytes:
            if conversions.proving:
                return rendered(read().text()).encode()
            piece = f"pandoc {name}, chapitre"
            return by_chapter(read(), piece, common, conversions, rendered).encode()

        inputs = {"texte": book.markdown, **common}
        return conversions.get(f"pandoc {name}", inputs, make).decode()

    def compiling(
        self, source: str, book: assemble.Book, work: Path, ledger: bytes
    ) -> Callable[[], bytes]:
        """
        Return what gives the PDF of a Typst source, which carries the *ledger*.

        A process that has laid out the last book begins at once; else it is compiled when it is
        asked for.
        """
        fonts, date = self.theme / "polices", self.config.date

        def laid() -> Compilation:
            return laid_down(source, work, fonts, date, ledger)

        def made(asked: Compilation, compiler: Compiler) -> bytes:
            pdf = compiled(asked, compiler)
            keep(self.config.root, asked.main)
            return pdf

        conversions = self.conversions
        if conversions is None:
            return lambda: compiled(laid())
        pictures = {
            picture.name: hashlib.sha256(picture.data).hexdigest() for picture in book.pictures
        }
        inputs = [source, pictures, hashes([fonts]), date, hashlib.sha256(ledger).hexdigest()]
        if self.rehearsal is None or conversions.find("PDF", inputs) is not None:
            return lambda: conversions.get("PDF", inputs, lambda: made(laid(), Compilation.run))
        asked = laid()
        begun = self.rehearsal.begin(asked)
        return lambda: conversions.get("PDF", inputs, lambda: made(asked, lambda _: begun()))
