"""What a check of a finished book is given and what it returns; the checks are elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from edition.cache.clean import Clean
from edition.cache.keys import digest, file_digest
from enquete.errors import EnqueteError
from enquete.survey import Survey


@dataclass(frozen=True)
class Finished:
    """
    A finished book, not necessarily published yet.

    Attributes:
        folder: the folder that holds `index.html`, `provenance.json`…
        root: the project it was made from.
        survey: the answers, the register and what was declared.
        provenance: the content of `provenance.json`.
        clean: what remembers the texts that were found clean.
    """

    folder: Path
    root: Path
    survey: Survey
    provenance: Mapping[str, Any]
    clean: Clean = field(default_factory=Clean)

    @property
    def entries(self) -> Sequence[Mapping[str, Any]]:
        """Return the entries of the ledger."""
        entries: Sequence[Mapping[str, Any]] = self.provenance["entries"]
        return entries

    @property
    def ledger_digest(self) -> str:
        """Return the hash of the ledger."""
        return digest(self.provenance)

    @property
    def data_digests(self) -> Mapping[str, str]:
        """Return the SHA-256 of each file of the project's data folder, by its name."""
        files = sorted((self.root / "data").glob("*"))
        return {path.name: file_digest(path) for path in files if path.is_file()}


@dataclass(frozen=True)
class Outcome:
    """
    What one check found.

    Attributes:
        name: identifier, stable (`recomptage`).
        title: French name for a reviewer.
        counted: how many things were examined.
        said: one French sentence with the counts (« 469 chiffres recomptés, 0 écart »).
        faults: what keeps the book from being published; empty when all holds.
        notes: what a reviewer should know and that is no fault.
        skipped: French reason why the check did not run, empty when it did.
    """

    name: str
    title: str
    counted: int
    said: str
    faults: tuple[EnqueteError, ...] = ()
    notes: tuple[str, ...] = ()
    skipped: str = ""


Check: TypeAlias = Callable[[Finished], Outcome]
