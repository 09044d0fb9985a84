"""The files of ``data/`` that an import changes, made in memory."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from enquete.answers import FILES
from enquete.importing.coding import Coded
from enquete.importing.mapping import NewOption
from enquete.questionnaire import Questionnaire
from enquete.schema import PACKAGE, Package
from enquete.tabular import Records

# They describe how the stand-in answers were solved: nothing in them is true of real ones.
SOLVED = ("marges", "intervalles")
_STATUS = "deduite"
ABOUT = (
    "Réponses données à l’enquête, importées d’un export. Elles ne sont pas diffusées : "
    "seuls les chiffres du rapport le sont."
)


@dataclass(frozen=True, slots=True)
class Content:
    """Hold the files to write, and the names of those to leave out."""

    files: Mapping[str, bytes]
    dropped: frozenset[str]


def extended(records: Records, options: Sequence[NewOption]) -> Records:
    """Add options to the rows of the questionnaire's tree, after the others."""
    if not options:
        return records
    columns = {name: list(values) for name, values in records.columns.items()}
    last: dict[str, int] = {}
    for question, order in zip(columns["question"], columns["ordre"], strict=True):
        last[question] = max(last.get(question, 0), int(order))
    for each in options:
        last[each.question] = last.get(each.question, 0) + 1
        row = {
            "question": each.question,
            "code": each.code,
            "parent": each.parent,
            "libelle": each.label,
            "ordre": str(last[each.question]),
            "statut": _STATUS,
        }
        for name, values in columns.items():
            values.append(row[name])
    lines = [*records.lines, *(records.lines[-1] + n for n in range(1, len(options) + 1))]
    return Records(records.path, columns, lines)


def content(
    package: Package,
    questionnaire: Questionnaire,
    options: Records | None,
    made: Coded,
    export: str,
) -> Content:
    """
    Write coded answers as the files of ``data/``.

    The same answers give the same bytes, whatever shape they came in: rows in
    the order of the export, then questions and options in that of the
    questionnaire.
    """
    rank = {question.id: question.rank for question in questionnaire}
    order = {
        (question.id, option.code): place
        for question in questionnaire
        for place, (option, _) in enumerate(sorted(question.walk(), key=lambda o: o[0].order))
    }

    def sorted_rows(rows: Iterable[tuple[int, str, str]]) -> list[tuple[str, str, str]]:
        kept = sorted(set(rows), key=lambda row: (row[0], rank[row[1]], order[row[1], row[2]]))
        return [(made.ids[row], question, code) for row, question, code in kept]

    held = [package.resources[name] for name in FILES]
    columns = [field.name for field in held[0].fields if field.name != "id"]
    empty = [""] * len(made.ids)
    single = zip(made.ids, *(made.answers.get(name, empty) for name in columns), strict=True)
    files = {
        held[0].path: _table(["id", *columns], single),
        held[1].path: _table([f.name for f in held[1].fields], sorted_rows(made.ticks)),
        held[2].path: _table([f.name for f in held[2].fields], sorted_rows(made.coded)),
        PACKAGE: _description(package, len(made.ids), export),
    }
    if options is not None:
        rows = zip(*options.columns.values(), strict=True)
        files[package.resources["modalites"].path] = _table(list(options.columns), rows)
    dropped = {package.resources[name].path for name in SOLVED if name in package.resources}
    return Content(files, frozenset(dropped))


def _description(package: Package, size: int, export: str) -> bytes:
    raw: dict[str, Any] = json.loads((package.folder / PACKAGE).read_text(encoding="utf-8"))
    raw["origine"] = "originale"
    raw["n"] = size
    raw["title"] = str(raw["title"]).replace("Réponses reconstituées de", "Réponses à")
    raw["description"] = ABOUT
    raw["export"] = {"hash": f"sha256:{export}"}
    raw["resources"] = [each for each in raw["resources"] if each["name"] not in SOLVED]
    return (json.dumps(raw, ensure_ascii=False, indent=2) + "\n").encode()


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")
