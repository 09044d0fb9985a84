"""Check that the EPUB and the DOCX of a book hold the figures of the site, in the same order."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from html import unescape
from pathlib import Path
from typing import TypeAlias

from edition.checking import Finished, Outcome
from enquete.errors import EnqueteError

NAME, TITLE = "autres-formats", "Mêmes chiffres dans l'EPUB et le DOCX"
Print: TypeAlias = tuple[str, str]
"""A figure where it is printed: its id and its text."""
Prints: TypeAlias = Mapping[str, Sequence[Print]]
"""The figures of each chapter, in order."""

_MAIN = re.compile(r"<main\b.*?</main>", re.DOTALL)
_DATA = re.compile(r'<details class="donnees">.*?</details>', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_SPACE = re.compile(r"[ \t\r\n]+")
_PRINT = re.compile(
    r'<(button|a|span)\b(?=[^>]*\sclass="chiffre")[^>]*\sdata-chiffre="([^"]+)"[^>]*>(.*?)</\1>',
    re.DOTALL,
)
_WORD = re.compile(
    r'<w:pStyle w:val="(?P<style>Heading1)"'
    r'|<w:footnoteReference [^>]*w:id="(?P<note>-?\d+)"'
    r'|<w:hyperlink w:anchor="(?P<anchor>[^"]+)"[^>]*>(?P<words>.*?)</w:hyperlink>',
    re.DOTALL,
)
_NOTE = re.compile(r'<w:footnote [^>]*w:id="(-?\d+)".*?</w:footnote>', re.DOTALL)


def check(book: Finished) -> Outcome:
    """Compare the figures of each format with those of the site, chapter by chapter."""
    present = {kind: path for kind in ("epub", "docx") for path in book.folder.glob(f"*.{kind}")}
    if not present:
        return Outcome(
            NAME,
            TITLE,
            0,
            "",
            skipped="ni EPUB ni DOCX dans ce livre (« rapport construire --format tout » les fait)",
        )
    chapters: Sequence[str] = book.provenance["edition"]["chapters"]
    ids = [str(entry["id"]) for entry in book.entries]
    counted, faults = 0, list[EnqueteError]()
    for kind, path in present.items():
        expected = site_prints(book.folder, chapters, data=kind == "epub")
        found = epub_prints(path, chapters) if kind == "epub" else docx_prints(path, chapters, ids)
        counted += sum(len(prints) for prints in found.values())
        faults += differences(path.name, expected, found)
    names = " et ".join(kind.upper() for kind in present)
    said = f"{counted} chiffres comparés au site ({names}), {len(faults)} différence(s)"
    return Outcome(NAME, TITLE, counted, said, tuple(faults))


def site_prints(folder: Path, chapters: Sequence[str], *, data: bool) -> Prints:
    """Return the figures of the site's text; *data* tells whether the tables of charts count."""
    result = {}
    for chapter in chapters:
        page = (folder / f"{chapter}.html").read_text("utf-8")
        main = _MAIN.search(page)
        text = main[0] if main else page
        result[chapter] = list(_prints(text if data else _DATA.sub("", text)))
    return result


def epub_prints(file: Path, chapters: Sequence[str]) -> Prints:
    """Return the figures of an EPUB: one file a chapter, in the order of the book."""
    with zipfile.ZipFile(file) as package:
        names = sorted(name for name in package.namelist() if re.search(r"/ch\d+\.xhtml$", name))
        texts = [package.read(name).decode("utf-8") for name in names]
    return {chapter: list(_prints(text)) for chapter, text in zip(chapters, texts, strict=False)}


def docx_prints(file: Path, chapters: Sequence[str], ids: Iterable[str]) -> Prints:
    """Return the figures of a DOCX: links to the register; notes come at the chapter's end."""
    by_anchor = {bookmark(f"reg-{each}"): each for each in ids}
    with zipfile.ZipFile(file) as package:
        document = package.read("word/document.xml").decode("utf-8")
        notes = package.read("word/footnotes.xml").decode("utf-8")
    footnotes = {found[1]: found[0] for found in _NOTE.finditer(notes)}
    result: dict[str, list[Print]] = {}
    names, at_end = iter(chapters), list[Print]()
    current: list[Print] = []
    for found in _WORD.finditer(document):
        if found["style"]:
            current += at_end
            at_end, current = [], result.setdefault(next(names, "?"), [])
        elif found["note"]:
            at_end += _links(footnotes.get(found["note"], ""), by_anchor)
        else:
            current += _links(found[0], by_anchor)
    current += at_end
    return result


def bookmark(name: str) -> str:
    """Return the name that pandoc gives to a bookmark: Word takes forty characters."""
    if len(name) <= 40 and name[:1].isalpha():
        return name
    return "X" + hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest()[1:]


def differences(name: str, expected: Prints, found: Prints) -> list[EnqueteError]:
    """Return one problem for each chapter whose figures are not those of the site."""
    result = []
    for chapter, wanted in expected.items():
        got = found.get(chapter, [])
        if list(wanted) == list(got):
            continue
        first = next(
            opcode
            for opcode in SequenceMatcher(a=wanted, b=got, autojunk=False).get_opcodes()
            if opcode[0] != "equal"
        )
        result.append(
            EnqueteError(
                f"Les chiffres du chapitre ne sont pas ceux du site : "
                f"{_said(wanted[first[1] : first[2]])} sur le site, "
                f"{_said(got[first[3] : first[4]])} dans {name}.",
                f"{name}, chapitre {chapter}",
                "Reconstruisez tous les formats ensemble. Si la différence reste, un filtre de "
                "theme/filtres/ traite ce passage autrement pour ce format.",
            )
        )
    return result


def _said(prints: Sequence[Print]) -> str:
    shown = ", ".join(f"« {text} » ({each})" for each, text in prints[:3])
    return shown + (", …" if len(prints) > 3 else "") if prints else "rien"


def _prints(html: str) -> Iterator[Print]:
    for found in _PRINT.finditer(html):
        yield unescape(found[2]), _text(found[3])


def _links(xml: str, by_anchor: Mapping[str, str]) -> Iterator[Print]:
    for found in _WORD.finditer(xml):
        if found["anchor"] in by_anchor:
            yield by_anchor[found["anchor"]], _text(found["words"])


def _text(markup: str) -> str:
    return _SPACE.sub(" ", unescape(_TAG.sub("", markup))).strip(" ")
