"""First check: the book is whole, it is of the present data, and its ledger holds together."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from posixpath import dirname, join, normpath
from typing import Any
from urllib.parse import unquote

from edition.built import LEDGER, anchors, page_of, pages
from edition.checking import Finished, Outcome
from edition.latest import latest
from enquete.errors import EnqueteError
from enquete.paths import data_dir
from enquete.provenance import SCHEMA
from enquete.schema import stale_hashes

NAME = "integrite"
TITLE = "Intégrité du livre"
REBUILD = "Reconstruisez le livre : rapport construire."
# Addresses inside the book: neither another site, nor a mail, nor data in the page.
_LINK = re.compile(r'\shref="(?![a-z]+:|//)([^"]+)"')
_CARD = re.compile(r'\sdata-chiffre="([^"]+)" popovertarget="([^"]+)"')
# By the checks themselves, or at the very end of the build.
_WRITTEN_LATER = frozenset(("verification.html", "verification.json", "recount.py"))
_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "array": list,
    "object": dict,
    "null": type(None),
}


def check(book: Finished) -> Outcome:
    """
    Check the ledger's shape, the files that it names, and the anchors that it points at.

    A book without a site (`--format pdf`) has no anchors to look at.
    """
    if problems := malformed(book.entries):  # what follows reads these very fields
        return Outcome(NAME, TITLE, len(book.entries), "registre mal formé", problems)
    site = pages(book.folder)
    faults = [
        *_repeated(book.entries),
        *_other_data(book),
        *_missing_files(book, site),
        *(_missing_anchors(book.entries, site) if site else ()),
        *_dead_links(book, site),
        *_wrong_cards(site),
    ]
    files = book.provenance["edition"]["files"]
    said = (
        f"{len(book.entries)} lignes au registre, {len(site)} pages, "
        f"{len(files)} fichiers de réponses à l'empreinte attendue"
    )
    return Outcome(
        NAME,
        TITLE,
        len(book.entries),
        said if not faults else f"{len(book.entries)} lignes lues, {len(faults)} défauts",
        tuple(faults),
        (
            *(() if site else ("Livre sans pages : les renvois n'ont pas été suivis.",)),
            *_undescribed(book),
        ),
    )


def _undescribed(book: Finished) -> Iterator[str]:
    """
    Yield a remark on each data file that its package does not describe any more.

    It keeps nobody from publishing: whoever works on a text may have data under way, and the
    figures have their own checks.
    """
    for name in stale_hashes(data_dir(book.root)):
        yield (
            f"data/{name} n'est plus le fichier que décrit data/datapackage.json : « rapport "
            f"figer » refait son empreinte, « git restore data/{name} » remet le fichier d'avant."
        )


def prepare(book: Finished) -> None:
    """Read what the pages hold, kept for the process, before there is a PDF."""
    for stem, html in pages(book.folder).items():
        _anchors(html, stem), _links(html, stem), _cards(html, stem)


@cache
def _entry_schema() -> Mapping[str, Any]:
    schema: Mapping[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))["$defs"]["entry"]
    return schema


def malformed(entries: Sequence[Mapping[str, Any]]) -> tuple[EnqueteError, ...]:
    """
    Return the entries that the JSON Schema refuses at their first level.

    The whole schema is applied by the tests; this catches a ledger edited by hand.
    """
    return tuple(_malformed(entries))


def _malformed(entries: Sequence[Mapping[str, Any]]) -> Iterator[EnqueteError]:
    schema = _entry_schema()
    properties, required = schema["properties"], set(schema["required"])
    for rank, entry in enumerate(entries, 1):
        problems = [f"« {key} » manque" for key in sorted(required - entry.keys())]
        problems += [f"« {key} » est inconnu" for key in sorted(entry.keys() - properties.keys())]
        problems += [
            f"« {key} » vaut {value!r}"
            for key, value in entry.items()
            if key in properties and not _fits(value, properties[key])
        ]
        if problems:
            name = entry.get("id", f"n° {rank}")
            yield EnqueteError(
                f"Ligne « {name} » du registre mal formée : {', '.join(problems)}.", LEDGER, REBUILD
            )


def _fits(value: object, schema: Mapping[str, Any]) -> bool:
    if "enum" in schema:
        return value in schema["enum"]
    wanted = schema.get("type")
    if wanted is None:
        return True
    names = [wanted] if isinstance(wanted, str) else wanted
    return any(isinstance(value, _TYPES[name]) for name in names) and not isinstance(value, bool)


def _repeated(entries: Sequence[Mapping[str, Any]]) -> Iterator[EnqueteError]:
    seen = Counter((entry["chapter"], entry["id"]) for entry in entries)
    for (chapter, name), times in seen.items():
        if times > 1:
            yield EnqueteError(
                f"« {name} » a {times} lignes au registre pour un même chapitre.",
                f"chapitre {chapter}",
                REBUILD,
            )


def _other_data(book: Finished) -> Iterator[EnqueteError]:
    """Yield the files of answers that differ from those the book was made of."""
    hashes = book.survey.answers.hashes
    used = dict(book.provenance["edition"]["files"])
    others: dict[str, list[str]] = {}
    for entry in book.entries:
        for name, known in entry["data"]["files"].items():
            if used.setdefault(name, known) != known:
                others.setdefault(name, []).append(entry["id"])
    for name, figures in others.items():
        yield EnqueteError(
            f"{len(figures)} lignes disent une autre version de {name} que le registre "
            f"lui-même : {', '.join(figures[:3])}{'…' if len(figures) > 3 else ''}",
            LEDGER,
            REBUILD,
        )
    copies = book.folder / "donnees" / "enquete"
    for name, known in used.items():
        if hashes.get(name) != known:
            yield EnqueteError(
                f"Le livre a été construit avec une autre version de {name}.",
                f"data/{name}",
                REBUILD,
            )
        copy = copies / name
        if copy.is_file() and hashlib.sha256(copy.read_bytes()).hexdigest() != known:
            yield EnqueteError(
                f"La copie de {name} que le livre distribue n'est pas celle de ses chiffres.",
                f"donnees/enquete/{name}",
                REBUILD,
            )


def _missing_files(book: Finished, site: Mapping[str, str]) -> Iterator[EnqueteError]:
    chapters = book.provenance["edition"].get("chapters", ())
    for name in chapters:
        if site and name not in site:
            yield EnqueteError("Un chapitre n'a pas de page.", f"{name}.html", REBUILD)
    for source in sorted({entry["source"]["file"] for entry in book.entries} - {""}):
        if not (book.root / source).is_file():
            yield EnqueteError(
                "Le registre cite un fichier de code qui n'existe plus.", source, REBUILD
            )


# Read once, most often while the PDF is being made.
@latest
def _anchors(html: str, _name: str) -> frozenset[str]:
    return frozenset(anchors(html))


@latest
def _links(html: str, _name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_LINK.findall(html)))


@latest
def _cards(html: str, _name: str) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys(_CARD.findall(html)))


def _dead_links(book: Finished, site: Mapping[str, str]) -> Iterator[EnqueteError]:
    """Yield the links of the pages that lead nowhere in the book."""
    places = {stem: page_of(book.folder, stem) for stem in site}
    held = {places[stem]: _anchors(html, stem) for stem, html in site.items()}
    for stem, html in site.items():
        for link in _links(html, stem):
            address, _, anchor = unquote(link).partition("#")
            target = address.partition("?")[0]
            # Quarto's chapters are in a folder of their own.
            name = normpath(join(dirname(places[stem]), target)) if target else places[stem]
            known = held.get(name)
            if known is not None and (not anchor or anchor in known):
                continue
            if known is None and (name in _WRITTEN_LATER or (book.folder / name).exists()):
                continue
            yield EnqueteError(f"Un lien ne mène nulle part : « {link} ».", places[stem], REBUILD)


def _wrong_cards(site: Mapping[str, str]) -> Iterator[EnqueteError]:
    """Yield the numbers whose button opens no card, or that of another figure."""
    for stem, html in site.items():
        held = _anchors(html, stem)
        for name, card in _cards(html, stem):
            if card != f"carte-{name}" or card not in held:
                yield EnqueteError(
                    f"Le bouton de « {name} » n'ouvre pas sa fiche, mais « {card} ».",
                    f"{stem}.html",
                    REBUILD,
                )


def _missing_anchors(
    entries: Sequence[Mapping[str, Any]], site: Mapping[str, str]
) -> Iterator[EnqueteError]:
    """Yield the entries whose place is not in their page: a reader would follow a dead link."""
    held = {stem: _anchors(html, stem) for stem, html in site.items()}
    lines = held.get("registre", frozenset())
    for entry in entries:
        anchor, chapter = entry["anchor"], entry["chapter"]
        page = "registre" if anchor.startswith("reg-") else chapter
        if anchor not in held.get(page, ()):
            yield EnqueteError(
                f"« {entry['id']} » n'est pas à l'endroit que dit le registre.",
                f"{page}.html#{anchor}",
                REBUILD,
            )
        if "registre" in site and f"reg-{entry['id']}" not in lines:
            yield EnqueteError(
                f"« {entry['id']} » n'a pas de ligne dans le registre des chiffres.",
                f"registre.html#reg-{entry['id']}",
                REBUILD,
            )
