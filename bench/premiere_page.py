"""
Measure the first page as a phone gets it: its weight and its largest contentful paint.

    python bench/premiere_page.py [--livre _book] [--essais 5]

Conditions: a local HTTP server with gzip, as any host has; an empty cache; a screen of
360 × 640 points at 2 dots a point; the processor slowed four times; a network of 1.6 Mbit/s
down and 0.75 up with 150 ms of delay (the « slow 4G » of the Lighthouse audits, applied by
Chromium to each request). The median of the trials counts. Exit code 1 beyond 300 kB or 1 s.
"""

from __future__ import annotations

import argparse
import gzip
import os
import shutil
import statistics
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
NAMES = ("chromium", "chromium-browser", "google-chrome")
MOST_BYTES = 300_000
MOST_MILLISECONDS = 1000
TEXT = (".html", ".css", ".js", ".svg", ".json")
NETWORK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
OBSERVE = """() => {
  window.seen = { lcp: 0, cls: 0, element: "" };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      window.seen.lcp = entry.startTime;
      window.seen.element = entry.element ? entry.element.className || entry.element.tagName : "";
    }
  }).observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.seen.cls += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
}"""


@dataclass(frozen=True)
class Visit:
    """One visit: bytes on the wire, bytes of the files, milliseconds, what was painted last."""

    wire: int
    files: int
    lcp: float
    shift: float
    element: str


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        file = Path(self.translate_path(self.path))
        file = file / "index.html" if file.is_dir() else file
        if not file.is_file():
            self.send_error(404)
            return
        data = file.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(file)))
        if file.suffix in TEXT and "gzip" in self.headers.get("Accept-Encoding", ""):
            data = gzip.compress(data, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Measure in silence."""


@contextmanager
def served(book: Path) -> Iterator[str]:
    """Serve *book* and give its address."""
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), lambda *given: _Handler(*given, directory=str(book))
    )
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def visit(browser: Browser, address: str, *, slowed: bool = True) -> Visit:
    """Open *address* once, as a phone with an empty cache."""
    context = browser.new_context(
        viewport={"width": 360, "height": 640}, device_scale_factor=2, is_mobile=True
    )
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    if slowed:
        session.send("Network.emulateNetworkConditions", NETWORK)
        session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    received: list[float] = []
    session.on("Network.loadingFinished", lambda said: received.append(said["encodedDataLength"]))
    bodies: list[int] = []
    session.on("Network.dataReceived", lambda said: bodies.append(said["dataLength"]))
    page.add_init_script(f"({OBSERVE})()")
    page.goto(address, wait_until="networkidle")
    page.wait_for_timeout(300)
    seen = page.evaluate("window.seen")
    context.close()
    return Visit(
        int(sum(received)), sum(bodies), float(seen["lcp"]), float(seen["cls"]), seen["element"]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Mesure la première page sur un téléphone.")
    parser.add_argument("--livre", default=str(ROOT / "_book"), help="dossier du livre")
    parser.add_argument("--essais", type=int, default=5, help="nombre de visites (défaut : 5)")
    options = parser.parse_args(arguments)
    given = os.environ.get("CHROMIUM")
    chromium = next(filter(None, map(shutil.which, [given] if given else NAMES)), None)
    if chromium is None:
        print("Chromium introuvable : donnez son chemin par CHROMIUM.", file=sys.stderr)
        return 1
    with sync_playwright() as playwright, served(Path(options.livre)) as address:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        visit(browser, f"{address}/index.html", slowed=False)  # the browser itself warms up
        visits = [visit(browser, f"{address}/index.html") for _ in range(options.essais)]
        browser.close()
    last = visits[-1]
    paint = statistics.median(each.lcp for each in visits)
    print(f"Poids reçu : {last.wire / 1000:.0f} ko ; fichiers : {last.files / 1000:.0f} ko")
    print(
        f"Plus grand élément peint : {paint:.0f} ms, médiane de {len(visits)} visites "
        f"({', '.join(f'{each.lcp:.0f}' for each in visits)}) ; élément : {last.element}"
    )
    print(f"Décalage de la mise en page : {max(each.shift for each in visits):.3f}")
    return 0 if last.files < MOST_BYTES and paint < MOST_MILLISECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
