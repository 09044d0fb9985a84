"""How a command ends: its exit code, and its errors in French."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable


def code_of(command: Callable[[], int], *, debug: bool) -> int:
    """
    Run a command and return its exit code: 0 only when all is well.

    An expected error (bad data, bad chapter) prints three French lines and gives 1; the
    traceback of an unexpected one shows only with *debug*.
    """
    try:
        return command()
    except BrokenPipeError:  # the reader of a pipe (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("Interrompu. Le livre et les données d'avant sont intacts.", file=sys.stderr)
        return 130
    except Exception as error:
        if debug:
            raise
        print(_explain(error), file=sys.stderr)
        return 1


def _explain(error: Exception) -> str:
    from enquete.errors import EnqueteError, EnqueteErrors

    if isinstance(error, EnqueteError | EnqueteErrors):
        return str(error)
    return (
        f"Erreur inattendue : {type(error).__name__} : {error}\n"
        "Où : dans le programme, pas dans vos fichiers.\n"
        "Que faire : relancez avec « rapport --debug … » et joignez la trace à un signalement."
    )
