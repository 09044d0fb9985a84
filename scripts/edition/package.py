"""Describe what a finished book holds: `donnees/datapackage.json` and the RO-Crate."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from edition import codebook, datasets
from edition.config import Config
from edition.crate import crate
from edition.pages import Page
from enquete.survey import Survey, open_survey
from enquete.tabulate import UNPUBLISHED

LICENCE = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/deed.fr",
}
CRATE = "ro-crate-metadata.json"
# Written once the book is checked: they cannot be described before.
LATER = ("verification.html", "verification.json", "recount.py", "manifeste.json")
_NUMBER = re.compile(r"\d[\d\u202f]*(?:,\d+)?\u00a0?%?")
_NAMES = {".html": "html", ".csv": "csv", ".json": "json", ".jsonld": "json"}
_TYPES = {".html": "text/html", ".csv": "text/csv", ".json": "application/json"}
Entry = Mapping[str, Any]


def describe(pages: Sequence[Page], entries: Sequence[Entry], config: Config, folder: Path) -> None:
    """
    Write the code book and both descriptions into the finished *folder*.

    Last of all: they give the hash of every file. A project without answers has nothing to
    describe but its files.
    """
    data = config.root / "data" / "datapackage.json"
    if data.is_file() and entries:
        survey = open_survey(config.root)
        _write_data(pages, entries, survey, config, folder)
    text = json.dumps(crate(config, folder, entries, LATER), ensure_ascii=False, indent=1) + "\n"
    (folder / CRATE).write_text(text, "utf-8", newline="\n")


def _write_data(
    pages: Sequence[Page], entries: Sequence[Entry], survey: Survey, config: Config, folder: Path
) -> None:
    target = folder / datasets.FOLDER
    target.mkdir(exist_ok=True)
    page = codebook.codebook(survey, entries, config.title)
    (target / codebook.NAME).write_text(page, "utf-8", newline="\n")
    origin = datasets.ORIGINAL if survey.original else datasets.RECONSTRUCTED
    document = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "donnees-du-rapport",
        "title": f"Données de « {config.title} »",
        "description": f"Tables des graphiques et dictionnaire. Source : {origin}.",
        "version": config.date,
        "origine": "originale" if survey.original else "reconstituee",
        "contributors": [{"title": author, "roles": ["creator"]} for author in config.authors],
        "licenses": [LICENCE],
        "resources": list(_resources(pages, target, origin)),
    }
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    (target / "datapackage.json").write_text(text, "utf-8", newline="\n")


def _resources(pages: Sequence[Page], target: Path, origin: str) -> Iterator[dict[str, Any]]:
    """Yield one resource for each file of the folder, and no other."""
    charts = {chart.file: chart for chart in datasets.charts(pages)}
    answers = _answers(target / datasets.ANSWERS / "datapackage.json")
    for file in sorted(each for each in target.rglob("*") if each.is_file()):
        path = file.relative_to(target).as_posix()
        if path == "datapackage.json":
            continue
        if path in answers:
            yield {**answers[path], **_bytes(file)}
        elif path in charts:
            chart = charts[path]
            yield {
                "name": chart.id,
                "type": "table",
                "path": path,
                "title": chart.title,
                "description": f"Table du graphique de la page {chart.page}. Source : {origin}.",
                "scheme": "file",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                **_bytes(file),
                "schema": _schema(file),
            }
        else:
            title = codebook.TITLE if file.name == codebook.NAME else file.name
            yield {
                "name": path.replace("/", "-").rpartition(".")[0].lower(),
                "path": path,
                "title": title,
                "scheme": "file",
                "format": _NAMES.get(file.suffix, file.suffix[1:]),
                "mediatype": _TYPES.get(file.suffix, "application/octet-stream"),
                "encoding": "utf-8",
                **_bytes(file),
            }


def _answers(description: Path) -> dict[str, dict[str, Any]]:
    """Return the resources of the answers, at their place in this package."""
    if not description.is_file():
        return {}
    resources = json.loads(description.read_text("utf-8"))["resources"]
    return {
        (path := f"{datasets.ANSWERS}/{each['path']}"): {**each, "path": path} for each in resources
    }


def _bytes(file: Path) -> dict[str, Any]:
    content = file.read_bytes()
    return {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}


def _schema(file: Path) -> dict[str, Any]:
    """Return the Table Schema of a chart's table: labels, printed values, ids of figures."""
    header, *rows = csv.reader(io.StringIO(file.read_text("utf-8")))
    fields: list[dict[str, Any]] = []
    for at, name in enumerate(header):
        if at == 0:
            fields.append({"name": name, "type": "string", "title": name})
        elif at == len(header) - 1:
            about = "Identifiants des chiffres de la ligne dans provenance.json."
            fields.append(
                {"name": name, "type": "string", "title": "Chiffres", "description": about}
            )
        else:
            fields.append({"name": name, "title": name, **_value([row[at] for row in rows])})
    return {"fields": fields, "missingValues": ["", UNPUBLISHED]}


def _value(cells: Sequence[str]) -> dict[str, Any]:
    """Type a column of printed values: numbers as French writes them, or words."""
    told = [cell for cell in cells if cell not in ("", UNPUBLISHED)]
    if not told or not all(_NUMBER.fullmatch(cell) for cell in told):
        return {"type": "string"}
    signs = {"decimalChar": ",", "groupChar": "\u202f", "bareNumber": False}
    return {"type": "number", **signs, "description": "Comme imprimé : 59 % vaut 59."}
