"""The account of an import, in French Markdown: read, understood, re-examined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from enquete import french
from enquete.evidence import Evidence
from enquete.importing.coding import Coded
from enquete.importing.reexamine import NEW, Reexamined, counted

NAME = "rapport-import.md"
_VERDICTS = {
    "reproduced": "reproduits",
    "reproduced-other-base": "reproduits sur une autre base",
    "discrepant": "en écart",
    "undetermined": "indéterminés",
    "not-recomputable": "non recalculables",
}
_FEW = 5  # a smaller count would be read as somebody


def account(
    title: str,
    read: Sequence[str],
    remarks: Sequence[str],
    made: Coded,
    survey: Evidence,
    found: Sequence[Reexamined],
) -> str:
    """Write the whole account; it stays in ``.rapport/``, which nobody publishes."""
    return "\n".join(
        [
            f"# Import de {title}",
            "",
            "Ce compte rendu est pour vous : il n’est ni versé, ni publié.",
            "",
            *_list("Comment l’export a été lu", read),
            *_list("Ce qu’il faut savoir", remarks or ["Rien à signaler."]),
            *_list("Réponses", list(_answers(made, survey))),
            *_list("Chiffres publiés, recalculés sur ces réponses", list(_figures(survey))),
            *_discrepancies(found),
            *_list("Et maintenant", _NEXT),
        ]
    )


def summary(found: Sequence[Reexamined]) -> str:
    """Count the re-examined discrepancies by outcome: « 12 confirmés, 3 levés »."""
    outcomes: dict[str, int] = {}
    for each in found:
        outcomes[each.outcome] = outcomes.get(each.outcome, 0) + 1
    words = [f"{count} {_plural(outcome, count)}" for outcome, count in outcomes.items()]
    return f"{len(found)} écarts réexaminés : {', '.join(words)}" if found else "aucun écart"


def _plural(outcome: str, count: int) -> str:
    if count < 2 or outcome == "à trancher":
        return outcome
    return "nouveaux" if outcome == NEW else f"{outcome}s"


def _list(title: str, lines: Sequence[str]) -> list[str]:
    return [f"## {title}", "", *(f"- {line}" for line in lines), ""]


def _answers(made: Coded, survey: Evidence) -> Iterator[str]:
    yield f"{french.integer(len(made.ids))} répondantes"
    given: dict[str, set[int]] = {}
    for name, codes in made.answers.items():
        given[name] = {row for row, code in enumerate(codes) if code}
    for row, name, _ in (*made.ticks, *made.coded):
        given.setdefault(name, set()).add(row)
    for question in survey.questionnaire:
        if question.options:
            count = len(given.get(question.id, ()))
            shown = f"moins de {_FEW}" if 0 < count < _FEW else french.integer(count)
            yield f"{question.id} : {shown} répondantes ont répondu"


def _figures(survey: Evidence) -> Iterator[str]:
    counts = counted(survey)
    for name, words in _VERDICTS.items():
        if counts.get(name):  # type: ignore[call-overload]
            yield f"{words} : {counts[name]}"  # type: ignore[index]


def _discrepancies(found: Sequence[Reexamined]) -> Iterator[str]:
    yield "## Écarts réexaminés"
    yield ""
    yield f"{summary(found)[:1].upper()}{summary(found)[1:]}."
    yield "Aucun fichier de chiffres publiés n’est modifié : c’est à vous de corriger"
    yield "`data/ecarts.yml`, où chaque écart levé est à retirer et chaque nouveau à déclarer."
    yield ""
    for each in found:
        yield f"### {each.id} — {each.outcome}"
        yield ""
        yield f"Nature : {each.nature}. {each.cause[:1].upper()}{each.cause[1:].rstrip('.')}."
        yield ""
        yield from (f"- {line}" for line in each.evidence)
        if each.outcome == NEW:
            yield ""
            yield "À déclarer, une fois la cause trouvée :"
            yield ""
            yield "```yaml"
            yield f"- id: N-{each.id.upper()}"
            yield f"  figures: [{each.id}]"
            yield "  nature: valeur"
            yield "  gravite: moyenne"
            yield '  cause: "…"'
            yield f"  test: {{kind: valeur, figures: [{each.id}]}}"
            yield "```"
        yield ""


_NEXT = (
    "`rapport construire` refait le livre ; les étiquettes « réponses reconstituées » "
    "disparaissent partout.",
    "`rapport figer` rafraîchit les carnets que les tests réexécutent.",
    "`data/` contient maintenant ce que des personnes ont répondu : ne le versez pas dans un "
    "dépôt public.",
    "`rapport importer --retablir` remet les données d’avant.",
)
