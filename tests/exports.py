"""
Exports of a survey platform, made from the shipped answers, in every shape that is imported.

What the data hold is what is exported.  Where they hold only a group of options (« bien »),
the cell holds the label of the group, as when a coder stops at the first level of a theme.
So « the same ledger » means this: an import gives back the same three files of answers, byte for
byte, hence the same count for every entry; the origin and the statuses that follow from it are
all that differs.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OPEN, SEVERAL = "ouverte", "multiple"
UNTITLED = ("S2a", "Q3b", "Q8a")  # their wording is not published: an empty header


@dataclass(frozen=True)
class Shape:
    """How a platform would have written the answers."""

    name: str
    encoding: str = "utf-8"
    separator: str = ","
    container: str = "csv"  # csv | xlsx | sav
    multiple: str = "joined"  # joined | columns
    themes: str = "columns"  # columns | long | options (one column a theme)
    joiner: str = ", "

    @property
    def suffix(self) -> str:
        return f".{self.container}"


SHAPES = (
    Shape("utf-8"),
    Shape("utf-8-bom", encoding="utf-8-sig", separator=";"),
    Shape("utf-16", encoding="utf-16", separator="\t", multiple="columns"),
    Shape("cp1252", encoding="cp1252", separator=";", themes="long"),
    Shape("cp1252-colonnes", encoding="cp1252", multiple="columns"),
    Shape("themes-en-options", separator=";", multiple="columns", themes="options"),
    Shape("fichier-long", themes="long", joiner=";"),
    Shape("xlsx", container="xlsx"),
    Shape("xlsx-colonnes", container="xlsx", multiple="columns", themes="long"),
    Shape("sav", container="sav", multiple="columns"),
)


@dataclass(frozen=True)
class Answers:
    """The shipped answers, read with nothing of ours."""

    questions: list[dict[str, str]]
    labels: dict[tuple[str, str], str]
    single: list[dict[str, str]]
    several: dict[tuple[str, str], list[str]]

    def cut(self, size: int) -> Answers:
        """The first *size* respondents."""
        kept = {row["id"] for row in self.single[:size]}
        return replace(
            self,
            single=self.single[:size],
            several={key: codes for key, codes in self.several.items() if key[0] in kept},
        )


def read(data: Path) -> Answers:
    def rows(name: str) -> list[dict[str, str]]:
        with (data / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    several: dict[tuple[str, str], list[str]] = {}
    for name, column in (("coches.csv", "option"), ("themes.csv", "theme")):
        for row in rows(name):
            several.setdefault((row["repondant"], row["question"]), []).append(row[column])
    labels = {(row["question"], row["code"]): row["libelle"] for row in rows("modalites.csv")}
    questions = sorted(rows("questions.csv"), key=lambda row: int(row["rang"]))
    return Answers(questions, labels, rows("reponses.csv"), several)


def columns(answers: Answers, shape: Shape) -> list[tuple[str, list[str]]]:
    """Headers as a platform prints them (repeated or empty as in annex 2), and their cells."""
    ids = [row["id"] for row in answers.single]
    made = [
        ("Identifiant", ids),
        ("Horodateur", ["2024-03-01 10:00:00"] * len(ids)),
    ]
    for question in answers.questions:
        name, title, kind = question["id"], question["titre"], question["type"]
        known = {code: label for (q, code), label in answers.labels.items() if q == name}
        given = [answers.several.get((each, name), []) for each in ids]
        if kind in ("unique", "note"):
            made.append((title, [known.get(row[name], "") for row in answers.single]))
        elif kind == SEVERAL and shape.multiple == "joined":
            cells = [shape.joiner.join(known[code] for code in codes) for codes in given]
            made.append((title, cells))
        elif kind == SEVERAL:
            made += ticked(title, known, given)
        else:
            made.append((title, [words(row) if codes else "" for row, codes in enumerate(given)]))
            if known and shape.themes == "columns":
                cells = [known[codes[0]] if codes else "" for codes in given]
                made.append((f"{title} [thème]", cells))
            elif known and shape.themes == "options":
                made += ticked(question["titre_corps"] or title, known, given)
    return made


def ticked(
    title: str, known: dict[str, str], given: Sequence[Sequence[str]]
) -> list[tuple[str, list[str]]]:
    return [
        (f"{title} [{label}]", ["Oui" if code in codes else "" for codes in given])
        for code, label in known.items()
    ]


def words(row: int) -> str:
    """What a respondent may have written: commas, quotes, a line break, never published."""
    return (
        f'Réponse libre, n° {row} : « c\'est "plus simple" »,\nmais moins humain.',
        "Cela va; cela vient",
        "Gain de temps",
    )[row % 3]


def long_themes(answers: Answers) -> bytes:
    lines = [["id", "question", "thème"]]
    kinds = {question["id"]: question["type"] for question in answers.questions}
    for (respondent, question), codes in answers.several.items():
        if kinds[question] == OPEN:
            lines.append([respondent, question, answers.labels[question, codes[0]]])
    return as_csv(lines, "utf-8", ",")


def as_csv(lines: Sequence[Sequence[str]], encoding: str, separator: str) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator="\r\n").writerows(lines)
    return out.getvalue().encode(encoding)


def make(answers: Answers, shape: Shape, folder: Path) -> tuple[Path, Path | None]:
    """Write the export, and the long file of themes if the shape has one."""
    made = columns(answers, shape)
    path = folder / f"export-{shape.name}{shape.suffix}"
    header = [name for name, _ in made]
    lines = [header, *(list(row) for row in zip(*(cells for _, cells in made), strict=True))]
    if shape.container == "csv":
        path.write_bytes(as_csv(lines, shape.encoding, shape.separator))
    elif shape.container == "xlsx":
        write_xlsx(path, lines)
    else:
        write_sav(path, made)
    themes = None
    if shape.themes == "long":
        themes = folder / f"themes-{shape.name}.csv"
        themes.write_bytes(long_themes(answers))
    return path, themes


def write_xlsx(path: Path, lines: Sequence[Sequence[str]]) -> None:
    """A workbook as Excel keeps it: whole numbers are numbers, and a sheet is hidden."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    book.add_worksheet("brouillon").hide()
    sheet = book.add_worksheet("Réponses")
    sheet.activate()
    sheet.set_first_sheet()
    for number, line in enumerate(lines):
        for place, cell in enumerate(line):
            if cell.isdigit():
                sheet.write_number(number, place, int(cell))
            elif cell:
                sheet.write_string(number, place, cell)
    book.close()


def write_sav(path: Path, made: Sequence[tuple[str, list[str]]]) -> None:
    """An SPSS file: closed answers are numbers with labels, the header is the variable's label."""
    import pandas as pd
    import pyreadstat

    frame: dict[str, list[object]] = {}
    labels: dict[str, dict[int, str]] = {}
    titles = []
    untitled = iter(UNTITLED)
    for number, (title, cells) in enumerate(made):
        name = f"V{number}" if title else next(untitled)  # SPSS names what has no label
        titles.append(title)
        distinct = list(dict.fromkeys(cell for cell in cells if cell))
        if 0 < len(distinct) <= 30 and all(len(cell) < 120 for cell in distinct):
            codes = {cell: code for code, cell in enumerate(distinct, 1)}
            labels[name] = {code: cell for cell, code in codes.items()}
            frame[name] = [codes.get(cell) for cell in cells]
        else:
            frame[name] = list(cells)
    table = pd.DataFrame(frame)
    for name in labels:
        table[name] = table[name].astype("float64")
    pyreadstat.write_sav(table, str(path), column_labels=titles, variable_value_labels=labels)
