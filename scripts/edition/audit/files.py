"""The tables that readers download with the site: the same figures, the same answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from edition.audit.reading import Block
from edition.checking import Finished
from enquete.errors import EnqueteError


def check_files(
    book: Finished, pages: Mapping[str, Sequence[Block]]
) -> Iterator[EnqueteError]:
    yield from ()
