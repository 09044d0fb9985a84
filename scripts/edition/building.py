"""What `rapport construire` does with our own engine, once it is known that there is something."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edition import manifest
from edition.wish import FORMATS, Wish
from enquete.digests import remember_all

if TYPE_CHECKING:
    from edition.build import BuildResult
    from edition.config import Config
    from edition.rehearsal import Rehearsal


@dataclass(frozen=True)
class Built:
    """Whether anything had to be made, and the process that compiled the PDF, where it stays."""

    made: bool
    rehearsal: Rehearsal | None = None


def build(
    config: Config,
    wish: Wish,
    *,
    staying: bool = False,
    standing: Rehearsal | None = None,
    inputs: Mapping[str, str] | None = None,
) -> Built:
    """
    Build the book and check it before it takes the place of the previous one.

    Nothing is built when nothing changed, unless the *wish* is to make or to prove all. The PDF
    is compiled by the *standing* process, if there is one; else, where a process is *staying*
    after this one, by a process that stays too. *inputs* is `manifest.inputs`, for who has just
    asked.
    """
    remember_all()  # what is hashed for the manifest is hashed again for each memory
    asked = manifest.Asked(FORMATS[wish.formats], wish.draft)
    theme, output = config.root / "theme", config.root / config.output_dir
    touched: set[str] = set()
    now = inputs or manifest.inputs(config, theme)
    if wish.lazy:
        touched = manifest.changed(now, output)
    if wish.lazy and manifest.unchanged(config, asked, output, touched):
        print(f"Rien n'a changé : {output.name}/index.html")
        print(manifest.restated(output))
        return Built(made=False)
    from edition.rehearsal import begun

    with ExitStack() as held:
        rehearsal = standing
        if wish.lazy and standing is None and "typst" in asked.formats:
            rehearsal = held.enter_context(begun(config, theme, touched, anyway=staying))
        told(_built(config, wish, rehearsal, now))
        if staying:
            held.pop_all()
    return Built(made=True, rehearsal=rehearsal)


def told(result: BuildResult) -> None:
    """Print what a build made, and how long each step took."""
    print(f"{len(result.pages)} pages, {result.figures} chiffres : {result.output.name}/index.html")
    if result.pdf:
        print(f"PDF : {result.output.name}/{result.pdf}")
    print(" · ".join(f"{step} {seconds:.1f} s" for step, seconds in result.seconds.items()))


def _built(
    config: Config, wish: Wish, rehearsal: Rehearsal | None, made_from: Mapping[str, str]
) -> BuildResult:
    from edition.build import Options
    from edition.build import build as build_book
    from edition.gate import Gate
    from edition.progress import shown
    from edition.writing import Meanwhile

    def ready() -> None:
        """Stop at bad data, before any chapter runs."""
        from enquete import open_survey

        open_survey()

    with Gate(config.root, draft=wish.draft, cache=wish.lazy) as gate, shown() as progress:
        options = Options(
            formats=FORMATS[wish.formats],
            ready=ready,
            check=gate,
            meanwhile=Meanwhile(gate.early, gate.ahead, gate.waiting, gate.printed),
            draft=wish.draft,
            cache=wish.cache,
            publication=wish.publication,
            rehearsal=rehearsal,
            made_from=made_from,
            progress=progress,
        )
        return build_book(config, options)
