"""The memory of executions: results and ledgers of chapters, found again or proved equal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from edition.cache.keys import chapter_key, digest, ground
from edition.cache.parts import Parts
from edition.cache.store import Store
from edition.execution.steps import Job, Result
from enquete.errors import EnqueteError
from enquete.ledger_file import append, read_ledger
from enquete.paths import chapter_file
from enquete.source import python_cells

Entry = dict[str, Any]


class Executions:
    """
    Remembers executions in a folder (see `edition.cache`).

    *first* names the chapters that run before those which read the whole ledger. With
    *proving*, nothing is recalled: what runs is compared with what was remembered.
    """

    def __init__(
        self, root: Path, ledger: Path, first: Sequence[str], *, proving: bool = False
    ) -> None:
        self._root, self._ledger, self._proving = root, ledger, proving
        self._store = Store(folder(root))
        self._parts = Parts(root, ledger, first)
        self._ground = ground(root)
        self.recalled: list[str] = []
        self.different: list[str] = []

    def recall(self, job: Job) -> Sequence[Result] | None:
        """Return what the job gave last time that all it read was as it is, or nothing."""
        if self._proving:
            return None
        found = self._find(job)
        if found is None:
            return None
        entries = found["registre"]
        stem = job.chapter.stem
        if entries is not None:
            self._ledger.mkdir(parents=True, exist_ok=True)
            path = self._ledger / f"{stem}.jsonl"
            path.write_text("", "utf-8")
            append(path, *entries)
        self.recalled.append(stem)
        results: list[Result] = found["resultats"]
        return results

    def keep(self, job: Job, results: Sequence[Result], read: Sequence[str]) -> None:
        """Remember a chapter, unless it did something that no hash can follow."""
        own = f"écrit:{self._own_ledger(job)}"
        read = [name for name in read if name != own]
        if any(name.startswith(("!", "écrit:")) for name in read):
            return
        entries = self._written(job.chapter.stem)
        if self._proving:
            self._compare(job, results, entries)
        try:
            relative = _moved(entries, self._starts(job), -1)
        except LookupError:
            return
        files = {name.partition("#")[0] for name in read if "#" in name}
        content = {
            "lu": {name: self._parts.digest(name) for name in sorted(read)},
            "fichiers": {name: self._parts.digest(name) for name in sorted(files)},
            "resultats": list(results),
            "registre": relative,
        }
        self._store.put(self._key(job), content)

    def close(self) -> None:
        """Forget what has not served for long; raise what was proved different."""
        self._store.prune()
        if self.different:
            raise EnqueteError(
                f"Sans le cache, {len(self.different)} chapitre(s) donneraient autre chose : "
                f"{', '.join(self.different)}.",
                folder(self._root).relative_to(self._root).as_posix(),
                "Leur code dépend d'autre chose que de ses données (heure, hasard, réseau, "
                "environnement) : corrigez-le, puis relancez.",
            )

    def _find(self, job: Job) -> dict[str, Any] | None:
        for path, content in self._store.entries(self._key(job)):
            if not self._unchanged(content):
                continue
            try:
                content["registre"] = self._placed(content["registre"], job)
            except LookupError:
                continue
            self._store.used(path)
            return content
        return None

    def _key(self, job: Job) -> str:
        return chapter_key(self._ground, job.chapter.path, job.prelude, job.steps)

    def _unchanged(self, content: Mapping[str, Any]) -> bool:
        """Compare what was read with what is there; whole files first, they are quick."""
        files: Mapping[str, str] = content["fichiers"]
        same = {name for name, known in files.items() if self._parts.digest(name) == known}
        return all(
            name.partition("#")[0] in same or self._parts.digest(name) == known
            for name, known in content["lu"].items()
        )

    def _own_ledger(self, job: Job) -> str:
        """Return the name that the recorder of reads gives to the chapter's ledger."""
        path = (self._ledger / f"{job.chapter.stem}.jsonl").resolve()
        root = self._root.resolve()
        return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)

    def _written(self, stem: str) -> list[Entry] | None:
        """Return the ledger that the chapter wrote, nothing if it opened none."""
        exists = (self._ledger / f"{stem}.jsonl").is_file()
        return read_ledger(self._ledger, [stem]) if exists else None

    def _starts(self, job: Job) -> Mapping[str, int]:
        """Return the line where each cell's code begins, the first of those that are alike."""
        file = chapter_file(job.chapter.stem, self._root)
        starts: dict[str, int] = {}
        for line, code in python_cells(file.read_text(encoding="utf-8")):
            starts.setdefault(code, line)
        return starts

    def _placed(self, entries: list[Entry] | None, job: Job) -> list[Entry] | None:
        """Give entries the lines and the data hashes of now."""
        placed = _moved(entries, self._starts(job), 1)
        for entry in placed or ():
            files = entry["data"]["files"]
            entry["data"]["files"] = {name: self._parts.digest(f"data/{name}") for name in files}
        return placed

    def _compare(self, job: Job, results: Sequence[Result], entries: list[Entry] | None) -> None:
        known = self._find(job)
        if known is not None and digest([known["resultats"], known["registre"]]) != digest(
            [list(results), entries]
        ):
            self.different.append(job.chapter.path)


def folder(root: Path) -> Path:
    """Return the folder of the executions of a project."""
    return root / ".rapport" / "cache" / "executions"


def _moved(entries: list[Entry] | None, starts: Mapping[str, int], sign: int) -> list[Entry] | None:
    """
    Count the entries' lines from their cell (*sign* -1), or from the file again (+1).

    Raises LookupError where a line cannot be told: the cell is not found, or is now.
    """
    return None if entries is None else list(_with_lines(entries, starts, sign))


def _with_lines(entries: Sequence[Entry], starts: Mapping[str, int], sign: int) -> Iterator[Entry]:
    for entry in entries:
        source = entry["source"]
        line, start = source["line"], starts.get(source["code"])
        if (line is None) != (start is None):
            raise LookupError(source["code"])
        moved = line if line is None or start is None else line + sign * start
        yield orjson.loads(orjson.dumps({**entry, "source": {**source, "line": moved}}))
