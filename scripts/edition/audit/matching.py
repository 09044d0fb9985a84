"""Find the site's texts again in the PDF, so that what is left over can be looked at."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from edition.audit.numbers import Number, find
from edition.audit.paper import squeeze
from edition.audit.reading import Block
from edition.audit.sheets import PaperPage

_LONG = 25
_NEAR = 1500
_FAR = 20_000
_SHARED = 8


@dataclass(frozen=True)
class Unit:
    """
    A text of the site that the PDF must hold: a paragraph, a row of a table, a label.

    Attributes:
        text: squeezed.
        blocks: where it comes from.
        starts: place in *text* of each anchor of the site that stands in it.
        float: identity of the figure or table that holds it, 0 for running text.
        loose: whether it has no order of its own (labels of a chart).
    """

    text: str
    blocks: tuple[Block, ...]
    starts: tuple[tuple[str, int], ...] = ()
    float: int = 0
    loose: bool = False


@dataclass
class Stream:
    """
    The body of the PDF as one squeezed text, and what of it is accounted for.

    Attributes:
        text: everything, squeezed.
        taken: one mark a sign.
        offsets: where each page starts in *text*.
    """

    pages: Sequence[PaperPage]
    text: str = ""
    taken: bytearray = field(default_factory=bytearray)
    offsets: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Squeeze the pages."""
        parts, length = [], 0
        for page in self.pages:
            self.offsets.append(length)
            part = squeeze(page.body)
            parts.append(part)
            length += len(part)
        self.text = "".join(parts)
        self.taken = bytearray(length)

    def take(self, start: int, length: int) -> None:
        """Mark a stretch as accounted for."""
        self.taken[start : start + length] = b"\1" * length

    def free(self, start: int, length: int) -> bool:
        """Tell whether no sign of a stretch is accounted for yet."""
        return not any(self.taken[start : start + length])

    def page(self, place: int) -> int:
        """Return the number of the page that holds a place of the text."""
        return self.pages[max(bisect_right(self.offsets, place) - 1, 0)].number

    def left(self) -> Iterator[tuple[PaperPage, Number, int]]:
        """Give each number of which some sign is not accounted for, and its place."""
        ends = [*self.offsets[1:], len(self.text)]
        for page, start, end in zip(self.pages, self.offsets, ends, strict=True):
            if b"\0" not in self.taken[start:end]:
                continue
            place, read = start, 0
            for number in find(page.body):
                place += len(squeeze(page.body[read : number.start]))
                size = len(squeeze(number.text))
                read = number.end
                if not all(self.taken[place : place + size]):
                    yield page, number, place
                place += size


@dataclass
class _Cursors:
    """Where the text has got to, and where the float under way has."""

    main: int
    floating: int = 0
    owner: int = 0
    furthest: int = 0

    def of(self, unit: Unit) -> int:
        """Return where to look for *unit*: a figure may stand before or after its call."""
        if not unit.float:
            return self.main
        if unit.float != self.owner:
            self.owner, self.floating = unit.float, self.main
        return self.floating

    def after(self, unit: Unit, place: int) -> None:
        """Move on."""
        self.furthest = max(self.furthest, place)
        if not unit.float:
            self.main = place
        elif not unit.loose:
            self.floating = place


@dataclass(frozen=True)
class Found:
    """Where a unit stands: in one piece, or cut in two by a float."""

    place: int
    head: int
    rest: int

    def at(self, offset: int) -> int:
        """Return the place in the stream of a place in the unit."""
        return self.place + offset if offset < self.head else self.rest + offset - self.head


def match(units: Sequence[Unit], stream: Stream, start: int) -> dict[int, Found]:
    """
    Mark in *stream* what the units account for, and return the place of each that is whole.

    Units follow one another, but for floats; one that a float cuts is found in two pieces;
    one that was changed is compared sign by sign with what stands after the one before it, so
    that only the change is left over.
    """
    places: dict[int, Found] = {}
    ends: dict[int, int] = {}
    cursors = _Cursors(start)
    changed: list[int] = []
    for index, unit in enumerate(units):
        cursor = cursors.of(unit)
        ends[index] = cursor
        place = _place(unit, stream, cursor, start)
        if place < 0:  # a table longer than the text around it stands between
            place = _place(unit, stream, cursors.furthest, start)
        if place >= 0:
            stream.take(place, len(unit.text))
            end = place + len(unit.text)
            places[index] = Found(place, len(unit.text), end)
        elif (cut := _cut(unit, stream, cursor)) is not None:
            place, head, rest = cut
            stream.take(place, head)
            stream.take(rest, len(unit.text) - head)
            end = rest + len(unit.text) - head
            places[index] = Found(place, head, rest)
        else:
            changed.append(index)
            continue
        cursors.after(unit, end)
    for index in changed:
        _compared(units[index], stream, ends[index])
    return places


def _place(unit: Unit, stream: Stream, cursor: int, start: int) -> int:
    """Find a unit after the cursor, else before; a short one must be near."""
    size = len(unit.text)
    ahead, behind = (_FAR, _FAR) if size >= _LONG else (_NEAR, _NEAR)
    place = _free(unit.text, stream, cursor, cursor + ahead + size)
    return place if place >= 0 else _free(unit.text, stream, max(start, cursor - behind), cursor)


def _free(text: str, stream: Stream, low: int, high: int) -> int:
    place = stream.text.find(text, low, high)
    while place >= 0 and not stream.free(place, len(text)):
        place = stream.text.find(text, place + 1, high)
    return place


def _cut(unit: Unit, stream: Stream, cursor: int) -> tuple[int, int, int] | None:
    """Find a unit that a float cuts: its place, the size of its head, the place of the rest."""
    text = unit.text
    if len(text) < 2 * _LONG or unit.float:
        return None
    place = _free(text[:_LONG], stream, cursor, cursor + _FAR)
    if place < 0:
        return None
    head = _LONG
    while head < len(text) and stream.text[place + head : place + head + 1] == text[head]:
        head += 1
    for size in range(head, max(head - _SHARED, _LONG) - 1, -1):
        rest = _free(text[size:], stream, place + size, place + size + _FAR + len(text))
        if rest >= 0:
            return place, size, rest
    return None


def _compared(unit: Unit, stream: Stream, low: int) -> None:
    """Mark what a changed unit still shares with the text where it should stand."""
    around = stream.text[low : low + 2 * len(unit.text) + _NEAR]
    shared = SequenceMatcher(None, unit.text, around, autojunk=False).get_matching_blocks()
    for block in shared:
        if block.size >= min(_SHARED, len(unit.text)) and stream.free(low + block.b, block.size):
            stream.take(low + block.b, block.size)
