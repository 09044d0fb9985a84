"""
Render the book with Quarto, where it is installed, and publish it as our own engine does.

Quarto works in a copy: it never leaves `.quarto`, `site_libs` or `index.typ` in the project,
and a failure leaves the previous book as it was.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edition import lint, provenance, quarto_log
from edition.build import BuildResult, Clock
from edition.config import Config
from edition.execution.environment import environment
from edition.pdf import moment
from edition.publish import new_book
from edition.qmd import Chapter, read_chapters
from enquete.errors import EnqueteError, raise_all
from enquete.ledger import read_ledger
from enquete.suggest import suggestion

COMMAND = "quarto"
START = 120.0
"""Seconds granted beside those of the chapters: Quarto's own start, pandoc, Typst."""
LEFT_OUT = ("scripts", "tests", "bench", "node_modules", "__pycache__", "site_libs", "_freeze")
_PRINT = re.compile(r'<a\b[^>]*\bid="([^"]+)" class="chiffre" data-chiffre="([^"]+)"')
_CHART = re.compile(r'<img src="([^"]+\.svg)"')
_FLOAT = re.compile(r'<figure class="quarto-float quarto-float-fig.*?</figure>', re.DOTALL)
_FLOAT_ID = re.compile(r'id="(fig-[\w-]+?)-caption-')
_DRAWN = re.compile(r'<text\b[^>]*\sdata-chiffre="([^"]+)"')
_FOREIGN = re.compile(r'<script\b[^>]*\ssrc="https?://[^"]*"[^>]*></script>\s*')
Key = tuple[str, str]


@dataclass(frozen=True)
class _Work:
    """The copy that Quarto renders, and the folder of the chapters' ledgers."""

    project: Path
    ledger: Path


def render(config: Config, formats: str = "tous", *, output: Path | None = None) -> BuildResult:
    """
    Render with Quarto and put the result in the place of the previous book.

    *formats* is `tous`, `html` or `pdf`. Every error leaves the previous book untouched.
    """
    clock = Clock()
    output = output or config.root / config.output_dir
    command = _found()
    with clock.step("lecture"):
        chapters = read_chapters(config.root, config.sources)
        lint.lint(chapters, config)
    with tempfile.TemporaryDirectory(prefix="rapport-quarto-") as temporary:
        work = _Work(Path(temporary) / "projet", Path(temporary) / "registre")
        work.ledger.mkdir()
        with clock.step("copie"):
            _copy(config, work.project)
        with clock.step("Quarto"):
            _run(command, work, config, chapters, formats)
        with clock.step("publication"):
            return _publish(work, config, chapters, formats, output, clock)


def _found() -> str:
    path = shutil.which(COMMAND)
    if path is None:
        raise EnqueteError(
            "Quarto n'est pas installé.",
            "programme « quarto », cherché dans le PATH",
            "Installez-le (uv sync --extra quarto), ou prenez le moteur intégré : "
            "rapport construire.",
        )
    return path


def _copy(config: Config, project: Path) -> None:
    """Copy what a chapter may read; *data* too, so that relative paths hold."""
    out = (config.root / config.output_dir).resolve()

    def left_out(folder: str, names: list[str]) -> set[str]:
        top = Path(folder).resolve() == config.root.resolve()
        return {
            name
            for name in names
            if name.startswith(".")
            or name.endswith(("_files", ".quarto_ipynb"))
            or (top and (name in LEFT_OUT or name == "index.typ"))
            or (Path(folder) / name).resolve() == out
            or (Path(folder).resolve() == out.parent and name.startswith(f"{out.name}."))
        }

    shutil.copytree(config.root, project, ignore=left_out)


def _run(
    command: str, work: _Work, config: Config, chapters: Sequence[Chapter], formats: str
) -> None:
    """Run Quarto in the copy; raise everything that its log reports."""
    # The register's anchors are those of the site: a PDF alone needs the pages too.
    only = ["--to", "html"] if formats == "html" else []
    limit = START + 2 * config.time_limit * max(1, len(chapters))
    process = subprocess.Popen(
        [command, "render", *only, "--no-execute-daemon", "-M", "keep-typ:true"],
        cwd=work.project,
        env=_environment(config, work),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        start_new_session=os.name == "posix",
    )
    late = threading.Event()

    def stop() -> None:
        late.set()
        _kill(process)

    timer = threading.Timer(limit, stop)
    timer.start()
    try:
        lines = list(_followed(process))
        code = process.wait()
    except BaseException:
        _kill(process)
        raise
    finally:
        timer.cancel()
    if late.is_set():
        raise EnqueteError(
            f"Quarto a dépassé sa limite de {limit:g} s ; il a été arrêté.",
            next((path for line in reversed(lines) if (path := quarto_log.chapter_of(line))), ""),
            "Cherchez une boucle sans fin, ou relevez « rapport > limite-par-chapitre ».",
        )
    raise_all(quarto_log.problems(lines, code, chapters))


def _environment(config: Config, work: _Work) -> dict[str, str]:
    """Return the environment of Quarto and of its kernels; the answers stay the project's."""
    return {
        **environment(config.root),
        "QUARTO_PYTHON": sys.executable,
        "RAPPORT_REGISTRE": str(work.ledger.resolve()),
        "PYTHONDONTWRITEBYTECODE": "1",
        "SOURCE_DATE_EPOCH": str(moment(config.date)),
    }


def _followed(process: subprocess.Popen[str]) -> Iterator[str]:
    """Yield the lines of the log, and tell the reader which chapter is being made."""
    assert process.stdout is not None  # noqa: S101 - Popen was asked for a pipe
    for raw in process.stdout:
        line = quarto_log.plain(raw)
        if path := quarto_log.chapter_of(line):
            print(f"Quarto : {path}", flush=True)
        yield line


def _kill(process: subprocess.Popen[str]) -> None:
    """Stop Quarto and the kernels that it started."""
    if process.poll() is not None:
        return
    if os.name == "posix":
        os.killpg(process.pid, signal.SIGTERM)
    else:
        process.kill()


def _publish(
    work: _Work,
    config: Config,
    chapters: Sequence[Chapter],
    formats: str,
    output: Path,
    clock: Clock,
) -> BuildResult:
    made = work.project / config.output_dir
    pages = {chapter.stem: made / Path(chapter.path).with_suffix(".html") for chapter in chapters}
    pdf = f"{config.output_file}.pdf" if formats != "html" else ""
    _check(made, work.project, pages, chapters, pdf)
    entries = read_ledger(work.ledger, [chapter.stem for chapter in chapters])
    prints = {stem: _PRINT.findall(page.read_text("utf-8")) for stem, page in pages.items()}
    _check_prints(prints, entries, chapters)
    entries = provenance.anchored(entries, _places(pages, prints))
    with new_book(output, config.root) as folder:
        if formats == "pdf":
            shutil.copyfile(made / pdf, folder / pdf)
        else:
            shutil.copytree(made, folder, dirs_exist_ok=True)
            _own(folder)
        origin = provenance.origin_of(entries)
        provenance.write(entries, config, folder, origin, provenance.files_of(entries))
    return BuildResult(
        output=output,
        pages=tuple(page.relative_to(made).as_posix() for page in pages.values()),
        pdf=pdf,
        figures=len(entries),
        prints=sum(map(len, prints.values())),
        seconds=clock.seconds,
    )


def _check(
    made: Path, project: Path, pages: Mapping[str, Path], chapters: Sequence[Chapter], pdf: str
) -> None:
    """Raise when something is missing or an expression was left unevaluated."""
    wanted = [*pages.values(), *([made / pdf] if pdf else [])]
    raise_all(
        [
            EnqueteError(
                f"Quarto n'a pas produit {file.relative_to(made).as_posix()}.",
                "_quarto.yml",
                "Vérifiez « output-dir », « output-file » et la liste des chapitres.",
            )
            for file in wanted
            if not file.is_file()
        ]
    )
    source = project / "index.typ"
    typst = source.read_text("utf-8") if source.is_file() else ""
    raise_all(
        [
            error
            for chapter in chapters
            for error in quarto_log.leftovers(
                pages[chapter.stem].read_text("utf-8") + typst, chapter
            )
        ]
    )


def _check_prints(
    prints: Mapping[str, Sequence[Key]],
    entries: Sequence[Mapping[str, Any]],
    chapters: Sequence[Chapter],
) -> None:
    """Raise for every number printed under an id that its chapter's ledger does not have."""
    errors = []
    for chapter in chapters:
        known = {entry["id"] for entry in entries if entry["chapter"] == chapter.stem}
        for figure in dict.fromkeys(figure for _, figure in prints[chapter.stem]):
            if entries and figure not in known:
                errors.append(
                    EnqueteError(
                        f"Le chiffre « {figure} » est imprimé sans être au registre du chapitre."
                        f"{suggestion(figure, known)}",
                        chapter.path,
                        "Calculez-le par figures.share, figures.count… dans ce chapitre.",
                    )
                )
    raise_all(errors)


def _places(pages: Mapping[str, Path], prints: Mapping[str, Sequence[Key]]) -> dict[Key, str]:
    """Return the anchor of each figure's first print in its chapter, else of its chart."""
    places: dict[Key, str] = {}
    for stem, page in pages.items():
        for anchor, figure in prints[stem]:
            places.setdefault((stem, figure), anchor)
        for shown in _FLOAT.findall(page.read_text("utf-8")):
            anchor, source = _FLOAT_ID.search(shown), _CHART.search(shown)
            if anchor and source and (page.parent / source[1]).is_file():
                for figure in _DRAWN.findall((page.parent / source[1]).read_text("utf-8")):
                    places.setdefault((stem, figure), anchor[1])
    return places


def _own(folder: Path) -> None:
    """Take out of the pages the scripts that Quarto adds from the network for tables."""
    for page in folder.rglob("*.html"):
        text = page.read_text("utf-8")
        own = _FOREIGN.sub("", text)
        if own != text:
            page.write_text(own, "utf-8", newline="\n")
