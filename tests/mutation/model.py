"""A planted fault, the copy that it is planted in, and what the checks made of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planting import Planted

from enquete.errors import EnqueteError
from enquete.schema import refresh_hashes

if TYPE_CHECKING:
    from mutation.workshop import Workshop

# Name of a check → what it found.
Faults = Mapping[str, Sequence[EnqueteError]]


@dataclass(frozen=True)
class Copy:
    """
    A project with its book, to be spoiled.

    Its files are those of the original (hard links): each is made its own before it changes.
    """

    root: Path
    touched: set[str] = field(default_factory=set)

    @property
    def book(self) -> Path:
        """Return the folder of the finished book."""
        return self.root / "_book"

    def own(self, *patterns: str) -> None:
        """Detach files from the original, for what writes into them."""
        for pattern in patterns:
            for path in self.root.glob(pattern):
                content = path.read_bytes()
                path.unlink()
                path.write_bytes(content)
                self.touched.add(path.relative_to(self.root).as_posix())

    def text(self, name: str) -> str:
        """Return the text of a file."""
        return (self.root / name).read_text("utf-8")

    def write(self, name: str, text: str) -> None:
        """Replace a file, or make it."""
        path = self.root / name
        path.unlink(missing_ok=True)
        path.write_text(text, "utf-8", newline="")
        self.touched.add(name)

    def edit(self, name: str, old: str, new: str, *, times: int = 1) -> None:
        """Replace *old*; a mutant whose text is gone must be repaired, not pass in silence."""
        text = self.text(name)
        if old not in text or old == new:
            raise LookupError(f"{name} n'a plus {old!r}")
        self.write(name, text.replace(old, new, times))

    def remove(self, name: str) -> None:
        """Remove a file."""
        (self.root / name).unlink()
        self.touched.add(name)

    def ledger(self, change: Callable[[dict[str, Any]], object]) -> None:
        """Change the ledger of the book."""
        content = json.loads(self.text("_book/provenance.json"))
        change(content)
        written = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
        self.write("_book/provenance.json", written)

    def entry(self, name: str, change: Callable[[dict[str, Any]], object]) -> None:
        """Change every line of the ledger that a figure has."""

        def changed(content: dict[str, Any]) -> None:
            found = [each for each in content["entries"] if each["id"] == name]
            if not found:
                raise LookupError(f"le registre n'a plus {name}")
            for each in found:
                change(each)

        self.ledger(changed)

    def refresh(self) -> None:
        """Give the data package the fingerprints of the files as they now are."""
        self.own("data/datapackage.json")
        refresh_hashes(self.root / "data")


Plant = Callable[["Workshop", Copy], Sequence[Planted] | None]
Look = Callable[["Workshop", Copy, str | None], Faults]


@dataclass(frozen=True)
class Mutant:
    """
    A fault to plant.

    Attributes:
        name: what is planted, in French.
        check: name of the check that must find it; empty for a control, where nothing is
            planted and every fault is a false alarm.
        plant: how to make it in a copy. It returns the numbers of a batch, each to be found.
        says: words that the fault must hold, so that another failure does not count.
        look: what examines the copy, by default the checks of a finished book.
        allowed: how many of a batch may be missed.
        quick: whether the copy is examined without any new execution or compilation.
    """

    name: str
    check: str
    plant: Plant
    says: str = ""
    look: Look | None = None
    allowed: int = 0
    quick: bool = True


@dataclass(frozen=True)
class Result:
    """
    What became of one mutant.

    Attributes:
        planted, found: how many faults were planted; how many the named check found.
        others: the other checks that found something.
        details: what was missed, or raised for nothing.
    """

    mutant: Mutant
    planted: int
    found: int
    others: tuple[str, ...]
    details: tuple[str, ...]

    @property
    def control(self) -> bool:
        """Tell whether nothing was planted."""
        return not self.mutant.check

    @property
    def good(self) -> bool:
        """Tell whether the named check did its work, or kept silent where it should."""
        if self.control:
            return not self.others
        return self.planted - self.found <= self.mutant.allowed


def link(source: Path, target: Path) -> None:
    """Copy a folder without copying what its files hold, where the system allows it."""

    def one(old: str, new: str) -> None:
        try:
            Path(new).hardlink_to(old)
        except OSError:
            shutil.copy2(old, new)

    shutil.copytree(source, target, copy_function=one)
