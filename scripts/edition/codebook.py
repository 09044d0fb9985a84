"""The code book: every question and option of the data package, as one page to read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from edition import head
from edition.site import BANNER
from edition.text import french as typeset
from enquete import french
from enquete.questionnaire import Option, Question, Questionnaire
from enquete.survey import Survey

NAME = "dictionnaire.html"
_SHEET = "dictionnaire"
TITLE = "Dictionnaire des données"
UNPUBLISHED = "non publié"
_INDENT = "&emsp;"
_KINDS = {
    "unique": "une seule réponse",
    "multiple": "plusieurs réponses possibles",
    "note": "note",
    "ouverte": "question ouverte, réponses classées par thème",
}
_ROLES = {
    "segmentation": "décrit la répondante",
    "principale": "question principale",
    "complementaire": "question complémentaire",
}
_STATUSES = {"publiee": "publiée", "deduite": "déduite"}
_ROOT = "../"
# The folder may be taken away without the site: the page reads then too. Any rule of the
# site's sheets comes before those of a layer.
_ALONE = (
    "@layer{:root{color-scheme:light dark}"
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}"
    "table{border-collapse:collapse;margin:1rem 0}"
    "th,td{border-bottom:1px solid #767676;padding:.3rem .8rem .3rem 0;text-align:left;"
    "vertical-align:top}td.nombre{text-align:right}code{font-size:.9em}"
    "caption{text-align:left;font-weight:600}dt{font-weight:600}dd{margin:0 0 .4rem}}"
)

Entry = Mapping[str, Any]


def codebook(survey: Survey, entries: Sequence[Entry], edition: str) -> str:
    """
    Return the code book as a page: it looks like the site, and reads beside the files without it.

    A number of people is given only where the ledger of the book already gives it.
    """
    counts = _counts(entries)
    people = counts.get(_key({"all": []}))
    questions = [question for question in survey.questionnaire if _shown(question.options)]
    source = (
        "Ces réponses sont celles de l’enquête. Les effectifs de moins de quelques personnes "
        "ne sont pas publiés."
        if survey.original
        else "Ces réponses sont reconstituées d’après le rapport publié : elles ne sont celles "
        "de personne. Un effectif n’est donné que si le rapport le publie ou le détermine."
    )
    total = f" {french.integer(people)} répondantes." if people else ""
    listed = "".join(
        f'<li><a href="#{escape(each.id)}"><span class="numero-section">{escape(each.id)}</span> '
        f"<span>{_words(each.fullest)}</span></a></li>"
        for each in questions
    )
    sections = "".join(_section(survey.questionnaire, each, counts) for each in questions)
    sheets = "\n".join(head.sheet(name, _ROOT) for name in (head.MAIN_SHEET, _SHEET))
    banner = "" if survey.original else BANNER.format(link="")
    return (
        '<!doctype html>\n<html lang="fr">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{TITLE} – {_words(edition)}</title>\n"
        '<meta name="color-scheme" content="light dark">\n'
        f"<style>{_ALONE}</style>\n{sheets}\n</head>\n"
        '<body class="page-dictionnaire">\n'
        '<a class="evitement" href="#contenu">Aller au texte</a>\n'
        '<header class="entete"><div class="entete-ligne"><p class="entete-titre">'
        f'<a href="{_ROOT}index.html">{_words(edition)}</a></p></div>\n{banner}</header>\n'
        '<div class="page"><main id="contenu" tabindex="-1">\n'
        f'<h1>{TITLE}</h1>\n<p class="resume">{source}{total}</p>\n'
        f'<nav class="questions" aria-label="Questions"><ul>{listed}</ul></nav>\n'
        f"{sections}</main></div>\n</body>\n</html>\n"
    )


def _section(questionnaire: Questionnaire, question: Question, counts: Mapping[str, int]) -> str:
    ident = escape(question.id)
    asked = _asked(questionnaire, question)
    lines = [
        ("Réponse", _KINDS[question.kind]),
        ("Rôle", _ROLES.get(question.role, question.role)),
        ("Posée à", _words(asked)),
        ("Base", _words(question.published_base)),
        ("Réponses", _count(counts.get(_key({"q": question.id, "answered": True})))),
        ("Modalités", "toutes publiées" if question.complete else "pas toutes publiées"),
    ]
    details = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in lines if text)
    rows = "".join(
        f'<tr><th scope="row"><code>{escape(option.code)}</code></th>'
        f"<td>{_INDENT * level}{_words(option.label)}</td>"
        f"<td>{f'<code>{escape(parent)}</code>' if parent else ''}</td>"
        f"<td>{_STATUSES[option.status]}</td>"
        f'<td class="nombre">{_chosen(question, option, counts)}</td></tr>\n'
        for option, parent, level in _walk(question.options)
    )
    noun = "Thèmes" if question.kind == "ouverte" else "Modalités"
    columns = "".join(
        f'<th scope="col">{name}</th>' for name in ("Code", "Libellé", "Dans", "Statut")
    )
    wording = _words(question.wording) or f"Intitulé {UNPUBLISHED}"
    return (
        f'<section aria-labelledby="{ident}">\n<h2 id="{ident}">'
        f'<span class="numero-section">{ident}</span> {wording}</h2>\n<dl>{details}</dl>\n'
        f'<div class="tableau-defile" role="region" tabindex="0" aria-label="{noun} de {ident}">'
        f"<table><caption>{noun} de {ident}</caption>\n"
        f'<thead><tr>{columns}<th scope="col" class="nombre">Effectif</th></tr></thead>\n'
        f"<tbody>\n{rows}</tbody></table></div>\n</section>\n"
    )


def _walk(
    options: Sequence[Option], parent: str = "", level: int = 0
) -> Iterator[tuple[Option, str, int]]:
    """Yield each option, the code of the one that holds it, and its depth."""
    for option in _shown(options):
        yield option, parent, level
        yield from _walk(option.children, option.code, level + 1)


def _shown(options: Sequence[Option]) -> list[Option]:
    """Return the options without those that only make counts add up, which give their place."""
    return [
        shown
        for option in options
        for shown in (_shown(option.children) if option.status == "remplissage" else (option,))
    ]


def _asked(questionnaire: Questionnaire, question: Question) -> str:
    if not question.asked.questions:
        return "toutes les répondantes"
    return f"les répondantes qui {question.asked.sayable(questionnaire)}"


def _counts(entries: Sequence[Entry]) -> dict[str, int]:
    """Index by condition the numbers of respondents that the ledger gives."""
    found: dict[str, int] = {}
    for entry in entries:
        selection = entry.get("selection") or {}
        for part in ("numerator", "base"):
            counted, value = selection.get(part), entry.get(part)
            if counted and value is not None and counted["unit"] == "respondents":
                found.setdefault(_key(counted["where"]), value)
    return found


def _key(where: Any) -> str:
    return json.dumps(where, sort_keys=True)


def _chosen(question: Question, option: Option, counts: Mapping[str, int]) -> str:
    return _count(counts.get(_key({"q": question.id, "in": [option.code]})))


def _count(value: int | None) -> str:
    return UNPUBLISHED if value is None else french.integer(value)


def _words(text: str) -> str:
    return escape(typeset(text))
