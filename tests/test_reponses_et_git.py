"""Original answers in a checkout that tracks the reconstructed ones: no commit takes them."""

from __future__ import annotations

import csv
import shutil
import subprocess
from pathlib import Path

import exports
import pytest
from exports import SHAPES
from real_book import ROOT, rapport

from edition import tracked
from enquete.schema import stale_hashes

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git absent")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "projet"
    shutil.copytree(ROOT / "data", folder / "data")
    shutil.copy(ROOT / "_quarto.yml", folder)
    shutil.copy(ROOT / ".gitignore", folder)
    return folder


def git(folder: Path, *arguments: str) -> str:
    name = ("-c", "user.name=Essai", "-c", "user.email=essai@exemple.fr")
    done = subprocess.run(
        ["git", *name, *arguments], cwd=folder, capture_output=True, encoding="utf-8", check=True
    )
    return done.stdout


def versioned(folder: Path) -> Path:
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "Départ")
    return folder


def imported(project: Path) -> str:
    export, _ = exports.make(exports.read(ROOT / "data").cut(50), SHAPES[0], project.parent)
    done = rapport(project, "importer", str(export))
    assert done.returncode == 0, done.stderr
    return done.stdout


def kept(project: Path) -> dict[str, str]:
    return {name: git(project, "show", f"HEAD:{name}") for name in tracked.tracked(project)}


@needs_git
def test_no_commit_takes_the_answers_that_were_imported(project: Path) -> None:
    before = kept(versioned(project))

    said = imported(project)

    assert "aucun commit ne les prendra" in said
    register = project / "data" / "figures.yml"
    register.write_text(register.read_text("utf-8") + "# relu\n", "utf-8")
    git(project, "add", "-A")
    git(project, "commit", "-qam", "Tout")
    assert git(project, "diff", "--name-only", "HEAD~1", "HEAD").split() == ["data/figures.yml"]
    assert kept(project) == before
    with (project / "data" / "reponses.csv").open(encoding="utf-8") as lines:
        assert len(list(csv.DictReader(lines))) == 50


@needs_git
def test_reconstructed_answers_put_back_are_seen_again(project: Path) -> None:
    versioned(project)
    imported(project)

    assert rapport(project, "importer", "--retablir").returncode == 0

    assert git(project, "status", "--porcelain", "data") == ""
    answers = project / "data" / "reponses.csv"
    answers.write_text(answers.read_text("utf-8").replace(",paris,", ",gironde,", 1), "utf-8")
    assert git(project, "status", "--porcelain", "data").split() == ["M", "data/reponses.csv"]


@needs_git
def test_answers_that_git_would_take_are_said_with_what_to_do(project: Path) -> None:
    versioned(project)
    imported(project)
    git(project, "update-index", "--no-skip-worktree", *tracked.tracked(project))

    said = tracked.warning(project)

    assert "8 fichiers" in said
    assert "data/reponses.csv" in said
    assert said in rapport(project, "construire").stderr
    git(project, *said.partition("que faire : git ")[2].split())
    assert tracked.warning(project) == ""


def test_without_a_checkout_nothing_is_said_of_git(project: Path) -> None:
    assert "Aucun dépôt git ne suit ces fichiers." in imported(project)
    assert tracked.warning(project) == ""


@needs_git
def test_reconstructed_answers_are_nobody_s_and_need_no_warning(project: Path) -> None:
    assert tracked.exposed(versioned(project))
    assert tracked.warning(project) == ""


def test_the_diagnosis_says_where_the_answers_come_from(project: Path) -> None:
    before = rapport(project, "diagnostic").stdout
    imported(project)
    after = rapport(project, "diagnostic").stdout

    assert "Origine des réponses : reconstituées" in before
    assert "Export importé : aucun" in before
    assert "Données d'avant l'import : aucune" in before
    assert "Exports SPSS (.sav) : lus par pyreadstat" in before
    assert "Origine des réponses : originales" in after
    assert "Export importé : sha256:" in after
    assert ".rapport/donnees-precedentes/ (rapport importer --retablir)" in after
    assert "Protection de git : git ne suit pas ces fichiers" in after


def test_a_file_edited_by_hand_is_said_by_the_diagnosis(project: Path) -> None:
    assert "Empreintes des données : à jour" in rapport(project, "diagnostic").stdout
    file = project / "data" / "themes.csv"
    # Two answers in another order: the same answers, another file.
    head, first, second, *rest = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join([head, second, first, *rest]), "utf-8", newline="")

    said = rapport(project, "diagnostic").stdout

    assert "Empreintes périmées : themes.csv (rapport figer les refait)" in said
    assert stale_hashes(project / "data") == ("themes.csv",)
