"""Run every check of the project: style, types, tests."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# A file's tests stay together: they share the book that they build.
PARALLEL = ("-n", "2", "--dist", "loadfile")


@dataclass(frozen=True)
class Step:
    """One command of the test run, with the French words that announce it."""

    title: str
    command: tuple[str, ...]


def steps(pytest_arguments: Sequence[str] = ()) -> tuple[Step, ...]:
    """
    List the commands of a full run, cheapest first.

    pytest comes last: its closing line is the one continuous integration reads.
    """
    python = sys.executable
    return (
        Step("Style (ruff)", (python, "-m", "ruff", "check", "scripts", "tests", "bench")),
        Step(
            "Mise en forme (ruff)",
            (python, "-m", "ruff", "format", "--check", "scripts", "tests", "bench"),
        ),
        Step("Types (mypy, strict)", (python, "-m", "mypy")),
        Step("Tests (pytest)", (python, "-m", "pytest", *PARALLEL, *pytest_arguments)),
    )


def run(pytest_arguments: Sequence[str] = ()) -> int:
    """
    Run all steps and return 0 only if each one passed.

    A failing step does not stop the next ones: the editor sees every problem at once.
    """
    failed: list[str] = []
    for step in steps(pytest_arguments):
        print(f"— {step.title}", flush=True)
        start = time.monotonic()
        code = subprocess.run(step.command, cwd=ROOT, check=False).returncode
        if code != 0:
            failed.append(step.title)
        print(f"  {time.monotonic() - start:.0f} s", flush=True)
    for title in failed:
        print(f"Échec : {title}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
