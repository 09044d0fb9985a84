"""What EPUB and DOCX share: one call of pandoc that writes a file, with its own elements."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

from edition import assemble
from edition.assemble import CONVERTING, ORIGIN, Book
from edition.config import Config
from edition.dates import day, moment
from edition.pandoc import Job

Change: TypeAlias = Callable[[str, str], str]
"""Given the name of a text file of a package and its text, returns what stands there instead."""
RECONSTRUCTED = "chiffres recalculés à partir de réponses reconstituées"
"""What the answers are, where a reader takes the file in hand: a title page, a foot."""
_TEXTS = (".xml", ".xhtml", ".svg", ".rels")
_EPOCH = (1980, 1, 1, 0, 0, 0)


def repacked(
    package: bytes, date: str, change: Change, added: Mapping[str, str] = MappingProxyType({})
) -> bytes:
    """
    Return an EPUB or DOCX with its XML changed and the edition's day on all of its files.

    Files keep their order: the first of an EPUB must be `mimetype`, which stays uncompressed.
    Those of *added* come after them.
    """
    when = day(date)
    stamp = (when.year, when.month, when.day, 12, 0, 0) if when else _EPOCH
    result = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as old,
        zipfile.ZipFile(result, "w") as new,
    ):
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename.endswith(_TEXTS):
                data = change(entry.filename, data.decode("utf-8")).encode("utf-8")
            new.writestr(_entry(entry.filename, stamp), data)
        for name, text in added.items():
            new.writestr(_entry(name, stamp), text)
    return result.getvalue()


def _entry(name: str, stamp: tuple[int, int, int, int, int, int]) -> zipfile.ZipInfo:
    fixed = zipfile.ZipInfo(name, stamp)
    fixed.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
    fixed.external_attr = 0o644 << 16
    return fixed


def native_job(
    to: str,
    book: Book,
    config: Config,
    theme: Path,
    more: Mapping[str, Any],
    *arguments: str,
) -> Job:
    """Return the conversion to *to*; its file has the day of the edition."""
    filters = [theme / "filtres" / file for file in CONVERTING]
    return Job(
        to,
        {**assemble.metadata(book, config, cards=False), **ORIGIN[book.reconstructed], **more},
        filters,
        arguments=(
            *arguments,
            *("--standalone", "--syntax-highlighting", "none"),
        ),
        environment={"SOURCE_DATE_EPOCH": str(moment(config.date))},
    )
