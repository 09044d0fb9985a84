"""
`rapport apercu`: the site on this machine, built again at each save, reloaded in the browser.

    watching.py   says which kinds of files changed
    builds.py     keeps a warm process that builds, and starts a new one when the code changed
    worker.py     that process
    server.py     gives the pages on 127.0.0.1, with the reload script that no book holds
    state.py      what the browser must know: which build it sees, what is wrong

The book of the preview stands in `.rapport/apercu`: the published one is not touched.
"""

from __future__ import annotations

import threading
import webbrowser
from pathlib import Path

from edition.preview.builds import Builder
from edition.preview.server import PreviewServer
from edition.preview.state import State
from edition.preview.watching import CODE, watch

FOLDER = Path(".rapport") / "apercu"
PORT = 8421


def preview(root: Path, *, port: int = PORT, open_browser: bool = True) -> int:
    """
    Serve, watch and rebuild until Ctrl-C; return 0.

    Raises an error in French when the port is taken.
    """
    state = State()
    server = PreviewServer(root / FOLDER, port, state)
    stop = threading.Event()
    address = f"http://127.0.0.1:{server.server_port}/"
    print(f"Aperçu : {address}", flush=True)
    print("Enregistrez un fichier : la page se recharge. Ctrl-C arrête.", flush=True)
    try:
        with Builder(root, root / FOLDER) as builder:
            threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
            if open_browser:
                webbrowser.open(address)
            _build(builder, state)
            for kinds in watch(root, stop):
                if CODE in kinds:
                    builder.renew()
                _build(builder, state)
    except KeyboardInterrupt:
        print("\nAperçu arrêté. Le livre publié n'a pas été touché.", flush=True)
    finally:
        stop.set()
        state.close()
        server.shutdown()
        server.server_close()
    return 0


def _build(builder: Builder, state: State) -> None:
    state.building()
    outcome = builder.build()
    state.built(outcome.problems)
    for problem in outcome.problems:
        print(f"✗ {problem['quoi']}\n  où : {problem['ou']}\n  que faire : {problem['que_faire']}")
    if not outcome.problems:
        print(f"Construit en {outcome.seconds:.1f} s".replace(".", ","), flush=True)
