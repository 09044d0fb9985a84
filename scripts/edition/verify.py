"""Compare a built book with what the report published."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from enquete.affirmations import read_affirmations, unbound, untrue
from enquete.discrepancies import check_discrepancies
from enquete.errors import EnqueteError, EnqueteErrors
from enquete.measure import measure
from enquete.paths import data_dir
from enquete.register import PublishedFigure
from enquete.survey import Survey
from enquete.verdicts import UNDECLARED, Verdict, verdicts

WORDS = {
    "reproduced": "reproduits",
    "reproduced-other-base": "reproduits sur une autre base",
    "discrepant": "écarts déclarés",
    "undetermined": "indéterminés",
    "not-recomputable": "non recalculables",
}
NATURES = {
    "valeur": "valeur",
    "arrondi": "arrondi",
    "base": "base",
    "libelle": "étiquette",
    "indecidable": "indécidable",
}
# Nothing published lets the book print these: their absence is no fault.
UNPRINTABLE = ("undetermined", "not-recomputable")
Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Checked:
    """One published figure: its verdict, and the entry that prints it, if any does."""

    figure: PublishedFigure
    verdict: Verdict
    entry: Entry | None


@dataclass(frozen=True)
class Verification:
    """
    What a comparison found.

    Attributes:
        present: published figures whose chapter is in the book.
        awaited: those whose chapter is still to be written.
        entries: number of entries of the ledger.
        statements: statements in words that the book makes and that were checked.
        faults: everything that keeps the book from being right; empty when all holds.
    """

    present: tuple[Checked, ...]
    awaited: tuple[Checked, ...]
    entries: int
    statements: int
    faults: tuple[EnqueteError, ...]


def read_book(book: Path) -> Mapping[str, Any]:
    """Read a book's `provenance.json`."""
    file = book / "provenance.json"
    if not file.is_file():
        raise EnqueteError(
            "Pas de livre à lire : provenance.json manque.",
            str(file),
            "Construisez le livre : rapport construire.",
        )
    content: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return content


def verify(book: Path, survey: Survey) -> Verification:
    """
    Compare the ledger of *book* with the register, figure by figure.

    Verdicts are worked out anew from the answers: those that the ledger carries
    must agree with them.
    """
    provenance = read_book(book)
    entries: Sequence[Entry] = provenance["entries"]
    chapters = set(provenance["edition"]["chapters"])
    printed = _printed(entries)
    judged = verdicts(survey)
    affirmations = read_affirmations(data_dir(survey.root), survey.register)
    checked = [
        Checked(figure, judged[figure.id], printed.get(figure.id)) for figure in survey.register
    ]
    present = tuple(each for each in checked if each.figure.chapter in chapters)
    faults = [
        *_stale(provenance, survey),
        *(fault for each in present for fault in _faults(each)),
        *_broken(survey),
        *untrue(survey, affirmations),
        *unbound(entries, affirmations, chapters),
    ]
    awaited = tuple(each for each in checked if each.figure.chapter not in chapters)
    statements = sum(
        each.chapter in chapters and each.kept is not None for each in affirmations.values()
    )
    return Verification(present, awaited, len(entries), statements, tuple(faults))


def summary(found: Verification) -> str:
    """Write the French summary of a comparison."""
    counts = Counter(str(each.verdict.name) for each in found.present)
    lines = [
        f"Chiffres publiés dans les chapitres du livre : {len(found.present)}",
        *(f"  {WORDS[name]} : {counts[name]}" for name in WORDS if counts[name]),
        f"Chapitres à venir : {len(found.awaited)} chiffres publiés",
        *(f"  {words} : {n}" for words, n in _by_verdict(found.awaited)),
        f"Affirmations en mots vérifiées : {found.statements}",
        f"Lignes du registre : {found.entries}",
    ]
    for each in found.present:
        if each.verdict.name == "discrepant":
            text = each.entry["text"] if each.entry else "non imprimé"
            nature = NATURES.get(each.verdict.nature or "", "non déclaré")
            lines.append(
                f"  écart {each.figure.id} ({nature}) : publié {each.figure.text}, imprimé {text}"
            )
    closing = "Tout concorde." if not found.faults else f"{len(found.faults)} défaut(s)."
    return "\n".join([*lines, closing])


def raise_faults(found: Verification) -> None:
    """Raise every fault at once."""
    if found.faults:
        raise EnqueteErrors(list(found.faults))


def _by_verdict(checked: Iterable[Checked]) -> Iterator[tuple[str, int]]:
    counts = Counter(str(each.verdict.name) for each in checked)
    return ((WORDS[name], counts[name]) for name in WORDS if counts[name])


def _printed(entries: Sequence[Entry]) -> dict[str, Entry]:
    """Map each published id to the first entry that prints it."""
    found: dict[str, Entry] = {}
    for entry in entries:
        for published in entry["published"]:
            found.setdefault(published["id"], entry)
    return found


def _faults(each: Checked) -> Iterator[EnqueteError]:
    figure, entry = each.figure, each.entry
    if entry is None:
        if each.verdict.name not in UNPRINTABLE:
            yield EnqueteError(
                f"Le chiffre publié « {figure.id} » ({figure.text}) manque au livre.",
                f"chapitre {figure.chapter}",
                "Calculez-le et imprimez-le dans ce chapitre.",
            )
        return
    where = f"{entry['source']['file']}:{entry['source']['line']}"
    if each.verdict.reason == UNDECLARED:
        yield EnqueteError(
            f"« {figure.id} » : le rapport imprime {figure.text}, les réponses donnent "
            f"{entry['text']}.",
            where,
            "Corrigez le calcul, ou déclarez l'écart et sa cause dans data/ecarts.yml.",
        )
    if entry["id"] == figure.id and entry["verdict"] != each.verdict.name:
        yield EnqueteError(
            f"« {figure.id} » : le livre dit « {entry['verdict']} », les réponses « "
            f"{each.verdict.name} ».",
            where,
            "Reconstruisez le livre.",
        )


def _stale(provenance: Mapping[str, Any], survey: Survey) -> Iterator[EnqueteError]:
    for name, known in provenance["edition"]["files"].items():
        if survey.answers.hashes.get(name) != known:
            yield EnqueteError(
                f"Le livre a été construit avec une autre version de {name}.",
                f"data/{name}",
                "Reconstruisez le livre : rapport construire.",
            )


def _broken(survey: Survey) -> Sequence[EnqueteError]:
    try:
        check_discrepancies(survey.discrepancies, survey.register, measure(survey.answers))
    except EnqueteErrors as several:
        return several.problems
    except EnqueteError as one:
        return [one]
    return []
