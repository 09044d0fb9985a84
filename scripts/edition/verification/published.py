"""Compare a built book with what the report published, figure by figure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from edition.checking import Finished, Outcome
from enquete import french
from enquete.discrepancies import check_discrepancies
from enquete.errors import EnqueteError, EnqueteErrors
from enquete.measure import measure
from enquete.register import PublishedFigure
from enquete.survey import Survey
from enquete.verdicts import UNDECLARED, Verdict, verdicts

NAME = "publies"
TITLE = "Chiffres publiés"
NATURES = {
    "valeur": "valeur",
    "arrondi": "arrondi",
    "base": "base",
    "libelle": "étiquette",
    "indecidable": "indécidable",
}
# Nothing published lets the book print these: their absence is no fault.
UNPRINTABLE = ("undetermined", "not-recomputable")
_COUNTED = {
    "reproduced": "reproduits",
    "reproduced-other-base": "reproduits sur une autre base",
    "discrepant": "écarts déclarés",
    "undetermined": "indéterminés",
    "not-recomputable": "non recalculables",
    "missing": "manquants",
}
_NUMBER = re.compile(r"\d+(?:,\d+)?")
_MEASURED = ("share", "count", "mean", "difference")
Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Checked:
    """One published figure: its verdict, and the entry that prints it, if any does."""

    figure: PublishedFigure
    verdict: Verdict
    entry: Entry | None

    @property
    def name(self) -> str:
        """Return the verdict; `missing` when the book should print the figure and does not."""
        if self.entry is None and self.verdict.name not in UNPRINTABLE:
            return "missing"
        return self.verdict.name


def check(book: Finished) -> Outcome:
    """
    Check that each published figure is printed and given by the answers, or excused.

    Verdicts are worked out anew from the answers: those that the ledger carries
    must agree with them. A declared discrepancy that is no longer true is a fault.
    """
    chapters = book.provenance["edition"]["chapters"]
    checked = compared(book)
    present = [each for each in checked if each.figure.chapter in chapters]
    faults = [*(fault for each in present for fault in _faults(each)), *_broken(book.survey)]
    counts = Counter(each.name for each in present)
    parts = [f"{counts[name]} {words}" for name, words in _COUNTED.items() if counts[name]]
    said = f"{len(present)} comparés, {french.enumeration(parts)}"
    if awaited := len(checked) - len(present):
        said += f" ; {awaited} dans des chapitres à venir"
    if faults:
        said += f" ; {len(faults)} défauts"
    notes = tuple(_note(each) for each in present if each.verdict.name == "discrepant")
    return Outcome(NAME, TITLE, len(present), said, tuple(faults), notes)


def compared(book: Finished) -> tuple[Checked, ...]:
    """Return every published figure in the order of the report, printed or not."""
    printed = _printed(book.entries)
    judged = verdicts(book.survey)
    return tuple(
        Checked(figure, judged[figure.id], printed.get(figure.id))
        for figure in book.survey.register
    )


def _printed(entries: Sequence[Entry]) -> dict[str, Entry]:
    """Map each published id to the entry that prints it: its own, else the first one."""
    found: dict[str, Entry] = {}
    for entry in entries:
        for published in entry["published"]:
            found.setdefault(published["id"], entry)
    return found


def _note(each: Checked) -> str:
    text = each.entry["text"] if each.entry else "non imprimé"
    nature = NATURES.get(each.verdict.nature or "", "non déclaré")
    published = french.typeset(each.figure.text)
    return f"Écart {each.figure.id} ({nature}) : publié {published}, imprimé {text}."


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
    told = {known["value"] for known in entry["published"] if known["id"] == figure.id}
    if told != {figure.text}:
        yield EnqueteError(
            f"« {figure.id} » : le rapport imprime {figure.text}, le livre dit qu'il imprime "
            f"{', '.join(sorted(told))}.",
            where,
            "Reconstruisez le livre.",
        )
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
    if not _same_number(each):
        yield EnqueteError(
            f"« {figure.id} » : le livre imprime {entry['text']} ; c'est {figure.text} qui est "
            "publié et que donnent les réponses.",
            where,
            "Reconstruisez le livre.",
        )


def _same_number(each: Checked) -> bool:
    """Tell whether a figure said to be reproduced prints the published number."""
    entry, figure = each.entry, each.figure
    if entry is None or figure.value is None or entry["kind"] not in _MEASURED:
        return True
    if not each.verdict.name.startswith("reproduced") or figure.approximation:
        return True
    found = _NUMBER.search(re.sub(r"(?<=\d)\s(?=\d)", "", entry["text"]))
    return found is not None and Fraction(found[0].replace(",", ".")) == figure.value


def _broken(survey: Survey) -> Sequence[EnqueteError]:
    try:
        check_discrepancies(survey.discrepancies, survey.register, measure(survey.answers))
    except EnqueteErrors as several:
        return several.problems
    except EnqueteError as one:
        return [one]
    return []
