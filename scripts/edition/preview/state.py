"""What the browser must know of the builds, shared between the builder and the server."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

Problem = dict[str, str]
"""`quoi`, `ou` and `que_faire` of an error."""


@dataclass(frozen=True)
class View:
    """
    One moment of the preview.

    Attributes:
        version: how many builds have succeeded: a page of another version reloads.
        busy: whether a build is running.
        problems: what stopped the last build, empty when it succeeded.
    """

    version: int = 0
    busy: bool = True
    problems: tuple[Problem, ...] = ()


@dataclass
class State:
    """The present view; those who wait are told of each change."""

    view: View = View()
    closed: bool = False
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def building(self) -> None:
        """Say that a build begins."""
        self._set(View(self.view.version, True, self.view.problems))

    def built(self, problems: Sequence[Problem]) -> None:
        """Say that a build ended, with what stopped it."""
        self._set(View(self.view.version + (not problems), False, tuple(problems)))

    def close(self) -> None:
        """Let go of those who wait."""
        with self._changed:
            self.closed = True
            self._changed.notify_all()

    def after(self, seen: View | None, timeout: float) -> View | None:
        """Return the view once it differs from *seen*; None when the time is over."""
        with self._changed:
            self._changed.wait_for(lambda: self.closed or self.view != seen, timeout)
            return self.view if self.view != seen else None

    def _set(self, view: View) -> None:
        with self._changed:
            self.view = view
            self._changed.notify_all()
