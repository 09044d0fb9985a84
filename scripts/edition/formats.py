"""The formats of the book besides the site and the PDF: each is made from the assembled book."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from edition.assemble import Book
from edition.config import Config

Maker: TypeAlias = Callable[[Book, Config, Path, Path, Path], str]
"""
Writes the book in one format and returns the name of its file.

It is given the book, the configuration, the theme, the work folder that holds `figures/`
(other formats are being made in it at the same time) and the folder of the new book.
"""


def _epub(book: Book, config: Config, theme: Path, work: Path, folder: Path) -> str:
    from edition.epub import make_epub

    return make_epub(book, config, theme, work, folder)


def _docx(book: Book, config: Config, theme: Path, work: Path, folder: Path) -> str:
    from edition.docx import make_docx

    return make_docx(book, config, theme, work, folder)


MAKERS: Mapping[str, Maker] = MappingProxyType({"epub": _epub, "docx": _docx})
"""How each format is made, by the name that `Options.formats` gives it."""
