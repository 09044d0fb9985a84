"""Ask a warm process for builds, and replace it when the project's code has changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from edition.preview.state import Problem


@dataclass(frozen=True)
class Outcome:
    """How long a build took and what stopped it, if anything did."""

    seconds: float
    problems: tuple[Problem, ...] = ()


class Builder:
    """
    The process that builds (see `edition.preview.worker`).

    A context manager: leaving it ends the process.
    """

    def __init__(self, root: Path, folder: Path) -> None:
        self._root, self._folder = root, folder
        self._process = self._start()

    def __enter__(self) -> Builder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end()

    def build(self) -> Outcome:
        """Build once; a process that died says so and is replaced."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if not (stdin and stdout):
            raise RuntimeError
        try:
            stdin.write("construire\n")
            stdin.flush()
            answer = stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            self.renew()
            return Outcome(0.0, (STOPPED,))
        said = json.loads(answer)
        return Outcome(float(said["seconds"]), tuple(said["problems"]))

    def renew(self) -> None:
        """Start another process: this one has imported the code as it was."""
        self._end()
        self._process = self._start()

    def _start(self) -> subprocess.Popen[str]:
        # A session of its own: Ctrl-C reaches the preview, which then ends us in order.
        return subprocess.Popen(
            [sys.executable, "-m", "edition.preview.worker", self._root, self._folder],
            cwd=self._root,
            env={**os.environ, "PYTHONUTF8": "1", "RAPPORT_RACINE": str(self._root)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            encoding="utf-8",
        )

    def _end(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._process.terminate()
            self._process.wait()


STOPPED: Problem = {
    "quoi": "Le processus qui construit s'est arrêté.",
    "ou": "edition.preview.worker ; le terminal de l'aperçu dit pourquoi",
    "que_faire": "Corrigez ce qu'il signale dans scripts/, puis enregistrez.",
}
