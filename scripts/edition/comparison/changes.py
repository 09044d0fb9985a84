"""What changed between two editions, and why: decided by comparing the fields of each figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from edition.comparison.state import Key, Line, State

Cause = Literal["donnees", "code", "arrondi", "texte", "declaration"]
CAUSES: Mapping[Cause, str] = {
    "donnees": "les réponses ont changé",
    "code": "le calcul a changé",
    "arrondi": "l’arrondi a changé",
    "texte": "les mots ont changé",
    "declaration": "ce qui est déclaré dans data/ a changé",
}
_WORDED = ("words", "rank", "fact")
# What a reader sees of a figure, or could recompute from what is said of it.
_SEEN = ("text", "numerator", "base", "value", "said", "universe", "verdict", "kind", "label")


@dataclass(frozen=True)
class Change:
    """A figure that both editions print, differently; its causes may be several."""

    key: Key
    before: Line
    after: Line
    causes: tuple[Cause, ...]


@dataclass(frozen=True)
class Changes:
    """
    All that changed from one edition to another.

    Attributes:
        changed: figures; *reworded*: statements and words said of the same figures.
        came, went: what only the second edition, or only the first, prints.
        files: the files of answers that differ; *origins*: both, when they differ.
    """

    changed: tuple[Change, ...]
    reworded: tuple[Change, ...]
    came: tuple[tuple[Key, Line], ...]
    went: tuple[tuple[Key, Line], ...]
    files: tuple[str, ...]
    origins: tuple[str, str] | None

    def __bool__(self) -> bool:
        return bool(self.changed or self.reworded or self.came or self.went or self.origins)


def compare(before: State, after: State) -> Changes:
    """Compare two editions, figure by figure, in the order of the second one."""
    names = sorted(before.files.keys() | after.files.keys())
    files = tuple(name for name in names if before.files.get(name) != after.files.get(name))
    both = [
        Change(key, before.lines[key], line, causes(before.lines[key], line, files))
        for key, line in after.lines.items()
        if key in before.lines and _differs(before.lines[key], line)
    ]
    came = {key: line for key, line in after.lines.items() if key not in before.lines}
    went = {key: line for key, line in before.lines.items() if key not in after.lines}
    moved = list(_reworded(went, came))
    for change, old in moved:
        del came[change.key], went[old]
    return Changes(
        changed=tuple(each for each in both if not _is_worded(each)),
        reworded=(
            *(each for each in both if _is_worded(each)),
            *(change for change, _ in moved),
        ),
        came=tuple(came.items()),
        went=tuple(went.items()),
        files=files,
        origins=None if before.origin == after.origin else (before.origin, after.origin),
    )


def causes(before: Line, after: Line, files: tuple[str, ...]) -> tuple[Cause, ...]:
    """
    Say why a figure differs, from what else differs in it.

    A cell holds several figures: its code alone is a cause only when nothing else is.
    """
    found: list[Cause] = []
    exact = (before.numerator, before.base, before.value) == (
        after.numerator,
        after.base,
        after.value,
    )
    if set(files) & {*before.files, *after.files} and not (exact and _known(before)):
        found.append("donnees")
    if before.computation != after.computation:
        found.append("code")
    if before.decimals != after.decimals and before.text != after.text:
        found.append("arrondi")
    worded = before.kind in _WORDED or after.kind in _WORDED
    if (worded and before.text != after.text) or before.label != after.label:
        found.append("texte")
    if before.claim != after.claim and "texte" not in found:
        found.append("texte")
    if not found and before.code != after.code and before.kind != "implied":
        found.append("code")
    return tuple(found) or ("declaration",)


def _known(line: Line) -> bool:
    return line.numerator is not None or line.value is not None


def _differs(before: Line, after: Line) -> bool:
    seen = any(getattr(before, name) != getattr(after, name) for name in _SEEN)
    return seen or before.claim != after.claim or before.computation != after.computation


def _is_worded(change: Change) -> bool:
    return change.after.kind in ("words", "rank")


def _reworded(went: Mapping[Key, Line], came: Mapping[Key, Line]) -> Iterator[tuple[Change, Key]]:
    """
    Pair words that left a chapter with those that came in their place.

    The id of words holds the words: other words on the same figures are another id.
    """
    left = {key: line for key, line in went.items() if line.kind == "words"}
    for key, line in came.items():
        if line.kind != "words":
            continue
        twin = next(
            (
                old
                for old, before in left.items()
                if old[0] == key[0]
                and ((line.claim and before.claim == line.claim) or (before.of == line.of != ()))
            ),
            None,
        )
        if twin is not None:
            yield Change(key, left.pop(twin), line, ("texte",)), twin
