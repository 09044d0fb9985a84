"""What a disk that cannot be written says to an editor."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from enquete.errors import EnqueteError

_NO_ROOM = {
    errno.ENOSPC: "Le disque est plein",
    errno.EDQUOT: "Le quota de disque est atteint",
    errno.EROFS: "Le disque est en lecture seule",
    errno.EACCES: "L'écriture est refusée",
    errno.EPERM: "L'écriture est refusée",
}


@contextmanager
def told(target: Path) -> Iterator[None]:
    """Say in French that a disk is full or cannot be written."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        raise EnqueteError(
            f"{_NO_ROOM[error.errno]} : le livre n'a pas pu être écrit, le précédent est intact.",
            str(error.filename or target.parent),
            "Faites de la place, ou donnez un dossier où vous pouvez écrire, puis relancez.",
        ) from error
