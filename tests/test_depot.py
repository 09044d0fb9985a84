"""The repository as a whole: what is committed, and what stays true of it."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST_MODULE = 300
# Home folders and drive letters: a path of somebody's machine.
MACHINE_PATH = re.compile(r"/home/\w|/Users/\w|/root/|[A-Z]:\\\\?Users")
BINARY = {".ttf", ".woff2", ".png", ".pdf"}


def committed() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("hors d'un dépôt git : rien ne dit quels fichiers sont versés")
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    assert len(files) > 100
    return [file for file in files if file.is_file()]


def test_no_committed_file_names_a_path_of_a_machine():
    here = Path(__file__).resolve()
    found = [
        str(file.relative_to(ROOT))
        for file in committed()
        if file.suffix not in BINARY
        and file.resolve() != here
        and MACHINE_PATH.search(file.read_text(encoding="utf-8"))
    ]

    assert found == []


def test_committed_text_ends_its_lines_like_unix_and_is_utf8():
    found = [
        str(file.relative_to(ROOT))
        for file in committed()
        if file.suffix not in BINARY and b"\r\n" in file.read_bytes()
    ]

    assert found == []


def test_answers_of_real_people_are_never_committed():
    names = {str(file.relative_to(ROOT)) for file in committed()}

    assert "data/verbatims.csv" not in names
    assert not {name for name in names if name.endswith((".xlsx", ".sav"))}


def test_no_module_of_ours_is_longer_than_three_hundred_lines():
    modules = sorted((ROOT / "scripts").rglob("*.py"))
    assert len(modules) > 50

    long = {
        str(module.relative_to(ROOT)): lines
        for module in modules
        if (lines := len(module.read_text(encoding="utf-8").splitlines())) > LONGEST_MODULE
    }
    assert long == {}


def test_the_hashed_requirements_are_those_of_the_lock():
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    locked = {package["name"]: package.get("version") for package in lock["package"]}
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    required = dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==(\S+?)(?: ;.*)? \\$", text, re.MULTILINE))

    assert len(required) > 80
    assert {name: locked.get(name) for name in required} == required
    assert text.count("--hash=sha256:") > len(required)


def test_every_dependency_has_its_line_of_reason():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    dependencies = re.findall(r'^  "[a-z][\w.-]*(?:>=|==).*$', text, re.MULTILINE)

    assert len(dependencies) > 20
    assert [line for line in dependencies if "#" not in line] == []


@pytest.mark.parametrize("target", ["construire", "test", "bench", "verrou"])
def test_the_makefile_has_the_targets_that_the_readme_and_contributing_name(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


def test_the_readme_gives_both_ways_of_each_command():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    for command in ("make ", "make test", "uv run rapport construire", "uv run rapport tester"):
        assert command in readme
    for image in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", readme):
        assert (ROOT / image).is_file(), image
