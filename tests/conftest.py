"""
The mini survey: twelve respondents, one question of each kind, counted by hand.

    answered   S4 12 · Q1 11 (not R0012) · Q2 8 (R0001–R0008) · Q4 11 (not R0011)
               Q7 3 (R0001, R0009, R0010) · Q8 7 ticks by 6 respondents
    Q1         bien 8 = très bien 2 (R0001, R0002) + assez bien 1 (R0003)
               + « bien » without more 5 (R0004, R0006–R0009) ; mal 3 (R0005, R0010, R0011)
               so « très bien » is between 2 and 7
    Q1, S4     plus de 10 ans: 5 respondents, of whom bien 4 (R0001–R0004)
    Q2         facilitation 5 = organisation 3 (R0001, R0002, R0006) + outils 1 (R0003)
               + « facilitation » without more 1 (R0004) ; impacts 3 (R0005, R0007, R0008)
               so « organisation » is between 3 and 4
    Q4         1: 3 · 2: 3 · 3_4: 5 = 3 (R0006) + 4 (R0007) + « 3 ou 4 » (R0003, R0004, R0012)
    Q8 ticks   accès aux droits 4 · logement 2 · aucune 1
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browsing import ARGUMENTS, chromium
from hypothesis import settings
from hypothesis.configuration import set_hypothesis_home_dir
from playwright.sync_api import Browser, sync_playwright
from real_book import copy_project, rapport

from enquete import Ledger, Survey, open_survey

REPOSITORY = Path(__file__).resolve().parents[1]
MINI = Path(__file__).resolve().parent / "data" / "mini"

# The same examples on every machine, and no folder left at the root of the project.
settings.register_profile("depot", derandomize=True, database=None)
settings.load_profile("depot")
set_hypothesis_home_dir(REPOSITORY / ".pytest_cache" / "hypothesis")


@pytest.fixture
def mini_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the mini project that a test may damage."""
    root = tmp_path / "mini"
    shutil.copytree(MINI, root)
    monkeypatch.setenv("RAPPORT_RACINE", str(root))
    monkeypatch.delenv("RAPPORT_REGISTRE", raising=False)
    return root


@pytest.fixture
def mini(mini_root: Path) -> Survey:
    """The mini survey, its answers labelled as reconstructed."""
    return open_survey(mini_root)


@pytest.fixture
def original(mini_root: Path) -> Survey:
    """The mini survey, its answers labelled as original."""
    path = mini_root / "data" / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    package["origine"] = "originale"
    path.write_text(json.dumps(package), encoding="utf-8")
    return open_survey(mini_root)


@pytest.fixture
def figures(mini: Survey) -> Ledger:
    """An empty ledger on the mini survey."""
    return mini.chapter("partie-1")


@pytest.fixture
def edit(mini_root: Path) -> Callable[[str, str, str], None]:
    """Replace a text, found exactly once, in one of the mini survey's data files."""

    def replace(name: str, old: str, new: str) -> None:
        path = mini_root / "data" / name
        content = path.read_text(encoding="utf-8")
        assert content.count(old) == 1, f"{old!r} : {content.count(old)} fois dans {name}"
        path.write_text(content.replace(old, new), encoding="utf-8", newline="")

    return replace


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    """The survey of this repository, as it is shipped."""
    return open_survey(REPOSITORY)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with its book built: for tests that only read."""
    folder = copy_project(tmp_path_factory.mktemp("projet"))
    done = rapport(folder, "construire")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="session")
def book(project: Path) -> Path:
    """The real book, as built from this repository."""
    return project / "_book"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the tests of a file."""
    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()
