"""Faults in the ledger of a finished book, `provenance.json`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mutation.model import Copy, Mutant, Plant
from mutation.workshop import Workshop

COUNT, SHARE, WORDS = "a1-dep-paris-n", "p1-1-facilitation", "p1-1-plus-moitie"
Entry = dict[str, Any]


def setting(name: str, *path: str, old: Any, new: Any) -> Plant:
    """Return what gives a field of a figure another value; the old one must be there."""

    def change(entry: Entry) -> None:
        holder = entry
        for key in path[:-1]:
            holder = holder[key]
        if holder[path[-1]] != old:
            raise LookupError(f"{name}, {path} : {holder[path[-1]]!r}")
        holder[path[-1]] = new

    return lambda _, copy: copy.entry(name, change)


def a_base(_: Workshop, copy: Copy) -> None:
    """Change a digit of the first base that the ledger states."""

    def change(content: dict[str, Any]) -> None:
        entry = next(each for each in content["entries"] if isinstance(each["base"], int))
        entry["base"] += 10

    copy.ledger(change)


def on_ledger(change: Callable[[list[Entry]], object]) -> Plant:
    """Return what changes the list of entries."""
    return lambda _, copy: copy.ledger(lambda content: change(content["entries"]))


def only(entries: list[Entry], name: str) -> Entry:
    """Return the first line of a figure."""
    return next(each for each in entries if each["id"] == name)


def bound_elsewhere(entries: list[Entry]) -> None:
    """Make « plus de la moitié » rest on another figure."""
    other = only(entries, "p1-3-hors-mission")
    term = {"id": other["id"], "text": other["text"], "selection": other["selection"]}
    only(entries, WORDS)["terms"] = [term]


def said_of_another(entries: list[Entry]) -> None:
    """Move a statement of the report to words that say something else."""
    held = next(each for each in entries if each["claim"] == "pr-seulement")
    other = only(entries, WORDS)
    held["claim"], other["claim"] = other["claim"], held["claim"]


def lose(name: str) -> Plant:
    """Return what removes a figure from the ledger."""

    def change(entries: list[Entry]) -> None:
        entries[:] = [each for each in entries if each["id"] != name]

    return on_ledger(change)


def misfiled(entries: list[Entry]) -> None:
    """Swap the selections of two figures, their texts left as they are."""
    one, other = only(entries, "p1-3-dans-mission"), only(entries, "p1-3-hors-mission")
    for key in ("selection", "computation"):
        one[key], other[key] = other[key], one[key]


MUTANTS = (
    Mutant(
        "texte d'un chiffre au registre",
        "recomptage",
        setting(SHARE, "text", old="59\u00a0%", new="58\u00a0%"),
        SHARE,
    ),
    Mutant(
        "valeur d'un chiffre au registre",
        "recomptage",
        setting(COUNT, "value", old="247/1", new="241/1"),
        COUNT,
    ),
    Mutant(
        "numérateur au registre", "recomptage", setting(COUNT, "numerator", old=247, new=274), COUNT
    ),
    Mutant("base au registre", "recomptage", a_base, "base"),
    Mutant(
        "intervalle d'un effectif au registre",
        "recomptage",
        setting(COUNT, "status", "count", "max", old=247, new=246),
        COUNT,
    ),
    Mutant(
        "intervalle d'une part au registre",
        "recomptage",
        setting(SHARE, "status", "value", "min", old="117/200", new="115/200"),
        SHARE,
    ),
    Mutant("sélections de deux chiffres échangées", "recomptage", on_ledger(misfiled), "p1-3-"),
    Mutant("mots liés à un autre chiffre", "recomptage", on_ledger(bound_elsewhere), WORDS),
    Mutant(
        "affirmation portée par une autre phrase",
        "affirmations",
        on_ledger(said_of_another),
        "pr-seulement",
    ),
    Mutant("chiffre publié sorti du registre", "publies", lose("p1-2-surcharge"), "p1-2-surcharge"),
    Mutant(
        "chiffre imprimé sans ligne au registre",
        "audit-html",
        lose("p1-2-surcharge"),
        "p1-2-surcharge",
    ),
    Mutant(
        "verdict embelli",
        "publies",
        setting("a1-urbain", "verdict", old="discrepant", new="reproduced"),
        "a1-urbain",
    ),
    Mutant(
        "valeur publiée récrite au registre",
        "publies",
        setting(
            SHARE,
            "published",
            old=[{"id": SHARE, "value": "59%", "section": "1.1"}],
            new=[{"id": SHARE, "value": "58%", "section": "1.1"}],
        ),
        SHARE,
    ),
)
