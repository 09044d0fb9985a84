"""The code book: every question and option of the data package, as one page to read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from edition.text import french as typeset
from enquete import french
from enquete.questionnaire import Option, Question, Questionnaire
from enquete.survey import Survey

NAME = "dictionnaire.html"
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
_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}"
    "table{border-collapse:collapse;margin:1rem 0}"
    "th,td{border-bottom:1px solid #767676;padding:.3rem .8rem .3rem 0;text-align:left;"
    "vertical-align:top}td.n{text-align:right}code{font-size:.9em}"
    "caption{text-align:left;font-weight:600}dt{font-weight:600}dd{margin:0 0 .4rem}"
)

Entry = Mapping[str, Any]


def codebook(survey: Survey, entries: Sequence[Entry], edition: str) -> str:
    """
    Return the code book as a page of its own: it is read beside the files, without the site.

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
        f'<li><a href="#{escape(each.id)}">{escape(each.id)}</a> {_words(each.fullest)}</li>'
        for each in questions
    )
    sections = "".join(_section(survey.questionnaire, each, counts) for each in questions)
    return (
        '<!doctype html>\n<html lang="fr">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{TITLE} – {_words(edition)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f'<header><p><a href="../index.html">{_words(edition)}</a></p></header>\n<main>\n'
        f"<h1>{TITLE}</h1>\n<p>{source}{total}</p>\n"
        f'<nav aria-label="Questions"><ul>{listed}</ul></nav>\n'
        f"{sections}</main>\n</body>\n</html>\n"
    )


def _section(questionnaire: Questionnaire, question: Question, counts: Mapping[str, int]) -> str:
    ident = escape(question.id)
    asked = _asked(questionnaire, question)
    lines = [
        ("Intitulé", _words(question.wording) or UNPUBLISHED),
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
        f'<td class="n">{_count(counts.get(_key({"q": question.id, "in": [option.code]})))}</td>'
        "</tr>\n"
        for option, parent, level in _walk(question.options)
    )
    noun = "Thèmes" if question.kind == "ouverte" else "Modalités"
    head = "".join(
        f'<th scope="col">{name}</th>' for name in ("Code", "Libellé", "Dans", "Statut", "Effectif")
    )
    return (
        f'<section aria-labelledby="{ident}">\n<h2 id="{ident}">{ident}</h2>\n'
        f"<dl>{details}</dl>\n<table><caption>{noun} de {ident}</caption>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody></table>\n</section>\n"
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


def _count(value: int | None) -> str:
    return UNPUBLISHED if value is None else french.integer(value)


def _words(text: str) -> str:
    return escape(typeset(text))
