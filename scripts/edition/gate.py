"""What a build calls to check its book; the checks are imported when there is time for it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from enquete.errors import EnqueteErrors

if TYPE_CHECKING:
    from edition.verification import Ahead

REFUSED = (
    "Le livre n'est pas publié, le précédent reste en place. "
    "Pour le voir avec ses défauts : rapport construire --brouillon"
)


class Gate:
    """
    What a build calls on its finished folder before it publishes it.

    It says the summary, and raises the faults unless the book is a *draft*. With *cache*, what
    was found clean in the same bytes before is not examined again (`edition.cache.clean`).
    """

    def __init__(
        self,
        root: Path,
        *,
        draft: bool = False,
        cache: bool = False,
        say: Callable[[str], object] = print,
    ) -> None:
        self._root, self._draft, self._say = root, draft, say
        self._cache = cache
        self._ahead: dict[Path, Ahead] = {}
        self._begun = ExitStack()

    def __enter__(self) -> Gate:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End what was begun for checks that did not come."""
        self._begun.close()

    def early(self) -> None:
        """Import the checks and read the answers, before there is anything to check."""
        import edition.verification  # noqa: F401
        from enquete.survey import open_survey

        open_survey(self._root)

    def ahead(self, folder: Path) -> None:
        """Run the checks that can do without the PDF, while it is being made."""
        from edition.verification import ahead

        self._ahead[folder] = ahead(folder, self._root, cache=self._cache)

    def waiting(self, folder: Path) -> None:
        """Read what the other checks will compare the PDF with."""
        from edition.verification import prepare

        if folder in self._ahead:
            prepare(self._ahead[folder])

    def printed(self, folder: Path) -> None:
        """Begin to read the PDF."""
        from edition.audit.paper import started

        for file in folder.glob("*.pdf"):
            self._begun.enter_context(started(file.read_bytes()))

    def __call__(self, folder: Path) -> None:
        """Run all others, and refuse a book that is at fault."""
        from edition.verification import all_faults, holds, verify

        known = self._ahead.pop(folder, None)
        found = verify(folder, self._root, draft=self._draft, known=known, cache=self._cache)
        self._say(found.summary)
        if holds(found.outcomes):
            return
        if self._draft:
            self._say(str(EnqueteErrors(all_faults(found.outcomes))))
            return
        self._say(REFUSED)
        found.raise_faults()
