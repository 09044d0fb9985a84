"""
Check the chapters' references, citations and images before anything runs.

pandoc would find the same faults later and without their line: here each one has its file
and line, and all of them are told together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from edition import citations
from edition.assemble import FILTERS
from edition.config import Config
from edition.qmd import Chapter
from edition.splice import IMAGE, blanked
from enquete.errors import EnqueteError, raise_all
from enquete.suggest import suggestion
from enquete.verbatims import read_verbatims

_ATTRIBUTES = re.compile(r"\{[^{}\n]*\}")
_IDENT = re.compile(r"#([A-Za-z][\w-]*)")
_KEY = re.compile(r"(?<![\w\\@/.])-?@\{?([A-Za-z0-9_](?:[\w:.#$%&+?<>~/-]*\w)?)")
_LINK = re.compile(r"(?<!!)\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^()\s]+)\)")
_ALT = re.compile(r'\b(?:fig-alt|alt)="([^"]*)"')
_ENTRY = re.compile(
    r"^\s*@(?!comment|string|preamble)\w+\s*\{\s*([^,\s]+)\s*,", re.MULTILINE | re.I
)
_KINDS = ("fig-", "tbl-", "sec-")
_QUARTO_ALONE = ("quarto.lua",)
"""Filters that do for Quarto what livre.lua does here."""


@dataclass
class _Names:
    """The ids of the book and the place of each one's definition."""

    places: dict[str, str] = field(default_factory=dict)
    twice: list[EnqueteError] = field(default_factory=list)

    def add(self, ident: str, where: str) -> None:
        if ident in self.places:
            self.twice.append(
                EnqueteError(
                    f"Identifiant « {ident} » employé deux fois.",
                    where,
                    f"Changez-le ; il est déjà pris en {self.places[ident]}.",
                )
            )
        self.places.setdefault(ident, where)


def lint(chapters: Sequence[Chapter], config: Config) -> None:
    """Raise every fault found in the prose of the chapters."""
    names = _names(chapters)
    known = _bibliography(config)
    paths = {chapter.path for chapter in chapters}
    verbatims = read_verbatims(config.root / "data")
    errors = [*_filters(config), *names.twice]
    for chapter in chapters:
        errors += citations.problems(_visible(chapter), chapter.path, verbatims)
        for line, text in _visible(chapter):
            if not text.strip():
                continue
            where = f"{chapter.path}:{line}"
            errors += _references(text, where, names.places, known)
            errors += _images(text, where, config.root / Path(chapter.path).parent)
            errors += _links(text, where, chapter.path, paths, names.places)
    raise_all(errors)


def _filters(config: Config) -> Iterator[EnqueteError]:
    for path in config.filters:
        if Path(path).name not in (*FILTERS, *_QUARTO_ALONE):
            yield EnqueteError(
                f"Filtre « {path} » non pris en charge : le moteur intégré a les siens.",
                "_quarto.yml, « filters »",
                f"Retirez-le ; ceux du livre sont {', '.join(FILTERS)} (theme/filtres/).",
            )


def _names(chapters: Sequence[Chapter]) -> _Names:
    names = _Names()
    for chapter in chapters:
        for cell in chapter.cells():
            if cell.label and cell.label.startswith(("fig-", "tbl-")):
                names.add(cell.label, f"{chapter.path}:{cell.line}")
        for line, text in _visible(chapter):
            for attributes in _ATTRIBUTES.findall(text):
                for ident in _IDENT.findall(re.sub(r'"[^"]*"', "", attributes)):
                    names.add(ident, f"{chapter.path}:{line}")
    return names


def _visible(chapter: Chapter) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of the prose, code and comments blanked."""
    for prose in chapter.prose():
        yield from enumerate(blanked(prose.text).split("\n"), prose.line)


def _bibliography(config: Config) -> set[str]:
    keys: set[str] = set()
    for path in config.bibliography:
        file = config.root / path
        if file.suffix == ".bib" and file.is_file():
            keys |= set(_ENTRY.findall(file.read_text("utf-8")))
    return keys


def _references(
    text: str, where: str, places: dict[str, str], known: set[str]
) -> Iterator[EnqueteError]:
    for key in _KEY.findall(text):
        ident = key[:1].lower() + key[1:]
        if ident.startswith(_KINDS):
            if ident not in places:
                yield EnqueteError(
                    f"Renvoi inconnu : @{key}.{suggestion(ident, places)}",
                    where,
                    "Corrigez-le, ou donnez ce label à une figure, un tableau ou une section.",
                )
        elif key not in known:
            yield EnqueteError(
                f"Référence bibliographique inconnue : @{key}.{suggestion(key, known)}",
                where,
                "Ajoutez-la à references.bib, ou écrivez \\@ si ce n'est pas une citation.",
            )


def _images(text: str, where: str, folder: Path) -> Iterator[EnqueteError]:
    for caption, target, attributes in IMAGE.findall(text):
        alt = _ALT.search(attributes)
        figure = next((i for i in _IDENT.findall(attributes) if i.startswith("fig-")), "")
        if figure and not caption.strip():
            yield EnqueteError(
                f"La figure « {figure} » n'a pas de titre.", where, "Écrivez-le entre les crochets."
            )
        # The caption of a figure is read anyway: it is no text alternative.
        if not (alt and alt[1].strip()) and (figure or not caption.strip()):
            yield EnqueteError(
                f"Image sans texte de remplacement : {target}.",
                where,
                'Ajoutez {fig-alt="…"} : ce que montre l\'image, en une phrase.',
            )
        if re.match(r"[a-z]+://", target):
            yield EnqueteError(
                f"Image prise sur le réseau : {target}.", where, "Mettez le fichier dans le projet."
            )
        elif not (folder / target).is_file():
            yield EnqueteError(f"Image qui n'existe pas : {target}.", where, "Corrigez son chemin.")


def _links(
    text: str, where: str, path: str, paths: set[str], places: dict[str, str]
) -> Iterator[EnqueteError]:
    for target in _LINK.findall(text):
        file, _, ident = target.partition("#")
        if re.match(r"[a-z]+:", target) or not (file == "" or file.endswith(".qmd")):
            continue
        if file and _from(path, file) not in paths:
            yield EnqueteError(
                f"Lien vers un chapitre qui n'est pas au livre : {file}.",
                where,
                "Corrigez le chemin, relatif au chapitre.",
            )
        if ident.startswith(_KINDS) and ident not in places:
            yield EnqueteError(
                f"Lien vers une cible qui n'existe pas : #{ident}.{suggestion(ident, places)}",
                where,
                "Corrigez l'adresse.",
            )


def _from(path: str, target: str) -> str:
    """Return *target*, written in the chapter at *path*, as a path from the root."""
    parts: list[str] = list(PurePosixPath(path).parent.parts)
    for part in PurePosixPath(target).parts:
        if part == "..":
            parts = parts[:-1]
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
