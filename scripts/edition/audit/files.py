"""What readers download with the pages: the same figures, the same answers, the same texts."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edition.audit.numbers import find, plain
from edition.audit.paper import squeeze
from edition.audit.reading import Block, Node, read
from edition.checking import Finished
from edition.latest import latest
from edition.search import read_index
from enquete.errors import EnqueteError

DATA = "donnees"
_COPIED = "enquete"
_REBUILT = "-reconstitue"
# The ledger and what the checks and the packages say of themselves: compared by their owners.
_NOT_TEXTS = frozenset(
    (
        "provenance.json",
        "verification.json",
        "datapackage.json",
        "manifeste.json",
        "ro-crate-metadata.json",
    )
)
_AROUND = 20
_REBUILD = "Reconstruisez le livre : ce fichier ne dit plus ce que dit le registre."


def check_files(book: Finished, texts: Mapping[str, str]) -> Iterator[EnqueteError]:
    """
    Check the tables behind the charts, the copied answers and the texts kept for a script.

    *texts* are the pages, as HTML, by their file name.
    """
    folder = book.folder / DATA
    shown = _figures(texts)
    said = {str(entry["id"]): plain(str(entry["text"])) for entry in book.entries}
    for path in sorted(folder.glob("*.csv")):
        yield from _chart(path, said, shown.get(path.stem.removesuffix(_REBUILT), set()))
    for path in sorted((folder / _COPIED).glob("*.csv")):
        source = book.root / "data" / path.name
        if not source.is_file() or source.read_bytes() != path.read_bytes():
            yield EnqueteError(
                "Le fichier de données du livre n’est pas celui du projet.",
                f"{DATA}/{_COPIED}/{path.name}",
                "Reconstruisez le livre.",
            )
    kept = [path for path in sorted(book.folder.glob("*.json")) if path.name not in _NOT_TEXTS]
    kept += sorted((book.folder / "assets").rglob("*.json"))
    kept += sorted((book.folder / "assets" / "recherche").glob("*.js"))
    if kept:
        yield from _kept(kept, book.folder, texts)


@dataclass(frozen=True)
class _PageSaid:
    """
    What a page says.

    Attributes:
        figures: (id of a figure, one of its texts, squeezed).
        ids: those of all that its texts stand in.
        stream: all its texts, squeezed, one after the other.
    """

    figures: tuple[tuple[str, str], ...]
    ids: frozenset[str]
    stream: str


@latest
def _said(html: str, name: str) -> _PageSaid:
    blocks = read(html, name)
    standing = [(block.node.inside("figure"), block) for block in blocks]
    return _PageSaid(
        figures=tuple(
            (figure.attributes.get("id", ""), squeeze(block.text))
            for figure, block in standing
            if figure
        ),
        ids=frozenset(_ids(blocks)),
        stream="".join(squeeze(_shown(block)) for block in blocks if block.kind[0] != "@"),
    )


def _figures(texts: Mapping[str, str]) -> Mapping[str, set[str]]:
    """Return the texts of each figure, squeezed, by the figure's id."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, html in texts.items():
        for figure, text in _said(html, name).figures:
            found[figure].add(text)
    return found


def _chart(path: Path, said: Mapping[str, str], shown: set[str]) -> Iterator[EnqueteError]:
    """Compare a chart's table with the ledger, its labels with the chart's page."""
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
                f"Nombre sans origine : « {cell} ».",
                f"{DATA}/{path.name}, ligne {number}",
                _REBUILD,
            )


def _kept(paths: Sequence[Path], folder: Path, texts: Mapping[str, str]) -> Iterator[EnqueteError]:
    """
    Check that what a script will show is text of the pages.

    What the search index says of a page is looked for in that page alone.
    """
    pages = {name: _said(html, name) for name, html in texts.items()}
    addresses = set(pages).union(*(page.ids for page in pages.values()))
    for path in paths:
        for text, name in _kept_texts(path.read_text("utf-8")):
            if text in addresses:
                continue
            where = [pages[name]] if name in pages else list(pages.values())
            numbers = find(text)
            if not numbers or _printed(where, squeeze(text)):
                continue
            for number in numbers:
                # Sections of an index put paragraphs end to end: one side is enough.
                sides = (
                    squeeze(text[max(number.start - _AROUND, 0) : number.end]),
                    squeeze(text[number.start : number.end + _AROUND]),
                )
                long = [side for side in sides if len(side) > _AROUND // 2] or [squeeze(text)]
                if not any(_printed(where, side) for side in long):
                    yield EnqueteError(
                        f"Nombre que les pages n’impriment pas là : « {number.text} ».",
                        f"{path.relative_to(folder).as_posix()} : « {text[:120]} »",
                        _REBUILD,
                    )


def _printed(pages: Sequence[_PageSaid], text: str) -> bool:
    return any(text in page.stream for page in pages)


def _kept_texts(written: str) -> Iterator[tuple[str, str]]:
    """Yield each text of a file, and the page that it is said to be of."""
    index = read_index(written)
    for part in index or [json.loads(written)]:
        name = part[0] if index else ""
        yield from ((text, name) for text in _strings(part))


def _shown(block: Block) -> str:
    """Return the text of a block, without the sign that links to a title."""
    link = next((run for run in block.runs if run.node.has("ancre")), None)
    return block.text[: link.start] + block.text[link.end :] if link else block.text


def _ids(blocks: Iterable[Block]) -> Iterator[str]:
    """Give the ids of all that these texts stand in, each element met once."""
    seen: set[Node] = set()
    for block in blocks:
        for inner in (block.node, *(run.node for run in block.runs)):
            node: Node | None = inner
            while node is not None and node not in seen:
                seen.add(node)
                yield node.attributes.get("id", "")
                node = node.parent


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
