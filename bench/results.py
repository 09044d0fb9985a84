"""The page of results: medians, ratios, limits, machine and date."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from measures import Measure

if TYPE_CHECKING:
    from mesurer import Results

PACKAGES = ("nbconvert", "ipykernel", "pandas", "matplotlib", "pypandoc_binary", "typst")
NAMES = {
    "cellules": "cellules de code, dans un seul processus",
    "lecture": "pandoc lit le Markdown",
    "citations": "citeproc",
    "html": "pandoc vers HTML",
    "typst": "pandoc vers Typst",
    "pdf": "Typst vers PDF",
}
BAR = 40


def page(found: Results) -> str:
    """Return the results as Markdown."""
    return "\n".join([*_builds(found), *_floor(found), *_scale(found), *_growth(found), *_ends()])


def _builds(found: Results) -> Iterator[str]:
    peer = found.peers[0]
    yield from ("# Résultats du banc d'essai", "")
    yield (
        f"Mesuré le {date.today().isoformat()} par `make bench` : {found.chapters} chapitres, "
        f"{len(peer.runs)} fois chaque cas, dans une même séance. Durées médianes, "
        "vérifications comprises."
    )
    yield from ("", "| cas | durée | processeur | plus gros processus | part du pair |")
    yield "|:--|--:|--:|--:|--:|"
    yield from (_row(each, peer) for each in (*found.ours, *found.peers))
    yield (
        "\nOù « un processus veille », c'est celui qui reste après une construction dans un "
        "terminal ; son temps de processeur n'est pas mesuré."
    )
    yield from ("", f"Le pair est `{peer.title}`, sans valeurs dans le texte ni vérifications.")
    if found.missing:
        yield f"Non installés, donc non mesurés : {', '.join(found.missing)}."


def _floor(found: Results) -> Iterator[str]:
    yield from ("", "## Ce qu'aucune construction n'évite", "")
    yield from ("| partie, seule dans son processus | processeur |", "|:--|--:|")
    for each in found.floor:
        yield f"| {NAMES[each.title]} | {_number(each.cpu or 0)} s |"
    total = sum(each.cpu or 0 for each in found.floor)
    cold = found.ours[0].cpu or 0
    yield f"| **plancher** | **{_number(total)} s** |"
    yield from ("", f"À froid, la construction prend {_number(cold / total)} fois le plancher.")


def _scale(found: Results) -> Iterator[str]:
    if not found.rows:
        return
    cold = found.ours[0]
    yield from ("", "## Enquêtes plus grandes", "")
    yield "Les réponses livrées, recopiées un nombre entier de fois ; construction à froid."
    yield from ("", "| répondantes | durée | plus gros processus | fois la durée du livre | |")
    yield "|--:|--:|--:|--:|:--|"
    longest = max(each.wall for _, each in found.rows)
    for n, each in [(2542, cold), *found.rows]:
        ratio, bar = _number(each.wall / cold.wall), "█" * round(BAR * each.wall / longest)
        yield f"| {_thousands(n)} | {_number(each.wall)} s | {_memory(each)} | {ratio} | {bar} |"


def _growth(found: Results) -> Iterator[str]:
    if not found.growth:
        return
    yield from ("", "## Livres plus longs", "", "Copies de la première partie ; à froid.", "")
    yield from ("| chapitres | durée | par chapitre | |", "|--:|--:|--:|:--|")
    longest = max(each.wall for _, each in found.growth)
    for n, each in found.growth:
        bar = "█" * round(BAR * each.wall / longest)
        yield f"| {n} | {_number(each.wall)} s | {_number(each.wall / n)} s | {bar} |"


def _ends() -> Iterator[str]:
    yield from ("", "## Machine", "", *machine(), "")


def machine() -> list[str]:
    """Describe the machine and the versions that matter."""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return [
        f"- {platform.system()} {platform.machine()}, {_processor()}, {_cores()} cœurs utilisables",
        f"- Python {platform.python_version()}, {versions}",
    ]


def _row(each: Measure, peer: Measure) -> str:
    cpu = "non mesuré" if each.cpu is None else f"{_number(each.cpu)} s"
    ratio = f"{100 * each.wall / peer.wall:.0f}\u00a0%"
    return f"| {each.title} | {_number(each.wall)} s | {cpu} | {_memory(each)} | {ratio} |"


def _memory(each: Measure) -> str:
    return "non mesuré" if each.memory is None else f"{each.memory / 1e6:.0f} Mo"


def _number(value: float) -> str:
    return f"{value:.2f}".replace(".", ",")


def _thousands(value: int) -> str:
    return f"{value:,}".replace(",", "\u202f")


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _processor() -> str:
    """Return the processor's name where the system says it."""
    try:
        lines: Sequence[str] = Path("/proc/cpuinfo").read_text(encoding="utf-8").split("\n")
    except OSError:
        return platform.processor() or "processeur inconnu"
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "processeur inconnu"
