"""Run a command several times and keep its wall time, processor time and memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from enquete.errors import EnqueteError


@dataclass(frozen=True)
class Run:
    """One run: seconds of wall and processor, memory of its largest process in bytes."""

    wall: float
    cpu: float | None
    memory: int | None


@dataclass(frozen=True)
class Measure:
    """The runs of one case, read by their medians."""

    title: str
    runs: tuple[Run, ...]

    @property
    def wall(self) -> float:
        return statistics.median(run.wall for run in self.runs)

    @property
    def cpu(self) -> float | None:
        seconds = [run.cpu for run in self.runs if run.cpu is not None]
        return statistics.median(seconds) if seconds else None

    @property
    def memory(self) -> int | None:
        return max((run.memory for run in self.runs if run.memory is not None), default=None)


def measure(
    title: str,
    command: Sequence[str],
    *,
    folder: Path,
    variables: Mapping[str, str],
    times: int,
    before: Callable[[], None] = lambda: None,
) -> Measure:
    """Run *command* in *folder*, *times* times, each after *before*, which is not measured."""
    runs = []
    for _ in range(times):
        before()
        runs.append(_run(title, command, folder, variables))
        print(f"  {title} : {runs[-1].wall:.2f} s", flush=True)
    return Measure(title, tuple(runs))


def _run(title: str, command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> Run:
    # Written bytecode is part of an installed program: nobody measures its compilation.
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**kept, **variables},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        code, cpu, memory = _wait(process)
        wall = time.perf_counter() - start
        output.seek(0)
        text = output.read().decode("utf-8", errors="replace")
    if code != 0:
        raise EnqueteError(
            quoi=f"Mesure impossible : « {title} » s'est terminé par le code {code}.",
            ou=" ".join(map(str, command)),
            que_faire="Corrigez ce que dit sa sortie :\n" + text[-3000:],
        )
    return Run(wall, cpu, memory)


def _wait(process: subprocess.Popen[bytes]) -> tuple[int, float | None, int | None]:
    """Wait for the process; its usage includes the descendants that were waited for."""
    if sys.platform == "win32":
        return process.wait(), None, None
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024
    return process.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit
