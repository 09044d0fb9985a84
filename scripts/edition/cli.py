"""The `rapport` command: thin, French, and quick to start (heavy imports wait for their use)."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from edition import importing  # light: it imports the survey only when it runs
from edition.arguments import parser
from edition.ending import code_of


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (see `edition.ending`)."""
    _speak_utf8()
    options = parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.run

    def run() -> int:
        importing.repair()
        return command(options)

    return code_of(run, debug=options.debug)


def _speak_utf8() -> None:
    # A Windows console may default to cp1252, which has no U+202F.
    os.environ.setdefault("PYTHONUTF8", "1")
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")


if __name__ == "__main__":
    sys.exit(main())
