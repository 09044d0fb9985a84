"""
The text itself: nobody else's sentences, and French spelling.

The published sources are not ours to ship. What is kept of them is the hash of every run of
twelve words, in `data/sources-12-mots.txt`; somebody who holds the sources writes it again with

    python tests/test_langue.py SOURCE.txt [SOURCE.txt …]
"""

from __future__ import annotations

import base64
import csv
import hashlib
import re
import shutil
import subprocess
import sys
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from edition.qmd import Chapter, scan

ROOT = Path(__file__).resolve().parents[1]
HASHES = Path(__file__).parent / "data" / "sources-12-mots.txt"
ADMITTED = Path(__file__).parent / "data" / "mots-admis.txt"
OPTIONS = ("modalites.csv", "libelle")
RUN = 12  # words in a row that make a copy
BYTES = 6  # kept of each hash: one false alarm in about five hundred thousand books
BREAK = "\n\n"  # no run of words goes across

TEXTS = sorted(
    path
    for pattern in ("index.qmd", "chapters/*.qmd", "*.md", "data/*.md", "theme/**/*.md")
    for path in ROOT.glob(pattern)
)
DATA = sorted(ROOT.glob("data/*.yml"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# ---------------------------------------------------------------- texts


def prose(path: Path) -> str:
    """Return what is read in a file: no code, no address, no attribute, no reference."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".yml":
        return bare(BREAK.join(strings(yaml.safe_load(text))))
    if path.suffix == ".qmd":
        chapter = scan(text, path.name)
        text = BREAK.join([*(part.text for part in chapter.prose()), *captions(chapter)])
    return bare(text)


def captions(chapter: Chapter) -> Iterator[str]:
    for cell in chapter.cells():
        yield from (str(cell.options.get(key, "")) for key in ("fig-cap", "fig-alt", "tbl-cap"))


def strings(value: Any) -> Iterator[str]:
    """Yield every text of a YAML tree that is a sentence; codes, ids and formulas are not."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from () if key == "calcul" else strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str) and " " in value:
        yield value


def bare(text: str) -> str:
    for pattern, instead in (
        (r"(?ms)^ *```.*?^ *```\s*$", BREAK),
        (r"(?s)<!--.*?-->", BREAK),
        (r"`[^`]*`", " "),
        (r"<?https?://[^\s>)]*>?", " "),
        (r"\]\([^)]*\)", "] "),
        (r"\{[^}\n]*\}", " "),
        (r"-?@[\w:.-]*\w", " "),
        (r"(?m)^\s*:::+.*$", BREAK),
    ):
        text = re.sub(pattern, instead, text)
    return text


# ---------------------------------------------------------------- copies


def words(text: str) -> list[str]:
    """Return the words of *text*, without case, accents or numbers: figures carry over."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("œ", "oe"))
    plain = "".join(one for one in plain if not unicodedata.combining(one))
    found = re.findall(r"[^\W_]+(?:['’·.-][^\W_]+)*", plain)
    return [re.sub(r"\W", "", word) for word in found if not word[0].isdigit()]


def runs(text: str) -> Iterator[tuple[str, ...]]:
    """Yield every run of words, inside the paragraphs of *text*."""
    for paragraph in re.split(r"\n\s*\n", text):
        found = words(paragraph)
        yield from (tuple(found[i : i + RUN]) for i in range(len(found) - RUN + 1))


def digest(run: tuple[str, ...]) -> bytes:
    return hashlib.sha256(" ".join(run).encode()).digest()[:BYTES]


def wordings() -> list[str]:
    """Return the questions and options as they were asked: those are facts, and carry over."""
    asked = [("questions.csv", "titre"), ("questions.csv", "titre_corps"), OPTIONS]
    return [row[column] for file, column in asked for row in table(file) if row[column]]


def table(name: str) -> list[dict[str, str]]:
    with (ROOT / "data" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def without_wordings(text: str, asked: Iterable[str], least: int = RUN // 2) -> str:
    """Cut *text* where it quotes a question or an option, whatever the spaces and apostrophes."""
    for wording in sorted(asked, key=len, reverse=True):
        parts = re.findall(r"\w+", wording)
        if len(parts) < least:
            continue  # too short to make a run, and common words must stay
        text = re.sub(r"[^\w]+".join(parts), BREAK, text, flags=re.IGNORECASE)
    return text


def copied(text: str, known: frozenset[bytes]) -> list[str]:
    """Return the runs of *text* that the sources hold."""
    cut = without_wordings(text, wordings())
    return [" ".join(run) for run in runs(cut) if digest(run) in known]


def hashes(texts: Iterable[str]) -> frozenset[bytes]:
    asked = wordings()
    return frozenset(digest(run) for text in texts for run in runs(without_wordings(text, asked)))


def dump(known: frozenset[bytes]) -> str:
    packed = base64.b64encode(b"".join(sorted(known))).decode()
    head = "# Empreintes des suites de douze mots des sources publiées ; voir tests/test_langue.py"
    return "\n".join([head, *textwrap.wrap(packed, 96)]) + "\n"


def load() -> frozenset[bytes]:
    lines = HASHES.read_text(encoding="utf-8").split("\n")[1:]
    packed = base64.b64decode("".join(lines))
    return frozenset(packed[i : i + BYTES] for i in range(0, len(packed), BYTES))


@pytest.fixture(scope="module")
def known() -> frozenset[bytes]:
    return load()


def test_the_hashes_of_the_sources_are_all_there(known: frozenset[bytes]) -> None:
    assert len(known) > 12_000  # the sources have about 24,000 words
    assert {len(one) for one in known} == {BYTES}


@pytest.mark.parametrize("path", [*TEXTS, *DATA], ids=name_of)
def test_no_run_of_twelve_words_is_taken_from_the_sources(
    path: Path, known: frozenset[bytes]
) -> None:
    assert copied(prose(path), known) == []


SOURCE = (
    "Le facteur passe chaque matin devant la maison bleue, salue le chien du voisin "
    "et repart à vélo vers la place du marché."
)


@pytest.mark.parametrize(
    "text",
    [
        SOURCE,
        f"Avant. {SOURCE} Après.",
        SOURCE.replace("matin", "matin 12 fois").upper(),
        SOURCE.replace(" ", "\n"),
        "On voit : passe chaque matin devant *la maison bleue*, salue le chien du voisin…",
    ],
)
def test_a_copied_sentence_is_found_whatever_its_dress(text: str) -> None:
    assert copied(bare(text), hashes([SOURCE]))


@pytest.mark.parametrize(
    "text",
    [
        "passe chaque matin devant la maison bleue, salue le chien du",  # eleven words
        SOURCE.replace("devant", "près de").replace("chien", "chat").replace("repart", "file"),
        "Le facteur passe chaque matin devant la maison\n\nbleue, salue le chien du voisin.",
    ],
)
def test_shorter_or_reworded_runs_are_not_copies(text: str) -> None:
    assert copied(text, hashes([SOURCE])) == []


def test_a_question_may_be_quoted() -> None:
    question = max((row["titre"] for row in table("questions.csv")), key=len)
    assert len(words(question)) > RUN

    assert copied(f"À la question « {question} »", hashes([f"Voici : {question} Fin."])) == []


# ---------------------------------------------------------------- spelling

HUNSPELL = shutil.which("hunspell")


def has_french() -> bool:
    if HUNSPELL is None:
        return False
    done = subprocess.run([HUNSPELL, "-d", "fr", "-l"], input=b"", capture_output=True, check=False)
    return done.returncode == 0


def unknown_words(text: str) -> set[str]:
    """Return the words that neither the dictionary nor our list admits."""
    typed = without_wordings(text.split("\n## In English\n")[0], wordings(), 2)
    typed = typed.replace("’", "'").replace("\u00a0", " ").replace("\u202f", " ")
    typed = re.sub(r"[\w-]+\.(?:md|py|yml|json)\b|[\w.-]*\d[\w.-]*|-{2,}", " ", typed)
    done = subprocess.run(
        [str(HUNSPELL), "-d", "fr", "-i", "utf-8", "-l"],
        input=typed.encode(),
        capture_output=True,
        check=True,
    )
    found = {word.rstrip(".") for word in done.stdout.decode().split("\n")}
    return {word for word in found if word not in admitted() and word != ""}


def admitted() -> set[str]:
    lines = ADMITTED.read_text(encoding="utf-8").split("\n")
    return {line.strip() for line in lines if line.strip() and not line.startswith("#")}


french = pytest.mark.skipif(
    not has_french(), reason="hunspell et son dictionnaire français (hunspell-fr) sont absents"
)


@french
@pytest.mark.parametrize("path", [*TEXTS, *DATA], ids=name_of)
def test_every_word_is_spelled_as_in_the_dictionary(path: Path) -> None:
    assert sorted(unknown_words(prose(path))) == []


@french
def test_a_misspelled_word_is_found() -> None:
    assert unknown_words("Les répondantes on répondut au questionaire d’Emmaüs.") == {
        "répondut",
        "questionaire",
    }


def test_the_list_of_admitted_words_is_sorted_and_has_no_double() -> None:
    lines = ADMITTED.read_text(encoding="utf-8").split("\n")
    listed = [line for line in lines if line and not line.startswith("#")]

    assert listed == sorted(set(listed), key=lambda word: (word.casefold(), word))


if __name__ == "__main__":
    texts = [Path(name).read_text(encoding="utf-8") for name in sys.argv[1:]]
    HASHES.write_text(dump(hashes(texts)), encoding="utf-8", newline="\n")
