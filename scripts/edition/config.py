"""
Read `_quarto.yml`: what the book is made of, and refusal of every key we do not honour.

Quarto reads the same file. A key that only Quarto's own rendering uses is accepted when
leaving it aside changes nothing a reader sees; any other key is refused by name and line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from edition.config_keys import SHARED, forced_values, unknown_keys
from edition.qmd import read_source
from edition.yaml_marks import KeyPath, Marked, read_mapping
from enquete.errors import EnqueteError, raise_all

FILE = "_quarto.yml"


@dataclass(frozen=True)
class Entry:
    """A chapter in the order of the book; *part* is the title of the part that holds it."""

    path: str
    kind: Literal["chapter", "appendix"]
    line: int
    part: str | None = None

    @property
    def stem(self) -> str:
        """Return the file name without extension."""
        return Path(self.path).stem


@dataclass(frozen=True)
class Figures:
    """Size in inches, resolution and format of charts that do not say theirs."""

    width: float = 7.0
    height: float = 5.0
    dpi: int = 96
    format: str = "svg"


@dataclass(frozen=True)
class Config:
    """
    What `_quarto.yml` says, with Quarto's defaults.

    Attributes:
        entries: chapters then appendices, in reading order.
        crossref: titles and prefixes as written (`fig-title`, `tbl-prefix`, …), with what
            `language` says of chapters and appendices (`ch-prefix`, `apx-prefix`).
        execute: defaults of the cell options `echo`, `warning`, `output`.
        html, typst: the options of each format, shared keys included.
        time_limit: seconds that one chapter may take to execute.
        after_all: paths of the chapters executed after all the others.
        stay: seconds that a process stays after a build, for the next one (`edition.daemon`).
    """

    root: Path
    title: str
    entries: tuple[Entry, ...]
    subtitle: str = ""
    authors: tuple[str, ...] = ()
    date: str = ""
    description: str = ""
    site_url: str = ""
    output_file: str = "rapport"
    output_dir: str = "_book"
    lang: str = "fr"
    bibliography: tuple[str, ...] = ()
    csl: str | None = None
    filters: tuple[str, ...] = ()
    crossref: Mapping[str, Any] = field(default_factory=dict)
    execute: Mapping[str, Any] = field(default_factory=dict)
    html: Mapping[str, Any] = field(default_factory=dict)
    typst: Mapping[str, Any] = field(default_factory=dict)
    figures: Figures = Figures()
    time_limit: float = 120.0
    after_all: tuple[str, ...] = ()
    stay: float = 300.0

    @property
    def sources(self) -> tuple[str, ...]:
        """Return the paths of chapters and appendices in reading order."""
        return tuple(entry.path for entry in self.entries)


def read_config(root: Path) -> Config:
    """Read and check `_quarto.yml` in *root*; report all the problems found together."""
    source = read_mapping(read_source(root / FILE, FILE), FILE)
    raise_all([*unknown_keys(source), *forced_values(source)])
    reader = _Reader(source)
    formats = _formats(source)
    config = Config(
        root=root,
        title=reader.text("book", "title", needed=True),
        entries=tuple(_entries(source)),
        subtitle=reader.text("book", "subtitle"),
        authors=reader.texts("book", "author"),
        date=reader.text("book", "date"),
        description=reader.text("book", "description"),
        site_url=reader.text("book", "site-url"),
        output_file=reader.text("book", "output-file", default="rapport"),
        output_dir=reader.text("project", "output-dir", default="_book"),
        lang=reader.text("lang", needed=True),
        bibliography=reader.texts("bibliography"),
        csl=reader.text("csl") or None,
        filters=reader.texts("filters"),
        crossref=MappingProxyType(_crossref(reader)),
        execute=MappingProxyType({"echo": True, "warning": True, **reader.mapping("execute")}),
        html=formats["html"],
        typst=formats["typst"],
        figures=_figures(formats["html"], reader),
        time_limit=reader.number("rapport", "limite-par-chapitre", default=120.0),
        after_all=reader.texts("rapport", "apres-tous"),
        stay=reader.number("rapport", "veille", default=300.0, zero=True),
    )
    raise_all([*reader.errors, *_missing_files(config, source)])
    return config


def _crossref(reader: _Reader) -> dict[str, Any]:
    words = reader.mapping("language").items()
    named = {str(key).removeprefix("crossref-"): word for key, word in words}
    return {**named, **reader.mapping("crossref")}


class _Reader:
    """Typed access to the values; keeps the errors so that all are told at once."""

    def __init__(self, source: Marked) -> None:
        self.source = source
        self.errors: list[EnqueteError] = []

    def value(self, *keys: str) -> Any:
        """Return the value at *keys*, or None."""
        node: Any = self.source.value
        for key in keys:
            node = node.get(key) if isinstance(node, Mapping) else None
        return node

    def text(self, *keys: str, needed: bool = False, default: str = "") -> str:
        """Return a text; `1` written without quotes is one too."""
        value = self.value(*keys)
        if value is None and needed:
            self._refuse(keys, "manque", "Ajoutez cette clé.")
        if isinstance(value, Mapping | list):
            self._refuse(keys, "doit être un texte", "Écrivez un texte sur une ligne.")
        return default if value is None else str(value)

    def texts(self, *keys: str) -> tuple[str, ...]:
        """Return a text or a list of texts as a tuple."""
        value = self.value(*keys)
        items = [] if value is None else value if isinstance(value, list) else [value]
        if not all(isinstance(item, str) for item in items):
            self._refuse(keys, "doit être un texte ou une liste de textes", "Corrigez-la.")
        return tuple(str(item) for item in items)

    def mapping(self, *keys: str) -> Mapping[str, Any]:
        """Return a mapping, empty when absent."""
        value = self.value(*keys)
        return value if isinstance(value, Mapping) else {}

    def number(self, *keys: str, default: float, zero: bool = False) -> float:
        """Return a positive number, or *zero* where that means something."""
        value = self.value(*keys)
        if value is None:
            return default
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or (value < 0 or (value == 0 and not zero))
        ):
            self._refuse(keys, "doit être un nombre positif", "Écrivez par exemple 120.")
            return default
        return float(value)

    def _refuse(self, keys: tuple[str, ...], what: str, to_do: str) -> None:
        name = " > ".join(keys)
        self.errors.append(EnqueteError(f"« {name} » {what}.", self.source.where(*keys), to_do))


def _entries(source: Marked) -> Iterator[Entry]:
    """Yield the chapters and appendices, parts unfolded."""
    book = source.value.get("book") or {}
    seen: dict[str, int] = {}
    for section, kind in (("chapters", "chapter"), ("appendices", "appendix")):
        for keys, item, part in _items(source, book.get(section), ("book", section), None):
            line = source.lines.get(keys, 1)
            if not isinstance(item, str) or not item.endswith(".qmd"):
                raise EnqueteError(
                    quoi=f"Chapitre « {item} » non pris en charge.",
                    ou=f"{FILE}:{line}",
                    que_faire="Donnez le chemin d'un fichier .qmd.",
                )
            if item in seen:
                raise EnqueteError(
                    quoi=f"Chapitre « {item} » cité deux fois.",
                    ou=f"{FILE}:{line}",
                    que_faire=f"Gardez-en un ; le premier est ligne {seen[item]}.",
                )
            seen[item] = line
            yield Entry(item, "chapter" if kind == "chapter" else "appendix", line, part)
    if next(iter(seen), None) != "index.qmd":
        raise EnqueteError(
            quoi="Le premier chapitre d'un livre est index.qmd.",
            ou=source.where("book", "chapters"),
            que_faire="Mettez « - index.qmd » en tête de « chapters ».",
        )


def _items(
    source: Marked, items: Any, keys: KeyPath, part: str | None
) -> Iterator[tuple[KeyPath, Any, str | None]]:
    """Yield (key path, item, title of the part) of a list of chapters."""
    if items is None:
        return
    if not isinstance(items, list):
        raise EnqueteError(
            quoi=f"« {keys[-1]} » doit être une liste.",
            ou=source.where(*keys),
            que_faire="Une ligne par chapitre.",
        )
    for index, item in enumerate(items):
        here = (*keys, index)
        if isinstance(item, Mapping) and "part" in item:
            extra = sorted(set(item) - {"part", "chapters"})
            if extra or part is not None or str(item["part"]).endswith(".qmd"):
                raise EnqueteError(
                    quoi="Partie mal formée : un titre (« part ») et ses chapitres (« chapters »).",
                    ou=source.where(*here),
                    que_faire="Retirez le reste ; une partie n'en contient pas d'autre.",
                )
            yield from _items(source, item.get("chapters"), (*here, "chapters"), str(item["part"]))
        else:
            yield here, item, part


def _formats(source: Marked) -> dict[str, Mapping[str, Any]]:
    """Return the options of each format; a format's own value wins over the shared one."""
    shared = {key: value for key, value in source.value.items() if key in SHARED}
    formats = source.value.get("format") or {}
    own = {name: formats.get(name) for name in ("html", "typst")}
    return {
        name: MappingProxyType({**shared, **(options if isinstance(options, Mapping) else {})})
        for name, options in own.items()
    }


def _figures(options: Mapping[str, Any], reader: _Reader) -> Figures:
    """Return the charts' defaults; one execution serves both formats, so SVG only."""
    if options.get("fig-format", "svg") != "svg":
        keys = ("fig-format",) if reader.value("fig-format") else ("format", "html", "fig-format")
        reader.errors.append(
            EnqueteError(
                f"« fig-format: {options['fig-format']} » non pris en charge : une seule exécution "
                "sert le site et le PDF.",
                reader.source.where(*keys),
                "Écrivez « fig-format: svg ».",
            )
        )
    default = Figures()
    return Figures(
        width=float(options.get("fig-width", default.width)),
        height=float(options.get("fig-height", default.height)),
        dpi=int(options.get("fig-dpi", default.dpi)),
    )


def _missing_files(config: Config, source: Marked) -> Iterator[EnqueteError]:
    """Yield an error for each file that the configuration names and that is not there."""
    named = [(entry.path, f"{FILE}:{entry.line}") for entry in config.entries]
    for key, files in (
        ("bibliography", config.bibliography),
        ("csl", (config.csl,) if config.csl else ()),
        ("filters", config.filters),
    ):
        for index, path in enumerate(files):
            where = source.where(key, index)
            named.append((path, where))
    for path, where in named:
        if not (config.root / path).is_file():
            yield EnqueteError(
                f"Fichier introuvable : {path}.", where, "Créez-le ou corrigez son chemin."
            )
    for path in config.after_all:
        if path not in config.sources:
            yield EnqueteError(
                f"« {path} » n'est pas un chapitre du livre.",
                source.where("rapport", "apres-tous"),
                "Donnez un chemin cité dans « chapters » ou « appendices ».",
            )
