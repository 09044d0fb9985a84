"""The process that stays after a build: what it answers, what it declines, what it leaves."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from real_book import copy_project, rapport

from edition import pdf
from edition.cache.keys import file_digest
from edition.commands import lasting
from edition.config import Config
from edition.daemon import service
from edition.daemon.client import PLACE, address
from edition.manifest import NAME

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="rien ne reste hors de Linux")

STAYING = """
import json, os, sys, time
from pathlib import Path
from edition.daemon.server import DeclinedError, Service, stay

def build(request):
    wish = request["souhait"]
    if wish == "autre":
        raise DeclinedError
    if wish == "qui":
        print(os.getppid())
    if wish == "meurt":
        os.kill(os.getpid(), 9)
    if wish == "dure":
        try:
            Path("commence").write_text(str(os.getpid()))
            time.sleep(60)
        except KeyboardInterrupt:
            Path("arrete").write_text("oui")
            return 130
    print(wish, os.environ.get("SALUT"), Path.cwd().name, os.getpid())
    print("et ceci", file=sys.stderr)
    return 3 if wish == "faux" else 0

root = Path(sys.argv[1])
stay(Service(root, float(sys.argv[2]), (), lambda: None, build))
"""
ASKING = """
import sys
from pathlib import Path
from edition.daemon import service
from edition.daemon.client import asked
print("code", asked(Path(sys.argv[1]), {"souhait": sys.argv[2]}))
"""


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    # Longer than the 108 bytes that the name of a socket may have.
    folder = tmp_path / ("projet au nom très long " * 4)
    (folder / PLACE.parent).mkdir(parents=True)
    yield folder
    (folder / PLACE).unlink(missing_ok=True)


def staying(root: Path, seconds: float = 60, **variables: str) -> None:
    command = [sys.executable, "-c", STAYING, str(root), str(seconds)]
    # Its streams are read to their end: whatever stays must not hold them.
    given = {"env": {**os.environ, **variables}, "timeout": 30}
    subprocess.run(command, cwd=root, capture_output=True, check=True, **given)
    until((root / PLACE).exists)


def asking(root: Path, wish: str, **variables: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", ASKING, str(root), wish],
        cwd=root,
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def answer(root: Path, wish: str, **variables: str) -> tuple[str, str]:
    out, err = asking(root, wish, **variables).communicate(timeout=30)
    return out, err


def until(holds: Callable[[], object], seconds: float = 20) -> None:
    limit = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < limit, "rien n'est venu"
        time.sleep(0.02)


def test_a_build_speaks_on_the_streams_and_from_the_place_of_the_command(root: Path) -> None:
    staying(root)
    out, err = answer(root, "livre", SALUT="bonjour")
    said, code = out.splitlines()
    assert said.startswith(f"livre bonjour {root.name} ")
    assert code == "code 0"
    assert err == "et ceci\n"
    assert answer(root, "faux")[0].endswith("code 3\n")
    # Each time in a copy: what one build changes, the next does not see.
    assert said.rpartition(" ")[2] != answer(root, "livre")[0].splitlines()[0].rpartition(" ")[2]


def test_nobody_else_may_ask(root: Path) -> None:
    staying(root)
    assert stat.S_IMODE((root / PLACE).stat().st_mode) == 0o700 & ~0o077
    assert stat.S_ISSOCK((root / PLACE).stat().st_mode)


def test_without_anyone_there_nothing_is_built(root: Path) -> None:
    assert answer(root, "livre") == ("code None\n", "")
    (root / PLACE).write_text("ni prise ni rien")
    assert answer(root, "livre") == ("code None\n", "")


def test_what_is_for_another_process_ends_this_one(root: Path) -> None:
    staying(root)
    assert answer(root, "autre") == ("code None\n", "")
    until(lambda: not (root / PLACE).exists())


def test_a_copy_that_dies_leaves_the_build_to_the_command(root: Path) -> None:
    staying(root)
    assert answer(root, "meurt") == ("code None\n", "")
    until(lambda: not (root / PLACE).exists())


@pytest.mark.parametrize("name", ["PYTHONHASHSEED", "LC_ALL", "TZ"])
def test_a_command_that_would_read_otherwise_builds_by_itself(root: Path, name: str) -> None:
    staying(root, **{name: "1"})
    assert answer(root, "livre", **{name: "2"}) == ("code None\n", "")
    assert answer(root, "livre", **{name: "1"})[0].endswith("code 0\n")


def test_it_ends_when_nobody_asks(root: Path) -> None:
    staying(root, 0.5)
    until(lambda: not (root / PLACE).exists())


def test_the_last_one_to_come_is_the_one_that_is_asked(root: Path) -> None:
    def asked() -> int:
        return int(answer(root, "qui")[0].split()[0])

    staying(root)
    first = asked()
    staying(root)
    until(lambda: asked() != first)
    until(lambda: ended(first), 60)


def ended(process: int) -> bool:
    with suppress(FileNotFoundError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return True


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_command_that_is_stopped_stops_its_build(root: Path, how: signal.Signals) -> None:
    staying(root)
    command = asking(root, "dure")
    until((root / "commence").exists)
    command.send_signal(how)
    until((root / "arrete").exists)
    out, _ = command.communicate(timeout=30)
    assert out == ("code 130\n" if how == signal.SIGINT else "")
    assert answer(root, "livre")[0].endswith("code 0\n")


@pytest.mark.parametrize("sent", [b"", b"\n", b"{}\n", b"[1]\n", b'"autour"\n', b"\xff\n"])
def test_what_is_no_request_disturbs_nothing(root: Path, sent: bytes) -> None:
    staying(root)
    with socket.socket(socket.AF_UNIX) as line, address(root) as name:
        line.connect(name)
        line.sendall(sent)
    assert answer(root, "livre")[0].endswith("code 0\n")


def test_nothing_stays_of_a_process_that_typst_left_threads_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    left: list[object] = []
    monkeypatch.setattr(service, "stay", lambda served: left.append(served) or True)
    monkeypatch.setattr(pdf, "_COMPILED", set())
    service.stay_for(Config(tmp_path, "Essai", ()), 90, None)
    assert (len(left), "veille encore 2 min" in capsys.readouterr().out) == (1, True)
    source = tmp_path / "a.typ"
    source.write_text('#set document(title: "T")\n= T', "utf-8")
    pdf.Compilation(source, tmp_path, "", archive=False).run()
    service.stay_for(Config(tmp_path, "Essai", ()), 90, None)
    assert (len(left), capsys.readouterr().out) == (1, "")


@pytest.mark.parametrize(
    ("asked", "terminal", "variables", "expected"),
    [
        (None, True, {}, 300),
        (None, False, {}, 0),
        (None, True, {"CI": "true"}, 0),
        (20, False, {"CI": "true"}, 20),
        (0, True, {}, 0),
    ],
)
def test_it_stays_by_itself_where_somebody_types(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    asked: int | None,
    terminal: bool,
    variables: dict[str, str],
    expected: float,
) -> None:
    monkeypatch.delenv("CI", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
    assert lasting(Config(tmp_path, "Essai", ()), asked) == expected
    never = Config(tmp_path, "Essai", (), stay=0)
    assert lasting(never, None) == 0


# ---- the real book ----

MORE = "\nUne phrase de plus, que personne n’attendait.\n"
STAYS = "Un processus veille encore 1 min"


def add(root: Path, name: str, text: str) -> None:
    path = root / name
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def files(book: Path) -> dict[str, str]:
    found = sorted(path for path in book.rglob("*") if path.is_file())
    return {path.relative_to(book).as_posix(): file_digest(path) for path in found}


@pytest.fixture(scope="module")
def watched(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The real project, where a process stays after a build."""
    root = copy_project(tmp_path_factory.mktemp("veille"))
    shutil.copytree(project / ".rapport", root / ".rapport")
    made = rapport(root, "construire", "--veille", "60")
    assert made.returncode == 0, made.stderr
    assert STAYS in made.stdout
    until((root / PLACE).exists)
    yield root
    rapport(root, "construire", "--veille", "0")
    assert not (root / PLACE).exists()


@pytest.mark.lent
def test_a_book_made_there_is_the_one_that_a_new_process_makes(watched: Path) -> None:
    add(watched, "chapters/recommandations.qmd", MORE)
    add(watched, "references.bib", "\n% une remarque\n")
    made = rapport(watched, "construire")
    assert made.returncode == 0, made.stderr
    assert "Tout concorde." in made.stdout
    assert STAYS not in made.stdout  # no other one stays: this one has built
    there = files(watched / "_book")
    assert rapport(watched, "construire", "--sans-cache").returncode == 0
    assert files(watched / "_book") == there
    assert NAME in there


@pytest.mark.lent
def test_a_fault_is_said_the_book_stays_and_the_next_build_is_as_quick(watched: Path) -> None:
    chapter = watched / "chapters" / "recommandations.qmd"
    before, text = files(watched / "_book"), chapter.read_text("utf-8")
    add(watched, "chapters/recommandations.qmd", "\nVoir la @fig-nulle.\n")
    made = rapport(watched, "construire")
    assert made.returncode == 1
    assert "Renvoi inconnu : @fig-nulle." in made.stderr
    assert files(watched / "_book") == before
    chapter.write_text(text + MORE, "utf-8")
    made = rapport(watched, "construire", "--veille", "60")
    assert made.returncode == 0
    assert STAYS not in made.stdout


@pytest.mark.lent
def test_without_the_process_that_lays_out_the_copy_compiles(watched: Path) -> None:
    subprocess.run(["pkill", "-9", "-f", f"edition.rehearsal .*{watched}"], check=True)
    add(watched, "chapters/recommandations.qmd", MORE)
    made = rapport(watched, "construire", "--veille", "60")
    assert made.returncode == 0, made.stderr
    assert STAYS not in made.stdout


@pytest.mark.lent
def test_anything_but_a_text_is_for_a_new_process(watched: Path) -> None:
    package = watched / "data" / "datapackage.json"
    content = json.loads(package.read_text("utf-8"))
    content["description"] = content.get("description", "") + " Revu."
    package.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", "utf-8")
    made = rapport(watched, "construire", "--veille", "60", "--format", "html")
    assert made.returncode == 0, made.stderr
    assert STAYS in made.stdout  # built by the command, after which another one stays
