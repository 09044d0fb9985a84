"""The survey: its data loaded and checked once, and a ledger for each chapter."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from enquete import paths, reads
from enquete.answers import FILES, read_answers
from enquete.digests import file_digest
from enquete.disclosure.thresholds import check_questions
from enquete.discrepancies import read_discrepancies
from enquete.errors import EnqueteError
from enquete.evidence import Evidence, Solved, read_intervals
from enquete.ledger import Ledger
from enquete.questionnaire import read_questionnaire
from enquete.register import read_register
from enquete.schema import PACKAGE, read_package

_SUFFIXES = (".csv", ".yml", ".json")
_ORIGINS: dict[str, Literal["reconstructed", "original"]] = {
    "reconstituee": "reconstructed",
    "originale": "original",
}
_cache: dict[str, Survey] = {}


@dataclass(frozen=True, slots=True)
class Survey(Evidence):
    """Hold everything the book is computed from."""

    def chapter(self, name: str) -> Ledger:
        """Open the ledger of a chapter, empty."""
        return Ledger(self, name, paths.ledger_dir(self.root))

    def __repr__(self) -> str:
        kind = "d’origine" if self.original else "reconstituées"
        return f"<Survey {len(self.answers)} réponses {kind}>"


def open_survey(root: Path | None = None) -> Survey:
    """
    Load and check ``data/``.

    Kept for the process under the hash of every data file: a preview that
    outlives a change of the data reads them again.
    """
    base = root or paths.root()
    folder = paths.data_dir(base)
    with reads.unrecorded():  # each part is noted when a chapter uses it
        key = _content(folder)
        if key not in _cache:
            _cache.clear()
            _cache[key] = _load(base, folder)
    return _cache[key]


def _load(base: Path, folder: Path) -> Survey:
    package = read_package(folder)
    origin = _ORIGINS.get(package.origin)
    if origin is None:
        raise EnqueteError(
            f"Origine des réponses inconnue : « {package.origin} ».",
            f"data/{PACKAGE}, « origine »",
            "écrire reconstituee ou originale.",
        )
    names = ["questions", "modalites", *FILES]
    if origin == "reconstructed":
        names.append("intervalles")
    records = package.read(*names)
    questionnaire = read_questionnaire(records["questions"], records["modalites"])
    register = read_register(folder)
    check_questions(register.policy, questionnaire)
    intervals: dict[str, Solved] = {}
    if origin == "reconstructed":
        intervals = read_intervals(records["intervalles"])
    return Survey(
        questionnaire=questionnaire,
        answers=read_answers(package, questionnaire, records),
        register=register,
        discrepancies=read_discrepancies(folder, register),
        intervals=intervals,
        policy=register.policy,
        origin=origin,
        root=base,
    )


def _content(folder: Path) -> str:
    """Hash the data folder: names and bytes."""
    digest = hashlib.sha256(str(folder).encode())
    for path in sorted(folder.glob("*")) if folder.is_dir() else ():
        if path.suffix in _SUFFIXES:
            digest.update(path.name.encode() + b"\0" + bytes.fromhex(file_digest(path)))
    return digest.hexdigest()
