"""Where mutants are made: the clean project, its copies, and the examination of each."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import typst
from planting import in_one_piece, missed, printed
from real_book import ROOT, copy_project, rapport

from edition.build import Options, build
from edition.built import finished
from edition.checking import Check
from edition.config import read_config
from edition.verification import CHECKS, run
from enquete.errors import EnqueteError, EnqueteErrors
from enquete.survey import Survey, open_survey
from mutation.model import Copy, Faults, Look, Mutant, Result, link

REBUILT = Path(__file__).with_name("rebuilt.py")
BESIDE = ("scripts", "tests/carnets", "tests/data")
MADE = ("_book", ".rapport")


class Workshop:
    """
    Make copies of a clean project in *folder*, and examine them.

    *built* is a project with its book; without one the book is built here.
    """

    def __init__(
        self,
        folder: Path,
        built: Path | None = None,
        checks: Sequence[Check] = CHECKS,
    ) -> None:
        self.folder, self.clean = folder, folder / "sain"
        self.clean.mkdir(parents=True)
        copy_project(self.clean)
        ignored = shutil.ignore_patterns("verification.*")
        for name in BESIDE:
            shutil.copytree(ROOT / name, self.clean / name, ignore=ignored)
        for name in MADE if built else ():
            if built and (built / name).is_dir():
                shutil.copytree(built / name, self.clean / name)
        if not built:
            done = rapport(self.clean, "construire")
            if done.returncode:
                raise RuntimeError(done.stdout + done.stderr)
        for name in ("verification.html", "verification.json"):
            (self.clean / "_book" / name).unlink(missing_ok=True)
        self._checks, self._made = checks, 0

    @cached_property
    def survey(self) -> Survey:
        """Return the survey of the clean project."""
        return open_survey(self.clean)

    @cached_property
    def _clean_run(self) -> tuple[dict[str, Check], dict[str, Sequence[EnqueteError]]]:
        book = finished(self.clean / "_book", self.clean, self.survey)
        named, faults = {}, {}
        for check in self._checks:
            (outcome,) = run(book, (check,))
            named[outcome.name] = check
            faults[outcome.name] = outcome.faults
        return named, faults

    @property
    def checks(self) -> dict[str, Check]:
        """Return the checks by name."""
        return self._clean_run[0]

    @property
    def false_alarms(self) -> dict[str, Sequence[EnqueteError]]:
        """Return what each check says of the clean book."""
        return self._clean_run[1]

    @cached_property
    def values(self) -> list[str]:
        """Return the numbers that the book prints: plausible false ones for other places."""
        return printed(finished(self.clean / "_book", self.clean, self.survey).entries)

    @contextmanager
    def copy(self) -> Iterator[Copy]:
        """Lend a copy of the clean project."""
        self._made += 1
        root = self.folder / f"copie-{self._made}"
        link(self.clean, root)
        try:
            yield Copy(root)
        finally:
            shutil.rmtree(root)

    def examine(self, mutant: Mutant, *, everything: bool = False) -> Result:
        """Plant a mutant and say what found it; with *everything*, ask all the checks."""
        with self.copy() as copy:
            batch = mutant.plant(self, copy)
            look: Look = mutant.look or finished_book
            only = None if everything or not mutant.check else mutant.check
            faults = {name: found for name, found in look(self, copy, only).items() if found}
        own = faults.get(mutant.check, ())
        others = tuple(name for name in faults if name != mutant.check)
        result = Result(mutant, len(batch or (1,)), 0, others, ())
        if not mutant.check:
            lines = tuple(str(fault) for found in faults.values() for fault in found[:3])
            return replace(result, planted=0, details=lines)
        if batch:
            lost = missed(batch, own)
            lines = tuple(f"{each.file}, {each.kind} : {each.number}" for each in lost)
            return replace(result, found=len(batch) - len(lost), details=lines)
        naming = [fault for fault in own if mutant.says in f"{fault.quoi} {fault.ou}"]
        said = () if naming else tuple(f"{each.quoi} {each.ou}"[:200] for each in own[:3])
        return replace(result, found=int(bool(naming)), details=said)

    @cached_property
    def press(self) -> Press:
        """Return what compiles the PDF of the clean book again, changed or not."""
        return _press(self.clean, self.folder / "presse")

    @cached_property
    def formats(self) -> tuple[Path, ...]:
        """Return the EPUB and the DOCX of the clean book."""
        folder = self.folder / "formats"
        with _project(self.clean):
            build(read_config(self.clean), Options(("html", "epub", "docx"), output=folder))
        return (folder / "rapport.epub", folder / "rapport.docx")


def finished_book(shop: Workshop, copy: Copy, only: str | None) -> Faults:
    """Run the checks of a finished book; data that do not open are found by « ouverture »."""
    try:
        changed = any(name.startswith("data/") for name in copy.touched)
        survey = open_survey(copy.root) if changed else shop.survey
        book = finished(copy.book, copy.root, survey)
    except EnqueteErrors as several:
        return {"ouverture": several.problems}
    except EnqueteError as one:
        return {"ouverture": [one]}
    faults: dict[str, Sequence[EnqueteError]] = {}
    for name, check in shop.checks.items():
        if only in (None, name):
            (outcome,) = run(book, (check,))
            faults[outcome.name if outcome.name in shop.checks else name] = outcome.faults
    return faults


def rebuilt(*arguments: str) -> Look:
    """Return what executes chapters with the library of the copy, then checks their ledger."""

    def look(shop: Workshop, copy: Copy, only: str | None) -> Faults:
        done = subprocess.run(
            [
                sys.executable,
                REBUILT,
                copy.root,
                shop.folder / f"{copy.root.name}-livre",
                *arguments,
            ],
            env=environment(copy),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)
        found: dict[str, list[list[str]]] = json.loads(done.stdout.splitlines()[-1])
        return {name: [EnqueteError(*each) for each in faults] for name, faults in found.items()}

    return look


def environment(copy: Copy) -> dict[str, str]:
    """Return the variables under which the library of the copy replaces ours."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "RAPPORT_"))}
    return {
        **kept,
        "PYTHONPATH": str(copy.root / "scripts"),
        "RAPPORT_RACINE": str(copy.root),
        "RAPPORT_REGISTRE": str(copy.root / ".rapport" / "registre"),
    }


@dataclass(frozen=True)
class Press:
    """
    The sources of the clean PDF, as they were when it was compiled.

    Attributes:
        folder: the Typst source `rapport.typ` and all that it reads.
        options: what the compiler was told.
    """

    folder: Path
    options: Mapping[str, Any]

    @property
    def source(self) -> str:
        """Return the Typst source of the book, in one piece."""
        return in_one_piece(self.folder / "rapport.typ")

    @property
    def pictures(self) -> dict[str, str]:
        """Return the drawings of the PDF, by file name."""
        files = sorted((self.folder / "figures").glob("*.svg"))
        return {file.name: file.read_text("utf-8") for file in files}

    def print(self, copy: Copy, source: str, pictures: Mapping[str, str]) -> None:
        """Compile a changed source and put its PDF in the book of the copy."""
        work = copy.root / "presse"
        shutil.copytree(self.folder, work)
        (work / "rapport.typ").write_text(source, "utf-8", newline="\n")
        for name, svg in pictures.items():
            (work / "figures" / name).write_text(svg, "utf-8", newline="\n")
        pdf = typst.compile(work / "rapport.typ", **{**self.options, "root": work})
        (copy.book / "rapport.pdf").unlink()
        (copy.book / "rapport.pdf").write_bytes(pdf)


def _press(project: Path, folder: Path) -> Press:
    """Build the PDF once more, to keep its sources."""
    kept: dict[str, Any] = {}
    compile_ = typst.compile

    def seen(main: Path, **options: Any) -> Any:
        shutil.copytree(Path(main).parent, folder)
        kept.update(options)
        return compile_(main, **options)

    typst.compile = seen
    try:
        with _project(project):
            options = Options(("typst",), output=folder.with_name("pdf"), cache=False)
            build(read_config(project), options)
    finally:
        typst.compile = compile_
    return Press(folder, kept)


@contextmanager
def _project(root: Path) -> Iterator[None]:
    """Make what builds here take *root* for its project."""
    previous = {name: os.environ.get(name) for name in ("RAPPORT_RACINE", "RAPPORT_REGISTRE")}
    os.environ["RAPPORT_RACINE"] = str(root)
    os.environ.pop("RAPPORT_REGISTRE", None)
    try:
        yield
    finally:
        for name, value in previous.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
