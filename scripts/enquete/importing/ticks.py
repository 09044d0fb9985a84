"""One option, one column: what counts as ticked."""

from __future__ import annotations

import re

from enquete.importing.labels import Labels
from enquete.importing.wording import fold

_WORD = re.compile(r"\w+")
_YES = frozenset(
    _WORD.findall("oui o yes y x 1 vrai true coche cochee selectionne selectionnee checked")
)
_NO = frozenset(_WORD.findall("non n no 0 faux false noncoche noncochee nonselectionne unchecked"))


def is_tick(value: str, option: str, known: Labels) -> bool | None:
    """Tell whether a cell of the column of *option* is ticked; ``None`` when it says neither."""
    if not value:
        return False
    reduced = fold(value)
    # « Non » may be the label of the option itself: its own words first.
    if known.near.get(reduced) == option or reduced in _YES or value in ("✓", "✔", "☑"):
        return True
    return False if reduced in _NO or value in ("☐", "-") else None
