"""The data package: Table Schemas of ``data/datapackage.json``, applied at load."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from enquete.columns import Column, distinct, distinct_rows, repeated, unknown
from enquete.digests import file_digest
from enquete.errors import EnqueteError, collected, raise_all
from enquete.fields import Field, rules
from enquete.paths import relative
from enquete.suggest import suggestion
from enquete.tabular import Records, read_csv

PACKAGE = "datapackage.json"


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Tie columns to those of another file."""

    fields: tuple[str, ...]
    resource: str
    target: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resource:
    """Describe one CSV file."""

    name: str
    path: str
    title: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]


@dataclass(frozen=True, slots=True)
class Package:
    """Describe the data folder: where its answers come from and what its files hold."""

    folder: Path
    title: str
    origin: str  # "reconstituee" | "originale"
    n: int
    resources: Mapping[str, Resource]

    def read(self, *names: str) -> dict[str, Records]:
        """Read and check files of the package; raise all that is wrong with them."""
        records: dict[str, Records] = {}
        problems: list[EnqueteError] = []
        for name in names:
            resource = self.resources[name]
            with collected(problems):
                header = [field.name for field in resource.fields]
                records[name] = read_csv(
                    self.folder / resource.path,
                    header,
                    rows_needed=not self._may_be_empty(resource),
                    expected=dict(_expected(resource, records)),
                )
                problems += _cells(resource, records[name])
        for name in records:
            problems += _references(self.resources[name], records)
        raise_all(problems)
        return records

    def _may_be_empty(self, resource: Resource) -> bool:
        """Tell whether real people may all have left the questions of a file unanswered."""
        by_respondent = any(key.resource == "reponses" for key in resource.foreign_keys)
        return self.origin == "originale" and by_respondent


def read_package(folder: Path) -> Package:
    """Read ``datapackage.json``."""
    raw = _raw_package(folder)
    try:
        resources = {entry["name"]: _resource(entry) for entry in raw["resources"]}
        return Package(folder, raw["title"], raw["origine"], int(raw["n"]), resources)
    except (KeyError, TypeError, ValueError) as error:
        raise EnqueteError(
            f"Description des données incomplète ({error}).",
            relative(folder / PACKAGE),
            "remettre le fichier depuis le dépôt.",
        ) from error


def refresh_hashes(folder: Path) -> None:
    """
    Write the SHA-256 of each data file, and the options of each question, in the package.

    The file is the codebook of the data: it must never describe other bytes
    than those beside it.  Rewritten only when something changed.
    """
    raw = _raw_package(folder)
    options = read_csv(
        folder / "modalites.csv", ["question", "code", "parent", "libelle", "ordre", "statut"]
    )
    by_question: dict[str, list[dict[str, str]]] = {}
    for row in options.rows():
        by_question.setdefault(row["question"], []).append(row)
    for resource in raw["resources"]:
        file = folder / resource["path"]
        resource["hash"], resource["bytes"] = f"sha256:{file_digest(file)}", file.stat().st_size
        if resource["name"] == "reponses":
            for field in resource["schema"]["fields"]:
                known = by_question.get(field["name"])
                if known:
                    _set_options(field, known)
    text = json.dumps(raw, ensure_ascii=False, indent=2) + "\n"
    path = folder / PACKAGE
    if path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8", newline="\n")


def stale_hashes(folder: Path) -> tuple[str, ...]:
    """Name the files that are not those the package describes."""
    return tuple(
        resource["path"]
        for resource in _raw_package(folder)["resources"]
        if resource.get("hash") != f"sha256:{file_digest(folder / resource['path'])}"
    )


def _set_options(field: dict[str, Any], options: list[dict[str, str]]) -> None:
    ordered = sorted(options, key=lambda row: int(row["ordre"]))
    field.setdefault("constraints", {})["enum"] = [row["code"] for row in ordered]
    field["categories"] = [{"value": row["code"], "label": row["libelle"]} for row in ordered]


def _raw_package(folder: Path) -> dict[str, Any]:
    path = folder / PACKAGE
    try:
        raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise EnqueteError(
            "La description des données est absente.",
            relative(path),
            "la remettre depuis le dépôt.",
        ) from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        line = f", ligne {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise EnqueteError(
            "La description des données n’est pas du JSON en UTF-8.",
            relative(path) + line,
            "la remettre depuis le dépôt.",
        ) from error
    return raw


def _resource(raw: Mapping[str, Any]) -> Resource:
    schema = raw["schema"]
    return Resource(
        name=raw["name"],
        path=raw["path"],
        title=raw["title"],
        fields=tuple(_field(field) for field in schema["fields"]),
        primary_key=tuple(schema.get("primaryKey", ())),
        foreign_keys=tuple(
            ForeignKey(
                tuple(key["fields"]),
                key["reference"].get("resource", raw["name"]),
                tuple(key["reference"]["fields"]),
            )
            for key in schema.get("foreignKeys", ())
        ),
    )


def _field(raw: Mapping[str, Any]) -> Field:
    rules = raw.get("constraints", {})
    return Field(
        name=raw["name"],
        title=raw.get("title", raw["name"]),
        type=raw["type"],
        required=rules.get("required", False),
        unique=rules.get("unique", False),
        enum=tuple(rules.get("enum", ())),
        pattern=rules.get("pattern", ""),
    )


def _cells(resource: Resource, records: Records) -> Iterator[EnqueteError]:
    for field in resource.fields:
        values = records[field.name]
        for wrong_among, problem, advice in rules(field):
            # Distinct values first: a clean column of thousands costs one set.
            wrong = wrong_among(distinct(values))
            for row in (r for r, value in enumerate(values) if value in wrong) if wrong else ():
                yield EnqueteError(
                    problem(values[row]), records.place(row, field.name), advice(values[row])
                )
        if field.unique:
            yield from _repeated(records, (field.name,))
    if resource.primary_key:
        yield from _repeated(records, resource.primary_key)


def _repeated(records: Records, columns: tuple[str, ...]) -> Iterator[EnqueteError]:
    if not repeated([records[column] for column in columns]):
        return
    keys = zip(*(records[column] for column in columns), strict=True)
    first: dict[tuple[str, ...], int] = {}
    for row, key in enumerate(keys):
        if key in first:
            yield EnqueteError(
                f"Doublon : « {', '.join(key)} » est déjà ligne {records.line(first[key])}.",
                records.place(row, columns[-1]),
                "retirer l’une des deux lignes.",
            )
        first.setdefault(key, row)


def _expected(resource: Resource, records: Mapping[str, Records]) -> Iterator[tuple[str, Column]]:
    """Yield the columns that repeat a large one read before, with that one."""
    for key in resource.foreign_keys:
        if len(key.fields) == 1 and key.resource in records:
            target = records[key.resource][key.target[0]]
            if isinstance(target, Column):
                yield key.fields[0], target


def _references(resource: Resource, records: Mapping[str, Records]) -> Iterator[EnqueteError]:
    own = records[resource.name]
    for key in resource.foreign_keys:
        target = records.get(key.resource)
        if target is None:
            continue
        columns = [own[column] for column in key.fields]
        targets = [target[column] for column in key.target]
        wrong = unknown(columns, targets)
        known = distinct_rows(targets) if wrong else set()
        for row, value in enumerate(zip(*columns, strict=True)) if wrong else ():
            if value not in wrong:
                continue
            close = [k[-1] for k in known if k[:-1] == value[:-1]]
            within = f" à {value[0]}" if len(value) > 1 else ""
            yield EnqueteError(
                f"« {value[-1]} » est inconnu{within}.{suggestion(value[-1], close)}",
                own.place(row, key.fields[-1]),
                f"prendre une valeur de {target.path}, colonne « {key.target[-1]} ».",
            )
