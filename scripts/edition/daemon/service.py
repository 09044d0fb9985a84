"""What the process that stays builds: the book of a project where only texts changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from edition import building, manifest
from edition.config import Config
from edition.daemon.server import DeclinedError, Service, stay
from edition.ending import code_of
from edition.pdf import compiled_here
from edition.rehearsal import Rehearsal
from edition.wish import Wish

SAID = (
    "Un processus veille encore {} : la prochaine reprise de texte sera plus rapide "
    "(rapport construire --veille 0 l'arrête)."
)


def stay_for(config: Config, seconds: float, rehearsal: Rehearsal | None) -> None:
    """
    Leave a process that serves the project of *config*, whose book was just built; say so.

    It takes over the *rehearsal*. None is left where Typst has compiled in this very process: it
    leaves threads, that a copy would wait for for ever.
    """
    if compiled_here():
        return
    attendant = _Attendant(config, rehearsal)
    pipes = rehearsal.pipes if rehearsal else ()
    if stay(Service(config.root, seconds, pipes, attendant.begin, attendant.build)):
        print(SAID.format(_duration(seconds)))


def _duration(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 60 else f"{seconds:.0f} s"


class _Attendant:
    """Builds as a new process would, from what this one has read and laid out."""

    def __init__(self, config: Config, rehearsal: Rehearsal | None) -> None:
        self._config, self._rehearsal = config, rehearsal
        self._ground: Any = None

    def begin(self) -> None:
        """Take note of what the book was made from."""
        output = self._config.root / self._config.output_dir
        self._ground = self._beside_texts(manifest.made_from(output))

    def build(self, request: Mapping[str, Any]) -> int:
        """Build, unless anything but a text is other than it was."""
        now = manifest.inputs(self._config, self._config.root / "theme")
        if self._beside_texts(now) != self._ground:
            raise DeclinedError
        wish = Wish(**request["souhait"])

        def run() -> int:
            building.build(self._config, wish, standing=self._rehearsal, inputs=now)
            return 0

        return code_of(run, debug=bool(request["debug"]))

    def _beside_texts(self, inputs: Mapping[str, str]) -> Any:
        texts = {*self._config.sources, *self._config.bibliography}
        others = {name: sha for name, sha in inputs.items() if name not in texts}
        return others, manifest.environment(self._config.root)
