"""
An import that fails at any moment leaves the data whole: full disk, rights, Ctrl-C, kill.

Tests run as root, whom permissions do not stop: every error of the system is raised by an audit
hook instead, at each operation on files in turn, so that no moment is left out.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from edition import cli
from enquete import EnqueteError, open_survey
from enquete.importing import Request, import_export, recover, restore

GOOD = (
    "Identifiant;Depuis combien de temps ?;Comment vivez-vous la numérisation ?\n"
    "1;plus de 10 ans;mal\n2;10 ans ou moins;Très bien\n"
)
EVENTS = frozenset(
    ("open", "os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.chmod", "os.listdir",
     "os.scandir", "shutil.copytree", "shutil.copyfile", "shutil.rmtree", "tempfile.mkdtemp")
)  # fmt: skip
CHANGES = EVENTS - {"os.listdir", "os.scandir"}
_watching: list[Callable[[str, tuple[Any, ...]], None]] = []
# A hook cannot be removed: it is added once and does nothing outside `failing`.
sys.addaudithook(lambda event, args: _watching[-1](event, args) if _watching else None)


class Counter:
    """Raise at the operation of that number on files under a folder, once."""

    def __init__(self, folder: Path, number: int, act: Callable[[], None]) -> None:
        self.folder, self.number, self.act, self.seen = str(folder), number, act, 0

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        if event in EVENTS and any(str(each).startswith(self.folder) for each in args):
            self.seen += 1
            if self.seen == self.number:
                self.act()


@contextmanager
def failing(folder: Path, number: int, act: Callable[[], None]) -> Iterator[Counter]:
    counter = Counter(folder, number, act)
    _watching.append(counter)
    try:
        yield counter
    finally:
        _watching.pop()


def fault(number: int) -> Callable[[], None]:
    def act() -> None:
        raise OSError(number, os.strerror(number))

    return act


def interrupt() -> None:
    raise KeyboardInterrupt


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def export(mini_root: Path) -> Path:
    path = mini_root.parent / "export.csv"
    path.write_text(GOOD, "utf-8")
    return path


def new_data(export: Path, root: Path) -> dict[str, bytes]:
    """What a whole import writes."""
    import_export(Request(export, root))
    made = contents(root / "data")
    restore(root)
    return made


def each_moment(
    export: Path, root: Path, act: Callable[[], None], expected: type[BaseException]
) -> int:
    """Fail at every operation in turn; return how many there are."""
    before = contents(root / "data")
    after = new_data(export, root)
    for number in range(1, 1_000):
        raised: BaseException | None = None
        with failing(root, number, act) as counter:
            try:
                import_export(Request(export, root))
            except BaseException as error:
                raised = error
        recover(root)
        found = contents(root / "data")
        if counter.seen < number:
            assert raised is None
            assert found == after
            return number
        assert raised is None or isinstance(raised, expected), (number, repr(raised))
        assert found in (before, after), number
        if raised is None:  # cleaning up after a success may fail in silence
            assert found == after, number
        elif isinstance(raised, EnqueteError):
            assert raised.quoi, number
            assert raised.que_faire, number
        open_survey(root)
        if found == after:
            restore(root)
        assert contents(root / "data") == before
    raise AssertionError("l'import ne finit pas")


def test_a_full_disk_at_any_operation_leaves_the_data_whole(export: Path, mini_root: Path) -> None:
    assert each_moment(export, mini_root, fault(errno.ENOSPC), EnqueteError) > 40


def test_ctrl_c_at_any_operation_leaves_the_data_whole(export: Path, mini_root: Path) -> None:
    assert each_moment(export, mini_root, interrupt, KeyboardInterrupt) > 40


@pytest.mark.skipif(not hasattr(os, "fork"), reason="pas de fork")
def test_a_kill_at_any_operation_is_repaired_by_the_next_command(
    export: Path, mini_root: Path
) -> None:
    before = contents(mini_root / "data")
    after = new_data(export, mini_root)
    repaired = 0
    for number in range(1, 1_000):
        child = os.fork()
        if child == 0:
            with failing(mini_root, number, lambda: os._exit(9)):
                import_export(Request(export, mini_root))
            os._exit(0)
        done = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        repaired += not (mini_root / "data").exists()
        recover(mini_root)
        found = contents(mini_root / "data")
        assert found in (before, after), number
        open_survey(mini_root)
        if found == after:
            restore(mini_root)
        if done == 0:
            assert found == after
            break
    assert number > 40
    assert repaired >= 1  # between the two renames, data/ is missing until the next command


STAGES = (
    "read_package", "read_export", "draft", "bind", "identify", "check", "content",
    "refresh_hashes", "open_survey", "reexamine", "account", "write_private", "swap",
)  # fmt: skip


@pytest.mark.parametrize("stage", STAGES)
def test_ctrl_c_at_each_stage_is_said_in_one_line(
    export: Path,
    mini_root: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    stage: str,
) -> None:
    import enquete.importing as importing

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    before = contents(mini_root / "data")
    monkeypatch.setattr(importing, stage, stop)
    assert cli.main(["importer", str(export)]) == 130
    assert "Interrompu." in capsys.readouterr().err
    assert contents(mini_root / "data") == before
    assert not list((mini_root / ".rapport").glob("import-*"))


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "le disque est plein"),
        (errno.EACCES, "l’accès est refusé"),
        (errno.EROFS, "le dossier est en lecture seule"),
    ],
)
def test_what_the_system_refuses_is_said_in_french(
    export: Path,
    mini_root: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    number: int,
    said: str,
) -> None:
    import tempfile

    monkeypatch.setattr(tempfile, "mkdtemp", lambda **_: fault(number)())
    assert cli.main(["importer", str(export)]) == 1
    message = capsys.readouterr().err
    assert f"Les nouvelles données ne s’écrivent pas : {said}." in message
    assert "que faire :" in message
    assert "Traceback" not in message


def test_an_export_that_may_not_be_read_says_so(
    export: Path, mini_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        failing(export, 1, fault(errno.EACCES)),
        pytest.raises(EnqueteError, match="ne se lit pas : l’accès est refusé"),
    ):
        import_export(Request(export, mini_root))


def test_a_draft_that_cannot_be_written_changes_nothing(export: Path, mini_root: Path) -> None:
    export.write_text(GOOD.replace("Identifiant", "Pointure"), "utf-8")
    draft = export.with_suffix(".correspondance.yml")
    with (
        failing(draft, 1, fault(errno.EROFS)),
        pytest.raises(EnqueteError, match="lecture seule"),
    ):
        import_export(Request(export, mini_root))
    assert not draft.exists()


@pytest.mark.parametrize("command", [["importer", "absent.csv"], ["tracer", "x"]])
def test_any_command_repairs_a_swap_that_was_killed(
    mini_root: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    before = contents(mini_root / "data")
    (mini_root / ".rapport").mkdir(exist_ok=True)
    (mini_root / "data").rename(mini_root / ".rapport" / "donnees-sortantes")
    assert cli.main(command) == 1  # for reasons of its own
    assert "Un import interrompu a été annulé" in capsys.readouterr().out
    assert contents(mini_root / "data") == before


def test_the_project_is_found_while_its_data_are_away(
    mini_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from enquete import paths

    (mini_root / "_quarto.yml").touch()
    (mini_root / ".rapport").mkdir(exist_ok=True)
    (mini_root / "data").rename(mini_root / ".rapport" / "donnees-sortantes")
    monkeypatch.delenv("RAPPORT_RACINE")
    monkeypatch.chdir(mini_root)
    assert paths.root() == mini_root.resolve()
