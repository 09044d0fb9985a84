"""The PDF compiled where the last one was laid out is the PDF that a fresh process compiles."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import typst
from real_book import copy_project, rapport
from rendered import THEME

from edition import manifest
from edition.cache.keys import file_digest
from edition.config import read_config
from edition.manifest import NAME, inputs
from edition.pdf import Compilation, compile_pdf
from edition.rehearsal import Rehearsal, begun, keep
from enquete.errors import EnqueteError

FONTS = THEME / "polices"
HEAD = '#set document(title: "T")\n#set text(lang: "fr", font: "Source Serif 4")\n'
LAST = f"{HEAD}= Titre\n{'Une phrase du livre. ' * 400}\n"
NEW = LAST.replace("phrase", "page", 3) + "Une autre, page #context here().page().\n"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """What the build of LAST keeps for the next one."""
    main = folder(tmp_path / "dernier livre") / "rapport.typ"
    main.write_text(LAST, "utf-8")
    keep(tmp_path, main)
    return tmp_path / ".rapport" / "cache" / "repetition.json"


@pytest.fixture
def rehearsal(kept: Path) -> Iterator[Rehearsal]:
    with Rehearsal(kept, FONTS) as begun_one:
        yield begun_one


def folder(path: Path) -> Path:
    path.mkdir()
    return path


def made(work: Path, source: str, rehearsal: Rehearsal | None = None) -> bytes:
    compiler = (lambda asked: rehearsal.begin(asked)()) if rehearsal else Compilation.run
    return compile_pdf(source, folder(work), FONTS, "2026-11-22", b'{"schema":1}', compiler)


def nowhere(_asked: Compilation) -> bytes:
    raise AssertionError("compilé dans ce processus")


def test_the_pdf_is_the_same_byte_for_byte(
    rehearsal: Rehearsal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = made(tmp_path / "seul", NEW)
    assert alone != made(tmp_path / "dernier", LAST)
    monkeypatch.setattr(Compilation, "run", nowhere)  # in this process, not in the other
    assert made(tmp_path / "apres", NEW, rehearsal) == alone
    assert made(tmp_path / "encore", NEW, rehearsal) == alone


@pytest.mark.parametrize("content", ["", "{}", '{"source": 3, "images": []}', "�"])
def test_a_damaged_memory_changes_nothing(kept: Path, tmp_path: Path, content: str) -> None:
    kept.write_text(content, "utf-8")
    with Rehearsal(kept, FONTS) as one:
        assert made(tmp_path / "apres", NEW, one) == made(tmp_path / "seul", NEW)


def test_without_the_other_process_the_pdf_is_compiled_here(
    rehearsal: Rehearsal, tmp_path: Path
) -> None:
    rehearsal.__exit__()
    assert made(tmp_path / "apres", NEW, rehearsal) == made(tmp_path / "seul", NEW)


def test_a_source_that_does_not_compile_is_explained_as_ever(
    rehearsal: Rehearsal, tmp_path: Path
) -> None:
    with pytest.raises(EnqueteError, match="Le PDF ne se compile pas : unclosed delimiter"):
        made(tmp_path / "apres", f"{HEAD}#text(", rehearsal)
    with pytest.raises(typst.TypstError):
        Compilation(tmp_path / "apres" / "rapport.typ", FONTS, "", archive=False).run()


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A project whose last book was made from the files as they are."""
    root = copy_project(folder(tmp_path / "projet"))
    config = read_config(root)
    made_from = inputs(config, root / "theme")
    content = {"entrees": [{"chemin": name, "sha256": sha} for name, sha in made_from.items()]}
    (folder(root / "_book") / NAME).write_text(json.dumps(content), "utf-8")
    main = folder(tmp_path / "dernier livre") / "rapport.typ"
    main.write_text(LAST, "utf-8")
    keep(root, main)
    return root


@pytest.mark.parametrize(
    ("touched", "expected"),
    [
        ("chapters/partie-2.qmd", True),
        ("references.bib", True),
        ("data/reponses.csv", False),
        ("theme/typst/page.typ", False),
        ("_book/manifeste.json", False),
    ],
)
def test_only_a_change_of_text_is_rehearsed(book: Path, touched: str, expected: bool) -> None:
    path = book / touched
    before = file_digest(path)
    path.write_bytes(b"{}" if touched.startswith("_book") else path.read_bytes() + b"\n")
    assert file_digest(path) != before
    config, theme = read_config(book), book / "theme"
    with begun(config, theme, manifest.changed(inputs(config, theme), book / "_book")) as one:
        assert (one is not None) is expected


@pytest.mark.lent
def test_a_book_of_changed_prose_is_the_one_that_no_memory_helps(tmp_path: Path) -> None:
    root = copy_project(folder(tmp_path / "projet"))
    assert rapport(root, "construire").returncode == 0
    chapter = root / "chapters" / "recommandations.qmd"
    chapter.write_text(chapter.read_text("utf-8") + "\nUne phrase de plus.\n", "utf-8")
    assert rapport(root, "construire").returncode == 0
    with_memory = {name: file_digest(root / "_book" / name) for name in ("rapport.pdf", NAME)}
    assert rapport(root, "construire", "--sans-cache").returncode == 0
    assert with_memory == {name: file_digest(root / "_book" / name) for name in with_memory}


@pytest.mark.skipif(sys.platform == "win32", reason="pas de signal 9")
def test_the_other_process_leaves_no_folder_when_its_parent_is_killed(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys\nfrom pathlib import Path\n"
        "from edition.rehearsal import Rehearsal\n"
        "one = Rehearsal(None, Path(sys.argv[1]))\n"
        "print(one._folder.name, flush=True)\nos.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(FONTS)], capture_output=True, text=True, check=False
    )
    left = Path(done.stdout.strip())
    deadline = time.monotonic() + 60
    while left.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left.name.startswith("rapport-repetition-")
    assert not left.exists()
