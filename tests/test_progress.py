from __future__ import annotations

import io
import threading
from types import SimpleNamespace

from edition.progress import Bars, shown


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


A, B = (SimpleNamespace(path=f"chapters/{name}.qmd") for name in "ab")
STEPS = ((A, 0, 2), (B, 0, 3), (A, 1, 2), (A, 2, 2), (B, 1, 3), (B, 3, 3))


def test_outside_a_terminal_one_line_says_each_chapter_that_ends() -> None:
    stream = io.StringIO()
    with shown(stream) as step:
        for each in STEPS:
            step(*each)
    assert stream.getvalue().splitlines() == [
        "exécuté 1/2 : chapters/a.qmd (2 étapes)",
        "exécuté 2/2 : chapters/b.qmd (3 étapes)",
    ]


def test_on_a_terminal_the_bar_says_what_runs_and_what_remains() -> None:
    updates = []
    bar = SimpleNamespace(
        add_task=lambda *_, **__: 0,
        update=lambda _, **fields: updates.append(fields),
        start=lambda: None,
        stop=lambda: None,
    )
    bars = Bars(lambda: bar)
    for each in STEPS:
        bars.step(*each)
    third = updates[2]
    assert (third["completed"], third["total"]) == (1, 5)
    assert third["description"] == "Exécution chapters/a.qmd"
    assert third["rest"] == "étape 1 sur 5, encore 2 chapitres"
    assert updates[-1]["rest"] == "étape 5 sur 5, encore 0 chapitre"


def test_on_a_terminal_the_bar_leaves_nothing_behind() -> None:
    stream = Terminal()
    with shown(stream) as step:
        for each in STEPS:
            step(*each)
    assert "exécuté" not in stream.getvalue()


def test_the_bar_has_no_thread() -> None:
    """Another thread would keep the checks from being shared out between two processes."""
    before = threading.active_count()
    counts = []
    stream = Terminal()
    with shown(stream) as step:
        for each in (*STEPS, (A, 0, 4), (A, 4, 4)):  # the last ones wait for the others
            step(*each)
            counts.append(threading.active_count() - before)
    assert set(counts) == {0}
    assert "encore 1 chapitre" in stream.getvalue()
