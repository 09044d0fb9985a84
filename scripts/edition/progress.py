"""What a build is doing: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from edition.execution import Progress
from edition.qmd import Chapter

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID


@contextmanager
def shown(stream: TextIO = sys.stderr) -> Iterator[Progress]:
    """Give the function that execution calls at each step, and show what it says on *stream*."""
    if not stream.isatty():
        yield Lines(stream).step
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[rest]}"))
    with Bar(*columns, console=Console(file=stream), transient=True) as bar:
        yield Bars(bar).step


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
    """A bar for the steps of all chapters, the names of those that run, what remains."""

    def __init__(self, bar: Bar) -> None:
        super().__init__()
        self._bar = bar
        self._task: TaskID = bar.add_task("Exécution", total=None, rest="")

    def step(self, chapter: Chapter, done: int, total: int) -> None:
        """Show a step."""
        self.count(chapter, done, total)
        (steps, all_steps), (ended, chapters) = self.steps, self.chapters
        self._bar.update(
            self._task,
            completed=steps,
            total=all_steps,
            description=f"Exécution {', '.join(self.running)}"[:60],
            rest=f"étape {steps} sur {all_steps}, "
            f"encore {chapters - ended} chapitre{'s' if chapters - ended > 1 else ''}",
        )
