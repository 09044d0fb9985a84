"""Errors that an editor reads: what happened, where, what to do, in French."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

SHOWN = 20  # beyond this, a list of problems hides the first ones


class EnqueteError(Exception):
    """Tell an editor what is wrong, where, and what to do about it."""

    def __init__(self, quoi: str, ou: str = "", que_faire: str = "") -> None:
        super().__init__(quoi, ou, que_faire)
        self.quoi = quoi
        self.ou = ou
        self.que_faire = que_faire

    def __str__(self) -> str:
        lines = [self.quoi]
        if self.ou:
            lines.append(f"  où : {self.ou}")
        if self.que_faire:
            lines.append(f"  que faire : {self.que_faire}")
        return "\n".join(lines)


class EnqueteErrors(EnqueteError):  # noqa: N818 - several of them
    """Carry every problem found in one pass; show the first twenty."""

    def __init__(self, problems: Iterable[EnqueteError]) -> None:
        self.problems: tuple[EnqueteError, ...] = tuple(problems)
        count = len(self.problems)
        super().__init__(f"{count} problème{'s' if count > 1 else ''}")

    def __str__(self) -> str:
        shown = [str(problem) for problem in self.problems[:SHOWN]]
        hidden = len(self.problems) - len(shown)
        if hidden:
            shown.append(f"… et {hidden} autre{'s' if hidden > 1 else ''}.")
        return "\n".join([f"{self.quoi} :", *shown])


class Undetermined(EnqueteError):  # noqa: N818 - the word of the design, not a fault of the code
    """Refuse a figure that the answers do not settle, or that they would only invent."""

    @classmethod
    def unpublished(cls, what: str, ou: str = "") -> Undetermined:
        """Say that nothing published fixes *what*."""
        return cls(
            f"Indéterminé sur des réponses reconstituées : {what}.",
            ou,
            "imprimer un chiffre publié (data/figures.yml), montrer « détail non publié », "
            "ou importer les réponses d'origine (rapport importer).",
        )

    @classmethod
    def coarse(cls, what: str) -> Undetermined:
        """Say that some answers hold only an option above the one asked."""
        return cls(
            f"Indéterminé : les réponses ne donnent pas ce détail pour {what}.",
            "",
            "prendre l’option qui le contient, ou montrer « détail non publié ».",
        )


class TooFew(EnqueteError):  # noqa: N818 - see Undetermined
    """Refuse a new share in which a person could be recognised."""


@contextmanager
def collected(problems: list[EnqueteError]) -> Iterator[None]:
    """Add to *problems* what the block raises for its reader, and go on after it."""
    try:
        yield
    except EnqueteErrors as several:
        problems.extend(several.problems)
    except EnqueteError as one:
        problems.append(one)


def raise_all(problems: Sequence[EnqueteError]) -> None:
    """Raise nothing, the only problem, or all of them together."""
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise EnqueteErrors(problems)
