"""What `rapport construire` is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Format = Literal["html", "typst", "epub", "docx"]
# The site is always made: the figures of the other formats are checked against it.
FORMATS: dict[str, tuple[Format, ...]] = {
    "tous": ("html", "typst"),
    "html": ("html",),
    "pdf": ("html", "typst"),
    "epub": ("html", "epub"),
    "docx": ("html", "docx"),
    "tout": ("html", "typst", "epub", "docx"),
}


@dataclass(frozen=True)
class Wish:
    """What the command asks for: a name of `FORMATS`, and how the book is made and published."""

    formats: str = "tous"
    cache: bool = True
    publication: bool = False
    draft: bool = False

    @property
    def lazy(self) -> bool:
        """Tell whether what is as before may be left as it is."""
        return self.cache and not self.publication
