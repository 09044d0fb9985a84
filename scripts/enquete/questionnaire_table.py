"""The published questionnaire as a table: one line a question, in the order of annex 2."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from enquete import french
from enquete.escape import esc
from enquete.evidence import Evidence
from enquete.french import NBSP
from enquete.questionnaire import Question
from enquete.selection import In, Selection, everyone

TYPES = {
    "unique": "une seule réponse",
    "multiple": "plusieurs réponses possibles",
    "note": "note sur une échelle",
    "ouverte": "question ouverte",
}
_REPEATED, _LONG = 4, 50  # a sentence said of so many questions, and so long, becomes a note
_LISTED = 4
# Three columns, the first narrow, so that the table holds on a telephone.
_HEAD = "| N° | Question | À qui, et ce qui est publié de ses réponses |"
_RULE = f"|-----|{'-' * 40}|{'-' * 40}|"


@dataclass(frozen=True, slots=True)
class QuestionnaireTable:
    """Hold the questionnaire's Markdown."""

    markdown: str
    lines: int

    def _repr_markdown_(self) -> str:
        return self.markdown

    def __repr__(self) -> str:
        return f"<questionnaire, {self.lines} questions>"


def questionnaire_table(survey: Evidence, first: str, last: str) -> QuestionnaireTable:
    """
    Write the questions from *first* to *last*: wording, type, who was asked, what is known.

    A captioned table stands on one page of the PDF: the questionnaire takes several. What is
    said alike of many questions stands once, in a note under each table.
    """
    low, high = survey.questionnaire[first].rank, survey.questionnaire[last].rank
    notes = _notes(question.published_base for question in survey.questionnaire)
    asked = [question for question in survey.questionnaire if low <= question.rank <= high]
    lines = [_line(survey, question, notes) for question in asked]
    below = [
        f"({letter})&#160;{esc(french.typeset(said))}"
        for said, letter in notes.items()
        if any(said in _sentences(question.published_base) for question in asked)
    ]
    table, noted = "\n".join([_HEAD, _RULE, *lines]), "\n\n".join(below)
    return QuestionnaireTable(f"{table}\n\n::: {{.lecture}}\n{noted}\n:::\n", len(lines))


def _notes(bases: Iterable[str]) -> Mapping[str, str]:
    """Give a letter to each sentence that several bases repeat."""
    said = Counter(sentence for base in bases for sentence in _sentences(base))
    repeated = [text for text, times in said.items() if times >= _REPEATED and len(text) > _LONG]
    return {text: "abcdefgh"[rank] for rank, text in enumerate(repeated)}


def _sentences(base: str) -> list[str]:
    return [sentence.rstrip(".") + "." for sentence in base.split(". ")]


def _line(survey: Evidence, question: Question, notes: Mapping[str, str]) -> str:
    words = f"**{esc(question.title)}**" if question.title else "*Intitulé non publié.*"
    kind = TYPES[question.kind]
    details = f"{kind[:1].upper()}{kind[1:]}{', profil' * (question.role == 'segmentation')}."
    if question.body_title:
        body = french.quoted(french.typeset(question.body_title))
        details += f" Dans le corps du rapport{NBSP}: {body}."
    sentences = _sentences(question.published_base)
    letters = "".join(f" ({notes[sentence]})" for sentence in sentences if sentence in notes)
    rest = " ".join(sentence for sentence in sentences if sentence not in notes)
    asked = f"{_asked(survey, question)}{letters}. {french.typeset(rest)}"
    return f"| {question.id} | {words} {esc(details)} | {esc(asked)} |"


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
