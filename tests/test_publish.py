from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from edition.publish import STALE, new_book
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


def fail(target: Path, error: type[BaseException]) -> None:
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


def test_what_a_killed_build_left_goes_after_a_day(tmp_path: Path) -> None:
    old, recent = tmp_path / "_book.nouveau-a", tmp_path / "_book.nouveau-b"
    old.mkdir()
    recent.mkdir()
    before = time.time() - STALE - 60
    os.utime(old, (before, before))
    publish(tmp_path / "_book", {"a.html": "1"})
    assert {path.name for path in tmp_path.iterdir()} == {"_book", "_book.nouveau-b"}


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
