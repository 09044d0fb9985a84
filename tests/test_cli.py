"""The `rapport` command as a person meets it: French, complete, no traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from edition import cli
from edition.wish import FORMATS

COMMANDS = (
    *("construire", "apercu", "verifier", "tracer", "comparer", "accepter", "importer"),
    *("reconstituer", "figer", "tester", "diagnostic"),
)
ROOT = Path(__file__).parents[1]


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(["--help"])

    assert stop.value.code == 0
    out = capsys.readouterr().out
    assert out.startswith("utilisation : rapport")
    assert [name for name in COMMANDS if f"    {name}" not in out] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_help_and_stands_in_the_readme_or_contributing(command, capsys):
    with pytest.raises(SystemExit):
        cli.main([command, "--help"])

    assert "montre cette aide" in capsys.readouterr().out
    names = ("README.md", "CONTRIBUTING.md")
    documents = "".join((ROOT / name).read_text("utf-8") for name in names)
    assert f"rapport {command}" in documents


def test_an_unknown_command_is_refused_in_french(capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(["construir"])

    assert stop.value.code == 2
    error = capsys.readouterr().err
    assert "« construir » n'existe pas" in error
    assert "invalid choice" not in error


def test_a_missing_argument_is_named_in_french(capsys):
    with pytest.raises(SystemExit):
        cli.main(["tracer"])

    assert "il manque : ID" in capsys.readouterr().err


def test_an_unexpected_error_shows_no_traceback_without_debug(capsys, monkeypatch):
    monkeypatch.setattr("edition.commands.diagnose", lambda: 1 / 0)

    assert cli.main(["diagnostic"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("Erreur inattendue : ZeroDivisionError")
    assert "Traceback" not in error


def test_debug_lets_the_traceback_through(monkeypatch):
    monkeypatch.setattr("edition.commands.diagnose", lambda: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        cli.main(["--debug", "diagnostic"])


def test_help_starts_without_pandas_matplotlib_or_ipython():
    code = "import sys, edition.cli; print(*sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert {"pandas", "numpy", "matplotlib", "IPython"}.isdisjoint(done.stdout.split())


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_format_comes_with_the_site_that_its_figures_are_checked_against(name):
    # A PDF alone was refused: each of its numbers was without a page that prints it.
    assert "html" in FORMATS[name]
