"""The published questionnaire as a table: one line a question, in the order of annex 2."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import pandas as pd
from great_tables import GT

from enquete import french
from enquete.escape import clean
from enquete.evidence import Evidence
from enquete.french import NBSP
from enquete.questionnaire import Question
from enquete.selection import In, Selection, everyone
from enquete.tables import FiguresTable, finished

TYPES = {
    "unique": "une seule réponse",
    "multiple": "plusieurs réponses possibles",
    "note": "note sur une échelle",
    "ouverte": "question ouverte",
}
_REPEATED, _LONG = 4, 50  # a sentence said of so many questions, and so long, becomes a note
_LISTED = 4


def questionnaire_table(survey: Evidence, first: str, last: str) -> FiguresTable:
    """
    Lay out the questions from *first* to *last*: wording, type, who was asked, what is known.

    A captioned table stands on one page of the PDF: the questionnaire takes several. What is
    said alike of many questions stands once, in a note under each table.
    """
    low, high = survey.questionnaire[first].rank, survey.questionnaire[last].rank
    notes = _notes(question.published_base for question in survey.questionnaire)
    asked = [question for question in survey.questionnaire if low <= question.rank <= high]
    frame = pd.DataFrame(
        [_line(survey, question, notes) for question in asked],
        columns=["numero", "question", "connu"],
    )
    gt = (
        GT(frame, id=f"gt-questionnaire-{first}", rowname_col="numero")
        .tab_stubhead("N°")
        .cols_label(question="Question", connu="À qui, et ce qui est publié de ses réponses")
        .cols_align("left", ["question", "connu"])
    )
    for said, letter in notes.items():
        if any(said in _sentences(question.published_base) for question in asked):
            gt = gt.tab_source_note(f"({letter}){NBSP}{french.typeset(said)}")
    return finished(f"questionnaire-{first}", gt)


def _notes(bases: Iterable[str]) -> Mapping[str, str]:
    """Give a letter to each sentence that several bases repeat."""
    said = Counter(sentence for base in bases for sentence in _sentences(base))
    repeated = [text for text, times in said.items() if times >= _REPEATED and len(text) > _LONG]
    return {text: "abcdefgh"[rank] for rank, text in enumerate(repeated)}


def _sentences(base: str) -> list[str]:
    return [sentence.rstrip(".") + "." for sentence in base.split(". ")]


def _line(survey: Evidence, question: Question, notes: Mapping[str, str]) -> tuple[str, str, str]:
    words = french.quoted(question.title) if question.title else "Intitulé non publié."
    kind = TYPES[question.kind]
    details = f"{kind[:1].upper()}{kind[1:]}{', profil' * (question.role == 'segmentation')}."
    if question.body_title:
        body = french.quoted(french.typeset(question.body_title))
        details += f" Dans le corps du rapport{NBSP}: {body}."
    sentences = _sentences(question.published_base)
    letters = "".join(f" ({notes[sentence]})" for sentence in sentences if sentence in notes)
    rest = " ".join(sentence for sentence in sentences if sentence not in notes)
    asked = f"{_asked(survey, question)}{letters}. {french.typeset(rest)}"
    return question.id, clean(f"{words} {details}"), clean(asked)


def _asked(survey: Evidence, question: Question) -> str:
    """Say who was asked, or that the condition is not published."""
    if question.asked.canonical() != everyone:
        return f"Celles qui {_condition(survey, question.asked)}"
    if question.role == "complementaire":
        return "Condition non publiée"
    return "Toutes les répondantes"


def _condition(survey: Evidence, asked: Selection) -> str:
    match asked:
        case In(question, codes) if len(codes) > _LISTED:
            return f"font une des {len(codes)} réponses concernées à {question}"
    return asked.sayable(survey.questionnaire)
