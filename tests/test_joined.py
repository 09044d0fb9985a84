"""Chapters read one by one make the document that pandoc makes of the whole book."""

from __future__ import annotations

import json
import re
import subprocess

import pytest

from edition.joined import Document, joined, parted
from edition.pandoc import READER, pandoc_path

CHAPTERS = {
    "titres semblables": [
        "# Bilan\n\n## Suite\n",
        "# Bilan\n\n## Suite\n\n## Suite\n",
        "# Bilan\n",
    ],
    "identifiants écrits": ["# A {#un}\n\n## Un\n", "# Un\n\n## B {#deux}\n", "# Deux\n"],
    "titres avec accents et chiffres": ["# Été 1\n", "# Été\n\n## Été\n", "# Été 1\n\n## 2024\n"],
    "dans un bloc": ["# A\n\n::: {.note}\n## Note\n:::\n", "# B\n\n> ## Note\n", "# Note\n"],
    "notes et renvois": ["# A\n\nMot[^a--1].\n\n[^a--1]: Note.\n", "# B\n\nMot @clé et @fig-x.\n"],
}


def parsed(text: str) -> str:
    command = [pandoc_path(), "--from", READER, "--to", "json"]
    done = subprocess.run(command, input=text, capture_output=True, check=True, encoding="utf-8")
    return re.sub(r'"citationNoteNum":\d+', '"citationNoteNum":0', done.stdout)


def of_book(texts: list[str]) -> Document:
    stems = [f"c{rank}" for rank in range(len(texts))]
    return joined([parted(json.loads(parsed(text)), text) for text in texts], stems)


@pytest.mark.parametrize("texts", CHAPTERS.values(), ids=CHAPTERS)
def test_the_document_is_that_of_the_whole_book(texts: list[str]) -> None:
    whole = json.loads(parsed("\n\n".join(texts)))
    assert json.loads(of_book(texts).text()) == whole


def test_an_id_written_twice_stays_twice_for_the_filters_to_report() -> None:
    texts = ["# A {#un}\n", "# B {#un}\n"]
    blocks = json.loads(of_book(texts).text())["blocks"]
    assert [block["c"][1][0] for block in blocks] == ["un", "un"]
