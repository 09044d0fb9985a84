"""Stay after a build and build again, each time in a copy of this process."""

from __future__ import annotations

import gc
import json
import os
import selectors
import signal
import socket
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from edition.daemon.client import PLACE, address, available, surroundings

_STREAMS = 2
PATIENCE = 5.0
"""Seconds that a command has to say what it wants."""
LOOK = 5.0
"""Seconds between two looks at whether the project is still there."""
LONGEST = 1 << 20
"""Bytes of a request, environment included."""
DECLINED = 75
"""How a copy ends that must not build: the code that systems give to « try again »."""


class DeclinedError(Exception):
    """Raised when a request is for another process than this one."""


@dataclass(frozen=True)
class Service:
    """
    What the process that stays does.

    Attributes:
        root: the project.
        seconds: how long it waits for a command before it ends.
        pipes: descriptors that it keeps; what they lead to ends with it.
        begin: called first, once, in the new process.
        build: called in a copy, with the request; returns the exit code, or raises
            `DeclinedError`.
    """

    root: Path
    seconds: float
    pipes: Sequence[int]
    begin: Callable[[], None]
    build: Callable[[Mapping[str, Any]], int]


def stay(service: Service) -> bool:
    """Leave a copy of this process that serves; return at once, and tell whether there is one."""
    if not available() or threading.active_count() > 1:
        return False  # what another thread holds is held for ever in a copy
    for stream in (sys.stdout, sys.stderr):
        stream.flush()  # or the copy would say it again
    try:
        if os.fork() == 0:
            _live(service)
    except OSError:
        return False
    return True


def _live(service: Service) -> NoReturn:
    """Serve until nobody asked for long enough, then end without a trace."""
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nothing, stream)
        gc.collect()
        gc.freeze()  # copies do not copy the pages by counting through them
        _close_others(service.pipes)
        with socket.socket(socket.AF_UNIX) as listener, _Home(service.root, listener) as home:
            service.begin()
            _Server(service, listener, home).serve()
    finally:
        os._exit(0)  # no exit handler of the command may run here


def _close_others(kept: Sequence[int]) -> None:
    """Close what the command had opened, but *kept*: nobody waits for us to close it."""
    opened = {int(path.name) for path in Path("/proc/self/fd").iterdir()}
    for one in opened - {*range(_STREAMS + 1), *kept}:
        with suppress(OSError):
            os.close(one)


class _Home:
    """The socket's name in the project: the last process to take it is the one that is asked."""

    def __init__(self, root: Path, listener: socket.socket) -> None:
        self._root, self._listener = root, listener
        self._file = (0, 0, 0)

    def __enter__(self) -> _Home:
        """Take the name; the process that had it will see that, and end."""
        with address(self._root) as name:
            Path(name).unlink(missing_ok=True)
            mask = os.umask(0o077)  # nobody else may ask
            try:
                self._listener.bind(name)
            finally:
                os.umask(mask)
        self._listener.listen()
        self._file = self._named()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave no name behind."""
        if self.ours():
            with suppress(OSError):
                (self._root / PLACE).unlink()

    def ours(self) -> bool:
        """Tell whether the name still leads here: not when the project went, or another came."""
        with suppress(OSError):
            return self._named() == self._file
        return False

    def _named(self) -> tuple[int, int, int]:
        found = (self._root / PLACE).stat()
        return found.st_dev, found.st_ino, found.st_ctime_ns  # a number may serve again


class _Server:
    """Answers commands one by one."""

    def __init__(self, service: Service, listener: socket.socket, home: _Home) -> None:
        self._service, self._listener, self._home = service, listener, home
        self._around = surroundings()

    def serve(self) -> None:
        """Return when nobody asked for long enough, or when what is asked is for another."""
        waited = 0.0
        while waited < self._service.seconds:
            part = min(LOOK, self._service.seconds - waited)
            self._listener.settimeout(part)
            try:
                line, _ = self._listener.accept()
            except TimeoutError:
                waited += part
                if not self._home.ours():
                    return
                continue
            waited = 0.0
            with line:
                try:
                    if not self._answered(line):
                        return
                except (OSError, ValueError, KeyError, TypeError):
                    continue  # a command that died, or that is none of ours

    def _answered(self, line: socket.socket) -> bool:
        """Build what *line* asks for; tell whether this process can go on."""
        line.settimeout(PATIENCE)
        first, streams, _, _ = socket.recv_fds(line, 1, 2)
        try:
            with line.makefile("rb") as rest:
                request = json.loads(first + rest.readline(LONGEST))
            if request["autour"] != self._around or len(streams) != _STREAMS:
                return True
            copy = os.fork()
            if copy == 0:
                self._listener.close()
                _run(self._service.build, request, streams, line)
        finally:
            for stream in streams:
                os.close(stream)
        with suppress(OSError):
            os.setpgid(copy, copy)  # also done by the copy: whoever comes first
        code = _watched(copy, line)
        if code is not None and code != DECLINED:
            line.sendall(json.dumps({"code": code}).encode() + b"\n")
        return code is not None and code != DECLINED


def _run(
    build: Callable[[Mapping[str, Any]], int],
    request: Mapping[str, Any],
    streams: Sequence[int],
    line: socket.socket,
) -> NoReturn:
    """Build in this copy, on the streams of the command, and end it."""
    code = DECLINED  # whatever stops us before there is a build
    try:
        os.setpgid(0, 0)
        line.close()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.chdir(request["dossier"])
        os.environ.clear()
        os.environ.update(request["variables"])
        for stream, its in enumerate(streams, 1):
            os.dup2(its, stream)
        sys.stdout, sys.stderr = (
            open(number, "w", 1, "utf-8", "replace", closefd=False)  # noqa: SIM115 - until the end
            for number in (1, 2)
        )
        code = build(request)
    finally:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
        os._exit(code)


def _watched(copy: int, line: socket.socket) -> int | None:
    """
    Wait for the end of a copy; return its exit code, None if it was killed.

    A command that hangs up, or that stops talking because of Ctrl-C, stops the build as Ctrl-C
    stops one: the copy and what it started are told, and clean up.
    """
    process = os.pidfd_open(copy)
    try:
        with selectors.DefaultSelector() as selector:
            selector.register(process, selectors.EVENT_READ)
            selector.register(line, selectors.EVENT_READ)
            ended = False
            while not ended:
                for key, _ in selector.select():
                    ended = ended or key.fd == process
                    if key.fileobj is line:
                        selector.unregister(line)
                        with suppress(ProcessLookupError):
                            os.killpg(copy, signal.SIGINT)
    finally:
        os.close(process)
    _, status = os.waitpid(copy, 0)
    return os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else None
