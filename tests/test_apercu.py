"""`rapport apercu`, met by a real HTTP client: what it gives, refuses, says, and rebuilds."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from small_book import write

from edition.preview.server import EVENTS, SCRIPT, PreviewServer
from edition.preview.state import State
from edition.preview.watching import CODE, TEXT, kind_of, watch
from enquete.errors import EnqueteError

ROOT = Path(__file__).resolve().parents[1]
MINI = Path(__file__).resolve().parent / "data" / "mini"
PAGE = "<!doctype html><html><head><title>Une</title></head><body><h1>Une</h1></body></html>"
WRONG = {"quoi": "Faute <b>", "ou": "index.qmd:3", "que_faire": "Corrigez."}


@contextmanager
def serving(folder: Path, state: State | None = None) -> Iterator[PreviewServer]:
    server = PreviewServer(folder, 0, state or State())
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server
    finally:
        server.state.close()
        server.shutdown()
        server.server_close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "secret.txt", "hors du livre")
    book = tmp_path / "livre"
    write(book, "index.html", PAGE)
    write(book, "assets/style.css", "body{}")
    (book / "lien.txt").symlink_to(tmp_path / "secret.txt")
    return book


@pytest.fixture
def server(folder: Path) -> Iterator[PreviewServer]:
    state = State()
    state.built([])
    with serving(folder, state) as running:
        yield running


def ask(
    server: PreviewServer, path: str, *, host: str = "", method: str = "GET"
) -> tuple[int, str, http.client.HTTPMessage]:
    """Ask for *path* exactly as written: no client may tidy it."""
    link = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    link.putrequest(method, path, skip_host=True)
    link.putheader("Host", host or f"127.0.0.1:{server.server_port}")
    link.endheaders()
    answer = link.getresponse()
    body = answer.read().decode("utf-8")
    link.close()
    return answer.status, body, answer.headers


def test_a_page_comes_with_the_reload_script_that_its_file_has_not(
    server: PreviewServer, folder: Path
) -> None:
    status, body, headers = ask(server, "/index.html?x=1")
    assert status == 200
    assert body == PAGE.replace(
        "</body>", f'<script defer src="{SCRIPT}" data-version="1"></script></body>'
    )
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert headers["Cache-Control"] == "no-store"
    assert (folder / "index.html").read_text("utf-8") == PAGE
    assert ask(server, "/")[1] == body
    assert ask(server, "/index.html", method="HEAD")[:2] == (200, "")


def test_other_files_come_as_they_are(server: PreviewServer) -> None:
    status, body, headers = ask(server, "/assets/style.css")
    assert (status, body) == (200, "body{}")
    assert headers["Content-Type"] == "text/css; charset=utf-8"
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        *("/../secret.txt", "/%2e%2e/secret.txt", "/assets/../../secret.txt", "//etc/passwd"),
        *("/..%5csecret.txt", "/lien.txt", "/index.html%00", "/etc/passwd", "/assets", "/assets/"),
    ],
)
def test_nothing_outside_the_book_nor_any_listing(server: PreviewServer, path: str) -> None:
    status, body, _ = ask(server, path)
    assert status == 404
    assert "Cette page n'existe pas." in body
    assert "hors du livre" not in body
    assert "style.css" not in body


@pytest.mark.parametrize("host", ["mechant.example", "127.0.0.1", "127.0.0.1:1", "localhost.x:80"])
def test_a_name_that_is_not_ours_gets_nothing(server: PreviewServer, host: str) -> None:
    """A page of the web may make its own name point to this machine."""
    status, body, _ = ask(server, "/index.html", host=host)
    assert status == 421
    assert "Une" not in body
    assert ask(server, "/", host=f"localhost:{server.server_port}")[0] == 200


def test_it_listens_to_this_machine_only(server: PreviewServer) -> None:
    assert server.server_address[0] == "127.0.0.1"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_it_only_reads(server: PreviewServer, method: str) -> None:
    assert ask(server, "/index.html", method=method)[0] == 501


def test_before_the_first_book_it_says_to_wait_and_will_reload(tmp_path: Path) -> None:
    with serving(tmp_path / "rien") as server:
        status, body, _ = ask(server, "/")
    assert status == 503
    assert "Première construction en cours" in body
    assert 'data-version="0"' in body


def test_the_last_good_book_is_given_until_the_first_build_ends(folder: Path) -> None:
    with serving(folder) as server:
        assert ask(server, "/")[0] == 200


def test_a_page_asked_during_the_swap_waits_for_the_new_book(folder: Path) -> None:
    state = State()
    state.built([])
    aside = folder.with_name("nouveau")
    folder.rename(aside)
    with serving(folder, state) as server:
        threading.Timer(0.1, lambda: aside.rename(folder)).start()
        assert ask(server, "/")[0] == 200


def test_the_browser_is_told_of_each_change(folder: Path) -> None:
    state = State()
    with serving(folder, state) as server:
        link = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
        link.request("GET", EVENTS)
        answer = link.getresponse()
        assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"

        def said() -> dict[str, object]:
            line = answer.readline().decode("utf-8")
            assert answer.readline() == b"\n"
            found: dict[str, object] = json.loads(line.removeprefix("data: "))
            return found

        assert said() == {"version": 0, "busy": True, "problems": []}
        state.built([])
        assert said() == {"version": 1, "busy": False, "problems": []}
        state.building()
        assert said() == {"version": 1, "busy": True, "problems": []}
        state.built([WRONG])
        assert said() == {"version": 1, "busy": False, "problems": [WRONG]}
        state.close()
        assert answer.readline() == b""
        answer.close()
        link.close()


def test_a_browser_that_waits_is_told_nothing_when_the_preview_ends(folder: Path) -> None:
    state = State()
    with serving(folder, state) as server:
        link = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
        link.request("GET", EVENTS)
        answer = link.getresponse()
        assert answer.readline().startswith(b"data: ")
        assert answer.readline() == b"\n"
        time.sleep(0.3)  # the server now waits for a change
        state.close()
        assert answer.readline() == b""
        answer.close()
        link.close()


def test_a_port_that_is_taken_is_said_in_french(folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(EnqueteError) as caught:
            PreviewServer(folder, port, State())
    assert str(port) in caught.value.quoi
    assert "--port" in caught.value.que_faire


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        *(("index.qmd", TEXT), ("_quarto.yml", TEXT), ("references.bib", TEXT)),
        *(("chapters/a.qmd", TEXT), ("data/figures.yml", TEXT), ("theme/css/livre.css", TEXT)),
        *(("scripts/edition/site.py", CODE), ("scripts/enquete/p.schema.json", CODE)),
        *(("scripts/edition/__pycache__/site.pyc", None), ("scripts/a.txt", None)),
        *(("chapters/.#a.qmd", None), ("chapters/a.qmd~", None), ("chapters/.a.qmd.swp", None)),
        *(("_book/index.html", None), (".rapport/registre/a.jsonl", None), ("README.md", None)),
        *(("tests/index.qmd", None), ("../index.qmd", None)),
    ],
)
def test_what_a_change_asks_for(tmp_path: Path, path: str, expected: str | None) -> None:
    assert kind_of(tmp_path, Path(os.path.normpath(tmp_path / path))) == expected


def test_a_save_is_seen_once_even_when_the_editor_replaces_the_file(tmp_path: Path) -> None:
    write(tmp_path, "index.qmd", "a")
    write(tmp_path, "chapters/un.qmd", "a")
    stop = threading.Event()
    seen: list[set[str]] = []
    following = threading.Thread(target=lambda: seen.extend(watch(tmp_path, stop)), daemon=True)
    following.start()
    time.sleep(0.5)
    for number, path in enumerate(("index.qmd", "chapters/un.qmd", "index.qmd"), 1):
        write(tmp_path, f"{path}.tmp", "b").replace(tmp_path / path)
        until(lambda number=number: len(seen) >= number)
        time.sleep(0.3)
    stop.set()
    following.join()
    assert seen == [{TEXT}] * 3


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    limit = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < limit, "rien n'est venu à temps"
        time.sleep(0.05)


CHAPTER = """# Partie {#sec-p}

```{python}
#| label: setup
#| include: false
from enquete import everyone, open_survey
figures = open_survey().chapter("index")
n = figures.count("meth-n", everyone)
```

Un texte de `{python} n` personnes.
"""


@pytest.mark.lent
def test_a_save_rebuilds_reloads_and_shows_its_errors(tmp_path: Path) -> None:
    root = tmp_path / "projet"
    shutil.copytree(MINI, root)
    shutil.copytree(ROOT / "theme", root / "theme")
    shutil.rmtree(root / "chapters")
    write(root, "_quarto.yml", "project:\n  type: book\nbook:\n  title: Essai\n  chapters:\n"
          "    - index.qmd\nlang: fr\n")  # fmt: skip
    source = write(root, "index.qmd", CHAPTER)
    published = write(root, "_book/index.html", "publié")
    environment = {**os.environ, "RAPPORT_RACINE": str(root)}
    environment.pop("RAPPORT_REGISTRE", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "edition.cli", "apercu", "--port", "0", "--sans-ouvrir"],
        cwd=root,
        env=environment,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdout is not None
    try:
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", process.stdout.readline())
        assert found is not None
        port = int(found[1])

        def page() -> str:
            link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            try:
                link.request("GET", "/")
                return link.getresponse().read().decode("utf-8")
            finally:
                link.close()

        until(lambda: "Un texte de" in page())
        # The book is in place a moment before its number changes.
        until(lambda: 'data-version="1"' in page())
        source.write_text(CHAPTER.replace("Un texte", "Un autre texte"), "utf-8")
        until(lambda: 'data-version="2"' in page())
        assert "Un autre texte" in page()

        link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        link.request("GET", EVENTS)
        events = link.getresponse()
        link.close()  # the answer keeps its own hold on the stream
        source.write_text(CHAPTER.replace("{python} n", "{python} m"), "utf-8")
        problems: list[dict[str, str]] = []
        while not problems:
            line = events.readline().decode("utf-8")
            if line.startswith("data: "):
                problems = json.loads(line.removeprefix("data: "))["problems"]
        assert "NameError" in problems[0]["quoi"]
        assert problems[0]["ou"] == "index.qmd:11"
        events.close()
        assert "Un autre texte" in page()
        assert published.read_text("utf-8") == "publié"
        assert SCRIPT not in (root / ".rapport" / "apercu" / "index.html").read_text("utf-8")
    finally:
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "Aperçu arrêté." in said
    assert "Traceback" not in said
