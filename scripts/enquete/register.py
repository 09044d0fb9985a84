"""The register: what the report and other sources published, typed and checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

from enquete import french, reads
from enquete.entries import Item, read_entries
from enquete.errors import EnqueteError, raise_all
from enquete.policy import Policy, read_policy
from enquete.readings import Reading, reading_from_json
from enquete.suggest import suggestion

StatusName = Literal["publie", "deduit", "suppose", "indetermine"]
Part = Literal["valeur", "base", "effectif"]
FactNature = Literal["metadonnees", "organisation", "externe"]

Named = TypeVar("Named")

STATUSES = ("publie", "deduit", "suppose", "indetermine")
UNITS = ("pourcentage", "effectif", "mots", "rang", "points")
FACT_NATURES = ("metadonnees", "organisation", "externe")
AGREEMENTS = ("accord", "desaccord", "absent", "autre-enquete")
_HELD = {
    "figures": "data/figures.yml",
    "_by_reading": "data/figures.yml",
    "facts": "data/faits.yml",
    "secondary": "data/secondaires.yml",
    "policy": "data/politique.yml",
}


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """
    Hold one figure of the report that the answers should give again.

    ``reading`` is the retained computation, absent when nothing published
    allows one (``reason`` says why); ``printed_reading`` is the computation that
    the report's words describe, when it is another one.
    """

    id: str
    section: str
    chapter: str
    text: str
    value: Fraction | None
    decimals: int
    unit: str
    approximation: str | None
    questions: tuple[str, ...]
    label: str
    base_label: str
    printed_reading: Reading | None
    reading: Reading | None
    note: str
    reason: str
    statuses: Mapping[Part, StatusName]
    condition: str | None
    repeats: str | None
    where: str

    def known(self, part: Part) -> bool:
        """Tell whether value, base or count is published, deduced or assumed."""
        return self.statuses[part] != "indetermine"


@dataclass(frozen=True, slots=True)
class Fact:
    """Hold something the report says that no answer gives: a date, a procedure, a source."""

    id: str
    nature: FactNature
    section: str
    chapter: str
    printed: str
    value: Fraction | str
    unit: str
    label: str
    source: str
    counted: bool
    repeats: str | None

    @property
    def text(self) -> str:
        """Return the printed fragment with French spaces in its numbers."""
        return french.typeset(self.printed)


@dataclass(frozen=True, slots=True)
class SecondaryFigure:
    """Hold a figure of another source, and how it stands to the report."""

    id: str
    corpus: str
    source: str
    survey: str
    text: str
    value: Fraction | str | None
    decimals: int | None
    unit: str
    label: str
    compared: str | None
    agreement: str


@dataclass(frozen=True, slots=True)
class Register:
    """Find published figures, facts and secondary figures by id, and figures by computation."""

    figures: Mapping[str, PublishedFigure]
    facts: Mapping[str, Fact]
    secondary: Mapping[str, SecondaryFigure]
    policy: Policy
    _by_reading: Mapping[str, tuple[PublishedFigure, ...]] = field(
        repr=False, compare=False, default_factory=dict
    )

    def __getattribute__(self, name: str) -> Any:
        if name in _HELD:
            reads.note(_HELD[name])
        return object.__getattribute__(self, name)

    def __iter__(self) -> Iterator[PublishedFigure]:
        return iter(self.figures.values())

    def __getitem__(self, figure: str) -> PublishedFigure:
        return _found(self.figures, figure, "figures")

    def fact(self, name: str) -> Fact:
        """Return a declared fact."""
        return _found(self.facts, name, "faits")

    def get(self, figure: str) -> PublishedFigure | None:
        """Return a published figure, or nothing."""
        return self.figures.get(figure)

    def reading(self, key: str) -> tuple[PublishedFigure, ...]:
        """Return every published figure whose retained computation has this key."""
        return self._by_reading.get(key, ())

    def knows(self, name: str) -> bool:
        """Tell whether *name* is a figure, a fact or a secondary figure."""
        return name in self.figures or name in self.facts or name in self.secondary


def read_register(folder: Path) -> Register:
    """Read the four files of the register and check that they name each other rightly."""
    figures = read_entries(folder / "figures.yml", "figures", _figure)
    facts = read_entries(folder / "faits.yml", "faits", _fact)
    secondary = read_entries(folder / "secondaires.yml", "secondaires", _secondary)
    raise_all(list(_dangling(figures, facts, secondary)))
    by_reading: dict[str, list[PublishedFigure]] = {}
    for figure in figures.values():
        if figure.reading is not None:
            by_reading.setdefault(figure.reading.key, []).append(figure)
    return Register(
        figures,
        facts,
        secondary,
        read_policy(folder),
        {key: tuple(same) for key, same in by_reading.items()},
    )


def _found(entries: Mapping[str, Named], name: str, file: str) -> Named:
    found = entries.get(name)
    if found is None:
        raise EnqueteError(
            f"« {name} » n’est pas au registre.{suggestion(name, entries)}",
            f"data/{file}.yml",
            "reprendre un identifiant de ce fichier, ou l’y ajouter.",
        )
    return found


def _figure(identifier: str, item: Item) -> PublishedFigure:
    item.only(
        "id", "section", "chapitre", "nature", "publie", "question", "imprime", "retenu",
        "raison", "lecture", "statuts", "condition", "reprend",
    )  # fmt: skip
    item.choice("nature", ("microdonnees",))
    printed, meaning, statuses = item.inner("publie"), item.inner("imprime"), item.inner("statuts")
    printed.only("texte", "valeur", "decimales", "unite", "approche")
    meaning.only("libelle", "base", "calcul")
    statuses.only("valeur", "base", "effectif")
    reading = _reading(item, "retenu")
    reason = item.optional_text("raison") or ""
    if reading is None and not reason:
        raise item.problem("raison", "absente alors que rien n’est retenu", "dire pourquoi.")
    return PublishedFigure(
        id=identifier,
        section=item.text("section"),
        chapter=item.text("chapitre"),
        text=printed.text("texte"),
        value=None if printed.raw("valeur") is None else printed.number("valeur"),
        decimals=0 if printed.raw("decimales") is None else printed.whole("decimales"),
        unit=printed.choice("unite", UNITS),
        approximation=printed.optional_text("approche"),
        questions=item.texts("question"),
        label=meaning.text("libelle"),
        base_label=meaning.text("base"),
        printed_reading=_reading(meaning, "calcul"),
        reading=reading,
        note=item.text("lecture"),
        reason=reason,
        statuses={
            part: cast("StatusName", statuses.choice(part, STATUSES))
            for part in cast("tuple[Part, ...]", ("valeur", "base", "effectif"))
        },
        condition=item.optional_text("condition"),
        repeats=item.optional_text("reprend"),
        where=item.where,
    )


def _reading(item: Item, name: str) -> Reading | None:
    raw = item.raw(name)
    if raw is None:
        return None
    try:
        return reading_from_json(raw)
    except EnqueteError as error:
        raise EnqueteError(error.quoi, f"{item.where}, « {name} »", error.que_faire) from error


def _fact(identifier: str, item: Item) -> Fact:
    item.only(
        "id", "nature", "section", "chapitre", "texte", "valeur", "unite", "libelle",
        "source", "compte", "reprend",
    )  # fmt: skip
    return Fact(
        id=identifier,
        nature=cast("FactNature", item.choice("nature", FACT_NATURES)),
        section=item.text("section"),
        chapter=item.text("chapitre"),
        printed=item.text("texte"),
        value=_value(item),
        unit=item.text("unite"),
        label=item.text("libelle"),
        source=item.text("source"),
        counted=item.raw("compte") is True,
        repeats=item.optional_text("reprend"),
    )


def _secondary(identifier: str, item: Item) -> SecondaryFigure:
    item.only("id", "corpus", "source", "enquete", "publie", "libelle", "compare", "rapport")
    printed = item.inner("publie")
    return SecondaryFigure(
        id=identifier,
        corpus=item.choice("corpus", ("presse", "hors-corpus")),
        source=item.text("source"),
        survey=item.text("enquete"),
        text=printed.text("texte"),
        value=None if printed.raw("valeur") is None else _value(printed),
        decimals=None if printed.raw("decimales") is None else printed.whole("decimales"),
        unit=printed.text("unite"),
        label=item.text("libelle"),
        compared=item.optional_text("compare"),
        agreement=item.choice("rapport", AGREEMENTS),
    )


def _value(item: Item) -> Fraction | str:
    """Return a number exactly, or a date as it is written."""
    return item.text("valeur") if isinstance(item.raw("valeur"), str) else item.number("valeur")


def _dangling(
    figures: Mapping[str, PublishedFigure],
    facts: Mapping[str, Fact],
    secondary: Mapping[str, SecondaryFigure],
) -> Iterable[EnqueteError]:
    known = {*figures, *facts}
    named: list[tuple[str, str, str | None, Callable[[str], bool]]] = [
        *(("figures", f.id, f.repeats, figures.__contains__) for f in figures.values()),
        *(("faits", f.id, f.repeats, facts.__contains__) for f in facts.values()),
        *(("secondaires", s.id, s.compared, known.__contains__) for s in secondary.values()),
    ]
    for file, identifier, name, exists in named:
        if name is not None and not exists(name):
            yield EnqueteError(
                f"« {identifier} » renvoie à « {name} », qui n’existe pas.",
                f"data/{file}.yml, entrée « {identifier} »",
                "corriger l’identifiant, ou ajouter l’entrée.",
            )
    for twice in sorted(set(figures) & set(facts) | known & set(secondary)):
        yield EnqueteError(
            f"L’identifiant « {twice} » sert dans deux fichiers du registre.",
            "data/",
            "en changer un.",
        )
