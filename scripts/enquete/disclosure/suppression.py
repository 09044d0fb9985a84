"""
Which cells of a table are kept back so that the others do not give them back.

A table is a tree: the options of a question under their total, the themes of an option
under it.  Whoever reads it knows the total, the cells that are shown, and that children
add up to their parent.  `bounds` is all that this reader can work out of a hidden cell;
`hidden` hides more cells until each small one could as well be a large one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Bounds = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Cell:
    """
    One count of a table.

    Attributes:
        count: how many are in it.
        parent: position of the cell that holds it, `None` under the total.
        limit: a count under it is small.
        printed: what the original report already prints of it: it cannot be hidden.
    """

    count: int
    parent: int | None
    limit: int
    printed: Bounds | None = None

    @property
    def small(self) -> bool:
        """Tell whether this cell must be hidden."""
        return 0 < self.count < self.limit and self.printed is None


def hidden(cells: Sequence[Cell], total: int) -> frozenset[int]:
    """
    Return the positions of the cells to hide: the small ones, and those that protect them.

    A cell that the report prints stays: what it gives back was given back already.
    """
    table = _Table(cells, total)
    kept = {at for at, cell in enumerate(table.cells) if cell.small}
    for target in sorted(kept, key=lambda at: table.cells[at].count):
        while not table.safe(target, kept):
            choices = [at for at in table.candidates(target) if at not in kept]
            if not choices:
                break
            enough = (at for at in choices if table.safe(target, kept | {at}))
            kept.add(next(enough, choices[0]))
    return frozenset(at for at in kept if at < len(cells))


def bounds(cells: Sequence[Cell], total: int, kept: frozenset[int]) -> Mapping[int, Bounds]:
    """Return what a reader of the table can work out of each hidden cell."""
    found = _Table(cells, total).bounds(set(kept))
    return {at: found[at] for at in kept}


class _Table:
    """Cells, the remainder of each group (nobody prints it), and the sums they obey."""

    def __init__(self, cells: Sequence[Cell], total: int) -> None:
        self.cells = list(cells)
        self.total = total
        self.groups: dict[int | None, list[int]] = {}
        for at, cell in enumerate(cells):
            self.groups.setdefault(cell.parent, []).append(at)
        for parent, inside in list(self.groups.items()):
            whole = total if parent is None else cells[parent].count
            left = whole - sum(cells[at].count for at in inside)
            if left < 0:  # several answers each: these cells do not add up to anything
                del self.groups[parent]
            elif left > 0:
                self.groups[parent] = [*inside, len(self.cells)]
                limit = max(cells[at].limit for at in inside)
                self.cells.append(Cell(left, parent, limit, None))
        self.remainders = frozenset(range(len(cells), len(self.cells)))

    def safe(self, target: int, kept: set[int]) -> bool:
        """
        Tell whether a reader cannot tell a small cell from a large one.

        Twice the limit: whoever knows these rules knows that the other hidden cell
        is not small, and must still be left with every small count.
        """
        low, high = self.bounds(kept)[target]
        return high - low >= 2 * (self.cells[target].limit - 1)

    def candidates(self, target: int) -> list[int]:
        """Return the cells that could protect *target*: nearest group first, smallest first."""
        distance: dict[int | None, int] = {}
        parent, steps = self.cells[target].parent, 0
        while parent is not None:
            distance[parent] = steps
            parent, steps = self.cells[parent].parent, steps + 1
        distance[None] = steps
        able = [
            at
            for at, cell in enumerate(self.cells)
            if at != target and cell.printed is None and cell.count and at not in self.remainders
        ]
        far = len(self.cells)
        return sorted(
            able, key=lambda at: (distance.get(self.cells[at].parent, far), self.cells[at].count)
        )

    def bounds(self, kept: set[int]) -> list[Bounds]:
        """Tighten what is known of each cell until no sum says more; exact on a tree."""
        known = [
            self._first(at, at in kept or at in self.remainders) for at in range(len(self.cells))
        ]
        changed = True
        while changed:
            changed = False
            for parent, inside in self.groups.items():
                whole = (self.total, self.total) if parent is None else known[parent]
                low = sum(known[at][0] for at in inside)
                high = sum(known[at][1] for at in inside)
                updates = {
                    at: (
                        max(known[at][0], whole[0] - (high - known[at][1])),
                        min(known[at][1], whole[1] - (low - known[at][0])),
                    )
                    for at in inside
                }
                if parent is not None:
                    updates[parent] = (max(whole[0], low), min(whole[1], high))
                for at, found in updates.items():
                    if found != known[at]:
                        known[at] = found
                        changed = True
        return known

    def _first(self, at: int, secret: bool) -> Bounds:
        cell = self.cells[at]
        if cell.printed is not None:
            return cell.printed
        if not secret:
            return cell.count, cell.count
        # An option without anybody prints 0: a hidden one has somebody.
        return (0 if at in self.remainders else 1), self.total
