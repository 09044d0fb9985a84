"""
Run the chapters: once each, side by side, each in a fresh state.

Two engines give the same results: forked children of a warm parent, and Jupyter kernels
where processes cannot be forked.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias

from edition.config import Config
from edition.execution import prelude
from edition.execution.errors import crash, overtime
from edition.execution.forked import WarmParent, available
from edition.execution.model import Executed
from edition.execution.steps import Job, Result, executed, segment_of, steps
from edition.qmd import Chapter
from enquete.errors import EnqueteError, EnqueteErrors, raise_all

Engine: TypeAlias = Literal["auto", "fourche", "noyaux"]
Progress: TypeAlias = Callable[[Chapter, int, int], None]
"""
Called with a chapter, the number of its steps done and the number of them all.

Called first with 0 for each chapter that must run, before any of them begins.
"""

__all__ = [
    "Engine",
    "Executed",
    "Memory",
    "Progress",
    "WarmParent",
    "after_all",
    "chosen",
    "cores",
    "execute",
    "warm_parent",
]


class Memory(Protocol):
    """What remembers executions (`edition.cache`)."""

    def recall(self, job: Job) -> Sequence[Result] | None:
        """Return what the job gave, if running it would give the same; restore its ledger."""

    def keep(self, job: Job, results: Sequence[Result], read: Sequence[str]) -> None:
        """Remember what a job gave, and what it read meanwhile."""


def cores() -> int:
    """Return how many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def chosen(engine: Engine) -> Literal["fourche", "noyaux"]:
    """Return the engine that *engine* stands for on this system."""
    if engine == "auto":
        return "fourche" if available() else "noyaux"
    return engine


def warm_parent(root: Path, engine: Engine = "auto") -> AbstractContextManager[WarmParent | None]:
    """Start to import in the background, where the engine makes use of it."""
    return WarmParent(root) if chosen(engine) == "fourche" else nullcontext()


def execute(
    chapters: Sequence[Chapter],
    *,
    config: Config,
    workers: int | None = None,
    engine: Engine = "auto",
    parent: WarmParent | None = None,
    memory: Memory | None = None,
    ready: Callable[[], object] | None = None,
    progress: Progress | None = None,
) -> list[Executed]:
    """
    Execute the chapters and return them in the same order.

    Chapters marked `apres: tous` (or listed in `rapport > apres-tous`) run once the others
    have ended. Every failure of the others is raised together; then the last ones do not run.
    *workers* chapters run at once, by default as many as there are cores. A warm *parent*
    started earlier has imported meanwhile; without it none is started unless some chapter
    must run, which is none of those that *memory* remembers. *ready* is called before the
    first one that does.
    """
    results = {
        number: executed(chapter, (), 0.0)
        for number, chapter in enumerate(chapters)
        if not chapter.runs_code
    }
    errors: list[EnqueteError] = []
    with _Runner(config.root, workers or cores(), engine, parent, ready) as runner:
        for phase in phases(chapters, config):
            waiting = {}
            for number, job in phase:
                known = memory.recall(job) if memory else None
                if known is None:
                    waiting[number] = job
                    continue
                results[number] = executed(job.chapter, known, 0.0)
            for job in waiting.values():
                if progress:
                    progress(job.chapter, 0, len(job.steps))  # so that what remains is known
            for message in runner.run(list(waiting.items())) if waiting else ():
                _take(message, waiting[message["job"]], results, errors, progress, memory)
            if errors:
                break
    raise_all(errors)
    return [results[number] for number in range(len(chapters))]


def phases(chapters: Sequence[Chapter], config: Config) -> list[list[tuple[int, Job]]]:
    """Return the jobs with their numbers: those that run first, then those that wait."""
    first: list[tuple[int, Job]] = []
    last: list[tuple[int, Job]] = []
    for number, chapter in enumerate(chapters):
        if chapter.runs_code:
            job = Job(
                chapter,
                steps(chapter),
                prelude.source(config.figures, chapter.stem),
                config.time_limit,
            )
            (last if after_all(chapter, config) else first).append((number, job))
    # the longest code first: a long chapter begun last would run alone
    first.sort(key=lambda item: -sum(len(str(step)) for step in item[1].steps))
    return [phase for phase in (first, last) if phase]


def after_all(chapter: Chapter, config: Config) -> bool:
    """Tell whether a chapter waits for the ledgers of the others."""
    return chapter.front_matter.get("apres") == "tous" or chapter.path in config.after_all


class _Runner(AbstractContextManager["_Runner"]):
    """Runs jobs with the chosen engine; a warm parent of its own starts at the first one."""

    def __init__(
        self,
        root: Path,
        workers: int,
        engine: Engine,
        parent: WarmParent | None,
        ready: Callable[[], object] | None,
    ) -> None:
        self._root, self._workers, self._engine, self._parent = root, workers, engine, parent
        self._ready = ready
        self._own = ExitStack()

    def __exit__(self, *_: object) -> None:
        self._own.close()

    def run(self, jobs: list[tuple[int, Job]]) -> Iterator[dict[str, Any]]:
        """Yield what the engine says of the jobs."""
        forks = chosen(self._engine) == "fourche"
        if forks and self._parent is None:
            self._parent = self._own.enter_context(WarmParent(self._root))
        if self._ready:  # while the warm parent imports
            self._ready()
            self._ready = None
        if self._parent and forks:
            yield from self._parent.run(jobs, self._workers)
        else:
            from edition.execution import kernels

            yield from kernels.run(jobs, self._workers, self._root)


def _take(
    message: dict[str, Any],
    job: Job,
    results: dict[int, Executed],
    errors: list[EnqueteError],
    progress: Progress | None,
    memory: Memory | None,
) -> None:
    """Turn one message into a result, an error or a step of progress."""
    chapter = job.chapter
    if "step" in message:
        if progress:
            progress(chapter, message["step"], len(job.steps))
    elif "overtime" in message:
        errors.append(overtime(chapter, segment_of(chapter, message["overtime"]), job.limit))
    elif "crash" in message:
        errors.append(crash(chapter, segment_of(chapter, message["at"]), message["crash"]))
    else:
        if progress:
            progress(chapter, len(message["results"]), len(job.steps))
        try:
            results[message["job"]] = executed(chapter, message["results"], message["seconds"])
        except EnqueteErrors as several:
            errors.extend(several.problems)
        except EnqueteError as error:
            errors.append(error)
        else:
            if memory:
                memory.keep(job, message["results"], message["reads"])
