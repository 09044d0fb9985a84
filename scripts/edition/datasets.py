"""Write the data of each chart as CSV, as its page shows them, and link to them."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from edition.pages import Page, text_of

_FIGURE = re.compile(r'<figure class="figure" id="([^"]+)">.*?</figure>', re.DOTALL)
_DATA = re.compile(r'(<details class="donnees">.*?)(</details>)', re.DOTALL)
_ROW = re.compile(r"<tr\b[^>]*>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<t[dh]\b[^>]*>(.*?)</t[dh]>", re.DOTALL)
_FIGURE_ID = re.compile(r'data-chiffre="([^"]+)"')
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
RECONSTRUCTED = "# Source : réponses reconstituées d’après le rapport publié\n"
ORIGINAL = "# Source : réponses à l’enquête\n"


def write(pages: Sequence[Page], folder: Path, *, reconstructed: bool) -> tuple[Page, ...]:
    """
    Write `donnees/<figure>.csv` for each chart with a table, and return the pages with links.

    The file is read from the finished page: it cannot differ from what a reader sees.
    """
    head = RECONSTRUCTED if reconstructed else ORIGINAL
    target = folder / "donnees"

    def figure(match: re.Match[str]) -> str:
        data = _DATA.search(match[0])
        if data is None:
            return match[0]
        target.mkdir(parents=True, exist_ok=True)
        name = f"{match[1]}.csv"
        (target / name).write_text(head + as_csv(data[1]), "utf-8", newline="")
        link = f'<p class="telecharger"><a href="donnees/{name}" download>Données (CSV)</a></p>'
        start, end = data.start(2), data.end(2)
        return match[0][:end] + link + match[0][end:] if start else match[0]

    return tuple(replace(page, html=_FIGURE.sub(figure, page.html)) for page in pages)


def copy_package(data: Path, folder: Path) -> None:
    """
    Copy the data package beside the book: its description and the files that it lists.

    Only for reconstructed answers: those that people gave are not ours to publish.
    """
    description = data / "datapackage.json"
    if not description.is_file():
        return
    target = folder / "donnees" / "enquete"
    target.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(description, target / description.name)
    for resource in json.loads(description.read_text("utf-8")).get("resources", ()):
        name = Path(resource["path"]).name
        if (data / name).is_file():
            shutil.copyfile(data / name, target / name)


def as_csv(table: str) -> str:
    """
    Return the rows of an HTML table as CSV, the ids of their figures in a last column.

    A cell that a spreadsheet would run as a formula gets an apostrophe.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for rank, row in enumerate(_ROW.findall(table)):
        cells = [_safe(text_of(cell).strip(" \n\u2003")) for cell in _CELL.findall(row)]
        writer.writerow([*cells, " ".join(_FIGURE_ID.findall(row)) if rank else "chiffre"])
    return out.getvalue()


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
