"""`rapport accepter`: the accepted edition, and what a build says when it differs from it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from real_book import ROOT, rapport

from edition.accepted import accept, check, read_accepted
from edition.checking import Finished
from edition.comparison.sources import ACCEPTED
from enquete import open_survey
from enquete.errors import EnqueteError

pytestmark = pytest.mark.lent


@pytest.fixture
def made(book: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A project without an accepted edition, and a verified book that a test may change."""
    folder = tmp_path / "livre"
    folder.mkdir()
    for name in ("provenance.json", "verification.json"):
        shutil.copy(book / name, folder / name)
    root = tmp_path / "projet"
    root.mkdir()
    return root, folder


def change(folder: Path, edit: Callable[[dict[str, Any]], None]) -> None:
    file = folder / "provenance.json"
    content = json.loads(file.read_text("utf-8"))
    edit(content)
    file.write_text(json.dumps(content), "utf-8")


def surcharge(content: dict[str, Any]) -> None:
    next(e for e in content["entries"] if e["id"] == "p1-2-surcharge")["text"] = "15\u00a0%"


def finished(root: Path, folder: Path) -> Finished:
    content = json.loads((folder / "provenance.json").read_text("utf-8"))
    return Finished(folder, root, open_survey(ROOT), content)


def test_the_accepted_edition_of_the_repository_is_the_book_that_it_builds(book: Path) -> None:
    outcome = check(finished(ROOT, book))

    assert outcome.notes == (), "rapport construire, puis rapport accepter --raison …"
    assert outcome.skipped == ""


def test_the_first_edition_is_number_1_and_keeps_its_reason(made: tuple[Path, Path]) -> None:
    root, folder = made

    said = accept(folder, root, "Première.")

    known = read_accepted(root)
    assert known is not None
    entries = json.loads((folder / "provenance.json").read_text("utf-8"))["entries"]
    assert said.startswith(f"Édition n° 1 acceptée. {len(entries)} chiffres.")
    assert [one["reason"] for one in known.log] == ["Première."]
    assert len(known.state.lines) == len(entries)
    # One line a figure: git shows those that moved.
    lines = (root / ACCEPTED).read_text("utf-8").split("\n")
    assert sum('"text": ' in one for one in lines) == len(entries)


def test_a_book_that_differs_says_so_until_it_is_accepted(made: tuple[Path, Path]) -> None:
    root, folder = made
    accept(folder, root, "Première.")
    change(folder, surcharge)

    before = check(finished(root, folder))
    said = accept(folder, root, "Une réponse corrigée.")
    after = check(finished(root, folder))

    assert before.faults == ()
    assert before.said.startswith("ce livre diffère de l'édition n° 1 : 1 chiffre changé")
    assert [note.partition(" ")[0] for note in before.notes] == ["p1-2-surcharge"]
    assert said.startswith("Édition n° 2 acceptée. 1 chiffre changé.")
    assert (after.notes, after.said) == ((), "aucun chiffre ne diffère de l'édition n° 2")


def test_only_the_lines_of_the_figures_that_changed_move(made: tuple[Path, Path]) -> None:
    root, folder = made
    accept(folder, root, "Première.")
    before = (root / ACCEPTED).read_text("utf-8").split("\n")
    change(folder, surcharge)
    accept(folder, root, "Seconde.")
    after = (root / ACCEPTED).read_text("utf-8").split("\n")

    moved = [one for one in after if one not in before and '"text"' in one]
    assert ["partie-1 p1-2-surcharge" in one for one in moved] == [True]


def test_the_same_book_again_makes_no_new_edition(made: tuple[Path, Path]) -> None:
    root, folder = made
    accept(folder, root, "Première.")
    bytes_before = (root / ACCEPTED).read_bytes()

    said = accept(folder, root, "Encore.")

    assert "l'édition n° 1 reste acceptée" in said
    assert (root / ACCEPTED).read_bytes() == bytes_before


@pytest.mark.parametrize("reason", ["", "  "])
def test_an_edition_needs_a_reason(made: tuple[Path, Path], reason: str) -> None:
    with pytest.raises(EnqueteError, match="raison"):
        accept(made[1], made[0], reason)


def test_a_book_that_failed_or_was_not_checked_is_refused(made: tuple[Path, Path]) -> None:
    root, folder = made
    file = folder / "verification.json"
    content = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps({**content, "holds": False}), "utf-8")

    with pytest.raises(EnqueteError, match="n'a pas passé"):
        accept(folder, root, "Première.")
    file.unlink()
    with pytest.raises(EnqueteError, match="n'a pas passé"):
        accept(folder, root, "Première.")

    assert not (root / ACCEPTED).exists()


def test_a_damaged_file_is_said(made: tuple[Path, Path]) -> None:
    root, folder = made
    accept(folder, root, "Première.")
    (root / ACCEPTED).write_text('{"figures": 3}', "utf-8")

    with pytest.raises(EnqueteError, match="illisible"):
        read_accepted(root)


def test_a_project_that_accepted_nothing_says_so(made: tuple[Path, Path]) -> None:
    assert "aucune édition" in check(finished(*made)).skipped


def test_the_command_accepts_a_book(project: Path, book: Path, tmp_path: Path) -> None:
    root = tmp_path / "projet"
    root.mkdir()
    shutil.copytree(project / "data", root / "data", ignore=shutil.ignore_patterns("editions"))
    (root / "_quarto.yml").write_text("project:\n  type: book\n", "utf-8")

    done = rapport(root, "accepter", "--raison", "Première.", "--livre", str(book))

    assert (done.returncode, done.stderr) == (0, "")
    assert "Édition n° 1 acceptée" in done.stdout
