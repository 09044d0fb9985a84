"""
Compile the PDF in a process that has just laid out the previous one.

Typst remembers what it laid out for as long as its process lives: a book that differs from the
last one by a word then costs a tenth. So a second process lays out the last book (its source was
kept under `.rapport/`) while the first one converts the changed chapter. The bytes are those of a
fresh process; whatever goes wrong there, the caller compiles by itself.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO

import typst

from edition.cache.store import write_whole
from edition.config import Config
from edition.pdf import CHAPTERS, LEDGER, MAIN, TEMPLATE, Compilation

DONE = "fait"
_PICTURES = "figures"


class Rehearsal:
    """A process that compiles the last book, then this one; a context manager that ends it."""

    def __init__(self, kept: Path | None, fonts: Path) -> None:
        """Begin with the source *kept* of the last book, if there is one to begin with."""
        self._folder = tempfile.TemporaryDirectory(prefix="rapport-repetition-")
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(kept or ""), str(fonts), self._folder.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # it may outlive the command, and its terminal
            text=True,
            encoding="utf-8",
        )

    @property
    def pipes(self) -> tuple[int, ...]:
        """Return the descriptors that lead to the process: it ends when nobody has them."""
        streams = (self._process.stdin, self._process.stdout)
        return tuple(stream.fileno() for stream in streams if stream)

    def __enter__(self) -> Rehearsal:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process, finished or not."""
        self._process.kill()
        self._process.communicate()
        self._folder.cleanup()

    def begin(self, asked: Compilation) -> Callable[[], bytes]:
        """
        Ask for a PDF, and return what waits for it.

        It is compiled here when the other process gives none.
        """
        fields = {name: str(value) for name, value in asdict(asked).items() if name != "archive"}
        made = asked.main.with_suffix(".pdf")
        request = {**fields, "archive": asked.archive, "vers": str(made)}
        streams = self._process
        with suppress(OSError, ValueError):
            if streams.stdin:
                print(json.dumps(request), file=streams.stdin, flush=True)

        def wait() -> bytes:
            with suppress(OSError, ValueError):
                # An answer that nobody waited for any more may come first.
                lines = streams.stdout or ()
                said = next((one for one in lines if one.endswith(f" {made}\n")), "")
                if said.startswith(DONE):
                    return made.read_bytes()
            return asked.run()

        return wait


def begun(
    config: Config, theme: Path, touched: AbstractSet[str], *, anyway: bool = False
) -> AbstractContextManager[Rehearsal | None]:
    """
    Begin, where the inputs *touched* since the last book are texts only.

    Where chapters have to run, they need the processors more, and the figures of the new book
    may be anywhere: the process is begun *anyway* for who will keep it, and lays nothing out.
    """
    texts = {*config.sources, *config.bibliography}
    kept = _kept(config.root)
    hopeful = touched <= texts and kept.is_file()
    if hopeful or anyway:
        with suppress(OSError):
            return Rehearsal(kept if hopeful else None, theme / "polices")
    return nullcontext()


def keep(root: Path, main: Path) -> None:
    """Keep the source *main* and all it reads for the next build; a full disk keeps nothing."""
    pictures = sorted((main.parent / _PICTURES).glob("*.svg"))
    sources = [main, *sorted(main.parent.glob(CHAPTERS)), *main.parent.glob(TEMPLATE)]
    content = {
        "sources": {path.name: path.read_text("utf-8") for path in sources},
        "images": {path.name: path.read_text("utf-8") for path in pictures},
    }
    with suppress(OSError):
        write_whole(_kept(root), json.dumps(content, ensure_ascii=False).encode())


def _kept(root: Path) -> Path:
    return root / ".rapport" / "cache" / "repetition.json"


def _lay_out(kept: Path, fonts: Path, folder: Path) -> None:
    """Compile the last book for what Typst remembers of it; the PDF itself is thrown away."""
    content = json.loads(kept.read_bytes())
    (folder / _PICTURES).mkdir()
    for name, text in content["images"].items():
        (folder / _PICTURES / Path(name).name).write_text(text, "utf-8")
    # Carried by the PDF, not laid out: any content will do.
    (folder / LEDGER).write_bytes(b"{}")
    for name, text in content["sources"].items():
        (folder / Path(name).name).write_text(text, "utf-8", newline="\n")
    with suppress(typst.TypstError):
        Compilation(folder / MAIN, fonts, "", archive=False).run()


def _answer(line: str) -> str:
    """Compile what one request asks for; say whether it could be, and what."""
    asked = json.loads(line)
    one = Compilation(Path(asked["main"]), Path(asked["fonts"]), asked["date"], asked["archive"])
    with suppress(typst.TypstError, OSError):
        Path(asked["vers"]).write_bytes(one.run())
        return f"{DONE} {asked['vers']}"
    return f"non {asked['vers']}"


def serve(kept: Path | None, fonts: Path, folder: Path, requests: IO[str]) -> None:
    """Lay out the last book in *folder*, if it was kept, then answer the requests, one a line."""
    with suppress(OSError, ValueError, KeyError, AttributeError, TypeError):
        if kept:
            _lay_out(kept, fonts, folder)
    for line in requests:
        print(_answer(line), flush=True)


if __name__ == "__main__":
    last, fonts, folder = sys.argv[1:]
    serve(Path(last) if last else None, Path(fonts), Path(folder), sys.stdin)
    shutil.rmtree(folder, ignore_errors=True)  # nobody is left to do it
