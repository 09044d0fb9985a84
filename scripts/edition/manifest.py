"""
The build manifest, `manifeste.json`: what the book was made from, with what, and what it is.

It lists inputs, tools and outputs with their SHA-256, and nothing of the machine. When the
inputs are as it says and the outputs are whole, a build has nothing to do. What must not be
published (the hash of `data/verbatims.csv`, the environment) is compared with a note under
`.rapport/`. Imports little: `rapport construire` waits for it each time.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Any

import edition
import enquete
from edition import below
from edition.cache.keys import ABSENT, LOCKS, digest, file_digest, ground
from edition.cache.store import write_whole
from edition.config import FILE, Config

NAME = "manifeste.json"
SCHEMA = 1
TOOLS = (
    *("great-tables", "ipykernel", "IPython", "matplotlib", "nbclient", "nbformat", "numpy"),
    *("orjson", "pandas", "pypandoc-binary", "pypdfium2", "PyYAML", "seaborn", "typst"),
)
CARNETS = "tests/carnets"
PRIVATE = "data/verbatims.csv"
_IGNORED = ("__pycache__", "node_modules")


@dataclass(frozen=True)
class Asked:
    """What a build is asked for: the formats of the book and whether it is a draft."""

    formats: Sequence[str]
    draft: bool

    def written(self) -> dict[str, Any]:
        """Return it as the manifest writes it."""
        return {"formats": sorted(self.formats), "brouillon": self.draft}


def inputs(config: Config, theme: Path) -> dict[str, str]:
    """Return the SHA-256 of each file that a book is made from, by its name in the project."""
    root = config.root
    folders = {(root / path).parent for path in config.sources} | {root / "data", theme}
    folders.add(root / CARNETS)
    folders.discard(root)
    packages = [Path(package.__path__[0]) for package in (enquete, edition)]
    named = [FILE, *LOCKS, *config.sources, *config.bibliography]
    named += [config.csl] if config.csl else []
    named += ["scripts/recount.py"]
    paths = {name: str(root / name) for name in named}
    for folder, its in [
        *((folder, _name(folder, root)) for folder in folders),
        *((package, f"scripts/{package.name}") for package in packages),
    ]:
        paths |= {f"{its}/{name}": path for name, path in below.files(folder, _kept)}
    paths.pop(PRIVATE, None)
    known = {name: file_digest(path) for name, path in sorted(paths.items())}
    return {name: sha for name, sha in known.items() if sha != ABSENT}


def write(asked: Asked, inputs: Mapping[str, str], folder: Path) -> None:
    """Write the manifest of the finished book in *folder*, made from these *inputs*."""
    content = {
        "schema": SCHEMA,
        "demande": asked.written(),
        "outils": dict(tools()),
        "entrees": [{"chemin": name, "sha256": sha} for name, sha in inputs.items()],
        "sorties": [
            {"chemin": name, "sha256": file_digest(path), "octets": Path(path).stat().st_size}
            for name, path in _outputs(folder)
        ],
    }
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    (folder / NAME).write_text(text, "utf-8", newline="\n")


def remember(config: Config, output: Path) -> None:
    """Note that the book in *output* was made here, in this environment."""
    content = json.dumps(_note(config, output)).encode()
    write_whole(_memory(config.root), content)


def unchanged(config: Config, asked: Asked, output: Path, touched: Collection[str]) -> bool:
    """
    Tell whether the book in *output* is whole and would be made again as it is.

    *touched* are the inputs that are others now: what `changed` returns.
    """
    if touched:
        return False
    try:
        found = json.loads((output / NAME).read_bytes())
        if (found["schema"], found["demande"]) != (SCHEMA, asked.written()):
            return False
        if json.loads(_memory(config.root).read_bytes()) != _note(config, output):
            return False
        listed = {each["chemin"]: each["sha256"] for each in found["sorties"]}
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return listed == {name: file_digest(path) for name, path in _outputs(output)}


def changed(now: Mapping[str, str], output: Path) -> set[str]:
    """Return the inputs that are not *now* what the book in *output* was made from."""
    before = made_from(output)
    return {name for name in {*now, *before} if now.get(name) != before.get(name)}


def made_from(output: Path) -> dict[str, str]:
    """Return the SHA-256 of the inputs of the book in *output*; none without a book."""
    try:
        found = json.loads((output / NAME).read_bytes())
        return {each["chemin"]: each["sha256"] for each in found["entrees"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def restated(output: Path) -> str:
    """Say again what the checks of a book found, from its `verification.json`."""
    try:
        found = json.loads((output / "verification.json").read_bytes())
        lines = [f"{check['title']} : {check['said']}" for check in found["checks"]]
        return "\n".join(
            [*lines, "Tout concorde." if found["holds"] else "Brouillon avec défauts."]
        )
    except (OSError, ValueError, KeyError, TypeError):
        return ""


@cache
def tools() -> Mapping[str, str]:
    """Return the version of the interpreter and of each package that makes the book."""
    versions = {"python": platform.python_version()}
    for name in TOOLS:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "absent"
    return MappingProxyType(versions)


def environment(root: Path) -> dict[str, str]:
    """Return the hashes of what makes a book and that the manifest does not list."""
    return {
        "environnement": digest([ground(root), dict(tools())]),
        "prive": hashlib.sha256(file_digest(root / PRIVATE).encode()).hexdigest(),
    }


def _note(config: Config, output: Path) -> dict[str, str]:
    book = {"livre": str(output.resolve()), "manifeste": file_digest(output / NAME)}
    return book | environment(config.root)


def _memory(root: Path) -> Path:
    return root / ".rapport" / "cache" / "livre.json"


def _outputs(folder: Path) -> Iterator[tuple[str, str]]:
    return (each for each in below.files(folder, _kept) if each[0] != NAME)


def _kept(name: str) -> bool:
    """Leave hidden and compiled files aside."""
    return not name.startswith(".") and name not in _IGNORED


def _name(path: Path, base: Path) -> str:
    return path.relative_to(base).as_posix() if path.is_relative_to(base) else path.name
