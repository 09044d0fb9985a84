"""
An export of the survey, taken into ``data/``.

Bytes become a table (``containers``), columns are recognised (``drafting``,
``mapping``, ``matching``), cells become codes (``coding``), all is checked
(``validation``), then ``data/`` is replaced as a whole (``content``, ``swap``)
with an account of what changed (``reexamine``, ``report``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from enquete.errors import EnqueteError, raise_all
from enquete.importing.coding import Coded, Coder, add_long, known_labels
from enquete.importing.containers import Export, read_export
from enquete.importing.content import content, extended
from enquete.importing.drafting import Draft, draft, written
from enquete.importing.limits import relative_name, said_in_french
from enquete.importing.mapping import Correspondence, read_correspondence
from enquete.importing.matching import bind
from enquete.importing.problems import Problems
from enquete.importing.reexamine import reexamine
from enquete.importing.report import NAME, account, summary
from enquete.importing.swap import aside, recover, restore, swap, write_private
from enquete.importing.validation import as_answers, check, identify, remarks
from enquete.paths import data_dir
from enquete.questionnaire import Questionnaire, read_questionnaire
from enquete.schema import Package, read_package, refresh_hashes
from enquete.survey import Survey, open_survey
from enquete.tabular import Records

__all__ = ["Imported", "Request", "import_export", "recover", "restore"]

TEXTS = "textes-prives.csv"


@dataclass(frozen=True, slots=True)
class Request:
    """Say what to import, and how."""

    export: Path
    root: Path
    correspondence: Path | None = None
    themes: Path | None = None
    sheet: str | None = None
    separator: str | None = None
    dry_run: bool = False
    keep_texts: bool = False


@dataclass(frozen=True, slots=True)
class Imported:
    """Hold what an import found, in French, and what it wrote."""

    size: int
    read: tuple[str, ...]
    remarks: tuple[str, ...]
    discrepancies: str = ""
    written: bool = False


@dataclass(frozen=True, slots=True)
class _Understood:
    """Hold a correspondence, and its draft when nobody wrote it yet."""

    correspondence: Correspondence
    drafted: Draft | None
    path: Path


def import_export(request: Request) -> Imported:
    """
    Read, check and code an export; write ``data/`` unless it is a dry run.

    Every problem is raised before anything changes; an error at any moment
    leaves the previous data.
    """
    with said_in_french("L’import s’est arrêté", request.export):
        return _import(request)


def _import(request: Request) -> Imported:
    undone = recover(request.root)
    package = read_package(data_dir(request.root))
    records = package.read("questions", "modalites")
    questionnaire = read_questionnaire(records["questions"], records["modalites"])
    export = read_export(request.export, sheet=request.sheet, separator=request.separator)
    understood = _understood(request, export, questionnaire)
    options = extended(records["modalites"], understood.correspondence.options)
    if understood.correspondence.options:
        questionnaire = read_questionnaire(records["questions"], options)
    try:
        made, read = _coded(request, export, understood.correspondence, questionnaire)
    except EnqueteError as error:
        _propose(request, understood, questionnaire, error)
        raise
    read = (*([undone] if undone else []), *export.table.notes, *read)
    said = (*remarks(made, questionnaire, package.n), _about_texts(made, kept=request.keep_texts))
    if request.dry_run:
        return Imported(len(made.ids), read, said)
    added = options if understood.correspondence.options else None
    found = _replace(request, package, questionnaire, added, (made, export.sha256, read, said))
    return Imported(len(made.ids), read, said, found, written=True)


def _understood(request: Request, export: Export, questionnaire: Questionnaire) -> _Understood:
    path = request.correspondence or request.export.with_suffix(".correspondance.yml")
    if path.exists() or path.is_symlink():
        return _Understood(read_correspondence(path, questionnaire), None, path)
    drafted = draft(export.table, questionnaire)
    if drafted.undecided:
        problems = [
            EnqueteError(
                f"Colonne non reconnue : « {column.header[:60]} »."
                if column.header
                else "Colonne sans intitulé, non reconnue.",
                f"{export.table.path}, colonne {column.position}",
                "lui donner un rôle dans la correspondance.",
            )
            for column in drafted.undecided
        ]
        raise_all([_drafted(request, drafted, path, questionnaire), *problems])
    return _Understood(drafted.correspondence, drafted, path)


def _propose(
    request: Request, understood: _Understood, questionnaire: Questionnaire, error: EnqueteError
) -> None:
    """Write the draft that an editor will correct, when that is what is to be done."""
    problems = getattr(error, "problems", (error,))
    helps = any("correspondance" in problem.que_faire for problem in problems)
    if understood.drafted is not None and helps:
        told = _drafted(request, understood.drafted, understood.path, questionnaire)
        raise_all([told, *problems])


def _drafted(
    request: Request, drafted: Draft, path: Path, questionnaire: Questionnaire
) -> EnqueteError:
    where = relative_name(path)
    if request.dry_run:
        return EnqueteError(
            "La correspondance est à compléter.",
            where,
            "relancer sans --essai : un brouillon y sera écrit, à corriger.",
        )
    with said_in_french("Le brouillon de correspondance ne s’écrit pas (--correspondance)", path):
        path.write_text(written(drafted, questionnaire), encoding="utf-8", newline="\n")
    return EnqueteError(
        "La correspondance est à compléter : un brouillon est écrit, les données n’ont pas changé.",
        where,
        "la corriger, puis relancer la même commande.",
    )


def _coded(
    request: Request,
    export: Export,
    correspondence: Correspondence,
    questionnaire: Questionnaire,
) -> tuple[Coded, tuple[str, ...]]:
    """Code every cell; raise all that is wrong with them together."""
    bound, moved = bind(correspondence, export.table)
    problems = Problems(export.table)
    known = known_labels(questionnaire, correspondence)
    coder = Coder(export.table, questionnaire, correspondence, problems, known)
    made = coder.code(bound)
    rows, identified = identify(made, bound, problems)
    long = _long_file(request, correspondence)
    errors: list[EnqueteError] = []
    notes: tuple[str, ...] = ()
    if long is not None:
        table = read_export(long, separator=request.separator).table
        errors += add_long(table, coder, made, rows)
        notes = (f"thèmes lus dans {long.name} ({len(table.rows)} lignes)",)
    check(made, questionnaire, problems)
    raise_all([*problems.errors(), *errors])
    named = sum(each.column.role != "ignoree" for each in bound)
    columns = f"{len(bound)} colonnes, dont {named} qui servent"
    return made, (columns, identified, *moved, *notes)


def _long_file(request: Request, correspondence: Correspondence) -> Path | None:
    if request.themes is not None or not correspondence.themes:
        return request.themes
    given = request.correspondence or request.export
    return given.parent / Path(correspondence.themes).name


def _about_texts(made: Coded, *, kept: bool) -> str:
    count = len(made.texts)
    if not count:
        return "aucun texte libre dans l’export"
    if kept:
        return f"{count} textes libres gardés dans .rapport/{TEXTS}, jamais publiés ni versés"
    return f"{count} textes libres lus et laissés : rien n’en est gardé (--garder-textes)"


def _replace(
    request: Request,
    package: Package,
    questionnaire: Questionnaire,
    options: Records | None,
    imported: tuple[Coded, str, Sequence[str], Sequence[str]],
) -> str:
    made, export, read, said = imported
    files = content(package, questionnaire, options, made, export)
    with aside(request.root, files) as folder:
        with said_in_french("Les nouvelles données ne s’écrivent pas", folder):
            refresh_hashes(folder / "data")
        survey = _read_back(folder, made, questionnaire)
        found = reexamine(survey)
        texts = {NAME: account(request.export.name, read, said, made, survey, found)}
        if request.keep_texts:
            texts[TEXTS] = _texts(made)
        put = write_private(request.root, folder, texts)
        swap(request.root, folder)
        put()
    return summary(found)


def _read_back(folder: Path, made: Coded, questionnaire: Questionnaire) -> Survey:
    """Open the new data as a chapter would, and compare them with what was coded."""
    survey = open_survey(folder)
    expected = as_answers(made, questionnaire)
    same = survey.answers.ids == expected.ids and all(
        list(survey.answers.columns[name]) == list(texts)
        for name, texts in expected.columns.items()
    )
    sizes = {name: len(held.who) for name, held in survey.answers.coded.items()}
    if not same or sizes != {name: len(held.who) for name, held in expected.coded.items()}:
        raise EnqueteError(
            "Les données relues ne sont pas celles de l’export.",
            "data/",
            "relancer ; si cela se répète, le disque est peut-être abîmé.",
        )
    return survey


def _texts(made: Coded) -> str:
    """
    List the free texts by question, in alphabetical order.

    Neither the respondent nor the order of the export is there: a text is not
    tied to the answers of the person who wrote it.
    """
    import csv
    import io

    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["question", "texte"])
    writer.writerows(sorted(made.texts))
    return out.getvalue()
