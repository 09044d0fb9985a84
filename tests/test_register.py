"""The register: complete, consistent with itself, and refused in French when it is not."""

from __future__ import annotations

import csv
import re
import shutil
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from enquete import entries
from enquete.errors import EnqueteError, EnqueteErrors
from enquete.policy import Approximation, read_policy
from enquete.register import read_register

DATA = Path(__file__).parents[1] / "data"
REGISTER = read_register(DATA)
FILES = ("figures.yml", "faits.yml", "secondaires.yml", "politique.yml")


def edited(tmp_path: Path, file: str, old: str, new: str) -> Path:
    """Copy the register and change one passage of it."""
    for name in FILES:
        shutil.copy(DATA / name, tmp_path / name)
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert text.count(old) >= 1, f"{old!r} absent de {file}"
    (tmp_path / file).write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")
    return tmp_path


def refusal(folder: Path) -> str:
    with pytest.raises(EnqueteError) as caught:
        read_register(folder)
    return str(caught.value)


def printed(count: int, base: int, decimals: int) -> Decimal:
    """Round a percentage half up in decimal arithmetic, without our own rounding."""
    exact = Decimal(100 * count) / Decimal(base)
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


# --- what is there


def test_the_register_holds_every_number_of_the_report_and_of_the_other_sources():
    assert (len(REGISTER.figures), len(REGISTER.facts)) == (166, 57)
    assert Counter(s.corpus for s in REGISTER.secondary.values()) == {
        "presse": 25,
        "hors-corpus": 5,
    }


def test_the_kinds_of_computation_are_those_of_the_published_figures():
    kinds = Counter(f.reading.to_json()["type"] if f.reading else None for f in REGISTER)
    assert kinds == {
        "share": 126, "count": 13, "words": 13, "rank": 8, "mean": 1, "difference": 1, None: 4,
    }  # fmt: skip


def test_facts_are_of_the_three_other_natures():
    natures = Counter(fact.nature for fact in REGISTER.facts.values())
    assert set(natures) == {"metadonnees", "organisation", "externe"}
    assert sum(natures.values()) == 57


def test_figures_stand_in_the_order_of_the_report():
    order = ["titre", "methode", "1", "2", "3", "recommandations", "A1"]
    places = [order.index(f.section if f.section in order else f.section[0]) for f in REGISTER]
    assert places == sorted(places)


def test_each_figure_belongs_to_the_chapter_of_its_section():
    wrong = [
        f.id
        for f in [*REGISTER, *REGISTER.facts.values()]
        if f.section[0] in "123" and f.chapter != f"partie-{f.section[0]}"
    ]
    assert wrong == []


# --- each figure says what it prints


def test_a_printed_number_is_the_one_in_its_printed_text():
    for figure in REGISTER:
        if figure.unit in ("mots", "rang") or figure.id == "p3-3-seuil":
            continue  # « au moins un pourcent » is written in letters
        digits = re.search(r"\d[\d ]*(,(\d+))?", figure.text)
        assert digits, figure.id
        number = Decimal(digits[0].replace(" ", "").replace(",", "."))
        assert Fraction(number) == figure.value, figure.id
        assert len(digits[2] or "") == figure.decimals, figure.id


def test_words_and_ranks_print_no_number():
    assert all(f.value is None for f in REGISTER if f.unit in ("mots", "rang"))


def test_every_option_named_by_a_computation_exists():
    with (DATA / "modalites.csv").open(encoding="utf-8", newline="") as file:
        known = {(row["question"], row["code"]) for row in csv.DictReader(file)}
    with (DATA / "figures.yml").open(encoding="utf-8") as file:
        raw = yaml.safe_load(file)["figures"]

    def named(value: object) -> list[tuple[str, str]]:
        if isinstance(value, list):
            return [pair for each in value for pair in named(each)]
        if not isinstance(value, dict):
            return []
        found = [(value["q"], code) for code in value.get("in", ())] if "q" in value else []
        if value.get("unit") == "ticks":
            found += [(value["of"], c) for c in value.get("option", value.get("option_not", ()))]
        if value.get("type") == "rank":
            found += [(value["question"], c) for c in (value["first"], *value["among"])]
        return found + [pair for each in value.values() for pair in named(each)]

    pairs = [pair for figure in raw for pair in named([figure["retenu"], figure["imprime"]])]
    assert len(pairs) > 150
    assert [pair for pair in pairs if pair not in known] == []


def test_only_an_assumed_base_has_a_condition():
    for figure in REGISTER:
        assert (figure.statuses["base"] == "suppose") == (figure.condition is not None), figure.id


def test_a_repeated_number_is_computed_like_the_one_it_repeats():
    for figure in REGISTER:
        if figure.repeats and figure.unit not in ("mots", "rang"):
            first = REGISTER[figure.repeats]
            assert figure.reading is not None, figure.id
            assert figure.reading == first.reading, figure.id


def test_no_figure_without_computation_lacks_a_reason():
    for figure in REGISTER:
        undetermined = figure.statuses["valeur"] == "indetermine"
        assert undetermined == bool(figure.reason), figure.id


# --- the printed percentages have integer solutions on the bases they name

EVERYONE = 2542  # counts written in the audit of the report, on its 2 542 respondents
FEASIBLE = {
    "meth-femmes": (2072, 2097), "p1-3-hors-mission": (218, 219),
    "p1-3-dans-mission": (2323, 2324), "p2-1-aise": (2053, 2055),
    "p2-1-rural-global": (598, 622), "p2-2aii-mal": (487, 489), "p2-2b-lien": (1284, 1309),
    "p3-2f-suffisant": (1437, 1461), "p3-2f-insuffisant": (1081, 1105),
    "p3-2f-pas-du-tout": (318, 343), "a1-femmes": (2074, 2075), "a1-anciennete": (1217, 1218),
    "a1-associations": (1174, 1175), "a1-public": (1217, 1218), "a1-urbain": (619, 621),
    "a1-met-ass": (607, 608), "a1-met-cesf": (302, 303), "a1-met-cip": (233, 235),
    "a1-met-es": (228, 230), "a1-met-encadrant": (195, 197), "a1-met-emploi": (40, 41),
    "a1-met-me": (20, 21), "a1-met-tisf": (17, 19), "a1-met-aes": (9, 11),
    "a1-met-mediateur-familial": (9, 11), "a1-met-ets": (4, 6), "a1-met-aide-domicile": (2, 3),
    "a1-met-conseiller-num": (55, 57), "a1-met-intervenants-social": (53, 54),
    "a1-met-charges-projets-social": (40, 41), "a1-met-autres-social": (242, 266),
    "a1-met-autres-numerique": (139, 141), "a1-met-autres-sante": (91, 92),
    "a1-met-autres-emploi": (42, 44), "a1-met-autres-logement": (9, 11),
    "a1-met-autres": (157, 158),
}  # fmt: skip


@pytest.mark.parametrize(("figure", "bounds"), FEASIBLE.items(), ids=FEASIBLE)
def test_the_counts_that_print_a_percentage_of_everyone(figure, bounds):
    entry = REGISTER[figure]
    assert entry.value is not None
    wanted = Decimal(entry.value.numerator) / Decimal(entry.value.denominator)
    counts = [k for k in range(EVERYONE + 1) if printed(k, EVERYONE, entry.decimals) == wanted]
    assert (counts[0], counts[-1]) == bounds
    assert counts == list(range(bounds[0], bounds[1] + 1))


def test_no_number_of_respondents_prints_the_share_of_vulnerabilities():
    assert Decimal("99.83") not in {printed(k, EVERYONE, 2) for k in range(EVERYONE + 1)}


def test_the_seven_departments_leave_nine_possible_bases():
    rows = {
        name: (int(REGISTER[f"a1-dep-{name}-n"].value), REGISTER[f"a1-dep-{name}-pct"].text)
        for name in (
            "paris", "gironde", "nord", "bas-rhin", "rhone", "savoie", "seine-saint-denis",
        )
    }  # fmt: skip

    def fits(base: int) -> bool:
        return all(
            f"{printed(count, base, 1)}%".replace(".", ",") == text for count, text in rows.values()
        )

    assert [base for base in range(1, EVERYONE + 1) if fits(base)] == list(range(2512, 2521))


def test_the_hardline_share_is_of_the_answers_and_not_of_the_respondents():
    assert printed(8, 1782, 2) == Decimal("0.45")
    assert printed(8, EVERYONE, 2) == Decimal("0.31")


# --- facts and policy


def test_a_fact_prints_with_french_spaces():
    assert REGISTER.fact("intro-170000").text == "plus de 170\u202f000"
    assert REGISTER.fact("meth-cnaf-f").text == "53\u00a0%"
    assert REGISTER.fact("meth-date-fin").text == "21 juin 2024"


@pytest.mark.parametrize(
    ("words", "value", "number", "holds"),
    [
        ("environ", "15.4999", 15, True),
        ("environ", "15.5", 15, False),
        ("plus de", "43.0001", 43, True),
        ("plus de", "43", 43, False),
        ("près de", "19", 20, True),
        ("près de", "18.99", 20, False),
        ("au moins", "1", 1, True),
        ("au moins", "0.99", 1, False),
        ("centaine", "2542", 2500, True),
        ("centaine", "2550", 2500, False),
    ],
)
def test_what_an_approximation_promises(words, value, number, holds):
    rule = REGISTER.policy.approximations[words]
    assert rule.holds(Fraction(value), Fraction(number)) is holds


def test_every_approximation_printed_has_a_rule():
    used = {f.approximation for f in REGISTER if f.approximation}
    assert used == set(REGISTER.policy.approximations)


def test_the_policy_numbers():
    policy = read_policy(DATA)
    assert (policy.widest_count, policy.small_base, policy.least_base) == (30, 100, 30)
    assert (policy.small_count, policy.small_sensitive_count) == (5, 11)
    assert "S5" in policy.sensitive_questions
    assert policy.approximations["près de"] == Approximation("autour", Fraction(1))


# --- refused, in French, with the file and the entry


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("figures.yml", "  lecture:", "  lectures:", "inconnu. Vouliez-vous dire « lecture »"),
        ("figures.yml", "unite: effectif", "unite: effectifs", "« effectifs » n’est pas permis"),
        ("figures.yml", "base: publie,", "base: publié,", "« publié » n’est pas permis"),
        ("figures.yml", "- id: meth-n\n", "- id: front-2500\n", "sert deux fois"),
        ("figures.yml", "reprend: meth-n", "reprend: meth-nn", "« meth-nn », qui n’existe pas"),
        ("figures.yml", "answered: true", "repondu: true", "Sélection illisible"),
        ("figures.yml", "type: share", "type: part", "Calcul illisible"),
        ("figures.yml", 'texte: "2542"', "texte: 2542", "un texte est attendu, non 2542"),
        ("figures.yml", "  raison:", "  condition:", "Champ « raison » : absente"),
        ("faits.yml", "nature: organisation", "nature: organisme", "« organisme » n’est"),
        ("faits.yml", "- id: intro-2013", "- id: meth-n", "deux fichiers du registre"),
        ("secondaires.yml", "compare: meth-n", "compare: meth", "« meth », qui n’existe pas"),
        ("politique.yml", "largeur_max_effectif: 30", "largeur_max_effectif: -3", "entier positif"),
        ("politique.yml", "regle: autour", "regle: alentour", "« alentour » n’est pas permis"),
    ],
)  # fmt: skip
def test_a_fault_is_told_in_french_with_its_file(tmp_path, file, old, new, expected):
    message = refusal(edited(tmp_path, file, old, new))
    assert expected in message
    assert "où :" in message
    assert file.split(".")[0] in message or "data/" in message


def test_a_fault_names_the_line_and_the_entry(tmp_path):
    folder = edited(tmp_path, "figures.yml", "nature: microdonnees", "nature: autre")
    assert "figures.yml, ligne 5, entrée « front-2500 »" in refusal(folder)


def test_all_faults_are_told_together(tmp_path):
    folder = edited(tmp_path, "figures.yml", "unite: effectif", "unite: tas")
    text = (folder / "figures.yml").read_text(encoding="utf-8")
    (folder / "figures.yml").write_text(text.replace("unite: rang", "unite: place"), "utf-8")
    with pytest.raises(EnqueteErrors) as caught:
        read_register(folder)
    assert len(caught.value.problems) == 11  # one count and the ten ranks


def test_a_missing_file_is_named(tmp_path):
    assert "Fichier de données absent : figures.yml" in refusal(tmp_path)


def test_broken_yaml_gives_its_line(tmp_path):
    message = refusal(edited(tmp_path, "faits.yml", "faits:\n", "faits:\n- [\n"))
    assert "YAML illisible" in message
    assert re.search(r"faits\.yml, ligne \d+, colonne \d+", message)


def test_a_file_saved_in_another_encoding_is_refused(tmp_path):
    folder = edited(tmp_path, "faits.yml", "faits:", "faits:")
    text = (folder / "faits.yml").read_text(encoding="utf-8")
    (folder / "faits.yml").write_bytes(text.encode("cp1252", errors="replace"))
    assert "UTF-8" in refusal(folder)


def test_an_unknown_id_gets_a_suggestion():
    with pytest.raises(EnqueteError, match="Vouliez-vous dire « p1-1-facilitation »"):
        REGISTER["p1-1-facilitations"]


def test_the_slow_yaml_loader_reads_the_same(monkeypatch):
    monkeypatch.setattr(entries, "_LOADER", yaml.SafeLoader)
    assert read_register(DATA) == REGISTER
