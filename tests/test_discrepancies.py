"""Declared discrepancies: all there, all true, and each refused once it is no longer true."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from enquete.discrepancies import check_discrepancies, read_discrepancies
from enquete.errors import EnqueteError
from enquete.measure import measure
from enquete.register import read_register
from enquete.survey import open_survey

ROOT = Path(__file__).parents[1]
DATA = ROOT / "data"
FILES = ("figures.yml", "faits.yml", "secondaires.yml", "politique.yml", "ecarts.yml")
AUDIT = [
    "N-DEP", "N-VULN", "L-URBAIN", "S-Q1-43", "S-Q1-BASE", "X-RURAL", "X-ASS", "N-REFR",
    "N-1782", "L-FEMMES", "N-MET", "S-Q7-MELANGE", "S-Q10B-BASE", "X-QUART", "S-Q13", "R-Q13",
    "D-DATES", "L-479", "S-Q1-LIB6", "S-Q1-80", "S-Q2-92", "S-Q9-BASE", "P-46", "S-Q4",
    "P-43PLUS", "S-Q4-NOTE2", "X-EMO", "QST-13-11", "QST-CHOIX", "D-5ASSO", "D-CNAF", "D-RANG",
    "D-1991", "R-REP", "P-58",
]  # fmt: skip


@pytest.fixture(scope="module")
def value():
    return measure(open_survey(ROOT).answers)


def changed(tmp_path: Path, file: str, pattern: str, new: str) -> Path:
    """Copy the data files and change the first passage that matches *pattern*."""
    for name in FILES:
        shutil.copy(DATA / name, tmp_path / name)
    text = (tmp_path / file).read_text(encoding="utf-8")
    text, count = re.subn(pattern, new, text, count=1, flags=re.DOTALL)
    assert count == 1, f"{pattern!r} absent de {file}"
    (tmp_path / file).write_text(text, encoding="utf-8", newline="\n")
    return tmp_path


def refusal(folder: Path, value) -> str:
    register = read_register(folder)
    with pytest.raises(EnqueteError) as caught:
        check_discrepancies(read_discrepancies(folder, register), register, value)
    return str(caught.value)


def print_of(figure: str, number: str) -> tuple[str, str]:
    """Return the pattern and text that change the printed value of a figure."""
    return rf"(- id: {re.escape(figure)}\n.*?valeur: )[\d.]+", rf"\g<1>{number}"


def test_every_contradiction_of_the_audit_is_declared():
    declared = {d.id for d in read_discrepancies(DATA, read_register(DATA))}
    assert len(AUDIT) == 35
    assert set(AUDIT) <= declared


def test_what_the_audit_does_not_hold_is_undecidable():
    declared = read_discrepancies(DATA, read_register(DATA))
    assert {d.nature for d in declared if d.id not in AUDIT} == {"indecidable"}


def test_major_contradictions_all_have_a_test():
    declared = read_discrepancies(DATA, read_register(DATA))
    major = [d for d in declared if d.severity == "majeure"]
    assert len(major) == 7
    assert all(d.check is not None for d in major)


def test_every_kind_of_test_is_used():
    kinds = Counter(
        type(d.check).__name__ for d in read_discrepancies(DATA, read_register(DATA)) if d.check
    )
    assert set(kinds) == {"OtherValue", "OtherReading", "Pairs", "Facts", "Sum", "Threshold"}


def test_all_declarations_are_true(value):
    register = read_register(DATA)
    check_discrepancies(read_discrepancies(DATA, register), register, value)


@pytest.mark.parametrize(
    ("entry", "file", "edit", "problem"),
    [
        ("S-Q1-80", "figures.yml", print_of("p2-2ai-aise-80", "81"), "donne maintenant la valeur"),
        ("R-REP", "figures.yml", print_of("p2-1-mal-20", "19"), "donne maintenant la valeur"),
        ("X-ASS", "figures.yml", print_of("p2-1-ass-global", "24"), "donne maintenant la valeur"),
        ("X-RURAL", "figures.yml", print_of("p2-1-rural", "26"), "lecture imprimée donne"),
        ("X-RURAL", "figures.yml", print_of("p2-1-rural", "40"), "lecture retenue ne donne plus"),
        ("N-REFR", "figures.yml", print_of("p2-2aii-refractaires", "0.31"), "lecture imprimée"),
        ("L-URBAIN", "figures.yml", print_of("a1-urbain", "67.0"), "s’excluent maintenant"),
        ("P-46", "secondaires.yml", print_of("s0-46", "45"), "s’accordent maintenant"),
        ("P-58", "secondaires.yml", print_of("x-fonda-58", "59"), "s’accordent maintenant"),
        ("L-FEMMES", "secondaires.yml", print_of("s0-femmes", "82"), "s’accordent maintenant"),
        ("D-5ASSO", "faits.yml", print_of("meth-5-associations", "4"), "disent maintenant la même"),
        ("QST-CHOIX", "faits.yml", print_of("a2-choix-multiple", "0"), "disent maintenant la même"),
        ("S-Q4", "figures.yml", print_of("p3-2f-mal-insuffisant", "63"), "égale maintenant"),
        ("S-Q2-92", "secondaires.yml", print_of("s0-92", "93"), "égale maintenant s0-92"),
        ("S-Q9-BASE", "figures.yml", print_of("p2-1b-hors-sujet", "18"), "n’égale plus 100"),
        ("N-MET", "figures.yml", print_of("a1-met-ass", "24.7"), "égale maintenant 100"),
        ("X-QUART", "ecarts.yml", ("gt: 87", "gt: 99.9"), "ne dépasse plus 99,9"),
        ("P-43PLUS", "ecarts.yml", ("lt: 43.5", "lt: 43.01"), "n’est plus inférieure à 43"),
        (
            "D-DATES",
            "faits.yml",
            ('valeur: "2024-07-05"', 'valeur: "2024-06-21"'),
            "disent maintenant la même",
        ),
    ],
)  # fmt: skip
def test_a_declaration_that_is_no_longer_true_is_refused(
    tmp_path, value, entry, file, edit, problem
):
    message = refusal(changed(tmp_path, file, *edit), value)
    assert f"L’écart déclaré « {entry} » n’est plus vrai" in message
    assert problem in message
    assert f"ecarts.yml, ligne {line_of(entry)}, entrée « {entry} »" in message


def line_of(entry: str) -> int:
    lines = (DATA / "ecarts.yml").read_text(encoding="utf-8").split("\n")
    return lines.index(f"- id: {entry}") + 1


def test_a_reading_that_cannot_be_computed_any_more_is_refused():
    register = read_register(DATA)
    with pytest.raises(EnqueteError) as caught:
        check_discrepancies(read_discrepancies(DATA, register), register, lambda reading: None)
    problems = str(caught.value)
    assert "« N-REFR » n’est plus vrai" in problems
    assert "p2-2aii-refractaires n’a plus deux lectures calculables" in problems


@pytest.mark.parametrize(
    ("pattern", "new", "expected"),
    [
        (r"nature: base", "nature: bases", "« bases » n’est pas permis"),
        (r"gravite: majeure", "gravite: grave", "écrire majeure, moyenne, mineure"),
        (r"figures: \[p2-2c-9983\]", "figures: [p2-2c-99]", "qui n’est pas au registre"),
        (r"kind: lecture", "kind: lectures", "test inconnu ou incomplet"),
        (r"nature: base", "nature: indecidable", "ne convient pas à la nature « indecidable »"),
        (r"test: null", "test: {kind: valeur, figures: [meth-n]}", "ne convient pas à la nature"),
        (r"voisins: \[a1-national", "voisin: [a1-national", "Vouliez-vous dire « voisins »"),
    ],
)  # fmt: skip
def test_a_badly_written_declaration_is_told_in_french(tmp_path, pattern, new, expected):
    folder = changed(tmp_path, "ecarts.yml", pattern, new)
    with pytest.raises(EnqueteError) as caught:
        read_discrepancies(folder, read_register(folder))
    assert expected in str(caught.value)
    assert "ecarts.yml, ligne" in str(caught.value)
