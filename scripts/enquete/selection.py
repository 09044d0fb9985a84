"""Conditions on the answers: written in Python, stored as JSON, said in French."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any as Json
from typing import Protocol

from enquete import french
from enquete.errors import EnqueteError


class Wordings(Protocol):
    """Give the words that a selection needs to be said."""

    def label(self, question: str, code: str) -> str:
        """Return the label of an option."""

    def kind(self, question: str) -> str:
        """Return the kind of a question."""


@dataclass(frozen=True, slots=True)
class Selection:
    """
    Be true, false or unknown for each respondent.

    ``not`` stays within « answered »: whoever gave no answer is in neither a
    choice nor its negation.
    """

    def __and__(self, other: Selection) -> Selection:
        return All((self, other))

    def __or__(self, other: Selection) -> Selection:
        return Any((self, other))

    def __invert__(self) -> Selection:
        return Not(self)

    def to_json(self) -> dict[str, Json]:
        """Return the selection in the grammar of ``figures.yml``."""
        match self:
            case In(question, codes):
                return {"q": question, "in": list(codes)}
            case Answered(question):
                return {"q": question, "answered": True}
            case All(parts):
                return {"all": [part.to_json() for part in parts]}
            case Any(parts):
                return {"any": [part.to_json() for part in parts]}
            case Not(part):
                return {"not": part.to_json()}
        raise TypeError(self)

    def canonical(self) -> Selection:
        """
        Return the one form that equal conditions share.

        Negations are pushed to the leaves, nested groups flattened, parts
        sorted, and « answered » dropped where a choice already implies it.
        """
        match self:
            case In(question, codes):
                return In(question, tuple(sorted(set(codes))))
            case All(parts):
                return _together(parts)
            case Any(parts):
                return _either(parts)
            case Not(part):
                return _negated(part)
        return self

    def leaves(self) -> Iterator[In | Answered]:
        """Yield the conditions on single questions, in order."""
        match self:
            case In() | Answered():
                yield self
            case All(parts) | Any(parts):
                for part in parts:
                    yield from part.leaves()
            case Not(part):
                yield from part.leaves()

    def sayable(self, wordings: Wordings) -> str:
        """Say the condition in French, to follow « les répondantes qui »."""
        match self:
            case In(question, codes):
                verb = "évoquent" if wordings.kind(question) == "ouverte" else "répondent"
                return f"{verb} {_labels(wordings, question, codes, 'ou')} à {question}"
            case Answered(question):
                return f"ont répondu à {question}"
            case All(parts):
                return " et ".join(_grouped(part, wordings) for part in parts) or "ont répondu"
            case Any(parts):
                return " ou ".join(_grouped(part, wordings) for part in parts) or "n’existent pas"
            case Not(Answered(question)):
                return f"n’ont pas répondu à {question}"
            case Not(In(question, codes)):
                labels = _labels(wordings, question, codes, "ou")
                return f"répondent autre chose que {labels} à {question}"
            case Not(part):
                return _negated(part).sayable(wordings)
        raise TypeError(self)

    @property
    def key(self) -> str:
        """Return the canonical JSON text, equal for equal conditions."""
        return dump(self.canonical().to_json())

    @property
    def questions(self) -> tuple[str, ...]:
        """Return the questions asked about, once each, in order."""
        return tuple(dict.fromkeys(leaf.question for leaf in self.leaves()))


@dataclass(frozen=True, slots=True)
class In(Selection):
    """Hold for respondents who chose one of *codes*, or an option below one."""

    question: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answered(Selection):
    """Hold for respondents who answered *question*."""

    question: str


@dataclass(frozen=True, slots=True)
class All(Selection):
    """Hold where every part holds; with no part, for everyone."""

    parts: tuple[Selection, ...] = ()


@dataclass(frozen=True, slots=True)
class Any(Selection):
    """Hold where at least one part holds; with no part, for nobody."""

    parts: tuple[Selection, ...] = ()


@dataclass(frozen=True, slots=True)
class Not(Selection):
    """Hold where *part* does not, among those who answered."""

    part: Selection


everyone: Selection = All()


def answered(question: str) -> Selection:
    """Select the respondents who answered *question*."""
    return Answered(question)


def chose(question: str, *codes: str) -> Selection:
    """Select the respondents who chose one of *codes*, or coded so for open questions."""
    if not codes:
        raise EnqueteError(
            f"chose({question!r}) ne dit pas quelle option.",
            "",
            f"ajouter au moins un code, ou écrire answered({question!r}).",
        )
    return In(question, codes)


def from_json(value: object) -> Selection:
    """Read a selection written in the grammar of ``figures.yml``."""
    match value:
        case {"q": str(question), "in": list(codes), **rest} if codes and not rest:
            return In(question, tuple(str(code) for code in codes))
        case {"q": str(question), "answered": True, **rest} if not rest:
            return Answered(question)
        case {"all": list(parts), **rest} if not rest:
            return All(tuple(from_json(part) for part in parts))
        case {"any": list(parts), **rest} if not rest:
            return Any(tuple(from_json(part) for part in parts))
        case {"not": part, **rest} if not rest:
            return Not(from_json(part))
    raise EnqueteError(
        f"Sélection illisible : {value!r}.",
        "",
        'écrire {"q": …, "in": […]}, {"q": …, "answered": true}, {"all": […]}, '
        '{"any": […]} ou {"not": …}.',
    )


def dump(value: Mapping[str, Json]) -> str:
    """Write JSON with sorted keys and no spaces, so that equal values are equal texts."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _together(parts: Iterable[Selection]) -> Selection:
    flat = _flat(All, (part.canonical() for part in parts))
    chosen = {question for part in flat for question in _chosen_in(part)}
    kept = [p for p in flat if not (isinstance(p, Answered) and p.question in chosen)]
    return kept[0] if len(kept) == 1 else All(tuple(kept))


def _either(parts: Iterable[Selection]) -> Selection:
    chosen: dict[str, list[str]] = {}
    others: list[Selection] = []
    for part in _flat(Any, (part.canonical() for part in parts)):
        if isinstance(part, In):
            chosen.setdefault(part.question, []).extend(part.codes)
        else:
            others.append(part)
    merged = [In(question, tuple(codes)).canonical() for question, codes in chosen.items()]
    kept = _flat(Any, [*merged, *others])
    return kept[0] if len(kept) == 1 else Any(tuple(kept))


def _negated(part: Selection) -> Selection:
    match part:
        case All(parts):
            return _either([_negated(each) for each in parts])
        case Any(parts):
            return _together([_negated(each) for each in parts])
        case Not(inner):
            return inner.canonical()
    return Not(part.canonical())


def _flat(kind: type[All] | type[Any], parts: Iterable[Selection]) -> list[Selection]:
    """Return the parts of nested groups of one kind, sorted, once each."""
    found: dict[str, Selection] = {}
    for part in parts:
        inner = part.parts if isinstance(part, (All, Any)) and type(part) is kind else (part,)
        found.update((dump(each.to_json()), each) for each in inner)
    return [found[key] for key in sorted(found)]


def _chosen_in(part: Selection) -> tuple[str, ...]:
    match part:
        case In(question) | Not(In(question)):
            return (question,)
    return ()


def _labels(wordings: Wordings, question: str, codes: Iterable[str], last: str) -> str:
    labels = [french.quoted(wordings.label(question, code)) for code in codes]
    return french.enumeration(labels, last)


def _grouped(part: Selection, wordings: Wordings) -> str:
    words = part.sayable(wordings)
    return f"({words})" if isinstance(part, (All, Any)) and len(part.parts) > 1 else words
