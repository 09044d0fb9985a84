"""
Render the book with Quarto, where it is installed, and publish it as our own engine does.

Quarto works in a copy: it never leaves `.quarto`, `site_libs` or `index.typ` in the project,
and a failure leaves the previous book as it was.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from edition import lint, provenance, quarto_log, quarto_pages
from edition.build import BuildResult
from edition.clock import Clock
from edition.config import Config
from edition.dates import moment
from edition.execution.environment import environment
from edition.publish import new_book
from edition.qmd import Chapter, read_chapters
from enquete.errors import EnqueteError, raise_all
from enquete.ledger_file import read_ledger

COMMAND = "quarto"
START = 120.0
"""Seconds granted beside those of the chapters: Quarto's own start, pandoc, Typst."""
LEFT_OUT = ("scripts", "tests", "bench", "node_modules", "__pycache__", "site_libs", "_freeze")


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
    late = threading.Event()
    with subprocess.Popen(
        [command, "render", *only, "--no-execute-daemon", "-M", "keep-typ:true"],
        cwd=work.project,
        env=_environment(config, work),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        start_new_session=os.name == "posix",
    ) as process:

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
    pdf = f"{config.output_file}.pdf" if formats != "html" else ""
    pages = quarto_pages.read_pages(made, chapters, [pdf] if pdf else [])
    typst = work.project / "index.typ"
    quarto_pages.check_leftovers(pages, typst.read_text("utf-8") if typst.is_file() else "")
    entries = read_ledger(work.ledger, [chapter.stem for chapter in chapters])
    quarto_pages.check_prints(pages, entries)
    entries = provenance.anchored(entries, quarto_pages.places(pages))
    with new_book(output, config.root) as folder:
        if formats == "pdf":
            shutil.copyfile(made / pdf, folder / pdf)
        else:
            shutil.copytree(made, folder, dirs_exist_ok=True)
            for page in folder.rglob("*.html"):
                text = quarto_pages.without_network(page.read_text("utf-8"))
                page.write_text(text, "utf-8", newline="\n")
        origin = provenance.origin_of(entries)
        provenance.write(entries, config, folder, origin, provenance.files_of(entries))
    return BuildResult(
        output=output,
        pages=tuple(page.file.relative_to(made).as_posix() for page in pages),
        pdf=pdf,
        figures=len(entries),
        prints=sum(len(page.prints) for page in pages),
        seconds=clock.seconds,
    )
