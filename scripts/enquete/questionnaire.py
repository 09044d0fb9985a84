"""The questionnaire: questions, and the tree of their options or themes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

from enquete.errors import EnqueteError
from enquete.selection import In, Selection, everyone, from_json
from enquete.suggest import suggestion
from enquete.tabular import Records

Kind = Literal["unique", "multiple", "note", "ouverte"]
OptionStatus = Literal["publiee", "deduite", "remplissage"]


@dataclass(frozen=True, slots=True)
class Option:
    """
    Name one option of a closed question or one theme of an open one.

    Status ``remplissage`` marks a placeholder: it exists so that counts add up
    and is never shown.
    """

    code: str
    label: str
    order: int
    status: OptionStatus
    parent: str
    children: tuple[Option, ...] = ()

    def walk(self, level: int = 0) -> Iterator[tuple[Option, int]]:
        """Yield this option and those below it, with their depth."""
        yield self, level
        for child in self.children:
            yield from child.walk(level + 1)


@dataclass(frozen=True, slots=True)
class Question:
    """Hold one row of the questionnaire and the tree of its options."""

    id: str
    rank: int
    title: str
    body_title: str
    kind: Kind
    role: str
    asked: Selection
    published_base: str
    complete: bool
    options: tuple[Option, ...] = ()

    @property
    def wording(self) -> str:
        """Return the exact wording of annex 2, else the body's; may be empty."""
        return self.title or self.body_title

    @property
    def published_options(self) -> tuple[Option, ...]:
        """Return the first-level options that the sources print, in their order."""
        return tuple(option for option in self.options if option.status == "publiee")

    @property
    def fullest(self) -> str:
        """Return the longer of the two printed wordings: « Pourquoi ? » needs its context."""
        return max(self.title, self.body_title, key=len)

    def walk(self) -> Iterator[tuple[Option, int]]:
        """Yield every option with its depth, parents first."""
        for option in self.options:
            yield from option.walk()


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """Find questions and options; refuse unknown ones with a suggestion."""

    questions: tuple[Question, ...]
    _by_id: Mapping[str, Question] = field(repr=False, compare=False, default_factory=dict)
    _options: Mapping[str, Mapping[str, Option]] = field(
        repr=False, compare=False, default_factory=dict
    )

    def __getitem__(self, question: str) -> Question:
        found = self._by_id.get(question)
        if found is None:
            raise EnqueteError(
                f"La question {question!r} n’existe pas.{suggestion(question, self._by_id)}",
                "",
                "voir les identifiants dans data/questions.csv.",
            )
        return found

    def __iter__(self) -> Iterator[Question]:
        return iter(self.questions)

    def option(self, question: str, code: str) -> Option:
        """Return an option by its code."""
        options = self._options[self[question].id]
        found = options.get(code)
        if found is None:
            raise EnqueteError(
                f"L’option {code!r} n’existe pas à la question {question}."
                f"{suggestion(code, options)}",
                "",
                "voir les codes dans data/modalites.csv.",
            )
        return found

    def codes(self, question: str) -> tuple[str, ...]:
        """Return the codes of all options of *question*, parents first."""
        return tuple(option.code for option, _ in self[question].walk())

    def below(self, question: str, codes: Iterable[str]) -> frozenset[str]:
        """Return *codes* and everything below them in the tree."""
        return frozenset(
            below.code for code in codes for below, _ in self.option(question, code).walk()
        )

    def above(self, question: str, codes: Iterable[str]) -> frozenset[str]:
        """Return the strict ancestors of *codes*."""
        found: set[str] = set()
        for code in codes:
            parent = self.option(question, code).parent
            while parent:
                found.add(parent)
                parent = self.option(question, parent).parent
        return frozenset(found)

    def check(self, selection: Selection) -> None:
        """Refuse a selection that names an unknown question or option."""
        for leaf in selection.leaves():
            self[leaf.question]
            if isinstance(leaf, In):
                for code in leaf.codes:
                    self.option(leaf.question, code)

    def label(self, question: str, code: str) -> str:
        """Return the label of an option, for the words of a selection."""
        return self.option(question, code).label

    def kind(self, question: str) -> str:
        """Return the kind of a question, for the words of a selection."""
        return self[question].kind


def read_questionnaire(questions: Records, options: Records) -> Questionnaire:
    """Build the questionnaire from the rows of its two files."""
    built: list[Question] = []
    index: dict[str, dict[str, Option]] = {}
    rows: dict[str, list[Mapping[str, str]]] = {}
    for row in options.rows():
        rows.setdefault(row["question"], []).append(row)
    for number, row in enumerate(questions.rows()):
        tree = _tree(rows.get(row["id"], []), "", options.path)
        question = Question(
            id=row["id"],
            rank=int(row["rang"]),
            title=row["titre"],
            body_title=row["titre_corps"],
            kind=cast("Kind", row["type"]),
            role=row["role"],
            asked=_asked(row["posee_a"], f"{questions.path}, ligne {questions.line(number)}"),
            published_base=row["base_publiee"],
            complete=row["modalites_completes"] == "oui",
            options=tree,
        )
        built.append(question)
        index[question.id] = {option.code: option for option, _ in question.walk()}
        _check_reached(question.id, rows.get(row["id"], []), index[question.id], options.path)
    built.sort(key=lambda question: question.rank)
    return Questionnaire(tuple(built), {question.id: question for question in built}, index)


def _tree(rows: list[Mapping[str, str]], parent: str, path: str) -> tuple[Option, ...]:
    found = [
        Option(
            code=row["code"],
            label=row["libelle"],
            order=int(row["ordre"]),
            status=cast("OptionStatus", row["statut"]),
            parent=parent,
            children=_tree(rows, row["code"], path),
        )
        for row in rows
        if row["parent"] == parent and row["code"] != parent
    ]
    return tuple(sorted(found, key=lambda option: option.order))


def _check_reached(
    question: str, rows: list[Mapping[str, str]], reached: Mapping[str, Option], path: str
) -> None:
    lost = [row["code"] for row in rows if row["code"] not in reached]
    if lost:
        raise EnqueteError(
            f"Options de {question} rattachées à aucun parent : {', '.join(lost)}.",
            f"{path}, colonne « parent »",
            "donner pour parent le code d’une option de la même question, ou rien.",
        )


def _asked(text: str, where: str) -> Selection:
    if not text:
        return everyone
    try:
        return from_json(json.loads(text))
    except (json.JSONDecodeError, EnqueteError) as error:
        raise EnqueteError(
            f"Filtre illisible : {text}",
            f"{where}, colonne « posee_a »",
            'écrire une sélection en JSON, par exemple {"q":"Q1","in":["bien"]}.',
        ) from error
