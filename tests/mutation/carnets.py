"""Stale notebooks: seen by the check of the finished book, and by nbval, which runs them."""

from __future__ import annotations

import re
import subprocess
import sys

from real_book import ROOT

from enquete.errors import EnqueteError
from mutation.model import Copy, Faults, Mutant
from mutation.pages import editing, substituting
from mutation.workshop import Workshop, environment

CARNETS = "tests/carnets"
PART_1, SMALL = f"{CARNETS}/partie-1.ipynb", "fiche-technique"
RULES = ROOT / CARNETS / "assainir.cfg"
CHANGED = ('chose(\\"Q7\\", \\"surcharge\\")', 'chose(\\"Q7\\", \\"mediation\\")')


def nbval(chapter: str):
    """Return what has nbval execute one notebook of the copy, with the library of the copy."""

    def look(shop: Workshop, copy: Copy, only: str | None) -> Faults:
        settings = copy.root / "pytest.ini"
        settings.write_text("[pytest]\n", "utf-8")
        command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env"]
        command += ["--nbval-sanitize-with", str(RULES), "-q", "-rf", "--color=no"]
        command += ["-p", "no:cacheprovider", "-c", str(settings), "--rootdir", str(copy.root)]
        command += [str(copy.root / CARNETS / f"{chapter}.ipynb")]
        done = subprocess.run(
            command,
            cwd=copy.root / CARNETS,
            env=environment(copy),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        failed = re.findall(r"^FAILED (.*)$", done.stdout, re.MULTILINE)
        if done.returncode and not failed:
            raise RuntimeError(done.stdout + done.stderr)
        return {
            "nbval": [EnqueteError("La cellule donne autre chose.", each, "") for each in failed]
        }

    return look


def nothing(shop: Workshop, copy: Copy) -> None:
    """Plant nothing."""


def other_bars(_: Workshop, copy: Copy) -> None:
    """Draw every bar at half of its value."""
    copy.edit(
        "scripts/enquete/charts/bar_chart.py",
        "x=[item.bar.length * scale for item in placed]",
        "x=[item.bar.length * scale / 2 for item in placed]",
    )


MUTANTS = (
    Mutant(
        "carnet d'avant un changement du chapitre",
        "carnets",
        editing("chapters/partie-1.qmd", 'chose("Q7", "surcharge")', 'chose("Q7", "mediation")'),
        "partie-1",
    ),
    Mutant("code d'un carnet changé", "carnets", editing(PART_1, *CHANGED), "partie-1"),
    Mutant(
        "sortie d'un carnet changée",
        "carnets",
        editing(PART_1, '"p1-2-surcharge = 14', '"p1-2-surcharge = 15'),
        "p1-2-surcharge",
    ),
    Mutant(
        "cellule d'un carnet jamais exécutée",
        "carnets",
        editing(PART_1, '"execution_count": 3,', '"execution_count": null,'),
        "exécuté",
    ),
    Mutant(
        "sortie d'un carnet changée, vue par nbval",
        "nbval",
        substituting(
            f"{CARNETS}/{SMALL}.ipynb",
            r'"text": \[\s*"[^"]*?\d[^"]*"',
            lambda m: re.sub(r"\d(?=[^\d]*$)", lambda d: str((int(d[0]) + 1) % 10), m[0]),
        ),
        SMALL,
        look=nbval(SMALL),
        quick=False,
    ),
    Mutant(
        "code d'un carnet changé, vu par nbval",
        "nbval",
        editing(PART_1, *CHANGED),
        "partie-1",
        look=nbval("partie-1"),
        quick=False,
    ),
    Mutant(
        "graphique tracé d'après d'autres valeurs que son tableau",
        "nbval",
        other_bars,
        "partie-1",
        look=nbval("partie-1"),
        quick=False,
    ),
    Mutant("rien : nbval sur un carnet juste", "", nothing, look=nbval("partie-1"), quick=False),
)
