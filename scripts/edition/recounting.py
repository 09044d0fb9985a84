"""Run the independent recount on a finished book, in a process that shares none of our code."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

from edition.built import LEDGER
from edition.cache.keys import digest, file_digest
from edition.checking import Finished, Outcome
from enquete.errors import EnqueteError
from enquete.paths import data_dir

NAME = "recomptage"
TITLE = "Recomptage indépendant"
SCRIPT = Path(__file__).resolve().parents[1] / "recount.py"
_SAID = re.compile(r"^(\d+) chiffres recomptés, \d+ écarts?$", re.MULTILINE)
_PARTLY = re.compile(r"^En partie : .+$", re.MULTILINE)
_FAULT = re.compile(r"^(.+)\n  où : (.*)\n  que faire : (.+)$", re.MULTILINE)
_LONGEST = 300  # seconds; a million respondents take six


def check(book: Finished) -> Outcome:
    """
    Recount every entry of the ledger from the CSV files.

    The script runs isolated: no package of this environment can answer for it. One that stops
    before its count is a fault too. What it found clean in the same ledger (but for lines of
    sources, which it does not read) and the same data is remembered as any check's is.
    """
    ledger = _without_lines(book.folder / LEDGER)
    by = [book.clean.examined_by, file_digest(SCRIPT), sys.version]
    key = digest([NAME, by, ledger, book.data_digests])
    known = book.clean.get(key)
    if known is not None:
        counted, said, notes = known
        return Outcome(NAME, TITLE, counted, said, notes=tuple(notes))
    found = _run(book)
    if not found.faults:
        book.clean.put(key, [found.counted, found.said, found.notes])
    return found


def _without_lines(ledger: Path) -> Any:
    """Return the content of a ledger but for the lines of sources; nothing when it has none."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        content = orjson.loads(ledger.read_bytes())
        sources = [{**each["source"], "line": 0} for each in content["entries"]]
        entries = zip(content["entries"], sources, strict=True)
        return {**content, "entries": [{**each, "source": source} for each, source in entries]}
    return None


def _run(book: Finished) -> Outcome:
    try:
        run = subprocess.run(
            [sys.executable, "-I", "-X", "utf8", SCRIPT, book.folder, data_dir(book.root)],
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=_LONGEST,
        )
    except subprocess.TimeoutExpired:
        return _stopped(f"aucune réponse en {_LONGEST} secondes")
    faults = tuple(EnqueteError(*found) for found in _FAULT.findall(run.stdout))
    said = _SAID.search(run.stdout)
    if said is None or run.returncode != (1 if faults else 0):
        return (
            Outcome(NAME, TITLE, 0, "recomptage interrompu", faults)
            if faults
            else _stopped(
                run.stderr.strip().rpartition("\n")[2] or f"code de sortie {run.returncode}"
            )
        )
    notes = tuple(_PARTLY.findall(run.stdout))
    return Outcome(NAME, TITLE, int(said[1]), said[0], faults, notes)


def _stopped(why: str) -> Outcome:
    fault = EnqueteError(
        f"Le recomptage s’est interrompu : {why}.",
        "scripts/recount.py",
        "le lancer à la main : python3 scripts/recount.py _book data.",
    )
    return Outcome(NAME, TITLE, 0, "recomptage interrompu", (fault,))
