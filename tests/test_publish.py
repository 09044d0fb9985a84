from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from edition import publish as publishing
from edition.publish import new_book, workshop
from enquete.errors import EnqueteError


def content(folder: Path) -> dict[str, str]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_text("utf-8") for file in files}


def publish(target: Path, files: dict[str, str]) -> None:
    with new_book(target, target.parent / "projet") as folder:
        for name, text in files.items():
            (folder / name).write_text(text, "utf-8")


def test_the_new_book_replaces_the_old_one_whole(tmp_path: Path) -> None:
    target = tmp_path / "_book"
    publish(target, {"a.html": "1", "vieux.html": "1"})
    publish(target, {"a.html": "2"})
    assert content(target) == {"a.html": "2"}
    assert [path.name for path in tmp_path.iterdir()] == ["_book"]


def test_the_old_book_is_whole_until_the_end(tmp_path: Path) -> None:
    target = tmp_path / "_book"
    publish(target, {"a.html": "1"})
    with new_book(target, tmp_path / "projet") as folder:
        (folder / "a.html").write_text("2", "utf-8")
        assert content(target) == {"a.html": "1"}


def fail(target: Path, error: type[BaseException] | BaseException) -> None:
    with new_book(target, target.parent / "projet") as folder:
        (folder / "a.html").write_text("2", "utf-8")
        raise error


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_failure_leaves_the_old_book_and_no_trace(
    tmp_path: Path, error: type[BaseException]
) -> None:
    target = tmp_path / "_book"
    publish(target, {"a.html": "1"})
    with pytest.raises(error):
        fail(target, error)
    assert content(tmp_path) == {"_book/a.html": "1"}


def test_a_failed_swap_puts_the_old_book_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "_book"
    publish(target, {"a.html": "1"})
    rename = Path.rename

    def refuse(self: Path, other: Path) -> Path:
        if ".nouveau-" in self.name:
            raise OSError(13, "Permission denied")
        return rename(self, other)

    monkeypatch.setattr(Path, "rename", refuse)
    monkeypatch.setattr(publishing, "exchange", lambda *_: False)  # as on Windows
    with pytest.raises(EnqueteError, match="prendre la place"):
        publish(target, {"a.html": "2"})
    assert content(tmp_path) == {"_book/a.html": "1"}


def test_a_build_killed_between_the_two_renames_is_mended_by_the_next(tmp_path: Path) -> None:
    target = tmp_path / "_book"
    publish(target, {"a.html": "1"})
    target.rename(tmp_path / "_book.ancien")
    with pytest.raises(KeyboardInterrupt):
        fail(target, KeyboardInterrupt)
    assert content(tmp_path) == {"_book/a.html": "1"}


@pytest.mark.parametrize("whole", [True, False], ids=["échange", "deux renommages"])
def test_both_ways_of_replacing_give_the_same_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    if not whole:
        monkeypatch.setattr(publishing, "exchange", lambda *_: False)
    for text in ("1", "2", "3"):
        publish(tmp_path / "_book", {"a.html": text})
        assert content(tmp_path) == {"_book/a.html": text}
        assert [path.name for path in tmp_path.iterdir()] == ["_book"]


@pytest.mark.skipif(sys.platform != "linux", reason="sans échange de dossiers")
def test_on_linux_a_reader_never_finds_the_book_missing(tmp_path: Path) -> None:
    target = tmp_path / "_book"
    publish(target, {"a.html": "0"})
    code = (
        "import sys, pathlib; page = pathlib.Path(sys.argv[1]); print('prêt', flush=True)\n"
        "for _ in range(4000): page.read_text()\n"
    )
    page = str(target / "a.html")
    with subprocess.Popen(
        [sys.executable, "-c", code, page], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as reader:
        assert reader.stdout
        reader.stdout.readline()
        while reader.poll() is None:
            publish(target, {"a.html": "1"})
        assert reader.stderr
        assert reader.returncode == 0, reader.stderr.read()


@pytest.mark.skipif(sys.platform == "win32", reason="sans verrou de dossier")
def test_what_a_killed_build_left_goes_and_what_a_living_one_fills_stays(tmp_path: Path) -> None:
    (tmp_path / "_book.nouveau-tue").mkdir()
    with new_book(tmp_path / "_book", tmp_path / "projet") as living:
        publish(tmp_path / "_book", {"a.html": "1"})
        assert {path.name for path in tmp_path.iterdir()} == {"_book", living.name}
        (living / "a.html").write_text("2", "utf-8")
    assert content(tmp_path) == {"_book/a.html": "2"}


@pytest.mark.skipif(sys.platform == "win32", reason="sans verrou de dossier")
def test_a_killed_build_leaves_nothing_on_its_way_that_the_next_does_not_remove(
    tmp_path: Path,
) -> None:
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom edition.publish import workshop\n"
        "with workshop(Path(sys.argv[1])) as work:\n"
        "    (work / 'rapport.typ').write_text('à moitié')\n    os._exit(9)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    [left] = tmp_path.iterdir()
    assert (left / "rapport.typ").is_file()
    with workshop(tmp_path) as one, workshop(tmp_path) as other:
        assert {path.name for path in tmp_path.iterdir()} == {one.name, other.name}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, "disque est plein"), (errno.EROFS, "lecture seule")]
)
def test_a_full_disk_is_said_and_leaves_the_old_book(
    tmp_path: Path, number: int, words: str
) -> None:
    target = tmp_path / "_book"
    publish(target, {"a.html": "1"})
    with pytest.raises(EnqueteError, match=words):
        fail(target, OSError(number, "…", "c.html"))
    assert content(tmp_path) == {"_book/a.html": "1"}


@pytest.mark.parametrize("target", [".", "..", "autre"])
def test_a_folder_that_holds_a_project_is_never_replaced(tmp_path: Path, target: str) -> None:
    root = tmp_path / "projet"
    for folder in (root, root / "autre"):
        folder.mkdir()
        (folder / "_quarto.yml").write_text("", "utf-8")
    with pytest.raises(EnqueteError, match="remplacerait"), new_book(root / target, root):
        pytest.fail("the block must not run")
    assert (root / "autre" / "_quarto.yml").exists()


def test_pages_are_readable_by_others(tmp_path: Path) -> None:
    publish(tmp_path / "_book", {"a.html": "1"})
    if os.name == "posix":
        assert (tmp_path / "_book").stat().st_mode & 0o055 == 0o055
