"""
The warm parent: import everything once, then fork one child per chapter.

Started as `python -m edition.execution.warm` in the project's folder, with the environment of
`edition.execution.environment`. It has one thread, so that forking is safe. It reads JSON
lines on its standard input, one at a time (jobs, number of children at once), and writes:

    {"job": 0, "step": 3}                          step 3 of job 0 begins
    {"job": 0, "results": […], "seconds": 0.4, "reads": […]}     job 0 has ended, having read
    {"job": 0, "overtime": 3}                      stopped at its limit during step 3
    {"job": 0, "crash": "signal 9", "at": 3}       died during step 3

Closing its standard input kills the children: nothing survives the command that started it.
"""

from __future__ import annotations

import gc
import io
import json
import os
import selectors
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NoReturn, TextIO

from edition.execution.shell import CapturingShell, make_shell
from enquete import reads
from enquete.paths import root


def warm_up() -> CapturingShell:
    """
    Import what chapters import and make each part do its slow first work.

    What fails here fails again, with its French message, in the chapter that needs it.
    """
    gc.disable()
    shell = make_shell()  # before pyplot, whose inline backend looks for a shell
    import great_tables
    import matplotlib.pyplot as plt
    import pandas as pd
    import seaborn as sns

    frame = pd.DataFrame({"a": ["un", "deux"], "n": [1, 2], "c": ["x", "y"]})
    figure, axes = plt.subplots(figsize=(3, 2))
    sns.barplot(frame, x="n", y="a", hue="c", ax=axes, errorbar=None)
    axes.set_title("é ≥ 1")
    figure.savefig(io.BytesIO(), format="svg", bbox_inches="tight")
    plt.close("all")
    great_tables.GT(frame, rowname_col="a").tab_header("é").fmt_number("n").as_raw_html()
    with suppress(Exception):
        import enquete

        enquete.open_survey()
    gc.collect()
    gc.freeze()  # children do not copy the parent's pages by counting through them
    gc.enable()
    return shell


@dataclass
class _Child:
    """A running chapter, seen from the parent."""

    job: int
    pid: int
    pipe: int
    deadline: float
    step: int = 0
    ended: bool = False
    buffer: bytearray = field(default_factory=bytearray)


class Parent:
    """Runs jobs, at most *workers* at once, and relays what children say."""

    def __init__(self, shell: CapturingShell, say: Callable[[dict[str, Any]], None]) -> None:
        self._shell, self._say = shell, say
        self._children: dict[int, _Child] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(sys.stdin.fileno(), selectors.EVENT_READ)

    def run(self, jobs: list[dict[str, Any]], workers: int) -> None:
        """Run the jobs in order; return when all have ended."""
        waiting = list(reversed(jobs))
        while waiting or self._children:
            while waiting and len(self._children) < workers:
                self._start(waiting.pop())
            nearest = min(child.deadline for child in self._children.values())
            for key, _ in self._selector.select(max(0.0, nearest - time.monotonic())):
                if key.fd == sys.stdin.fileno():
                    self.kill_all()
                    raise SystemExit(1)
                self._read(self._children[key.fd])
            self._stop_late_ones()

    def kill_all(self) -> None:
        """Kill every child and what it started."""
        for child in self._children.values():
            _kill(child.pid)

    def _start(self, job: dict[str, Any]) -> None:
        readable, writable = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(readable)
            _run_child(self._shell, job, writable)
        os.close(writable)
        with suppress(OSError):
            os.setpgid(pid, pid)  # also done by the child: whoever comes first
        child = _Child(job["job"], pid, readable, time.monotonic() + job["limit"])
        self._children[readable] = child
        self._selector.register(readable, selectors.EVENT_READ)

    def _read(self, child: _Child) -> None:
        data = os.read(child.pipe, 1 << 16)
        if not data:
            self._bury(child)
            return
        child.buffer += data
        if b"\n" not in data:
            return
        *lines, rest = child.buffer.split(b"\n")
        child.buffer = bytearray(rest)
        for line in lines:
            message = json.loads(line)
            child.step = message.get("step", child.step)
            child.ended = child.ended or "results" in message or "crash" in message
            self._say({"job": child.job, **message})
        if child.ended:
            self._bury(child)

    def _bury(self, child: _Child) -> None:
        """Take away a child that closed its pipe; say so if it had not finished."""
        del self._children[child.pipe]
        self._selector.unregister(child.pipe)
        os.close(child.pipe)
        _kill(child.pid)  # a process that a cell left behind
        _, status = os.waitpid(child.pid, 0)
        if not child.ended:
            how = (
                f"signal {os.WTERMSIG(status)}"
                if os.WIFSIGNALED(status)
                else f"code {os.waitstatus_to_exitcode(status)}"
            )
            self._say({"job": child.job, "crash": how, "at": child.step})

    def _stop_late_ones(self) -> None:
        now = time.monotonic()
        for child in [c for c in self._children.values() if c.deadline <= now and not c.ended]:
            child.ended = True
            self._say({"job": child.job, "overtime": child.step})
            self._bury(child)


def _kill(pid: int) -> None:
    with suppress(OSError):
        os.killpg(pid, signal.SIGKILL)


def _run_child(shell: CapturingShell, job: dict[str, Any], pipe: int) -> NoReturn:
    """Run the steps of one chapter in this forked process, and end it."""
    code = 1
    try:
        os.setpgid(0, 0)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with os.fdopen(pipe, "w", encoding="utf-8") as answers:
            _run_steps(shell, job, answers, _Written())
        code = 0
    finally:
        os._exit(code)  # no exit handler of the parent may run here


def _run_steps(
    shell: CapturingShell, job: dict[str, Any], answers: TextIO, written: _Written
) -> None:
    """Run the steps in order, up to the first that fails."""

    def say(message: dict[str, Any]) -> None:
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    number, results = 0, []
    start = time.monotonic()
    try:
        shell.prepare(job["prelude"])
        reads.start(root())
        for number, step in enumerate(job["steps"]):
            say({"step": number})
            result = shell.run(step)
            if "outputs" in result:
                result["outputs"] += written.outputs()
            results.append(result)
            if "error" in result:
                break
        seconds = time.monotonic() - start
        say({"results": results, "seconds": seconds, "reads": reads.found()})
    except Exception as error:  # an output that is not JSON, a prelude that fails
        say({"crash": f"{type(error).__name__} : {error}", "at": number})


class _Written:
    """What native code writes to descriptors 1 and 2, past Python's streams."""

    def __init__(self) -> None:
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        self._files = {}
        for descriptor, name in ((1, "stdout"), (2, "stderr")):
            file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as this process
            os.dup2(file.fileno(), descriptor)
            self._files[name] = file
        self._read = dict.fromkeys(self._files, 0)

    def outputs(self) -> list[dict[str, Any]]:
        """Return what was written since the last call, as stream outputs."""
        found = []
        for name, file in self._files.items():
            size = os.fstat(file.fileno()).st_size
            if size > self._read[name]:
                data = os.pread(file.fileno(), size - self._read[name], self._read[name])
                text = data.decode("utf-8", errors="replace")
                found.append({"output_type": "stream", "name": name, "text": text})
                self._read[name] = size
        return found


def main() -> None:
    """Serve requests until the standard input is closed."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)

    def say(message: dict[str, Any]) -> None:
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    shell = warm_up()
    parent = Parent(shell, say)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        while line := sys.stdin.readline():
            request = json.loads(line)
            parent.run(request["jobs"], request["workers"])
    finally:
        parent.kill_all()


if __name__ == "__main__":
    main()
