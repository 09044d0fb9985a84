"""Numbers that belong to no figure, each with a reason: `data/nombres-admis.yml`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from edition.audit.entries import key
from edition.audit.numbers import Number, find
from enquete.errors import EnqueteError, EnqueteErrors

FILE = "data/nombres-admis.yml"
_KEYS = {"id", "raison", "pages", "dans", "textes", "motifs", "entier", "reponses"}
_ORIGINS = {"reconstituees": "reconstructed", "originales": "original"}
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Admission:
    """
    Texts that may hold numbers of their own.

    Attributes:
        id, reason: name of the entry, and why its numbers are no figures.
        pages: patterns of file names without extension; `pdf` for the PDF alone.
        kinds: tags or `@attributes` of the blocks, empty for all.
        patterns: the texts, compared in French type without regard to capitals.
        whole: whether the block must hold nothing else.
        origin: the answers with which the texts are printed, empty for any.
    """

    id: str
    reason: str
    pages: tuple[str, ...]
    kinds: frozenset[str]
    patterns: tuple[tuple[str, re.Pattern[str]], ...]
    whole: bool
    origin: str = ""

    def covers(self, page: str, kind: str, text: str, number: Number) -> str | None:
        """Return the text of the entry that holds *number* of *text*, None when none does."""
        if self.kinds and kind not in self.kinds:
            return None
        if not any(fnmatch(page, pattern) for pattern in self.pages):
            return None
        for written, pattern in self.patterns:
            if self.whole:
                if pattern.fullmatch(text.strip()):
                    return written
                continue
            for match in pattern.finditer(text):
                if match.start() <= number.start and number.end <= match.end():
                    return written
        return None


@dataclass
class Admitted:
    """All admissions, and which texts of them were used."""

    admissions: tuple[Admission, ...]
    used: Counter[tuple[str, str]] = field(default_factory=Counter)

    def covers(self, page: str, kind: str, text: str, number: Number) -> bool:
        """Tell whether some entry admits *number*; *text* is as `key` writes it."""
        for admission in self.admissions:
            written = admission.covers(page, kind, text, number)
            if written is not None:
                self.used[admission.id, written] += 1
                return True
        return False

    def unused(self, *, pdf: bool, origin: str) -> Iterator[EnqueteError]:
        """
        Name the texts that nothing printed needs any more, of the site or of the PDF.

        Texts that only other answers than those of this *origin* print are awaited nowhere.
        """
        for admission in self.admissions:
            if (admission.pages == ("pdf",)) != pdf or admission.origin not in ("", origin):
                continue
            for written, _ in admission.patterns:
                if not self.used[admission.id, written]:
                    yield EnqueteError(
                        f"Nombre admis qui ne sert plus : « {written} ».",
                        f"{FILE}, entrée « {admission.id} »",
                        "Retirez ce texte de la liste : elle ne doit dire que ce qui est vrai.",
                    )


def read_admitted(root: Path) -> Admitted:
    """Read the list of the project; a project without one admits nothing."""
    path = root / FILE
    return Admitted(_admissions(path.read_text("utf-8")) if path.is_file() else ())


@lru_cache(maxsize=2)  # for the audit of the site, then for that of the PDF
def _admissions(text: str) -> tuple[Admission, ...]:
    try:
        content = yaml.load(text, _LOADER)  # noqa: S506 (a safe one)
    except yaml.YAMLError as error:
        raise EnqueteError(
            "Le fichier des nombres admis ne se lit pas.", f"{FILE} : {error}", "Corrigez-le."
        ) from error
    made, faults = [], []
    for item in (content or {}).get("admis", ()):
        try:
            made.append(_admission(item))
        except ValueError as error:
            faults.append(
                EnqueteError(
                    f"Entrée mal écrite : {error}.",
                    f"{FILE}, entrée « {item.get('id', '?')} »",
                    "Chaque entrée a id, raison, pages, dans, puis textes ou motifs.",
                )
            )
    if faults:
        raise EnqueteErrors(faults)
    return tuple(made)


def _admission(item: Mapping[str, Any]) -> Admission:
    if unknown := set(item) - _KEYS:
        raise ValueError(f"clé inconnue « {min(unknown)} »")
    for name in ("id", "raison", "pages"):
        if not item.get(name):
            raise ValueError(f"il manque « {name} »")
    answers = item.get("reponses")
    if answers is not None and answers not in _ORIGINS:
        raise ValueError(f"« reponses » vaut {' ou '.join(_ORIGINS)}")
    origin = _ORIGINS.get(str(answers), "")
    patterns = []
    for text in item.get("textes", ()):
        if not find(str(text)):
            raise ValueError(f"« {text} » ne contient aucun nombre")
        bounded = rf"(?<!\w){re.escape(key(text))}(?!\w)"
        patterns.append((str(text), re.compile(bounded)))
    patterns += [(str(text), re.compile(str(text))) for text in item.get("motifs", ())]
    if not patterns:
        raise ValueError("ni textes ni motifs")
    return Admission(
        id=str(item["id"]),
        reason=str(item["raison"]),
        pages=tuple(str(each) for each in item["pages"]),
        kinds=frozenset(str(each) for each in item.get("dans", ())),
        patterns=tuple(patterns),
        whole=bool(item.get("entier")),
        origin=origin,
    )
