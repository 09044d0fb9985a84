"""
The unknowns: how many respondents gave each answer, and each pair of answers.

Each question has one unknown per answer the data can hold (its margin).
Questions that a published figure crosses share a table, whose cells are
classes of answers that no figure of the table tells apart.  A table agrees
with the margins of its questions.  When tables and questions form a forest,
counts that agree on the margins belong to some set of respondents, so nothing
more need be solved (Lauritzen, *Graphical Models*, 1996, § 2.1: decomposable
hypergraphs).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from enquete.errors import EnqueteError
from enquete.questionnaire import Questionnaire
from enquete.reconstruction.linear import Constraint, Linear, constant, equal, total
from enquete.selection import All, Answered, Any, In, Not, Selection
from enquete.shares import Count

NONE = ""  # no answer
Answers = Mapping[str, str]
Classes = tuple[tuple[str, ...], ...]


class TooComplexError(EnqueteError):
    """Refuse a selection that the reconstruction cannot put in linear terms."""


@dataclass(frozen=True, slots=True)
class Table:
    """Cross the classes of some questions; ``cells`` are the possible combinations."""

    questions: tuple[str, ...]
    classes: tuple[Classes, ...]
    cells: tuple[tuple[int, ...], ...]

    @property
    def name(self) -> str:
        """Name the table after its questions."""
        return "×".join(self.questions)

    def variable(self, cell: tuple[int, ...]) -> str:
        """Name the unknown count of a cell."""
        labels = (_label(self.classes[i][k]) for i, k in enumerate(cell))
        return f"{self.name}={'×'.join(labels)}"

    def sample(self, cell: tuple[int, ...]) -> dict[str, str]:
        """Return one combination of answers that stands for the cell."""
        return {q: self.classes[i][cell[i]][0] for i, q in enumerate(self.questions)}

    def find(self, question: str, node: str) -> int:
        """Return the class of an answer."""
        classes = self.classes[self.questions.index(question)]
        return next(k for k, members in enumerate(classes) if node in members)


@dataclass(frozen=True, slots=True)
class Space:
    """Hold the unknowns and say any count as a sum of them."""

    questionnaire: Questionnaire
    n: int
    nodes: Mapping[str, tuple[str, ...]]  # single-answer questions → what data can hold
    options: Mapping[str, tuple[str, ...]]  # multiple-choice questions → options
    exclusive: Mapping[str, str]
    tables: tuple[Table, ...]

    def count(self, count: Count) -> Linear:
        """Say *count* as a sum of unknowns."""
        if count.unit == "ticks":
            return self._ticks(count)
        if count.unit == "respondents":
            return self.respondents(count.where)
        parts = [self.respondents(All((Answered(q), count.where))) for q in count.of]
        return sum(parts, constant(0))

    def respondents(self, where: Selection) -> Linear:
        """Say how many respondents *where* selects."""
        where = where.canonical()
        questions = closed(where.questions, self.questionnaire)
        if any(q in self.options for q in questions):
            return self._ticked(where)
        if not questions:
            return constant(self.n)
        if len(where.questions) == 1:
            (question,) = where.questions
            return total(
                margin(question, node)
                for node in self.nodes[question]
                if self.holds(where, {question: node})
            )
        table = self.table_of(where.questions)
        return total(
            table.variable(cell) for cell in table.cells if self.holds(where, table.sample(cell))
        )

    def table_of(self, questions: Iterable[str]) -> Table:
        """Return the table that crosses *questions*."""
        wanted = set(questions)
        for table in self.tables:
            if wanted <= set(table.questions):
                return table
        raise KeyError(tuple(sorted(wanted)))

    def hubs(self) -> tuple[tuple[str, ...], ...]:
        """Return the margins of the questions in several tables, the most crossed first."""
        crossed = {q: sum(q in table.questions for table in self.tables) for q in self.nodes}
        order = sorted(self.nodes, key=lambda q: (-crossed[q], self.questionnaire[q].rank))
        return tuple(tuple(margin(q, n) for n in self.nodes[q]) for q in order if crossed[q] > 1)

    def holds(self, selection: Selection, answers: Answers) -> bool:
        """Tell whether a canonical *selection* holds for these answers."""
        return holds(self.questionnaire, selection, answers)

    def structure(self) -> Iterator[Constraint]:
        """Yield what holds of any respondents: partitions, tables, exclusive options."""
        for question, nodes in self.nodes.items():
            everyone = total(margin(question, node) for node in nodes)
            yield equal(everyone, constant(self.n), f"partition:{question}")
        for table in self.tables:
            for i, question in enumerate(table.questions):
                for k, members in enumerate(table.classes[i]):
                    cells = total(table.variable(c) for c in table.cells if c[i] == k)
                    margins = total(margin(question, node) for node in members)
                    yield equal(cells, margins, f"marge:{table.name}:{question}")
        for question, options in self.options.items():
            yield from self._ticking(question, options)

    def _ticking(self, question: str, options: tuple[str, ...]) -> Iterator[Constraint]:
        alone = self.exclusive.get(question)
        none = total([tick(question, alone)] if alone else [])
        others = [o for o in options if o != alone]
        for option in others:
            yield Constraint(
                total([tick(question, option)]) + none, 0, self.n, f"exclusif:{question}"
            )
        every = total(tick(question, o) for o in others) + none
        yield Constraint(every, self.n, None, f"au moins une coche:{question}")

    def _ticks(self, count: Count) -> Linear:
        (question,) = count.of
        if count.where.canonical() != All():
            raise too_complex(f"coches de {question} sous condition")
        options = [
            option
            for option in self.options[question]
            if not count.options or (option in count.options) != count.excluded
        ]
        return total(tick(question, option) for option in options)

    def _ticked(self, where: Selection) -> Linear:
        match where:
            case Answered():
                return constant(self.n)
            case In(question, (code,)):
                return total([tick(question, code)])
        raise too_complex(f"répondantes selon plusieurs options de {where.questions[0]}")


def margin(question: str, node: str) -> str:
    """Name the unknown count of an answer."""
    return f"{question}={_label((node,))}"


def tick(question: str, option: str) -> str:
    """Name the unknown count of a tick."""
    return f"{question}:{option}"


def holds(questionnaire: Questionnaire, selection: Selection, answers: Answers) -> bool:
    """Evaluate a canonical *selection* on answers fine enough for it to be settled."""
    match selection:
        case In(question, codes):
            return answers[question] in questionnaire.below(question, codes)
        case Answered(question):
            return answers[question] != NONE
        case Not(Answered(question)):
            return answers[question] == NONE
        case Not(In(question, codes)):
            node = answers[question]
            return node != NONE and node not in questionnaire.below(question, codes)
        case All(parts):
            return all(holds(questionnaire, part, answers) for part in parts)
        case Any(parts):
            return any(holds(questionnaire, part, answers) for part in parts)
    msg = f"sélection non canonique : {selection!r}"
    raise TypeError(msg)


def closed(questions: Iterable[str], questionnaire: Questionnaire) -> set[str]:
    """Return *questions* and those that decide who was asked them."""
    found: set[str] = set()
    waiting = list(questions)
    while waiting:
        question = waiting.pop()
        if question not in found:
            found.add(question)
            waiting += questionnaire[question].asked.questions
    return found


def _label(members: tuple[str, ...]) -> str:
    return (members[0] or "sans_reponse") + ("+" if len(members) > 1 else "")


def too_complex(what: str) -> TooComplexError:
    """Make the error about something that is not linear here."""
    return TooComplexError(
        f"La reconstruction ne sait pas traiter : {what}.",
        "data/figures.yml",
        "ramener la lecture retenue à deux questions, ou à une seule à choix multiple.",
    )
