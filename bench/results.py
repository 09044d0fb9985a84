"""The page of results: medians, ratios, machine and date."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path

from measures import Measure

PACKAGES = ("nbconvert", "ipykernel", "pandas", "matplotlib", "pypandoc_binary", "typst")


def page(ours: Sequence[Measure], peer: Measure, chapters: int) -> str:
    """Return the results as Markdown."""
    rows = [
        "| cas | durée (médiane) | processeur | mémoire du plus gros processus | part du pair |",
        "|:--|--:|--:|--:|--:|",
        *(_row(measure, peer) for measure in (*ours, peer)),
    ]
    cold = ours[0]
    times = len(peer.runs)
    return "\n".join(
        [
            "# Résultats du banc d'essai",
            "",
            f"Mesuré le {date.today().isoformat()} par `make bench` : {chapters} chapitres, "
            f"{times} fois chaque cas, dans une même séance.",
            "",
            *rows,
            "",
            f"À froid, HTML et PDF, notre construction prend {_ratio(cold.wall / peer.wall)} de la "
            "durée de `jupyter nbconvert --execute --to html`, qui ne fait que le HTML, "
            "sans valeurs dans le texte.",
            "",
            "## Machine",
            "",
            *machine(),
            "",
        ]
    )


def machine() -> list[str]:
    """Describe the machine and the versions that matter."""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return [
        f"- {platform.system()} {platform.machine()}, {_processor()}, {_cores()} cœurs utilisables",
        f"- Python {platform.python_version()}, {versions}",
    ]


def _row(measure: Measure, peer: Measure) -> str:
    cpu = "non mesuré" if measure.cpu is None else f"{_number(measure.cpu)} s"
    memory = "non mesuré" if measure.memory is None else f"{measure.memory / 1e6:.0f} Mo"
    ratio = _ratio(measure.wall / peer.wall)
    return f"| {measure.title} | {_number(measure.wall)} s | {cpu} | {memory} | {ratio} |"


def _number(value: float) -> str:
    return f"{value:.2f}".replace(".", ",")


def _ratio(value: float) -> str:
    return f"{100 * value:.0f}\u00a0%"


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _processor() -> str:
    """Return the processor's name where the system says it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").split("\n")
    except OSError:
        return platform.processor() or "processeur inconnu"
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "processeur inconnu"
