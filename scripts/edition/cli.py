"""The `rapport` command: thin, French, and quick to start (heavy imports wait for their use)."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from edition import importing  # light: it imports the survey only when it runs
from edition.arguments import parser


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run one command and return its exit code: 0 only when all is well.

    An expected error (bad data, bad chapter) prints three French lines and returns 1;
    the traceback of an unexpected one shows only with ``--debug``.
    """
    _speak_utf8()
    options = parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.run
    try:
        importing.repair()
        return command(options)
    except BrokenPipeError:  # the reader of a pipe (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("Interrompu. Le livre et les données d'avant sont intacts.", file=sys.stderr)
        return 130
    except Exception as error:
        if options.debug:
            raise
        print(_explain(error), file=sys.stderr)
        return 1


def _speak_utf8() -> None:
    # A Windows console may default to cp1252, which has no U+202F.
    os.environ.setdefault("PYTHONUTF8", "1")
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")


def _explain(error: Exception) -> str:
    from enquete.errors import EnqueteError, EnqueteErrors

    if isinstance(error, EnqueteError | EnqueteErrors):
        return str(error)
    return (
        f"Erreur inattendue : {type(error).__name__} : {error}\n"
        "Où : dans le programme, pas dans vos fichiers.\n"
        "Que faire : relancez avec « rapport --debug … » et joignez la trace à un signalement."
    )


if __name__ == "__main__":
    sys.exit(main())
