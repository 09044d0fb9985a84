"""« Cohérence des chiffres publiés » : each discrepancy with its arithmetic, and what follows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from enquete import french
from enquete.deductions import Deduction, Deductions, read_deductions
from enquete.discrepancies import Discrepancy
from enquete.errors import EnqueteError
from enquete.escape import esc
from enquete.evidence import Evidence
from enquete.french import NBSP
from enquete.ledger import Ledger

NATURES = {
    "valeur": "Les valeurs diffèrent.",
    "arrondi": "L’arrondi diffère.",
    "base": "La base diffère.",
    "libelle": "L’étiquette ne convient pas.",
    "indecidable": "Rien ne tranche.",
}
SECTIONS = {
    "titre": "titre",
    "intro": "introduction",
    "resume": "résumé",
    "methode": "méthodologie",
    "recommandations": "recommandations",
    "A1": "annexe 1",
    "A2": "annexe 2",
    "A3": "annexe 3",
}
_NO_ARITHMETIC = "Aucun nombre publié ne permet de calcul."
_NAMED = 3  # beyond, printed numbers are given without what each counts


@dataclass(frozen=True, slots=True)
class Passage:
    """Hold generated Markdown, and how many entries it has."""

    markdown: str
    entries: int

    def _repr_markdown_(self) -> str:
        return self.markdown

    def __repr__(self) -> str:
        return f"<{self.entries} entrées>"


def discrepancies(survey: Evidence, figures: Ledger, severity: str) -> Passage:
    """
    Write the declared discrepancies of one severity: what is printed, why, the arithmetic.

    Every result is a figure of the chapter's ledger; what stands between quotation marks is
    the report's own print.
    """
    declared = read_deductions(survey.root, survey.register)
    kept = [gap for gap in survey.discrepancies if gap.severity == severity]
    if not kept:
        raise EnqueteError(
            f"Aucun écart de gravité « {severity} ».", "", "écrire majeure, moyenne ou mineure."
        )
    blocks = [_gap(survey, figures, declared, gap) for gap in kept]
    return Passage("\n\n".join(blocks) + "\n", len(kept))


def implications(survey: Evidence, figures: Ledger) -> Passage:
    """Write what published figures imply for what was not published, under its headings."""
    declared = read_deductions(survey.root, survey.register)
    shown = {gap.id for gap in survey.discrepancies}  # their arithmetic stands with them
    blocks, lines = [], 0
    for key, title in declared.headings.items():
        found = declared.under(key)
        lines += len(found)
        items = "\n".join(
            _line(figures, each, formula=shown.isdisjoint(each.controls)) for each in found
        )
        blocks.append(f"### {esc(french.typeset(title))} {{#implique-{key}}}\n\n{items}")
    return Passage("\n\n".join(blocks) + "\n", lines)


def _gap(survey: Evidence, figures: Ledger, declared: Deductions, gap: Discrepancy) -> str:
    title = declared.titles.get(gap.id)
    if title is None:
        raise EnqueteError(
            f"L’écart « {gap.id} » n’a pas de titre.",
            "data/deductions.yml, « controles »",
            "l’ajouter.",
        )
    serving = declared.serving(gap.id)
    arithmetic = "\n".join(_line(figures, each) for each in serving) or esc(_NO_ARITHMETIC)
    head = f"#### {esc(french.typeset(title))} {{#ecart-{gap.id.lower()} .unnumbered}}"
    printed = f"{'. '.join(_printed(survey, gap))}. *{esc(NATURES[gap.nature])}*"
    return "\n\n".join((head, printed, esc(french.typeset(gap.cause)), arithmetic))


def _printed(survey: Evidence, gap: Discrepancy) -> Iterator[str]:
    """Quote what the report prints, section by section."""
    names = gap.figures or gap.neighbours
    by_section: dict[str, list[str]] = {}
    for name in names:
        text, section, label = _entry(survey, name)
        words = french.quoted(french.typeset(text))
        if len(names) <= _NAMED:
            words += f" ({french.typeset(label)})"
        by_section.setdefault(section, []).append(words)
    for section, found in by_section.items():
        place = SECTIONS.get(section, f"section {section}")
        place = place[:1].upper() + place[1:]
        yield esc(f"{place}{NBSP}: {french.enumeration(list(dict.fromkeys(found)))}")


def _entry(survey: Evidence, name: str) -> tuple[str, str, str]:
    register = survey.register
    if (figure := register.figures.get(name)) is not None:
        return figure.text, figure.section, figure.label
    fact = register.fact(name)
    return fact.printed, fact.section, fact.label


def _line(figures: Ledger, deduction: Deduction, *, formula: bool = True) -> str:
    """Write one result: what it is, the figure, under which condition, how it is computed."""
    figure = figures.implied(deduction.id)
    label = french.typeset(deduction.label)
    words = f"- {esc(label[:1].upper() + label[1:])}&#160;: **{figure._repr_markdown_()}**"
    condition = f", {esc(french.typeset(deduction.condition))}" if deduction.condition else ""
    if not formula:
        return f"{words}{condition}."
    how = figure.reason
    if how[:1] in "([0123456789":
        how = f"d’après {how}" if figure.text.startswith("entre") else f"soit {how}"
    return f"{words}{condition}, {esc(french.formula(how))}."
