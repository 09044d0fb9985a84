"""What an import refuses before reading it: sizes, links, and the errors of the system."""

from __future__ import annotations

import errno
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from enquete.errors import EnqueteError
from enquete.paths import relative

# The real export is about two megabytes; these only stop what cannot be one.
MAX_BYTES = 64 * 2**20
MAX_LINE = 2**20
MAX_CELLS = 5_000_000
MAX_ROWS = 200_000
MAX_COLUMNS = 4_000
_SYSTEM = {
    errno.ENOSPC: ("le disque est plein", "libérer de la place, puis relancer."),
    errno.EDQUOT: ("le quota du disque est atteint", "libérer de la place, puis relancer."),
    errno.EROFS: ("le dossier est en lecture seule", "choisir un dossier où écrire."),
    errno.EACCES: ("l’accès est refusé", "demander les droits sur ce fichier, ou le copier."),
    errno.EPERM: ("l’opération est refusée", "demander les droits sur ce dossier."),
    errno.EXDEV: ("deux disques différents", "garder .rapport/ et data/ sur le même disque."),
    errno.ENOENT: ("il n’existe pas", "vérifier le chemin."),
    errno.EISDIR: ("c’est un dossier", "donner un fichier."),
    errno.EIO: ("le disque a signalé une erreur", "copier le fichier ailleurs, puis relancer."),
}


def system_error(error: OSError, what: str, where: Path | str) -> EnqueteError:
    """Say in French what the system refused."""
    why, todo = _SYSTEM.get(
        error.errno or 0, (f"le système répond « {error.strerror or error} »", "relancer.")
    )
    named = error.filename if isinstance(error.filename, str) else None
    place = where if isinstance(where, str) else relative(Path(named) if named else where)
    return EnqueteError(f"{what} : {why}.", place, todo)


@contextmanager
def said_in_french(what: str, where: Path) -> Iterator[None]:
    """Turn the errors of the system inside the block into French ones."""
    try:
        yield
    except OSError as error:
        raise system_error(error, what, where) from error


def read_bytes(path: Path) -> bytes:
    """Return the content of an export; refuse what is not a plain file of a sensible size."""
    where = relative_name(path)
    try:
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            raise EnqueteError(
                f"« {path.name} » est un lien symbolique.",
                where,
                "donner le fichier lui-même : un lien peut désigner autre chose demain.",
            )
        if stat.S_ISDIR(status.st_mode):
            raise EnqueteError(f"« {path.name} » est un dossier.", where, "donner un fichier.")
        if not stat.S_ISREG(status.st_mode):
            raise EnqueteError(
                f"« {path.name} » n’est pas un fichier ordinaire.", where, "donner un fichier."
            )
        if status.st_size > MAX_BYTES:
            raise EnqueteError(
                f"« {path.name} » est trop gros : plus de {MAX_BYTES // 2**20} Mo.",
                where,
                "exporter seulement les réponses ; un export de cette enquête pèse quelques Mo.",
            )
        with path.open("rb") as file:
            return file.read(status.st_size)
    except OSError as error:
        raise system_error(error, f"« {path.name} » ne se lit pas", where) from error


def relative_name(path: Path) -> str:
    """Name an export as it was given: it may stand anywhere."""
    return path.as_posix()
