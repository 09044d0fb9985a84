"""What a screen reader says of a number is the number that the page shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from edition.checking import Finished
from enquete.errors import EnqueteError

_BUTTON = re.compile(
    r'<button[^>]*\sdata-chiffre="([^"]+)"[^>]*\saria-label="([^"]*?), voir d[^"]*"[^>]*>([^<]*)<'
)


def check_spoken(book: Finished) -> Iterator[EnqueteError]:
    """Compare the label of each number's button with the number inside it."""
    for path in sorted(book.folder.glob("*.html")):
        for name, label, text in _BUTTON.findall(path.read_text("utf-8")):
            if unescape(label) != unescape(text):
                yield EnqueteError(
                    f"« {unescape(label)} » se lit à la place de « {unescape(text)} » ({name}).",
                    f"{path.name}, lecteur d’écran",
                    "Reconstruisez le livre : la page ne dit plus ce que dit le registre.",
                )
