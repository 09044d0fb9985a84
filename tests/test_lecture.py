"""Chapters read by one pandoc are those that each its own pandoc reads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from rendered import THEME

from edition import reading
from edition.pandoc import parse
from edition.reading import Nothing, read_chapters
from enquete.errors import EnqueteError

ROOT = Path(__file__).resolve().parents[1]
NOTES = "# Un {#sec-un}\n\nUne « note »[^1] : voir [ici][a].\n\n[^1]: D’un.\n\n[a]: a.html\n"
ALIKE = "# Un {#sec-deux}\n\n## Bilan\n\n## Bilan\n\nUne autre[^1] !\n\n[^1]: Celle de deux.\n"
TEXTS = [NOTES, ALIKE, "", "Du texte\n\n::: {.note}\nfermé\n:::\n", "Un \u2028 deux \x1d trois\n"]


def together(texts: Sequence[str], folder: Path) -> list[str]:
    return read_chapters(
        [(f"{n}.qmd", text) for n, text in enumerate(texts)], THEME, folder, Nothing()
    )


def alone(texts: Sequence[str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    with monkeypatch.context() as patch:
        patch.setattr(reading, "parse_together", lambda *_: [])
        return together(texts, folder)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The chapters that are read by a pandoc of their own."""
    found: list[str] = []

    def noted(text: str, filters: Sequence[Path], folder: Path, where: str) -> str:
        found.append(where)
        return parse(text, filters, folder, where)

    monkeypatch.setattr(reading, "parse", noted)
    return found


@pytest.mark.parametrize("largest", [400_000, 40])
def test_several_chapters_read_together_are_those_read_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[str], largest: int
) -> None:
    monkeypatch.setattr(reading, "LARGEST", largest)  # in two processes, or in many
    found = together(TEXTS, tmp_path)
    assert asked == []
    blocks = json.loads(f"[{found[0].splitlines()[3]}]")
    assert [block["t"] for block in blocks] == ["Header", "Para"]
    assert found == alone(TEXTS, tmp_path, monkeypatch)


def test_the_chapters_of_the_real_book_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    texts = [path.read_text("utf-8") for path in sorted((ROOT / "chapters").glob("*.qmd"))]
    found = together(texts, tmp_path)
    assert asked == []
    assert found == alone(texts, tmp_path, monkeypatch)


def test_a_fault_is_said_with_its_chapter(tmp_path: Path) -> None:
    with pytest.raises(EnqueteError, match="jamais refermé") as raised:
        together([*TEXTS, "::: {.note}\nouvert\n"], tmp_path)
    assert raised.value.ou == "5.qmd"


def test_a_text_that_holds_the_separator_is_read_alone(tmp_path: Path, asked: list[str]) -> None:
    found = together([*TEXTS, "Un \x1e\nintrus\n"], tmp_path)
    assert "5.qmd" in asked
    assert "intrus" in found[5]
    assert len(found) == len(TEXTS) + 1


def test_few_chapters_are_not_worth_a_group(tmp_path: Path, asked: list[str]) -> None:
    together(TEXTS[:1], tmp_path)
    assert asked == ["0.qmd"]
