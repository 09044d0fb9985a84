"""What protects people in this edition, as a page of French for an editor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from enquete import french
from enquete.disclosure.anonymity import profiles
from enquete.disclosure.differencing import Difference
from enquete.disclosure.findings import Cell, Findings, examine
from enquete.policy import NAME, Policy
from enquete.survey import Survey

_MOST = 20
_SIZES = (5, 11)  # profiles told apart in the report


def report(survey: Survey, entries: Sequence[Mapping[str, Any]]) -> str:
    """Return the report on the figures of *entries*, the ledger of a book; it may be empty."""
    found = examine(survey, entries)
    lines = [
        "Confidentialité",
        *_origin(survey),
        "",
        f"Politique en vigueur (data/{NAME})",
        *_policy(survey.policy),
        "",
        "Petits effectifs et petites bases",
        *(_cells(found) if entries else ("  Aucun livre construit : rien à examiner.",)),
        "",
        "Groupes qui diffèrent de quelques personnes",
        *_gaps(found, len(entries)),
        "",
        "Profils des répondantes (k-anonymat)",
        *_profiles(survey),
    ]
    return "\n".join(lines)


def _origin(survey: Survey) -> Iterator[str]:
    if survey.original:
        yield "Réponses d’origine : ce qui suit concerne des personnes."
    else:
        yield "Réponses reconstituées : elles ne sont celles de personne."
        yield "Ce qui suit essaie la recherche, et ne dit rien des personnes interrogées."


def _policy(policy: Policy) -> Iterator[str]:
    yield f"  effectif minimal : {policy.small_count}"
    sensitive = ", ".join(policy.sensitive_questions)
    yield f"  effectif minimal, question sensible ({sensitive}) : {policy.small_sensitive_count}"
    for question, count in sorted(policy.question_counts.items()):
        yield f"  effectif minimal, {question} : {count}"
    yield f"  base minimale d’une part : {policy.least_base}"
    rows = "publiées" if policy.original_rows else "non publiées"
    yield f"  réponses d’origine, une ligne par personne : {rows}"
    yield f"  textes admis : {len(policy.admitted_texts)}"
    for each in policy.admitted_texts:
        yield f"    {each.kind} : {each.reason}"
    yield f"  différences admises : {len(policy.admitted_pairs)}"
    for pair in policy.admitted_pairs:
        yield f"    {' / '.join(sorted(pair.figures))} : {pair.reason}"


def _cells(found: Findings) -> Iterator[str]:
    kinds = (
        ("que le rapport imprime déjà", [cell for cell in found.cells if cell.published]),
        ("que cette édition ajoute", [cell for cell in found.cells if not cell.published]),
    )
    for name, cells in kinds:
        few = [cell for cell in cells if cell.small]
        short = [cell for cell in cells if cell.short]
        yield f"  petits effectifs {name} : {len(few)}"
        yield from _listed(few)
        yield f"  parts sur une base trop petite {name} : {len(short)}"
        yield from _listed(short)


def _listed(cells: Sequence[Cell]) -> Iterator[str]:
    for cell in cells[:_MOST]:
        told = "" if cell.short or cell.told else ", effectif caché"
        yield f"    {cell.figure} (chapitre {cell.chapter}, seuil {cell.limit}{told})"
    if len(cells) > _MOST:
        yield f"    … et {len(cells) - _MOST} autres"


def _gaps(found: Findings, figures: int) -> Iterator[str]:
    yield f"  {figures} chiffres, {french.integer(found.compared)} paires de groupes comparées"
    yield f"  différences trop petites : {len(found.gaps)} ; admises : {found.admitted}"
    for gap in found.gaps[:_MOST]:
        large, *parts = gap.figures
        yield f"    {large} moins {french.enumeration(parts)}{_why(gap)}"
    if len(found.gaps) > _MOST:
        yield f"    … et {len(found.gaps) - _MOST} autres"


def _why(gap: Difference) -> str:
    if gap.nonresponse:
        return " (seulement des non-réponses)"
    return " (imprimés par le rapport)" if gap.of_the_report else ""


def _profiles(survey: Survey) -> Iterator[str]:
    found = profiles(survey.answers)
    alone = found.sizes[1]
    yield f"  questions : {', '.join(found.questions)}"
    yield f"  {french.integer(found.profiles)} profils pour {french.integer(found.people)} lignes"
    yield f"  plus petit profil (k) : {found.smallest} ; visé : {survey.policy.least_group}"
    yield f"  lignes seules de leur profil : {_share(alone, found.people)}"
    for size in _SIZES:
        text = _share(found.under(size), found.people)
        yield f"  lignes d’un profil de moins de {size} : {text}"
    if found.smallest < survey.policy.least_group:
        kept = "sont" if survey.policy.original_rows else "ne sont pas"
        yield (
            "  Publier les lignes reviendrait à désigner des personnes : "
            f"celles de réponses d’origine {kept} dans _book/donnees/."
        )


def _share(count: int, total: int) -> str:
    value = Fraction(count, total) if total else Fraction(0)
    return f"{french.integer(count)} ({french.percentage(value, 1)})"
