"""The bibliography: whole, used, and honest about what was not confirmed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
ENTRY = re.compile(r"^@(\w+)\{([^,\s]+),\n(.*?)^\}$", re.MULTILINE | re.DOTALL)
FIELD = re.compile(r"^\s+(\w+)\s*=\s*\{(.*)\},?$", re.MULTILINE)
TEXT = (ROOT / "references.bib").read_text(encoding="utf-8")
ENTRIES = {key: dict(FIELD.findall(fields)) for _, key, fields in ENTRY.findall(TEXT)}
CHAPTERS = [ROOT / "index.qmd", *sorted((ROOT / "chapters").glob("*.qmd"))]


def cited() -> set[str]:
    prose = "\n".join(path.read_text(encoding="utf-8") for path in CHAPTERS)
    return set(re.findall(r"(?<![\w\\])@([A-Za-z][\w:-]*\w)", prose))


def sources(name: str) -> set[str]:
    content = yaml.safe_load((ROOT / "data" / f"{name}.yml").read_text(encoding="utf-8"))
    return {entry["source"] for entry in content[name]}


def test_every_entry_was_read() -> None:
    assert len(ENTRIES) == TEXT.count("\n@") + TEXT.startswith("@")
    assert len(ENTRIES) > 15


@pytest.mark.parametrize("key", ENTRIES)
def test_every_entry_is_cited_in_a_chapter(key: str) -> None:
    assert key in cited()


@pytest.mark.parametrize("name", ["faits", "secondaires"])
def test_every_source_of_the_data_has_an_entry(name: str) -> None:
    assert sources(name) - ENTRIES.keys() == set()


@pytest.mark.parametrize("key", ENTRIES)
def test_an_entry_has_a_title_and_an_author_and_no_placeholder(key: str) -> None:
    entry = ENTRIES[key]

    assert entry["title"]
    assert entry["author"]
    assert not re.search(r"\b(?:TODO|XXX|FIXME|s\.d\.|inconnu|à compléter)\b|\?\?", str(entry))


@pytest.mark.parametrize("key", ENTRIES)
def test_what_an_entry_lacks_or_guesses_is_said_to_be_checked(key: str) -> None:
    entry = ENTRIES[key]
    guessed = "probable" in entry.get("note", "") or "sans doute" in entry.get("note", "")

    if guessed or "year" not in entry or entry["title"].startswith("["):
        assert "à vérifier" in entry["note"]
