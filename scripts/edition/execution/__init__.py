"""
Run the chapters: once each, side by side, each in a fresh state.

Two engines give the same results: forked children of a warm parent, and Jupyter kernels
where processes cannot be forked.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, Literal, TypeAlias

from edition.config import Config
from edition.execution import prelude
from edition.execution.errors import crash, overtime
from edition.execution.forked import WarmParent, available
from edition.execution.model import Executed
from edition.execution.steps import Job, executed, segment_of, steps
from edition.qmd import Chapter
from enquete.errors import EnqueteError, EnqueteErrors, raise_all

Engine: TypeAlias = Literal["auto", "fourche", "noyaux"]
Progress: TypeAlias = Callable[[Chapter, int, int], None]
"""Called with a chapter, the number of its steps done and the number of them all."""

__all__ = ["Engine", "Executed", "WarmParent", "chosen", "cores", "execute", "warm_parent"]


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
    progress: Progress | None = None,
) -> list[Executed]:
    """
    Execute the chapters and return them in the same order.

    Chapters marked `apres: tous` (or listed in `rapport > apres-tous`) run once the others
    have ended. Every failure of the others is raised together; then the last ones do not run.
    *workers* chapters run at once, by default as many as there are cores. A warm *parent*
    started earlier has imported meanwhile; it serves once.
    """
    jobs = {
        number: Job(
            chapter,
            steps(chapter),
            prelude.source(config.figures, chapter.stem),
            config.time_limit,
        )
        for number, chapter in enumerate(chapters)
        if chapter.runs_code
    }
    results = {
        number: executed(chapter, (), 0.0)
        for number, chapter in enumerate(chapters)
        if number not in jobs
    }
    errors: list[EnqueteError] = []
    if jobs:
        messages = _messages(_phases(jobs, config), config, workers or cores(), engine, parent)
        for message in messages:
            _take(message, jobs[message["job"]], results, errors, progress)
    raise_all(errors)
    return [results[number] for number in range(len(chapters))]


def _phases(jobs: dict[int, Job], config: Config) -> list[list[tuple[int, Job]]]:
    """Split the jobs into those that run first and those that wait for all of them."""
    first: list[tuple[int, Job]] = []
    last: list[tuple[int, Job]] = []
    for number, job in jobs.items():
        waits = job.chapter.front_matter.get("apres") == "tous"
        waits = waits or job.chapter.path in config.after_all
        (last if waits else first).append((number, job))
    # the longest code first: a long chapter begun last would run alone
    first.sort(key=lambda item: -sum(len(str(step)) for step in item[1].steps))
    return [phase for phase in (first, last) if phase]


def _messages(
    phases: list[list[tuple[int, Job]]],
    config: Config,
    workers: int,
    engine: Engine,
    parent: WarmParent | None,
) -> Iterator[dict[str, Any]]:
    """Yield what the engine says of the jobs."""
    if chosen(engine) == "noyaux":
        from edition.execution import kernels

        yield from kernels.run(phases, workers, config.root)
        return
    with nullcontext(parent) if parent else WarmParent(config.root) as warm:
        yield from warm.run(phases, workers)


def _take(
    message: dict[str, Any],
    job: Job,
    results: dict[int, Executed],
    errors: list[EnqueteError],
    progress: Progress | None,
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
