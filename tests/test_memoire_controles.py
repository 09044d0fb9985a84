"""What was found clean is remembered: no fault hides behind it, and nothing false is believed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from real_book import ROOT

from edition import aside, privacy
from edition.audit import found, paper, sheets
from edition.cache.clean import FILE, Clean
from edition.gate import Gate
from edition.verification import ahead, verify

if sys.platform != "win32":
    import fcntl
    import termios

FORKS = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2,
    reason="un seul processeur, ou un système sans copie de processus",
)
MAIL = "zoe.quatrepoint@exemple.fr"  # nobody's


@pytest.fixture(scope="module")
def warm(
    project: Path, book: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path, Path]:
    """A project, its book and what a first build of it remembers, then the same put aside."""
    base = tmp_path_factory.mktemp("memoire")
    root, folder, aside = base / "projet", base / "livre", base / "avant"
    ignored = shutil.ignore_patterns("_book", ".rapport")
    shutil.copytree(project, root, ignore=ignored, symlinks=True)
    shutil.copytree(book, folder)
    assert faults(root, folder, cache=True) == []
    shutil.copytree(folder, aside / "livre")
    shutil.copytree(root, aside / "projet")
    return root, folder, aside


@pytest.fixture
def copy(warm: tuple[Path, Path, Path]) -> Iterator[tuple[Path, Path]]:
    """The project and the book, that a test may falsify: they are as before afterwards."""
    root, folder, aside = warm
    yield root, folder
    shutil.copytree(aside / "livre", folder, dirs_exist_ok=True)
    shutil.copytree(aside / "projet", root, dirs_exist_ok=True)


def faults(root: Path, folder: Path, *, cache: bool) -> list[tuple[str, str]]:
    """Every fault of a book with the check that found it; what is there already runs ahead."""
    for name in ("verification.html", "verification.json"):
        (folder / name).unlink(missing_ok=True)  # a build has none yet
    known = ahead(folder, root, cache=cache)
    outcomes = verify(folder, root, known=known, cache=cache).outcomes
    return [(each.name, str(fault)) for each in outcomes for fault in each.faults]


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8", newline="\n")


def examined(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the pages that the audit looks at from now on."""
    seen: list[str] = []
    known = found.page_found

    def noted(clean: Clean, key: str, *rest: object) -> found.Found:
        *others, examine = rest

        def look(made: found.Found) -> None:
            seen.append(examine.args[0][0].file)  # type: ignore[attr-defined]
            examine(made)  # type: ignore[operator]

        return known(clean, key, *others, look)  # type: ignore[arg-type]

    monkeypatch.setattr("edition.audit.site.page_found", noted)
    return seen


@pytest.mark.lent
def test_le_meme_livre_dit_la_meme_chose_sans_que_rien_soit_relu(
    copy: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, folder = copy
    first = [(folder / name).read_bytes() for name in ("verification.json", "verification.html")]
    seen = examined(monkeypatch)
    monkeypatch.setattr(privacy, "wordings", lambda file: pytest.fail(f"{file.name} relu"))
    assert faults(root, folder, cache=True) == []
    assert seen == []
    again = [(folder / name).read_bytes() for name in ("verification.json", "verification.html")]
    assert again == first


@pytest.mark.lent
def test_une_faute_plantee_apres_coup_est_trouvee_dans_sa_page_et_les_autres_ne_sont_pas_relues(
    copy: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, folder = copy
    seen = examined(monkeypatch)
    change(folder / "conclusion.html", "</main>", f"<p>Ajout : 4 321 fois, {MAIL}.</p></main>")
    said = faults(root, folder, cache=True)
    assert seen == ["conclusion.html"]
    assert {name for name, text in said if "4 321" in text} == {"audit-html", "audit-pdf"}
    assert [text.split("\n")[0] for name, text in said if name == "confidentialite"] == [
        "Donnée personnelle probable : adresse électronique."
    ]
    assert said == faults(root, folder, cache=False)
    assert said == faults(root, folder, cache=True)  # a page at fault is never remembered


@pytest.mark.lent
def test_une_faute_d_une_seule_page_du_pdf_est_trouvee(
    copy: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, folder = copy
    # The text of one page changes: what the others hold is in memory.
    read = paper.read_pdf

    def altered(content: bytes) -> paper.Paper:
        from dataclasses import replace

        made = read(content)
        pages = list(made.pages)
        pages[40] = replace(pages[40], drawn=f"{pages[40].drawn} {MAIL}")
        return replace(made, pages=tuple(pages))

    (folder / "rapport.pdf").write_bytes((folder / "rapport.pdf").read_bytes() + b"\n%\n")
    monkeypatch.setattr(paper, "read_pdf", altered)
    said = [text for name, text in faults(root, folder, cache=True) if name == "confidentialite"]
    assert len(said) == 1
    assert "rapport.pdf, page 41" in said[0]


@pytest.mark.lent
@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("data/nombres-admis.yml", "admis:\n", "admis:\n\n"),
        ("references.bib", "@", "@misc{nul,\n  note = {4321}\n}\n\n@"),
    ],
)
def test_ce_qui_admet_des_nombres_a_change_tout_est_relu(
    copy: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, file: str, old: str, new: str
) -> None:
    root, folder = copy
    seen = examined(monkeypatch)
    change(root / file, old, new)
    faults(root, folder, cache=True)
    assert len(seen) == len(list(folder.glob("*.html"))) - 1  # but the page of the verification


@pytest.mark.lent
def test_un_nombre_qui_n_est_plus_admis_est_trouve(copy: tuple[Path, Path]) -> None:
    root, folder = copy
    text = (root / "data" / "nombres-admis.yml").read_text("utf-8")
    head, *items = text.split("\n- id: ")
    (root / "data" / "nombres-admis.yml").write_text(
        "\n- id: ".join([head, *items[1:]]), "utf-8", newline="\n"
    )
    said = faults(root, folder, cache=True)
    assert said
    assert said == faults(root, folder, cache=False)


@pytest.mark.lent
def test_un_chiffre_change_au_registre_est_trouve(copy: tuple[Path, Path]) -> None:
    root, folder = copy
    ledger = json.loads((folder / "provenance.json").read_text("utf-8"))
    entry = next(each for each in ledger["entries"] if each["id"] == "p1-2-surcharge")
    entry["text"] = "15\u00a0%"
    (folder / "provenance.json").write_text(json.dumps(ledger), "utf-8")
    said = faults(root, folder, cache=True)
    assert any(name == "audit-html" and "p1-2-surcharge" in text for name, text in said)
    assert said == faults(root, folder, cache=False)


def spoiled(content: bytes) -> bytes:
    return content[:-9] + bytes([content[-9] ^ 1]) + content[-8:]


def foreign(content: bytes) -> bytes:
    """All that one could want to be believed, without the hash of it."""
    return content.partition(b"\n")[0] + b'\n{"cle":1,"autre":1}'


@pytest.mark.parametrize("damage", [spoiled, foreign, lambda content: content[:70], lambda _: b""])
def test_une_memoire_abimee_ne_vaut_rien(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    clean = Clean(tmp_path)
    clean.put("cle", 1)
    clean.close()
    assert Clean(tmp_path).get("cle") == 1
    file = tmp_path / FILE
    file.write_bytes(damage(file.read_bytes()))
    assert Clean(tmp_path).get("cle") is None


@pytest.mark.parametrize(("kept", "states", "left"), [(3, 1, "cef"), (1, 2, "cdef")])
def test_ce_qui_a_servi_en_dernier_est_garde(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: int, states: int, left: str
) -> None:
    monkeypatch.setattr("edition.cache.clean.KEPT", kept)
    monkeypatch.setattr("edition.cache.clean.STATES", states)
    for names in ("abc", "cd", "ef"):
        clean = Clean(tmp_path)
        for name in names:
            if clean.get(name) is None:
                clean.put(name, 1)
        clean.close()
    held = Clean(tmp_path)
    assert [name for name in "abcdef" if held.get(name)] == list(left)


@pytest.mark.lent
def test_sans_cache_la_memoire_n_est_ni_lue_ni_ecrite(
    copy: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, folder = copy
    before = hashlib.sha256((root / FILE).read_bytes()).hexdigest()
    monkeypatch.setattr("edition.cache.clean._read", lambda file: pytest.fail("mémoire lue"))
    seen = examined(monkeypatch)
    gate = Gate(root, say=lambda text: None)
    gate.early()
    gate.ahead(folder)
    gate(folder)
    assert len(seen) == len(list(folder.glob("*.html"))) - 1
    assert hashlib.sha256((root / FILE).read_bytes()).hexdigest() == before


@pytest.mark.lent
@FORKS
@pytest.mark.parametrize("answers", [True, False])
def test_le_pdf_se_lit_a_deux_comme_seul(
    book: Path, monkeypatch: pytest.MonkeyPatch, answers: bool
) -> None:
    content = (book / "rapport.pdf").read_bytes()
    monkeypatch.setattr(sheets, "can_copy", lambda: False)
    alone = paper.read_pdf.__wrapped__(content)
    assert [page.number for page in alone.pages] == list(range(1, len(alone.pages) + 1))
    monkeypatch.setattr(sheets, "can_copy", lambda: True)
    here, kept = os.getpid(), sheets._to_json
    read_there: list[int] = []

    def written(sheet: sheets.Sheet) -> list[object]:
        if os.getpid() == here:
            read_there.append(0)
        elif not answers:
            os._exit(9)
        return kept(sheet)

    monkeypatch.setattr(sheets, "_to_json", written)
    assert paper.read_pdf.__wrapped__(content) == alone
    assert read_there == []


@pytest.fixture
def content(book: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The PDF of the book, which a copy of this process may read."""
    for module in (paper, sheets):
        monkeypatch.setattr(module, "can_copy", lambda: True)
    return (book / "rapport.pdf").read_bytes()


@pytest.mark.lent
@FORKS
def test_une_copie_lit_le_pdf_avant_qu_on_le_demande(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = paper.read_pdf.__wrapped__(content)
    real, one = sheets._queue, sheets._read
    queues: list[int] = []
    read_here: list[int] = []

    @contextmanager
    def seen(count: int) -> Iterator[int]:
        with real(count) as queue:
            queues.append(queue)
            yield queue

    def counted(document: object, index: int) -> sheets.Sheet:
        read_here.append(index)
        return one(document, index)

    monkeypatch.setattr(sheets, "_queue", seen)
    with paper.started(content):
        until(lambda: waiting(queues[0]) == 0)  # the copy has taken every page
        monkeypatch.setattr(sheets, "_read", counted)
        assert paper.read_pdf.__wrapped__(content) == alone
    assert read_here == []
    assert not paper._begun


@pytest.mark.lent
@FORKS
def test_un_pdf_que_personne_ne_demande_ne_laisse_pas_de_processus(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies: list[int] = []
    real = aside._copy

    def seen(work: Callable[[], object]) -> tuple[int, int]:
        process, pipe = real(work)
        copies.append(process)
        return process, pipe

    monkeypatch.setattr(aside, "_copy", seen)
    with pytest.raises(RuntimeError, match="avant"), paper.started(content):
        raise RuntimeError("avant")
    assert not paper._begun
    [copy] = copies
    with pytest.raises(ProcessLookupError):
        os.kill(copy, 0)


def waiting(queue: int) -> int:
    """Return how many bytes wait in a pipe."""
    return int.from_bytes(fcntl.ioctl(queue, termios.FIONREAD, bytes(4)), sys.byteorder)


def until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not reached() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert reached()


def test_une_copie_n_en_fait_pas_d_autre(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    if not aside.can_copy():
        pytest.skip("un seul processeur, ou un système sans copie de processus")
    with aside.aside(lambda: [aside.can_copy(), os.getpid()]) as wait:
        inner, process = wait()
    assert inner is False
    assert process != os.getpid()


def test_ce_qui_precede_pandoc_n_importe_rien_de_lourd() -> None:
    code = (
        "import sys, edition.cli, edition.commands, edition.manifest, edition.gate\n"
        "import edition.build, edition.progress\n"
        "print(' '.join(sorted(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True, cwd=ROOT
    )
    heavy = {"numpy", "pandas", "pypdfium2", "matplotlib", "IPython", "jsonschema", "rich"}
    assert heavy.isdisjoint(done.stdout.split())
