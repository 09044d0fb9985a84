"""
Fuzz `rapport importer`: damaged exports, correspondences and theme files, from a fixed seed.

    python tests/fuzz_import.py --secondes 600 [--graine 1]

Three things must hold for every input: nothing but a French error comes out; `data/` is whole,
either the previous one or a new one that opens; memory stays bounded.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import resource
import shutil
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import exports

from enquete.errors import EnqueteError
from enquete.importing import Request, import_export
from enquete.survey import open_survey

MEMORY = 1_500  # MiB, the interpreter and its libraries included
ROWS = 40
PIECES: tuple[bytes, ...] = (
    b'"', b'""', b",", b";", b"\t", b"\n", b"\r", b"\r\n", b"\x00", b"\xff", b"\x81", b"\xc3\xa9",
    b"\xe9", b"\xc3\x83\xc2\xa9", b"\xef\xbb\xbf", b"\xff\xfe", b"2024-04-01", b"01-avr", b"#REF!",
    b"N/A", b"=1+1", b"Autre : rien, ", b"R0001", b"\xe2\x80\xae", b"\xcc\x81", b"1e999", b"-0",
    b"A" * 300, b",,,,,,,,", b"Pourquoi ?", b"[th\xc3\xa8me]", b"\xf0\x9f\x98\x80", b" ",
)  # fmt: skip
NAMES = ("entree.csv", "entree.xlsx", "entree.sav")
Mutation = Callable[[random.Random, bytes], bytes]


@dataclass
class Result:
    """What a run of the fuzzer saw."""

    inputs: int = 0
    imported: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--secondes", type=float, default=600.0)
    parser.add_argument("--graine", type=int, default=1)
    options = parser.parse_args()
    found = fuzz(options.secondes, options.graine)
    print(f"{found.inputs} entrées : {found.imported} importées, {sum(found.refused.values())}")
    print(f"  refusées en français, {len(found.failures)} fautes ; {peak()} Mio au plus")
    for message, count in found.refused.most_common(40):
        print(f"  {count:6} {message}")
    for failure in found.failures[:5]:
        print(failure)
    return 1 if found.failures else 0


def fuzz(seconds: float, seed: int, inputs: int | None = None) -> Result:
    """Try damaged inputs until *seconds* of wall time, or *inputs* of them, have passed."""
    found = Result()
    with tempfile.TemporaryDirectory(prefix="fuzz-import-") as temporary:
        root = Path(temporary) / "projet"
        shutil.copytree(exports.ROOT / "data", root / "data")
        shutil.copy(exports.ROOT / "_quarto.yml", root)
        pristine = Path(temporary) / "data"
        shutil.copytree(root / "data", pristine)
        seeds = list(_seeds(Path(temporary)))
        stop = time.monotonic() + seconds
        number = seed * 1_000_000
        while time.monotonic() < stop and (inputs is None or found.inputs < inputs):
            number += 1
            found.inputs += 1
            failure = _one(random.Random(number), root, pristine, seeds, found)  # noqa: S311
            if failure:
                found.failures.append(f"entrée {number} : {failure}")
            if peak() > MEMORY:
                found.failures.append(f"entrée {number} : {peak()} Mio")
                break
    return found


def peak() -> int:
    """Return the most memory this process held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def digest(folder: Path) -> str:
    """Hash the names and bytes of a folder."""
    made = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            made.update(path.name.encode() + b"\0" + path.read_bytes())
    return made.hexdigest()


@dataclass(frozen=True)
class Seed:
    """A good export, its correspondence and its themes, before the damage."""

    export: bytes
    name: str
    correspondence: bytes
    themes: bytes | None


def _seeds(folder: Path) -> Iterator[Seed]:
    from enquete.importing.containers import read_export
    from enquete.importing.drafting import draft, written

    answers = exports.read(exports.ROOT / "data").cut(ROWS)
    questionnaire = open_survey(exports.ROOT).questionnaire
    for shape in exports.SHAPES:
        path, themes = exports.make(answers, shape, folder)
        table = read_export(path).table
        text = written(draft(table, questionnaire), questionnaire)
        long = themes.read_bytes() if themes else None
        yield Seed(path.read_bytes(), f"entree{path.suffix}", text.encode(), long)


def _one(
    chance: random.Random, root: Path, pristine: Path, seeds: list[Seed], found: Result
) -> str:
    seed = chance.choice(seeds)
    inbox = root.parent / "entrees"
    shutil.rmtree(inbox, ignore_errors=True)
    inbox.mkdir()
    export = inbox / (seed.name if chance.random() < 0.9 else chance.choice(NAMES))
    target = chance.choices(("export", "correspondance", "themes"), (8, 2, 1))[0]
    export.write_bytes(_damaged(chance, seed.export) if target == "export" else seed.export)
    correspondence = themes = None
    if target == "correspondance" or chance.random() < 0.2:
        correspondence = inbox / "correspondance.yml"
        hurt = target == "correspondance"
        correspondence.write_bytes(
            _damaged(chance, seed.correspondence) if hurt else seed.correspondence
        )
    if seed.themes is not None:
        themes = inbox / "themes.csv"
        themes.write_bytes(_damaged(chance, seed.themes) if target == "themes" else seed.themes)
    before = digest(root / "data")
    request = Request(export, root, correspondence=correspondence, themes=themes,
                      dry_run=chance.random() < 0.1, keep_texts=chance.random() < 0.1)  # fmt: skip
    try:
        done = import_export(request)
    except EnqueteError as error:
        first = getattr(error, "problems", (error,))[0]
        found.refused[first.quoi.split("«")[0][:70].strip()] += 1
        if not all((str(error), first.quoi, first.que_faire)):
            return f"erreur incomplète : {error!r}"
        return "" if digest(root / "data") == before else "refusée, mais data/ a changé"
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return "".join(traceback.format_exception(error))
    found.imported += 1
    if not done.written:
        return "" if digest(root / "data") == before else "essai, mais data/ a changé"
    open_survey(root)  # raises if what was written does not hold together
    shutil.rmtree(root / "data")
    shutil.copytree(pristine, root / "data")
    return ""


def _damaged(chance: random.Random, raw: bytes) -> bytes:
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        raw = chance.choice(MUTATIONS)(chance, raw)
    return raw


def _flip(chance: random.Random, raw: bytes) -> bytes:
    if not raw:
        return raw
    place = chance.randrange(len(raw))
    return raw[:place] + bytes([chance.randrange(256)]) + raw[place + 1 :]


def _insert(chance: random.Random, raw: bytes) -> bytes:
    place = chance.randrange(len(raw) + 1)
    return raw[:place] + chance.choice(PIECES) * chance.choice((1, 1, 1, 50)) + raw[place:]


def _cut(chance: random.Random, raw: bytes) -> bytes:
    return raw[: chance.randrange(len(raw) + 1)]


def _remove(chance: random.Random, raw: bytes) -> bytes:
    start = chance.randrange(len(raw) + 1)
    return raw[:start] + raw[start + chance.choice((1, 2, 10, 100, 1000)) :]


def _repeat(chance: random.Random, raw: bytes) -> bytes:
    start = chance.randrange(len(raw) + 1)
    piece = raw[start : start + chance.choice((1, 10, 100, 2000))]
    return raw[:start] + piece * chance.choice((1, 2, 20)) + raw[start:]


def _swap_lines(chance: random.Random, raw: bytes) -> bytes:
    lines = raw.split(b"\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def _replace(chance: random.Random, raw: bytes) -> bytes:
    old, new = chance.choice(PIECES), chance.choice(PIECES)
    return raw.replace(old, new, chance.choice((1, 3, -1)))[: 4 * 2**20]


def _recode(chance: random.Random, raw: bytes) -> bytes:
    text = raw.decode("utf-8", errors="replace")
    return text.encode(chance.choice(("utf-16", "utf-16-le", "cp1252", "utf-8-sig", "utf-32")),
                       errors="replace")  # fmt: skip


def _archive(chance: random.Random, raw: bytes) -> bytes:
    """Damage what is inside a workbook, so that more than its checksums are tried."""
    import io

    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as source:
            parts = {name: source.read(name) for name in source.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, EOFError, NotImplementedError):
        return _flip(chance, raw)
    except Exception:  # zlib and struct, on an archive already damaged
        return raw
    if not parts:
        return raw
    name = chance.choice(sorted(parts))
    parts[name] = chance.choice((_flip, _insert, _cut, _remove, _repeat, _cell))(
        chance, parts[name]
    )
    if chance.random() < 0.1:
        parts[chance.choice(("../dehors", "/etc/passwd", "xl/macro.bin", "C:\\x"))] = b"x"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for each, content in parts.items():
            target.writestr(each, content)
    return out.getvalue()


def _cell(chance: random.Random, raw: bytes) -> bytes:
    """Give a cell an address far away, or another type."""
    far = chance.choice((b'r="XFD1048576"', b'r="A99999999999"', b't="e"', b't="d"', b's="99"'))
    return raw.replace(b'r="B2"', far).replace(b't="s"', far, chance.choice((0, 1, 1)))


MUTATIONS: tuple[Mutation, ...] = (
    _flip, _flip, _insert, _insert, _cut, _remove, _repeat, _swap_lines, _replace, _recode,
    _archive, _archive,
)  # fmt: skip

if __name__ == "__main__":
    sys.exit(main())
