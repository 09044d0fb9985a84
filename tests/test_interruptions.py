"""A build interrupted at any moment leaves the previous book whole, and the next one works."""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest
from small_book import cell, make_book

from edition.build import Options, build
from edition.config import read_config
from edition.lock import only_build
from enquete.errors import EnqueteError

THEME = Path(__file__).parents[1] / "theme"
KILLS = 50
posix = pytest.mark.skipif(os.name != "posix", reason="signaux de POSIX")

BUILD = """
import sys
from pathlib import Path
from edition.build import Options, build
from edition.config import read_config

config = read_config(Path(sys.argv[1]))
print("prêt", flush=True)
build(config, Options(formats=("html",), theme=Path(sys.argv[2])))
"""


def edition_of(root: Path, number: int, *, code: bool = False) -> None:
    """Write a book whose every page says its number, and whose cell prints it."""
    run = "\n" + cell(f"print('édition-{number}')") if code else ""
    make_book(
        root,
        {f"{name}.qmd": f"# {name}\n\nédition-{number}\n{run}" for name in ("index", "b", "c")},
    )


def start(root: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", BUILD, str(root), str(THEME)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        cwd=root,
    )


def finish(root: Path) -> None:
    with start(root) as process:
        process.stdout.read()
    assert process.returncode == 0


def whole(book: Path) -> str:
    """The edition of a whole book: all its pages are of one, and its files are as it says."""
    manifest = json.loads((book / "manifeste.json").read_text("utf-8"))
    for each in manifest["sorties"]:
        assert sha256((book / each["chemin"]).read_bytes()).hexdigest() == each["sha256"]
    pages = [(book / f"{name}.html").read_text("utf-8") for name in ("index", "b", "c")]
    [edition] = {page.split("édition-")[1].split("<")[0] for page in pages}
    return edition


@posix
@pytest.mark.lent
def test_fifty_kills_at_random_moments_break_no_book(tmp_path: Path) -> None:
    chance = random.Random(7)  # noqa: S311
    edition_of(tmp_path, 0)
    begun = time.monotonic()
    finish(tmp_path)
    usual = time.monotonic() - begun
    survived = 0
    for number in range(1, KILLS + 1):
        edition_of(tmp_path, number)
        with start(tmp_path) as process:
            process.stdout.readline()  # imports are over: what follows is the build
            time.sleep(chance.uniform(0, usual / 2))
            process.kill()
        survived += process.returncode == 0
        assert int(whole(tmp_path / "_book")) <= number
    assert survived < KILLS
    edition_of(tmp_path, 99)
    finish(tmp_path)
    assert whole(tmp_path / "_book") == "99"
    assert [p.name for p in tmp_path.glob("_book*")] == ["_book"]


@posix
def test_a_build_killed_while_chapters_run_leaves_no_process(tmp_path: Path) -> None:
    edition_of(tmp_path, 1)
    build(read_config(tmp_path), Options(formats=("html",), theme=THEME))
    wait = "import os, time\nopen('pid', 'w').write(str(os.getpid()))\ntime.sleep(60)"
    (tmp_path / "b.qmd").write_text("# b\n\nédition-2\n\n" + cell(wait), "utf-8")
    with start(tmp_path) as process:
        while not (tmp_path / "pid").is_file() or not (tmp_path / "pid").read_text():
            time.sleep(0.02)
        process.kill()
    child = int((tmp_path / "pid").read_text())
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and Path(f"/proc/{child}").exists():
        time.sleep(0.02)
    assert not Path(f"/proc/{child}").exists()
    assert whole(tmp_path / "_book") == "1"


@posix
@pytest.mark.parametrize("moment", ["exécution", "écriture"])
def test_ctrl_c_leaves_the_previous_book_and_says_so(tmp_path: Path, moment: str) -> None:
    edition_of(tmp_path, 1)
    (tmp_path / "data").mkdir()
    build(read_config(tmp_path), Options(formats=("html",), theme=THEME))
    flag = "open('drapeau', 'w').write('x')\nimport time\ntime.sleep(60)"
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom edition import cli, gate\n"
        f"import enquete\nenquete.open_survey = lambda: None\nroot = Path({str(tmp_path)!r})\n"
        "gate.Gate.early = lambda _: None  # no survey to read here\n"
    )
    if moment == "exécution":
        (tmp_path / "b.qmd").write_text("# b\n\nédition-2\n\n" + cell(flag), "utf-8")
    else:
        (tmp_path / "b.qmd").write_text("# b\n\nédition-2\n", "utf-8")
        code += (
            "def slow(*_):\n    (root / 'drapeau').write_text('x')\n    time.sleep(60)\n"
            "from edition import writing\nwriting.site.write_site = slow\n"
        )
    code += "sys.exit(cli.main(['construire', '--format', 'html']))\n"
    (tmp_path / "theme").symlink_to(THEME)
    with subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "RAPPORT_RACINE": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        cwd=tmp_path,
    ) as process:
        while not (tmp_path / "drapeau").is_file() and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 130, errors
    assert "Interrompu. Le livre et les données d'avant sont intacts." in errors
    assert whole(tmp_path / "_book") == "1"
    assert [p.name for p in tmp_path.glob("_book*")] == ["_book"]


@pytest.mark.parametrize("nth", [1, 3, 6])
def test_a_disk_full_at_any_write_leaves_the_previous_book(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    edition_of(tmp_path, 1)
    config = read_config(tmp_path)
    build(config, Options(formats=("html",), theme=THEME))
    edition_of(tmp_path, 2)
    write, written = Path.write_text, []

    def full(self: Path, *args: object, **more: object) -> int:
        if ".nouveau-" in str(self):
            written.append(self)
            if len(written) >= nth:
                raise OSError(errno.ENOSPC, "No space left on device", str(self))
        return write(self, *args, **more)

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(EnqueteError, match="Le disque est plein"):
        build(config, Options(formats=("html",), theme=THEME))
    monkeypatch.undo()
    assert whole(tmp_path / "_book") == "1"
    build(config, Options(formats=("html",), theme=THEME))
    assert whole(tmp_path / "_book") == "2"


def own_disks() -> bool:
    """Tell whether this machine lets a test mount disks that only it sees."""
    command = ["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    with suppress(OSError):
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    return False


@pytest.mark.lent
@pytest.mark.skipif(not own_disks(), reason="cette machine ne laisse pas monter de disque d'essai")
def test_a_real_disk_that_is_full_or_read_only_leaves_the_previous_book(tmp_path: Path) -> None:
    driver = Path(__file__).with_name("real_disk.py")
    done = subprocess.run(
        ["unshare", "-rm", sys.executable, driver, str(tmp_path), str(THEME)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    full, locked = "Le disque est plein", "Le disque est en lecture seule"
    assert [(each["cas"], each["dit"].partition(" :")[0]) for each in found] == [
        ("disque du livre plein", full),
        ("disque du livre presque plein", full),
        ("disque du projet plein", full),
        ("livre en lecture seule", locked),
        ("projet en lecture seule", locked),
    ]
    for number, each in enumerate(found, 1):
        assert "Faites de la place" in each["dit"], each
        assert each["gardé"] == str(number - 1), each
        assert (each["ensuite"], each["livre"]) == ("publié", str(number)), each
        assert each["dossiers"] == ["_book"], each


def test_two_builds_at_once_wait_for_each_other(tmp_path: Path) -> None:
    edition_of(tmp_path, 1)
    said: list[str] = []
    lock = tmp_path / ".rapport" / "verrou"
    with only_build(lock, said.append):
        second = start(tmp_path)
        second.stdout.readline()
        words = second.stdout.readline()
        assert f"Une autre construction est en cours (processus {os.getpid()})" in words
        assert not (tmp_path / "_book").exists()
    with second:
        assert second.wait(timeout=60) == 0
    assert whole(tmp_path / "_book") == "1"
    assert said == []


def test_the_lock_of_a_dead_process_is_free(tmp_path: Path) -> None:
    lock = tmp_path / "verrou"
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom edition.lock import only_build\n"
        "with only_build(Path(sys.argv[1]), print):\n    os._exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", code, str(lock)], check=False).returncode == 9
    said: list[str] = []
    with only_build(lock, said.append):
        assert said == []
