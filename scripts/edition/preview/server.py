"""
Give the pages of the preview to the browser of this machine, and to nobody else.

It listens on 127.0.0.1 and answers only requests that name it so: a page of the web that
makes a name point to 127.0.0.1 gets nothing. It gives the files of the book, no listing, and
nothing outside; the reload script is added on the way and never written into a book.
"""

from __future__ import annotations

import json
import mimetypes
import time
from dataclasses import asdict
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from edition.preview.state import State, View
from enquete.errors import EnqueteError

EVENTS, SCRIPT = "/.apercu/evenements", "/.apercu/apercu.js"
CLIENT = Path(__file__).with_name("apercu.js")
HEARTBEAT = 10.0
SWAP = 0.5
"""Seconds during which a file may be missing while a new book takes its place."""
TYPES = {".js": "text/javascript", ".qmd": "text/plain", ".ipynb": "application/json"}
WAITING = (
    '<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Aperçu</title></head>'
    '<body style="font:1.1rem/1.5 sans-serif;margin:3rem">{words}</body></html>'
)


class PreviewServer(ThreadingHTTPServer):
    """The server of one preview."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, folder: Path, port: int, state: State) -> None:
        self.folder, self.state = folder, state
        try:
            super().__init__(("127.0.0.1", port), _Handler)
        except (OSError, OverflowError) as error:
            raise EnqueteError(
                f"Le port {port} ne peut pas servir à l'aperçu ({error}).",
                f"127.0.0.1:{port}",
                "Un autre aperçu tourne peut-être : arrêtez-le, ou donnez un autre port, "
                "par exemple « rapport apercu --port 8500 ».",
            ) from error

    @property
    def names(self) -> frozenset[str]:
        """Return the names under which a browser of this machine asks for us."""
        return frozenset(f"{name}:{self.server_port}" for name in ("127.0.0.1", "localhost"))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "apercu"
    sys_version = ""
    server: PreviewServer

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - name of the base
        """Leave the terminal to the builds."""

    def _answer(self, *, body: bool) -> None:
        if self.headers.get("Host") not in self.server.names:
            self._text(HTTPStatus.MISDIRECTED_REQUEST, "Cette adresse n'est pas l'aperçu.", body)
            return
        path = unquote(urlsplit(self.path).path)
        if path == EVENTS and body:
            self._events()
        elif path == SCRIPT:
            self._send(HTTPStatus.OK, CLIENT.read_bytes(), "text/javascript", body)
        else:
            self._file(path, body)

    def _file(self, path: str, body: bool) -> None:
        found = self._found(path)
        if found is not None:
            kind = TYPES.get(found.suffix) or mimetypes.guess_type(found.name)[0]
            data = self._read(found)
            if data is not None:
                if kind == "text/html":
                    data = self._with_script(data)
                self._send(HTTPStatus.OK, data, kind or "application/octet-stream", body)
                return
        waiting = self.server.state.view.version == 0
        words = "Première construction en cours…" if waiting else "Cette page n'existe pas."
        page = self._with_script(WAITING.format(words=words).encode())
        status = HTTPStatus.SERVICE_UNAVAILABLE if waiting else HTTPStatus.NOT_FOUND
        self._send(status, page, "text/html", body)

    def _found(self, path: str) -> Path | None:
        """Return the file of the book that *path* names; a folder is not one."""
        if "\0" in path or "\\" in path or not path.startswith("/"):
            return None
        whole = self.server.folder.resolve()
        asked = whole / (path.lstrip("/") or "index.html")
        limit = time.monotonic() + (SWAP if self.server.state.view.version else 0)
        while True:
            file = asked.resolve()
            if not file.is_relative_to(whole):
                return None
            if file.is_file():
                return file
            if whole.is_dir() or time.monotonic() > limit:
                return None
            time.sleep(0.02)

    def _read(self, file: Path) -> bytes | None:
        try:
            return file.read_bytes()
        except OSError:  # a build took its place meanwhile
            time.sleep(0.05)
            return file.read_bytes() if file.is_file() else None

    def _with_script(self, page: bytes) -> bytes:
        version = self.server.state.view.version
        tag = f'<script defer src="{SCRIPT}" data-version="{version}"></script>'
        head, mark, tail = page.rpartition(b"</body>")
        return head + tag.encode() + mark + tail

    def _events(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        seen: View | None = None
        state = self.server.state
        try:
            while not state.closed:
                view = state.after(seen, HEARTBEAT)
                if view is None and state.closed:
                    return
                if view is None:
                    self.wfile.write(b": toujours la\n\n")
                else:
                    data = json.dumps(asdict(view), ensure_ascii=False)
                    self.wfile.write(f"data: {data}\n\n".encode())
                    seen = view
                self.wfile.flush()
        except OSError:  # the browser has left
            return

    def _text(self, status: HTTPStatus, words: str, body: bool) -> None:
        self._send(status, words.encode(), "text/plain", body)

    def _send(self, status: HTTPStatus, data: bytes, kind: str, body: bool) -> None:
        self.send_response(status)
        text = kind.startswith("text/") or kind in ("application/json", "image/svg+xml")
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if text else kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if body:
            try:
                self.wfile.write(data)
            except OSError:
                self.close_connection = True
