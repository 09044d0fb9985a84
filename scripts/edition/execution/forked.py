"""Execute chapters in forked children of a warm parent (see `edition.execution.warm`)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from edition.execution.environment import environment
from edition.execution.steps import Job
from edition.lock import inherited
from enquete.errors import EnqueteError


def available() -> bool:
    """Tell whether this system can fork."""
    return hasattr(os, "fork")


class WarmParent:
    """
    The warm process: started early, it imports while its owner reads the chapters.

    A context manager: leaving it ends the process and all its children.
    """

    def __init__(self, root: Path) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by __exit__
        self._process = subprocess.Popen(
            [sys.executable, "-m", "edition.execution.warm"],
            cwd=root,
            env=environment(root),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            pass_fds=inherited(),
            start_new_session=True,  # Ctrl-C reaches the command, which then ends us
            encoding="utf-8",
        )

    def __enter__(self) -> WarmParent:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        if self._process.poll() is None:
            self._process.terminate()
        self._process.wait()
        self._errors.close()

    def run(self, jobs: Sequence[tuple[int, Job]], workers: int) -> Iterator[Any]:
        """Yield the messages of the numbered jobs, up to the last one's last."""
        request = {"jobs": [job.message(number) for number, job in jobs], "workers": workers}
        remaining = len(jobs)
        stdin, stdout = self._process.stdin, self._process.stdout
        if not (stdin and stdout):
            raise RuntimeError
        try:
            stdin.write(json.dumps(request) + "\n")
            stdin.flush()
        except BrokenPipeError:
            raise self._stopped() from None
        while remaining:
            line = stdout.readline()
            if not line:
                raise self._stopped()
            message = json.loads(line)
            remaining -= "step" not in message
            yield message

    def _stopped(self) -> EnqueteError:
        self._process.wait()
        self._errors.seek(0)
        return EnqueteError(
            quoi="Le processus qui exécute les chapitres s'est arrêté.",
            ou="edition.execution.warm",
            que_faire="Relancez ; si cela persiste, lancez « rapport diagnostic ».\n\n"
            + self._errors.read().decode("utf-8", errors="replace")[-2000:],
        )
