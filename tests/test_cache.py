"""The cache of executions: it answers when it must, never otherwise, and changes no byte."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from real_book import ROOT, copy_project, rapport
from small_book import cell, chapters_of, make_book

from edition.build import empty_ledger
from edition.cache import executions as cached
from edition.cache.executions import Executions
from edition.cache.keys import ground
from edition.cache.store import Store
from edition.config import Config, read_config
from edition.execution import WarmParent, after_all, execute, forked
from edition.execution.notebook import dump, notebook
from enquete.errors import EnqueteError
from enquete.ledger_file import read_ledger

CODE = "print(open('data/a.txt').read())"
BOOK = {
    "chapters/a.qmd": "# A\n\n" + cell(CODE),
    "chapters/b.qmd": "# B\n\n" + cell("print(1 + 1)"),
    "chapters/c.qmd": "# C\n\n" + cell("print(3)"),
}


def run(
    config: Config, parent: WarmParent | None = None, *, proving: bool = False
) -> tuple[dict[str, str], list[str]]:
    """Execute as a build does; the notebooks and ledgers, and who did not have to run."""
    chapters = chapters_of(config)
    ledger = config.root / ".rapport" / "registre"
    empty_ledger(ledger)
    first = [each.stem for each in chapters if not after_all(each, config)]
    memory = Executions(config.root, ledger, first, proving=proving)
    done = execute(chapters, config=config, memory=memory, parent=parent)
    memory.close()
    made = {one.stem: dump(notebook(one)) for one in done}
    made |= {f"{one.stem}.jsonl": json.dumps(read_ledger(ledger, [one.stem])) for one in done}
    return made, sorted(memory.recalled)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("petit")


@pytest.fixture(scope="module")
def parent(shared: Path) -> Iterator[WarmParent]:
    """One warm process for all the tests of this file: its start takes the longest."""
    with WarmParent(shared) as warm:
        yield warm


@pytest.fixture
def empty(shared: Path) -> Path:
    for path in shared.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    (shared / "data").mkdir()
    return shared


@pytest.fixture
def small(empty: Path, parent: WarmParent) -> Config:
    (empty / "data" / "a.txt").write_text("un", "utf-8")
    config = make_book(empty, BOOK)
    run(config, parent)
    return config


@pytest.fixture
def no_process(small: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("un processus d'exécution a démarré")

    monkeypatch.setattr(forked.subprocess, "Popen", refuse)


def entries(config: Config) -> list[Path]:
    return sorted(cached.folder(config.root).glob("*/*.json"))


@pytest.mark.usefixtures("no_process")
def test_nothing_changed_starts_no_process(small: Config) -> None:
    assert run(small)[1] == ["a", "b", "c"]


@pytest.mark.usefixtures("no_process")
def test_a_change_of_prose_starts_no_process(small: Config) -> None:
    file = small.root / "chapters" / "a.qmd"
    file.write_text("# Autre titre\n\nDeux\nlignes.\n\n" + cell(CODE, "label: x"), "utf-8")
    assert run(small)[1] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("change", "again"),
    [
        (lambda root: (root / "data/a.txt").write_text("deux", "utf-8"), "a"),
        (lambda root: (root / "chapters/c.qmd").write_text("# C\n\n" + cell("print(4)")), "c"),
        (lambda root: (root / "uv.lock").write_text("autre", "utf-8"), "a b c"),
        (lambda root: (root / "data/autre.txt").write_text("rien", "utf-8"), ""),
    ],
    ids=["fichier lu", "code", "verrou", "fichier que personne ne lit"],
)
def test_what_runs_again_is_what_depends_on_the_change(
    small: Config, parent: WarmParent, change, again: str
) -> None:
    before = run(small, parent)[0]
    change(small.root)
    after, recalled = run(small, parent)
    assert sorted({"a", "b", "c"} - set(recalled)) == again.split()
    assert {name for name in before if before[name] != after[name]} <= set(again.split())
    # The entry of the former state has not been lost.
    assert run(small, parent)[1] == ["a", "b", "c"]


def test_a_change_of_our_packages_runs_everything_again(
    small: Config, parent: WarmParent, monkeypatch, tmp_path
) -> None:
    package = tmp_path / "enquete"
    shutil.copytree(ROOT / "scripts" / "enquete", package)
    monkeypatch.setattr(cached.ground.__globals__["enquete"], "__path__", [str(package)])
    before = ground(small.root)
    (package / "french.py").write_text("# autre\n", "utf-8")
    assert ground(small.root) != before
    assert run(small, parent)[1] == []


def of_another_version(data: bytes) -> bytes:
    """A whole entry of another version of the cache, with the right hash."""
    body = data.partition(b"\n")[2].replace(b'"schema":1', b'"schema":0', 1)
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


DAMAGES = {
    "tronquée": lambda data: data[: len(data) // 2],
    "vide": lambda data: b"",
    "un octet changé": lambda data: data[:-20] + bytes([data[-20] ^ 1]) + data[-19:],
    "autre version": of_another_version,
    "clé d'une autre": lambda data: data.replace(b'"cle":"', b'"cle":"0', 1),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_entry_is_computed_again_never_believed(
    small: Config, parent: WarmParent, damage
) -> None:
    before = run(small, parent)[0]
    for path in entries(small):
        path.write_bytes(damage(path.read_bytes()))
    after, recalled = run(small, parent)
    assert recalled == []
    assert after == before


def test_a_chapter_that_writes_a_file_or_starts_a_program_is_never_kept(
    empty: Path, parent: WarmParent
) -> None:
    programs = "import subprocess\nsubprocess.run(['true'])"
    book = {
        "chapters/ecrit.qmd": "# E\n\n" + cell("open('resultat.txt', 'w').write('x');"),
        "chapters/lance.qmd": "# L\n\n" + cell(programs + "\nprint(1)"),
    }
    config = make_book(empty, book)
    run(config, parent)
    assert run(config, parent)[1] == []
    assert entries(config) == []


def test_two_states_of_the_data_are_both_remembered(small: Config, parent: WarmParent) -> None:
    file = small.root / "data" / "a.txt"
    for text in ("deux", "un", "deux"):
        file.write_text(text, "utf-8")
        made, _ = run(small, parent)
        assert text in made["a"]
    assert run(small, parent)[1] == ["a", "b", "c"]


def test_publication_runs_everything_and_names_a_chapter_that_differs(
    small: Config, parent: WarmParent
) -> None:
    assert run(small, parent, proving=True)[1] == []
    hour = "import time\nprint(time.time_ns())"
    file = small.root / "chapters" / "c.qmd"
    file.write_text("# C\n\n" + cell(hour), "utf-8")
    run(small, parent)
    assert run(small, parent)[1] == ["a", "b", "c"]
    with pytest.raises(EnqueteError, match=r"chapters/c\.qmd"):
        run(small, parent, proving=True)


def test_the_cache_is_bounded(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for number in range(12):
        store.put(f"cle{number}", {"n": number})
    store.prune(kept=5)
    assert len(list(tmp_path.glob("*/*.json"))) == 5
    assert len(list(tmp_path.iterdir())) == 5


def test_a_full_disk_only_means_that_nothing_is_kept(
    small: Config, parent: WarmParent, monkeypatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("edition.cache.store.write_whole", full)
    (small.root / "data" / "a.txt").write_text("trois", "utf-8")
    made, recalled = run(small, parent)
    assert "trois" in made["a"]
    assert recalled == ["b", "c"]


# ---- the real book ----


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Config:
    """A copy of the project with the cache that its build left."""
    folder = copy_project(tmp_path_factory.mktemp("cache"))
    shutil.copytree(project / ".rapport", folder / ".rapport")
    return read_config(folder)


@pytest.mark.lent
def test_the_real_book_is_recalled_whole_in_another_folder(real: Config) -> None:
    recalled = run(real)[1]
    assert recalled == sorted(Path(path).stem for path in real.sources if cells(real, path))


def cells(config: Config, path: str) -> bool:
    return "{python}" in (config.root / path).read_text("utf-8")


@pytest.mark.lent
def test_lines_of_the_ledger_follow_the_prose(real: Config, monkeypatch) -> None:
    file = real.root / "chapters" / "partie-1.qmd"
    text = file.read_text("utf-8")
    title, rest = text.split("\n", 1)
    run(real)
    before = read_ledger(real.root / ".rapport" / "registre", ["partie-1"])
    file.write_text(f"{title}\n\nUne phrase.\n\nEt une autre.\n{rest}", "utf-8")
    try:
        recalled = run(real)[1]
        after = read_ledger(real.root / ".rapport" / "registre", ["partie-1"])
        assert "partie-1" in recalled
        assert "registre" in recalled
        moved = [e["source"]["line"] for e in after]
        assert moved == [e["source"]["line"] + 4 for e in before]
        shutil.rmtree(cached.folder(real.root))
        run(real)
        cold = read_ledger(real.root / ".rapport" / "registre", ["partie-1"])
        assert after == cold
    finally:
        file.write_text(text, "utf-8")


@pytest.mark.lent
def test_one_answer_changed_runs_exactly_the_chapters_that_read_its_question(real: Config) -> None:
    run(real)
    file = real.root / "data" / "reponses.csv"
    former = file.read_bytes()
    rows = list(csv.reader(former.decode().splitlines()))
    column = rows[0].index("S7")
    row = next(row for row in rows[1:] if row[column] == "savoie")
    row[column] = "rhone"
    text = "\n".join(",".join(row) for row in rows) + "\n"
    assert text != former.decode()
    file.write_text(text, "utf-8", newline="\n")
    try:
        _, recalled = run(real)
        again = {Path(path).stem for path in real.sources if cells(real, path)} - set(recalled)
        # The profile counts the departments; the technical sheet prints the hash of every data
        # file; annexe-2-questionnaire names S7 but only to quote its wording.
        assert again - {"registre"} == {"annexe-1-profil", "fiche-technique"}
    finally:
        file.write_bytes(former)


@pytest.mark.lent
def test_the_cached_book_is_the_cold_book_byte_for_byte(real: Config, project: Path) -> None:
    done = rapport(real.root, "construire")
    assert done.returncode == 0, done.stdout + done.stderr
    assert contents(real.root / "_book") == contents(project / "_book")
    again = rapport(real.root, "construire")
    assert "Rien n'a changé" in again.stdout


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
