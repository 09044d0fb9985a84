"""The data that goes with the book: the table of each chart as CSV, and the answers."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from typing import Any

from edition.pages import Page, text_of
from enquete.policy import NAME as POLICY
from enquete.policy import read_policy
from enquete.verbatims import NAME as VERBATIMS

FOLDER = "donnees"
ANSWERS = "enquete"  # folder of the answers inside the former
QUESTIONNAIRE = ("questions", "modalites")
RECONSTRUCTED = "réponses reconstituées d’après le rapport publié"
ORIGINAL = "réponses à l’enquête"
_LABEL = "-reconstitue"  # in the file's name: it is all that some readers will see of it
_FIGURE = re.compile(r'<figure class="figure" id="([^"]+)">.*?</figure>', re.DOTALL)
_DATA = re.compile(r'(<details class="donnees">.*?)(</details>)', re.DOTALL)
_CAPTION = re.compile(r"<figcaption\b[^>]*>(.*?)</figcaption>", re.DOTALL)
_FILE = re.compile(rf'href="{FOLDER}/([^"]+\.csv)" download')
_ROW = re.compile(r"<tr\b[^>]*>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<t[dh]\b[^>]*>(.*?)</t[dh]>", re.DOTALL)
_FIGURE_ID = re.compile(r'data-chiffre="([^"]+)"')
# What a spreadsheet may run; Excel reads full-width signs as ordinary ones.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"-?\d[\d\u00a0\u202f ]*(?:[.,]\d+)?[\u00a0\u202f ]?(?:%|points?)?")


@dataclass(frozen=True, slots=True)
class Chart:
    """The table of one chart: its id, its caption, its page and its file in `donnees/`."""

    id: str
    title: str
    page: str
    file: str


def write(pages: Sequence[Page], folder: Path, *, reconstructed: bool) -> tuple[Page, ...]:
    """
    Write `donnees/<figure>.csv` for each chart with a table, and return the pages with links.

    The file is read from the finished page: it cannot differ from what a reader sees.
    """
    target = folder / FOLDER
    label = _LABEL if reconstructed else ""

    def figure(match: re.Match[str]) -> str:
        data = _DATA.search(match[0])
        if data is None:
            return match[0]
        target.mkdir(parents=True, exist_ok=True)
        name = f"{match[1]}{label}.csv"
        (target / name).write_text(as_csv(data[1]), "utf-8", newline="")
        link = f'<p class="telecharger"><a href="{FOLDER}/{name}" download>Données (CSV)</a></p>'
        end = data.end(2)
        return match[0][:end] + link + match[0][end:]

    return tuple(replace(page, html=_FIGURE.sub(figure, page.html)) for page in pages)


def charts(pages: Sequence[Page]) -> Iterator[Chart]:
    """Yield the charts whose table `write` wrote, in the order of the book."""
    for page in pages:
        for match in _FIGURE.finditer(page.html):
            file = _FILE.search(match[0])
            if file is not None:
                caption = _CAPTION.search(match[0])
                title = " ".join(text_of(caption[1]).split()) if caption else match[1]
                yield Chart(match[1], title, page.file, unescape(file[1]))


def copy_package(data: Path, folder: Path) -> None:
    """
    Copy the data package beside the book: its description and the files that it lists.

    Answers that people gave stay where they are unless the policy says otherwise: a row
    of them is somebody. Only the questionnaire goes then, and its description says so.
    """
    file = data / "datapackage.json"
    if not file.is_file():
        return
    description = json.loads(file.read_text("utf-8"))
    target = folder / FOLDER / ANSWERS
    target.mkdir(parents=True, exist_ok=True)
    if _kept(data, description):
        description = _questionnaire(description)
        text = json.dumps(description, ensure_ascii=False, indent=2) + "\n"
        (target / file.name).write_text(text, "utf-8", newline="\n")
    else:
        shutil.copyfile(file, target / file.name)
    for resource in description.get("resources", ()):
        name = Path(resource["path"]).name
        if name != VERBATIMS and (data / name).is_file():
            shutil.copyfile(data / name, target / name)


def _kept(data: Path, description: dict[str, Any]) -> bool:
    """Tell whether the answers stay out of the book."""
    if description.get("origine", "reconstituee") == "reconstituee":
        return False
    return not ((data / POLICY).is_file() and read_policy(data).original_rows)


def _questionnaire(description: dict[str, Any]) -> dict[str, Any]:
    kept = [each for each in description.get("resources", ()) if each["name"] in QUESTIONNAIRE]
    note = (
        "Questionnaire et modalités seulement : les réponses, une ligne par personne, "
        "ne sont pas publiées (data/politique.yml, « publier_reponses_origine »)."
    )
    return {**description, "description": note, "resources": kept}


def as_csv(table: str) -> str:
    """
    Return the rows of an HTML table as CSV, the ids of their figures in a last column.

    A cell that a spreadsheet would run as a formula gets an apostrophe; a number stays one.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for rank, row in enumerate(_ROW.findall(table)):
        cells = [safe(text_of(cell).strip(" \n\u2003")) for cell in _CELL.findall(row)]
        writer.writerow([*cells, " ".join(_FIGURE_ID.findall(row)) if rank else "chiffre"])
    return out.getvalue()


def safe(text: str) -> str:
    """
    Return *text* as a spreadsheet may show it, never run it.

    >>> safe("=1+1"), safe("-2,5"), safe("-2+cmd")
    ("'=1+1", '-2,5', "'-2+cmd")
    """
    if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text
