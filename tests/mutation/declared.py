"""Faults in the answers, and in what the project declares of them."""

from __future__ import annotations

import hashlib
import re

from mutation.model import Copy, Mutant
from mutation.pages import editing
from mutation.workshop import Workshop

ANSWERS, THEMES = "data/reponses.csv", "data/themes.csv"


def one_answer(copy: Copy) -> None:
    """Move one respondent from Paris to the Gironde."""
    copy.edit(ANSWERS, ",paris,", ",gironde,")
    copy.refresh()


def altered(_: Workshop, copy: Copy) -> None:
    """Alter one answer, and the fingerprint that the package gives of it."""
    one_answer(copy)


def forged(_: Workshop, copy: Copy) -> None:
    """Alter one answer, and its fingerprint everywhere in the book too."""
    before = hashlib.sha256((copy.root / ANSWERS).read_bytes()).hexdigest()
    one_answer(copy)
    after = hashlib.sha256((copy.root / ANSWERS).read_bytes()).hexdigest()
    copy.edit("_book/provenance.json", before, after, times=-1)
    copy.write("_book/donnees/enquete/reponses.csv", copy.text(ANSWERS))


def damaged(_: Workshop, copy: Copy) -> None:
    """Alter one answer after the build, without telling the package."""
    copy.edit(ANSWERS, ",paris,", ",gironde,")


def a_minority(_: Workshop, copy: Copy) -> None:
    """Turn answers that speak of an easier work into others: « plus de la moitié » is false."""
    text = copy.text(THEMES)
    changed = re.sub(r",Q2,(information|organisation)\b", ",Q2,relationnel", text)
    copy.write(THEMES, changed)
    copy.refresh()


def undeclared(_: Workshop, copy: Copy) -> None:
    """Remove the declaration of a discrepancy."""
    text = copy.text("data/ecarts.yml")
    entry = re.search(r"- id: X-ASS\n.*?(?=^- id:|\Z)", text, re.DOTALL | re.MULTILINE)
    if not entry:
        raise LookupError("data/ecarts.yml n'a plus X-ASS")
    copy.edit("data/ecarts.yml", entry[0], "")


def agreed(_: Workshop, copy: Copy) -> None:
    """Let the report have printed what the answers give: the discrepancy is no longer true."""
    copy.edit("data/figures.yml", '"29%", valeur: 29,', '"24%", valeur: 24,')


MUTANTS = (
    Mutant("une réponse changée, empreinte refaite", "integrite", altered, "reponses.csv"),
    Mutant("une réponse changée, empreintes falsifiées", "recomptage", forged, "a1-dep-paris"),
    Mutant(
        "fichier de réponses modifié après la construction", "integrite", damaged, "reponses.csv"
    ),
    Mutant(
        "« plus de la moitié » rendu faux par les réponses", "affirmations", a_minority, "fausse"
    ),
    Mutant("chiffres que les réponses ne donnent plus", "publies", a_minority, "p1-1-facilitation"),
    Mutant(
        "affirmation déclarée plus forte que les chiffres",
        "affirmations",
        editing(
            "data/affirmations.yml",
            "{superieur: [p1-1-facilitation, 50]}",
            "{superieur: [p1-1-facilitation, 60]}",
        ),
        "fausse",
    ),
    Mutant(
        "légende d'un graphique déclarée plus forte que les chiffres",
        "affirmations",
        editing("data/legendes.yml", "[p2-1-aise, 60]", "[p2-1-aise, 90]"),
        "fig-q1",
    ),
    Mutant(
        "légende d'un graphique changée sans condition",
        "affirmations",
        editing("chapters/partie-2.qmd", "Une large majorité de", "L'immense majorité de"),
        "fig-q1",
    ),
    Mutant("écart non déclaré", "publies", undeclared, "p2-1-ass-global"),
    Mutant("écart déclaré qui n'est plus vrai", "publies", agreed, "X-ASS"),
)
