"""A first correspondence, drawn from the headers of an export by stated rules."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from enquete.importing.labels import Labels, labels
from enquete.importing.mapping import UNDECIDED, Column, Correspondence
from enquete.importing.table import Table
from enquete.importing.ticks import is_tick
from enquete.importing.wording import SHOWN, fold
from enquete.questionnaire import Question, Questionnaire
from enquete.suggest import suggestion

_IDS = frozenset(
    re.findall(
        r"\w+",
        "id identifiant iddelareponse idreponse responseid respondentid repondant repondante "
        "token idrepondant idrepondante numerodereponse",
    )
)
# What platforms add to every answer and the survey never asked.
_TECHNICAL = frozenset(
    re.findall(
        r"\w+",
        "horodateur timestamp datedesoumission submitdate datedelancement startdate datestamp "
        "datedeladerniereaction dernierepage lastpage languededepart startlanguage seed adresseip "
        "ipaddr ipaddress urlreferente refurl tempstotal interviewtime datededebut datedefin "
        "heuredebut heuredefin courriel email adresseemail adressedemessagerie nom prenom",
    )
)
_THEME = re.compile(
    r"^(?:th[èe]mes?|codage)\s*[:\-–]\s*|\s*[\[(]\s*(?:th[èe]mes?|codage)\s*[\])]$"
    r"|\s+[-–:]\s*(?:th[èe]mes?|codage)$",
    re.IGNORECASE,
)
_HEADER = """\
# Correspondance entre un export et le questionnaire. Brouillon de « rapport importer » : à relire.
# Une colonne se reconnaît à sa position et à son intitulé. Rôles :
#   identifiant  un identifiant par réponse (il n'est pas gardé)
#   reponse      une réponse à une question à choix unique, ou une note
#   options      plusieurs options dans une cellule ; « option » : une colonne par option
#   theme        le thème d'une réponse libre ; « option » convient aussi (une colonne par thème)
#   texte        la réponse libre elle-même : comptée, jamais gardée (voir --garder-textes)
#   ignoree      rien de l'enquête ; {undecided} : à décider, l'import s'arrête
# Plus bas : `libelles` donne un code à une écriture de l'export, `modalites` ajoute une option que
# l'export distingue, `autres` dit ce que compte « Autre : … », `vides` ce qui veut dire « rien »
# (par exemple ["N/A"]), `fichier_themes` un fichier long (répondante, question, thème).
"""


@dataclass(frozen=True, slots=True)
class Draft:
    """Hold a drafted correspondence, and the writings that no option has."""

    correspondence: Correspondence
    unknown: Mapping[str, tuple[str, ...]]

    @property
    def undecided(self) -> tuple[Column, ...]:
        """Return the columns that the rules left to the editor."""
        return tuple(each for each in self.correspondence.columns if each.role == UNDECIDED)


def draft(table: Table, questionnaire: Questionnaire) -> Draft:
    """Recognise the columns of an export by wording, then by position."""
    known = {question.id: labels(question, {}) for question in questionnaire}
    columns = [_by_wording(n, name, questionnaire, known) for n, name in enumerate(table.header)]
    columns = _by_position(columns, questionnaire)
    made = tuple(_decided(column, table, questionnaire, known) for column in _once(columns))
    unknown = dict(_unknown(made, table, known))
    return Draft(Correspondence(made), unknown)


def written(made: Draft, questionnaire: Questionnaire) -> str:
    """Write a draft as YAML, with what an editor needs to finish it."""
    lines = [_HEADER.format(undecided=UNDECIDED), "colonnes:"]
    titles = {question.fullest: question.id for question in questionnaire if question.fullest}
    for column in made.correspondence.columns:
        fields = [f"position: {column.position}", f"intitule: {_text(column.header)}"]
        fields.append(f"role: {column.role}")
        if column.question:
            fields.append(f"question: {column.question}")
        if column.option:
            fields.append(f"option: {_text(column.option)}")
        near = suggestion(column.header, titles) if column.role == UNDECIDED else ""
        lines.append(f"- {{{', '.join(fields)}}}{f'  #{near}' if near else ''}")
    lines.append("libelles:")
    for question, writings in made.unknown.items():
        codes = ", ".join(questionnaire.codes(question))
        lines.append(f"#  {question}:  # codes : {codes}")
        lines += [f"#    {_text(writing)}: {UNDECIDED}" for writing in writings]
    lines.append("modalites:")
    lines.append('#- {question: S3, code: ans_36_45, parent: moins_45, libelle: "36 à 45 ans"}')
    lines += ["autres:", "#  Q8: autre", "vides: []", "fichier_themes:"]
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class _Candidate:
    column: Column
    questions: tuple[str, ...] = ()  # all that its wording may be
    theme: bool = False


def _by_wording(
    number: int, header: str, questionnaire: Questionnaire, known: Mapping[str, Labels]
) -> _Candidate:
    column = Column(number + 1, header, UNDECIDED)
    reduced = fold(header)
    if not reduced:
        untitled = tuple(q.id for q in questionnaire if not q.wording)
        return _Candidate(column, untitled)
    if reduced in _IDS:
        return _Candidate(replace(column, role="identifiant"))
    if reduced in _TECHNICAL:
        return _Candidate(replace(column, role="ignoree"))
    bare = fold(_THEME.sub("", header))
    asked = tuple(q.id for q in questionnaire if bare in _wordings(q))
    if asked:
        return _Candidate(column, asked, theme=bare != reduced)
    for question in questionnaire:
        if question.kind in ("multiple", "ouverte"):
            for wording in _wordings(question):
                rest = reduced.removeprefix(wording)
                code = known[question.id].near.get(rest) if rest != reduced else None
                if code is not None:
                    named = replace(column, role="option", question=question.id, option=code)
                    return _Candidate(named)
    return _Candidate(column)


def _wordings(question: Question) -> tuple[str, ...]:
    """Return the foldings of every way to name a question, longest first."""
    written = {fold(text) for text in (question.title, question.body_title) if text}
    name = fold(question.id)
    return tuple(sorted({*written, *(name + each for each in written), name}, key=len)[::-1])


def _by_position(
    candidates: Sequence[_Candidate], questionnaire: Questionnaire
) -> list[_Candidate]:
    """
    Settle repeated and empty headers by their place.

    As many columns as questions of one wording: in order.  Otherwise, the only
    question that stands between the neighbours.
    """
    settled = list(candidates)
    groups: dict[tuple[tuple[str, ...], bool], list[int]] = {}
    for place, each in enumerate(candidates):
        if len(each.questions) > 1 and each.column.header:
            groups.setdefault((each.questions, each.theme), []).append(place)
    for (questions, _), places in groups.items():
        if len(places) == len(questions):
            for place, question in zip(places, questions, strict=True):
                settled[place] = replace(settled[place], questions=(question,))
    rank = {question.id: question.rank for question in questionnaire}
    for place, each in enumerate(settled):
        if len(each.questions) > 1 or (each.questions and not each.column.header):
            low, high = _neighbours(settled, place, rank)
            between = tuple(q for q in each.questions if low <= rank[q] <= high)
            settled[place] = replace(each, questions=between if len(between) == 1 else ())
    return settled


def _neighbours(
    settled: Sequence[_Candidate], place: int, rank: Mapping[str, int]
) -> tuple[int, int]:
    def ranked(each: _Candidate) -> int | None:
        if each.column.question:
            return rank[each.column.question]
        named = each.questions if each.column.header else ()
        return rank[named[0]] if len(named) == 1 else None

    before = [found for each in settled[:place] if (found := ranked(each)) is not None]
    after = [found for each in settled[place + 1 :] if (found := ranked(each)) is not None]
    return (before[-1] if before else 0), (after[0] if after else max(rank.values()))


def _once(candidates: Sequence[_Candidate]) -> Iterator[_Candidate]:
    """Leave to the editor the columns that claim the same question in the same way."""
    claims: dict[tuple[str, str, str, bool], int] = {}
    for each in candidates:
        key = _claim(each)
        claims[key] = claims.get(key, 0) + 1
    for each in candidates:
        known = each.column.role in ("ignoree", UNDECIDED) and not each.questions
        if not known and claims[_claim(each)] > 1:
            doubtful = Column(each.column.position, each.column.header, UNDECIDED)
            yield _Candidate(doubtful)
        else:
            yield each


def _claim(each: _Candidate) -> tuple[str, str, str, bool]:
    question = each.questions[0] if each.questions else each.column.question
    return each.column.role, question, each.column.option, each.theme


def _decided(
    candidate: _Candidate, table: Table, questionnaire: Questionnaire, known: Mapping[str, Labels]
) -> Column:
    column = candidate.column
    if column.role == "option":
        return column if _ticked(column, table, known) else replace(column, role=UNDECIDED)
    if len(candidate.questions) != 1:
        return column
    question = candidate.questions[0]
    kind = questionnaire[question].kind
    role = {"unique": "reponse", "note": "reponse", "multiple": "options"}.get(kind)
    if role is None:
        role = "theme" if candidate.theme else _open_role(column, table, known[question])
    return replace(column, role=role, question="" if role == UNDECIDED else question)


def _ticked(column: Column, table: Table, known: Mapping[str, Labels]) -> bool:
    named = known[column.question]
    return all(
        is_tick(value, column.option, named) is not None
        for value in set(table.column(column.position - 1))
    )


def _open_role(column: Column, table: Table, known: Labels) -> str:
    """Tell themes from free text: all cells name a theme, or none does."""
    values = {value for value in table.column(column.position - 1) if value}
    named = [value for value in values if known.find(value) is not None]
    if not named:
        return "texte"
    return "theme" if len(named) == len(values) else UNDECIDED


def _unknown(
    columns: Sequence[Column], table: Table, known: Mapping[str, Labels]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the short writings of closed questions that name no option."""
    for column in columns:
        if column.role == "reponse":
            values = {value for value in table.column(column.position - 1) if value}
            strange = sorted(v for v in values if known[column.question].find(v) is None)
            if 0 < len(strange) <= 150 and all(len(value) <= SHOWN for value in strange):
                yield column.question, tuple(strange)
