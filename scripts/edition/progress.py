"""What a build is doing: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from edition.execution import Progress
from edition.qmd import Chapter

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID


_OFTEN = 0.1  # seconds between two drawings of the bar


@contextmanager
def shown(stream: TextIO = sys.stderr) -> Iterator[Progress]:
    """Give the function that execution calls at each step, and show what it says on *stream*."""
    if not stream.isatty():
        yield Lines(stream).step
        return
    bars = Bars(lambda: _bar(stream))
    try:
        yield bars.step
    finally:
        bars.stop()


def _bar(stream: TextIO) -> Bar:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[rest]}"))
    return Bar(*columns, console=Console(file=stream), transient=True, auto_refresh=False)


class Counted:
    """How far each chapter is; chapters are announced at their step 0 before any begins."""

    def __init__(self) -> None:
        self._done: dict[str, int] = {}
        self._all: dict[str, int] = {}

    def count(self, chapter: Chapter, done: int, total: int) -> bool:
        """Take a step in; tell whether the chapter has just ended."""
        before = self._done.get(chapter.path, 0)
        self._all[chapter.path] = total
        self._done[chapter.path] = done
        return before < total == done

    @property
    def steps(self) -> tuple[int, int]:
        """Return the steps done and those there are."""
        return sum(self._done.values()), sum(self._all.values())

    @property
    def chapters(self) -> tuple[int, int]:
        """Return the chapters done and those there are."""
        ended = sum(self._done[path] == total for path, total in self._all.items())
        return ended, len(self._all)

    @property
    def running(self) -> list[str]:
        """Name the chapters that have begun and not ended."""
        return [path for path, total in self._all.items() if 0 < self._done[path] < total]


class Lines(Counted):
    """One line for each chapter that ends."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream

    def step(self, chapter: Chapter, done: int, total: int) -> None:
        """Show a step."""
        if self.count(chapter, done, total):
            ended, there_are = self.chapters
            print(
                f"exécuté {ended}/{there_are} : {chapter.path} ({total} étapes)",
                file=self._stream,
                flush=True,
            )


class Bars(Counted):
    """
    A bar for the steps of all chapters, the names of those that run, what remains.

    It is there while chapters run, no longer; without any that runs it is not even made. It
    has no thread, which would keep the checks from being shared out (`edition.aside`).
    """

    def __init__(self, make: Callable[[], Bar]) -> None:
        super().__init__()
        self._make = make
        self._made: tuple[Bar, TaskID] | None = None
        self._drawn = 0.0

    def stop(self) -> None:
        """Remove the bar."""
        if self._made:
            self._made[0].stop()

    def step(self, chapter: Chapter, done: int, total: int) -> None:
        """Show a step."""
        self.count(chapter, done, total)
        (steps, all_steps), (ended, chapters) = self.steps, self.chapters
        if self._made is None:
            bar = self._make()
            self._made = bar, bar.add_task("Exécution", total=None, rest="")
        bar, task = self._made
        if steps < all_steps:
            bar.start()
        now = time.monotonic()
        refresh = now - self._drawn > _OFTEN
        self._drawn = now if refresh else self._drawn
        bar.update(
            task,
            refresh=refresh,
            completed=steps,
            total=all_steps,
            description=f"Exécution {', '.join(self.running)}"[:60],
            rest=f"étape {steps} sur {all_steps}, "
            f"encore {chapters - ended} chapitre{'s' if chapters - ended > 1 else ''}",
        )
        if steps == all_steps:
            bar.stop()
