"""What readers download with the pages: the same figures, the same answers, the same texts."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from edition.audit.numbers import find, plain
from edition.audit.paper import squeeze
from edition.audit.reading import Block
from edition.checking import Finished
from enquete.errors import EnqueteError

DATA = "donnees"
_COPIED = "enquete"
# The ledger and what the checks and the packages say of themselves: compared by their owners.
_NOT_TEXTS = frozenset(
    ("provenance.json", "verification.json", "datapackage.json", "ro-crate-metadata.json")
)
_REBUILD = "Reconstruisez le livre : ce fichier ne dit plus ce que dit le registre."


def check_files(book: Finished, pages: Mapping[str, Sequence[Block]]) -> Iterator[EnqueteError]:
    """Check the tables behind the charts, the copied answers and the texts kept for a script."""
    folder = book.folder / DATA
    for path in sorted(folder.glob("*.csv")):
        yield from _chart(path, book, pages)
    for path in sorted((folder / _COPIED).glob("*.csv")):
        source = book.root / "data" / path.name
        if not source.is_file() or source.read_bytes() != path.read_bytes():
            yield EnqueteError(
                "Le fichier de données du livre n’est pas celui du projet.",
                f"{DATA}/{_COPIED}/{path.name}",
                "Reconstruisez le livre.",
            )
    texts = [path for path in sorted(book.folder.glob("*.json")) if path.name not in _NOT_TEXTS]
    texts += sorted((book.folder / "assets").rglob("*.json"))
    if texts:
        yield from _kept(texts, book.folder, pages)


def _chart(
    path: Path, book: Finished, pages: Mapping[str, Sequence[Block]]
) -> Iterator[EnqueteError]:
    """Compare a chart's table with the ledger, its labels with the chart's page."""
    said = {str(entry["id"]): plain(str(entry["text"])) for entry in book.entries}
    shown = {
        squeeze(block.text)
        for blocks in pages.values()
        for block in blocks
        if (figure := block.node.inside("figure")) and figure.attributes.get("id") == path.stem
    }
    text = path.read_text("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    for number, row in enumerate(rows, 1):
        values = {said[cell] for cell in row if cell in said}
        for cell in row:
            if cell in said or not find(cell):
                continue
            if plain(cell).strip() in values or squeeze(cell) in shown:
                continue
            yield EnqueteError(
                f"Nombre sans origine : « {cell} ».", f"{DATA}/{path.name}, ligne {number}", _REBUILD
            )


def _kept(
    paths: Sequence[Path], folder: Path, pages: Mapping[str, Sequence[Block]]
) -> Iterator[EnqueteError]:
    """Check that what a script will show (a search index) is text of the pages."""
    stream = "\n".join(squeeze(block.text) for blocks in pages.values() for block in blocks)
    for path in paths:
        for text in _strings(json.loads(path.read_text("utf-8"))):
            if find(text) and squeeze(text) not in stream:
                yield EnqueteError(
                    f"Texte qui porte des nombres et que les pages n’ont pas : « {text[:120]} ».",
                    path.relative_to(folder).as_posix(),
                    _REBUILD,
                )


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
