"""What the files of a finished book say: their text, whatever their format."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edition.search import read_index
from enquete.errors import EnqueteError

# The name of a tag is asked for: « <jeanne@exemple.fr> » is text in a table or a notebook.
_TAG = re.compile(r"<(?:/?[a-zA-Z][\w:-]*(?:\s[^>]*)?/?|!--|!\[CDATA\[|\?[^>]*)>|<!--|-->|\]\]>")
_ATTRIBUTE = re.compile(
    r'\s(?:alt|title|content|href|src|value|placeholder|descr|aria-[a-z]+|data-[\w-]+)="([^"]+)"'
)
# Digits of a hash are nobody's number.
_SUM = re.compile(r"[0-9a-fA-F](?<!\w.)[0-9a-fA-F]{31,}\b", re.DOTALL)
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
BREAK = "\n¶\n"  # what a pattern never reads across: two texts that do not follow
_LARGEST = 200_000_000  # bytes that an archive of the book may unpack to


@dataclass(frozen=True, slots=True)
class Wording:
    """One piece of a file: where (a page, a member of an archive), and its text."""

    place: str
    text: str


def wordings(file: Path) -> Iterator[Wording]:
    """Yield the text of *file*, in as many pieces as it has pages or members."""
    yield from _of(file.suffix.lower(), file.read_bytes(), file.name)


def raw(file: Path) -> Iterator[bytes]:
    """Yield the bytes of *file*, unpacked if they are packed, as a search for a path needs."""
    content = file.read_bytes()
    yield content
    if file.suffix.lower() in _ARCHIVES:
        for _, member in _members(content, file.name):
            yield member


def _of(suffix: str, content: bytes, name: str) -> Iterator[Wording]:
    if suffix == ".pdf":
        yield from _pdf(content)
    elif suffix in _ARCHIVES:
        for member, inside in _members(content, name):
            for each in _of(Path(member).suffix.lower(), inside, member):
                yield Wording(f"{member} {each.place}".strip(), each.text)
    elif suffix == ".js" and (index := read_index(content.decode("utf-8", errors="replace"))):
        for page in index:
            yield Wording(page[0], _SUM.sub("", _values(page)))
    elif suffix in _READERS:
        text = _READERS[suffix](content.decode("utf-8", errors="replace"))
        yield Wording("", _SUM.sub("", text))


def _markup(text: str) -> str:
    """Return what a page shows and the attributes that are read out, searched or followed."""
    attributes = BREAK.join(dict.fromkeys(_ATTRIBUTE.findall(text)))
    return html.unescape(_TAG.sub("", text) + BREAK + attributes)


def _json(text: str) -> str:
    """Return each string once: a ledger says the same question at every figure."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        return text
    return _markup(_values(value))


def _values(value: Any) -> str:
    found: dict[str, None] = {}
    _strings(value, found)
    return BREAK.join(found)


def _strings(value: Any, found: dict[str, None]) -> None:
    if isinstance(value, str):
        found[value] = None
    elif isinstance(value, dict):
        for key, inner in value.items():
            found[key] = None
            _strings(inner, found)
    elif isinstance(value, list):
        # A notebook cuts its texts into lines.
        if value and all(isinstance(each, str) for each in value):
            found["".join(value) if value[0].endswith("\n") else BREAK.join(value)] = None
        else:
            for each in value:
                _strings(each, found)


def _script(text: str) -> str:
    """Return a script with the characters that its strings escape."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "\\u" in text else text


def _table(text: str) -> str:
    """Return each cell once where the cells are plain: codes repeat by the thousand."""
    if '"' in text:
        return text
    return BREAK.join(dict.fromkeys(text.replace("\n", ",").split(",")))


def _pdf(content: bytes) -> Iterator[Wording]:
    from edition.audit.paper import read_pdf

    paper = read_pdf(content)
    yield Wording("métadonnées", BREAK.join(paper.about))
    for page in paper.pages:
        text = page.drawn.replace("\ufffe", "")  # where a word was cut at the end of a line
        yield Wording(f"page {page.number}", _SUM.sub("", text))


def _members(content: bytes, name: str) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(member.file_size for member in archive.infolist()) > _LARGEST:
            raise EnqueteError(
                "Archive trop grosse une fois décompressée.", name, "la reconstruire."
            )
        for member in archive.infolist():
            yield member.filename, archive.read(member)


_ARCHIVES = frozenset({".epub", ".docx", ".xlsx", ".zip", ".odt"})
_READERS: dict[str, Callable[[str], str]] = {
    **dict.fromkeys((".html", ".xhtml", ".htm", ".xml", ".svg", ".opf", ".ncx", ".rels"), _markup),
    **dict.fromkeys((".json", ".ipynb", ".jsonld"), _json),
    **dict.fromkeys((".csv", ".tsv"), _table),
    **dict.fromkeys((".js", ".mjs"), _script),
    **dict.fromkeys((".css", ".md", ".txt", ".yml", ".yaml", ".bib"), str),
}
