"""From the cells of an export to codes: single answers, ticks, themes; texts are set apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from enquete.errors import EnqueteError
from enquete.importing.labels import Found, Labels, labels
from enquete.importing.mapping import Correspondence
from enquete.importing.matching import Bound
from enquete.importing.problems import Problems, quoted
from enquete.importing.table import Table
from enquete.importing.ticks import is_tick
from enquete.importing.wording import eaten, fold, tidy
from enquete.questionnaire import Questionnaire
from enquete.suggest import suggestion

_ADD = "corriger la cellule, ou dire son code sous « libelles » ou « modalites » de {}."


@dataclass(slots=True)
class Coded:
    """Hold the codes of an export, row by row, and what was said of them on the way."""

    ids: list[str]
    answers: dict[str, list[str]]  # question of one answer → code of each row, or nothing
    ticks: list[tuple[int, str, str]] = field(default_factory=list)  # row, question, option
    coded: list[tuple[int, str, str]] = field(default_factory=list)  # row, question, theme
    texts: list[tuple[str, str]] = field(default_factory=list)  # question, words; never published
    near: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    written: dict[str, set[int]] = field(default_factory=dict)  # open question → rows with words
    hidden: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Coder:
    """Code the columns of one table; problems are gathered, never raised one by one."""

    table: Table
    questionnaire: Questionnaire
    correspondence: Correspondence
    problems: Problems
    known: Mapping[str, Labels]

    def code(self, bound: Sequence[Bound]) -> Coded:
        """Code every column of the table."""
        rows = range(len(self.table.rows))
        made = Coded(ids=["" for _ in rows], answers={})
        for each in bound:
            column = each.column
            match column.role:
                case "identifiant":
                    made.ids = list(self.table.column(each.index))
                case "reponse":
                    made.answers[column.question] = self._single(each, made)
                case "option":
                    self._option(each, made)
                case "options":
                    self._joined(each, made)
                case "theme":
                    for row, code in enumerate(self._single(each, made)):
                        if code:
                            made.coded.append((row, column.question, code))
                case "texte":
                    self._words(each, made)
        return made

    def cells(self, index: int) -> list[str]:
        """Return the cells of a column, those that mean « nothing » emptied."""
        blanks = self.correspondence.blanks
        return ["" if cell in blanks else cell for cell in self.table.column(index)]

    def _single(self, each: Bound, made: Coded) -> list[str]:
        question = each.column.question
        known = self.known[question]
        decided: dict[str, Found | None] = {}
        codes = []
        for row, value in enumerate(self.cells(each.index)):
            if not value:
                codes.append("")
                continue
            if value not in decided:
                decided[value] = known.find(value)
            found = decided[value]
            codes.append(found.code if found else "")
            if found is None:
                self._unknown(question, value, row, each.index)
            else:
                self._said(made, question, value, found)
        return codes

    def _option(self, each: Bound, made: Coded) -> None:
        question, option = each.column.question, each.column.option
        into = made.ticks if self.questionnaire.kind(question) == "multiple" else made.coded
        decided: dict[str, bool | None] = {}
        for row, value in enumerate(self.cells(each.index)):
            if not value:
                continue
            if value not in decided:
                decided[value] = is_tick(value, option, self.known[question])
            if decided[value]:
                into.append((row, question, option))
            elif decided[value] is None:
                self.problems.add(
                    f"Ni coché ni décoché : {quoted(value)}.",
                    "écrire « Oui » ou rien, ou l’ajouter aux « vides » de "
                    f"{self.correspondence.path or 'la correspondance'}.",
                    row,
                    each.index,
                )

    def _joined(self, each: Bound, made: Coded) -> None:
        question = each.column.question
        known = self.known[question]
        # The original cells: a line break separates options, and tidying would lose it.
        for row, raw in enumerate(line[each.index] for line in self.table.rows):
            if not raw or tidy(raw) in ("", *self.correspondence.blanks):
                continue
            split = known.split(raw)
            for piece in split.unknown:
                self._unknown(question, piece, row, each.index)
            for found in split.found:
                if found.near:
                    self._said(made, question, tidy(raw), found)
                elif found.free:
                    made.texts.append((question, tidy(raw)))
            made.hidden[question] += split.hidden
            for code in dict.fromkeys(found.code for found in split.found):
                made.ticks.append((row, question, code))

    def _words(self, each: Bound, made: Coded) -> None:
        question = each.column.question
        for row, value in enumerate(self.cells(each.index)):
            if value:
                made.texts.append((question, value))
                made.written.setdefault(question, set()).add(row)

    def _said(self, made: Coded, question: str, value: str, found: Found) -> None:
        if found.near:
            made.near[question, value, found.label] += 1
        elif found.free:
            made.texts.append((question, value))

    def _unknown(self, question: str, value: str, row: int, index: int) -> None:
        todo = _ADD.format(self.correspondence.path or "la correspondance")
        self.problems.add(unknown(self.known[question], value), todo, row, index)


def unknown(known: Labels, value: str) -> str:
    """Say that a value is no option of the question, and what it may have been."""
    was = [code for each in eaten(value) if (code := known.exact.get(each) or _scale(known, each))]
    if eaten(value):
        guess = " ou ".join(f"« {each} »" for each in eaten(value))
        says = f" ({known.words[was[0]]})" if was else ""
        return (
            f"{known.question} : date {quoted(value)} au lieu d’une réponse. "
            f"Un tableur a sans doute converti {guess}{says}."
        )
    written = [label for code, label in known.words.items() if label and code]
    near = suggestion(value, written) if len(value) <= 200 else ""
    return f"{known.question} : {quoted(value)} n’est pas une option.{near}"


def _scale(known: Labels, text: str) -> str | None:
    return known.near.get(fold(text))


def known_labels(questionnaire: Questionnaire, correspondence: Correspondence) -> dict[str, Labels]:
    """Gather the writings of every question, those of the correspondence included."""
    return {
        question.id: labels(
            question,
            correspondence.writings.get(question.id, {}),
            correspondence.others.get(question.id),
        )
        for question in questionnaire
    }


def add_long(
    table: Table, coder: Coder, made: Coded, expected: Mapping[str, int]
) -> list[EnqueteError]:
    """Add the themes of a long file: one row a coded answer; return its problems."""
    names = {fold(name): index for index, name in enumerate(table.header)}
    found = {
        role: next((names[each] for each in choices if each in names), None)
        for role, choices in _LONG.items()
    }
    if None in found.values():
        return [
            EnqueteError(
                "Colonnes du fichier de thèmes non reconnues.",
                f"{table.path}, ligne {table.lines[0] - 1}",
                "trois colonnes : repondante, question, theme.",
            )
        ]
    problems = Problems(table)
    questions = {fold(q.id): q.id for q in coder.questionnaire if q.kind == "ouverte"}
    for q in coder.questionnaire:
        if q.kind == "ouverte" and q.body_title:
            questions.setdefault(fold(q.body_title), q.id)
    who, asked, theme = (list(table.column(found[role] or 0)) for role in _LONG)
    for row, (identifier, question, value) in enumerate(zip(who, asked, theme, strict=True)):
        name = questions.get(fold(question))
        if identifier not in expected:
            problems.add(
                "Réponse d’une répondante absente de l’export.", "la retirer, ou corriger son "
                "identifiant.", row, found["repondante"],
            )  # fmt: skip
        elif name is None:
            problems.add(
                f"{quoted(question)} n’est pas une question ouverte.",
                "écrire son identifiant : Q1a, Q2…",
                row,
                found["question"],
            )
        else:
            code = coder.known[name].find(value) if value else None
            if code is None:
                todo = _ADD.format(coder.correspondence.path or "la correspondance")
                problems.add(unknown(coder.known[name], value), todo, row, found["theme"])
            else:
                made.coded.append((expected[identifier], name, code.code))
    return problems.errors()


_LONG = {
    "repondante": ("repondante", "repondant", "id", "identifiant", "idrepondante"),
    "question": ("question", "idquestion", "codequestion"),
    "theme": ("theme", "code", "codetheme", "libelle"),
}
