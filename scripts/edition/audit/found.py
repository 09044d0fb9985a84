"""What the audit finds in a page; remembered when every number of the page has an owner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from edition.audit.admitted import Admitted
from edition.cache.clean import Clean
from enquete.errors import EnqueteError


@dataclass
class Found:
    """What an audit counted, and the faults it found."""

    figures: int = 0
    structure: int = 0
    accounted: int = 0
    admitted: int = 0
    faults: list[EnqueteError] = field(default_factory=list)

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Return how many numbers were met, by what answers for them."""
        return self.figures, self.structure, self.accounted, self.admitted

    @property
    def total(self) -> int:
        """Return how many numbers were met."""
        return sum(self.counts) + len(self.faults)

    def add(self, other: Found) -> None:
        """Add what was found in a page."""
        self.figures += other.figures
        self.structure += other.structure
        self.accounted += other.accounted
        self.admitted += other.admitted
        self.faults += other.faults


@dataclass
class Rows:
    """The numbers of the register's rows: how many there are, and how many were met."""

    total: int
    met: int = 0

    def next(self) -> int:
        """Return the number that the next row must carry; 0 when no row is left."""
        self.met += 1
        return self.met if self.met <= self.total else 0


def page_found(
    clean: Clean, key: str, admitted: Admitted, rows: Rows, examine: Callable[[Found], None]
) -> Found:
    """
    Return what *examine* finds in a page, or what it found before under the same *key*.

    With the counts come the admissions that served and the rows met, as if it had run.
    """
    known = clean.get(key)
    if known is not None:
        admitted.used.update({(name, text): times for name, text, times in known["admis"]})
        rows.met += known["lignes"]
        return Found(*known["comptes"])
    found, used, met = Found(), Counter(admitted.used), rows.met
    examine(found)
    if not found.faults:
        served = [[*each, times] for each, times in (admitted.used - used).items()]
        clean.put(key, {"comptes": found.counts, "admis": served, "lignes": rows.met - met})
    return found
