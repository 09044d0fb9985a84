"""An IPython shell that keeps its outputs as a Jupyter kernel would send them."""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import base64
import io
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TextIO, cast

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config as Traits


class _Outputs:
    """The outputs of the running cell, in nbformat."""

    def __init__(self) -> None:
        self.items: list[dict[str, Any]] = []
        self.error: dict[str, Any] | None = None
        self._displays: dict[str, list[dict[str, Any]]] = {}
        self._clear_next = False

    def start(self) -> None:
        """Forget the previous cell; displays that have an id may still be updated."""
        self.items, self.error, self._clear_next = [], None, False

    def add(self, output: dict[str, Any], display_id: str | None = None) -> None:
        """Append an output."""
        if self._clear_next:
            self.items, self._clear_next = [], False
        if display_id:
            self._displays.setdefault(display_id, []).append(output)
        self.items.append(output)

    def update(self, display_id: str | None, data: object, metadata: object) -> None:
        """Replace what was displayed under an id."""
        for output in self._displays.get(display_id or "", ()):
            output.update(data=data, metadata=metadata)

    def clear(self, *, wait: bool) -> None:
        """Drop the outputs, now or when the next one comes."""
        self._clear_next = wait
        if not wait:
            self.items = []


class _Stream(io.TextIOBase):
    """A standard stream whose text is an output of the cell."""

    def __init__(self, name: str, outputs: _Outputs) -> None:
        self._name, self._outputs = name, outputs

    encoding = "utf-8"

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if text:
            self._outputs.add({"output_type": "stream", "name": self._name, "text": text})
        return len(text)


class _Hook(DisplayHook):
    """Keep the value of a cell's last expression."""

    shell: CapturingShell

    def write_output_prompt(self) -> None:
        """Print no prompt."""

    def write_format_data(
        self, format_dict: Mapping[str, Any], md_dict: Mapping[str, Any] | None = None
    ) -> None:
        """Keep the value as an `execute_result`."""
        self.shell.outputs.add(
            {
                "output_type": "execute_result",
                "data": _json(format_dict),
                "metadata": dict(md_dict or {}),
                "execution_count": self.prompt_count,
            }
        )

    def finish_displayhook(self) -> None:
        """Print nothing after the value."""
        self._is_active = False


class _Publisher(DisplayPublisher):
    """Keep what `display` publishes."""

    def publish(  # type: ignore[override]
        self,
        data: Mapping[str, Any],
        metadata: Mapping[str, Any] | None = None,
        *,
        transient: Mapping[str, Any] | None = None,
        update: bool = False,
        **_: object,
    ) -> None:
        """Keep what is displayed as a `display_data`."""
        display_id = (transient or {}).get("display_id")
        if update:
            self.shell.outputs.update(display_id, _json(data), dict(metadata or {}))
            return
        output = {
            "output_type": "display_data",
            "data": _json(data),
            "metadata": dict(metadata or {}),
        }
        self.shell.outputs.add(output, display_id)

    def clear_output(self, wait: bool = False) -> None:
        """Forget the outputs of the cell."""
        self.shell.outputs.clear(wait=wait)


class CapturingShell(InteractiveShell):
    """
    A shell without terminal, history file or colours of its own.

    One is made in the warm parent, untouched; each forked child has its own copy.
    """

    def __init__(self, **kwargs: object) -> None:
        self.outputs = _Outputs()
        super().__init__(**kwargs)

    def init_virtualenv(self) -> None:
        """Leave the path alone: the interpreter is already the right one."""

    def enable_gui(self, gui: object = None) -> None:
        """Start no event loop."""

    def _showtraceback(self, etype: type, evalue: object, stb: list[str]) -> None:
        self.outputs.error = {
            "ename": etype.__name__,
            "evalue": str(evalue),
            "traceback": list(stb),
        }

    def run(self, step: Mapping[str, Any]) -> dict[str, Any]:
        """Run one step and return its raw result (see `edition.execution.steps`)."""
        self.outputs.start()
        with self._streams():
            if "expressions" in step:
                return {"values": [self._evaluate(code) for code in step["expressions"]]}
            count = self.execution_count
            self.run_cell(step["code"], store_history=True)
        if self.outputs.error:
            return {"error": self.outputs.error}
        return {"outputs": self.outputs.items, "count": count}

    def _evaluate(self, expression: str) -> dict[str, Any]:
        """Evaluate as the kernel's `user_expressions` does; a failing repr is an error."""
        self.outputs.error = None
        answer = self.user_expressions({"0": expression})["0"]
        if answer["status"] == "error":
            return {key: answer[key] for key in ("status", "ename", "evalue", "traceback")}
        if self.outputs.error:
            return {"status": "error", **self.outputs.error}
        return {"status": "ok", "data": _json(answer["data"])}

    def prepare(self, code: str) -> None:
        """Run *code* before the first cell, without trace in history or count."""
        with self._streams():
            self.run_cell(code, store_history=False, silent=True).raise_error()

    @contextmanager
    def _streams(self) -> Iterator[None]:
        saved = sys.stdout, sys.stderr
        sys.stdout = cast(TextIO, _Stream("stdout", self.outputs))
        sys.stderr = cast(TextIO, _Stream("stderr", self.outputs))
        try:
            yield
        finally:
            sys.stdout, sys.stderr = saved


def make_shell() -> CapturingShell:
    """Create the process's shell; charts of the inline backend are displayed to it."""
    traits = Traits()
    traits.HistoryManager.enabled = False
    shell: CapturingShell = CapturingShell.instance(
        config=traits, displayhook_class=_Hook, display_pub_class=_Publisher
    )
    return shell


def _json(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a MIME bundle as JSON data: images in base64."""
    return {
        mime: base64.b64encode(value).decode() if isinstance(value, bytes) else value
        for mime, value in data.items()
    }
