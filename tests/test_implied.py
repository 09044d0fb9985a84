"""
What published figures imply, against the audit of the report.

The expected texts are those of the audit, made by another program from another file; the
fractions below them are worked out here, by hand, from the printed numbers.
"""

from __future__ import annotations

import json
import random
from datetime import date
from fractions import Fraction
from pathlib import Path

import jsonschema
import pytest

from enquete import EnqueteError, open_survey, read_ledger
from enquete.deductions import Computed, read_deductions
from enquete.expression import parse
from enquete.provenance import SCHEMA
from enquete.reckoning import Reckoning
from enquete.two_branches import Published, both

ROOT = Path(__file__).resolve().parents[1]
SURVEY = open_survey(ROOT)
RECKONING = Reckoning(SURVEY)

# Plain spaces: the test puts the no-break ones.
AUDIT = {
    "n-dep-base": "entre 2512 et 2520",
    "n-dep-absentes": "entre 22 et 30",
    "n-dep-paris": "9,72 %",
    "n-dep-gironde": "8,81 %",
    "n-dep-nord": "7,63 %",
    "n-dep-bas-rhin": "6,41 %",
    "n-dep-rhone": "6,37 %",
    "n-dep-savoie": "6,10 %",
    "n-dep-seine-saint-denis": "4,17 %",
    "n-dep-sept": "1251",
    "n-dep-sept-part": "49,2 %",
    "n-dep-autres": "entre 1261 et 1269",
    "n-dep-autres-nombre": "au moins 12",
    "n-vuln-coches": "entre 6286 et 6666",
    "n-vuln-moyenne": "entre 2,47 et 2,62",
    "n-vuln-personnes": "99,57 %",
    "n-vuln-droits": "entre 1541 et 1699",
    "n-vuln-droits-part": "entre 60,6 et 66,8 %",
    "n-vuln-nombre": "au moins 4",
    "n-aise-bien": "entre 2053 et 2055",
    "n-aise-mal": "entre 487 et 489",
    "n-mission-dans": "entre 2323 et 2324",
    "n-mission-hors": "entre 218 et 219",
    "n-form-suffisant": "entre 1437 et 1461",
    "n-form-insuffisant": "entre 1081 et 1105",
    "p-43plus": "entre 1094 et 1105",
    "n-refr-reponses": "0,45 %",
    "n-refr-personnes": "0,31 %",
    "n-refr-base": "entre 1759 et 1797",
    "n-1782-deux": "70,1 %",
    "n-1782-une": "entre 86,7 et 86,8 %",
    "s-q1-23": "entre 22,21 et 23,04 %",
    "s-q1-43-imprime": "41,82 %",
    "s-q1-43-plafond": "au plus 42,26 %",
    "s-q1-poids-23": "entre 78,95 et 85,45 %",
    "s-q1-poids-43": "au plus 80,42 %",
    "s-q1-poids": "entre 78,95 et 80,42 %",
    "s-q1-base-aise": "entre 1408 et 1432",
    "s-q1-base-mal": "entre 350 et 374",
    "s-q1-taux-aise": "entre 68,5 et 69,8 %",
    "s-q1-taux-mal": "entre 71,6 et 76,8 %",
    "s-q1-poids-mal": "entre 19,6 et 21,0 %",
    "s-q1-seule-mal": "entre 436 et 471",
    "s-q1-seule-taux": "entre 89,2 et 96,7 %",
    "s-q1-seule-total": "entre 2218 et 2253",
    "s-q1-mal-problemes": "au moins 95,5 %",
    "s-q1-36-detail": "41 %",
    "s-q1-36-ensemble": "entre 31,9 et 34,4 %",
    "s-q1-36-personnes": "entre 43,9 et 45,2 %",
    "s-q1-36-reponses": "entre 44,1 et 46,2 %",
    "s-q1-aise-reste": "3,9 %",
    "s-q1-total": "98 %",
    "s-q1-reste": "au plus 3,0 %",
    "s-q1-80": "81 %",
    "x-age-plus45": "entre 33,2 et 43,2 %",
    "x-rural-litteral": "entre 44,7 et 49,6 %",
    "x-rural-aise": "entre 25,5 et 25,9 %",
    "x-ass-tri": "entre 80,8 et 84,0 %",
    "x-cip-tri": "entre 87,1 et 97,4 %",
    "x-ass-effectif": "entre 607 et 608",
    "x-cip-effectif": "entre 233 et 235",
    "x-ass-reponses": "entre 508 et 525",
    "x-cip-reponses": "entre 170 et 187",
    "x-ass-taux": "entre 84 et 86 %",
    "x-cip-taux": "entre 72 et 80 %",
    "x-ass-mal": "entre 32,4 et 33,5 %",
    "x-ass-mal-texte": "entre 26,3 et 28,0 %",
    "x-cip-mal": "entre 9,3 et 11,6 %",
    "x-ass-aise": "entre 19,6 et 20,0 %",
    "x-cip-aise": "entre 10,0 et 10,4 %",
    "l-femmes-exclues": "entre 4,5 et 5,7 %",
    "l-femmes-declarantes": "entre 2397 et 2427",
    "l-femmes-rapport": "entre 2074 et 2075",
    "l-femmes-presse": "entre 2174 et 2198",
    "n-met-somme": "99,2 %",
    "n-met-entier": "entre 2494 et 2549",
    "n-met-decimale": "entre 2505 et 2538",
    "n-met-sans": "entre 4 et 37",
    "n-met-listes": "65,9 %",
    "n-met-ajoutes": "33,3 %",
    "l-479-anciennete": "entre 1217 et 1218",
    "l-479-public": "entre 1217 et 1218",
    "l-479-autres": "5,9 %",
    "x-frein-mal": "entre 67,3 et 76,8 %",
    "x-craintes-autres": "entre 45,6 et 47,4 %",
    "x-craintes-deux": "14,7 %",
    "x-quart-produit": "entre 27,52 et 28,58 %",
    "x-quart-taux": "entre 87,5 et 90,8 %",
    "x-quart-pourquoi": "19,7 %",
    "s-q3-reste": "4 %",
    "s-q3-moyenne": "au plus 16,5 %",
    "x-q4-aise": "entre 37,3 et 38,8 %",
    "x-q4-aise-pas-du-tout": "entre 9,6 et 11,1 %",
    "s-q4-somme": "entre 62 et 64 %",
    "s-q4-paires": "25",
    "s-q4-paires-total": "3",
    "s-q4-note2": "entre 29 et 31 %",
    "s-q4-note1-autre": "5,6 %",
    "s-q4-note2-autre": "37,4 %",
    "x-anc-negatif": "entre 24,3 et 27,2 %",
    "x-anc-relationnel": "entre 5,0 et 7,8 %",
    "x-anc-ecart": "entre 4 et 6 points",
    "x-emo-nombre": "au moins 5",
    "x-emo-part": "3,5 %",
    "s-q2-detail": "entre 14 et 18 %",
    "s-q2-92": "entre 92 et 94 %",
    "s-q2-reste": "7 %",
    "s-q7-detail": "23 %",
    "s-q7-reste": "36 %",
    "s-q7-reste-autre": "50 %",
    "s-q7-melange": "56 %",
    "s-q10b-55": "entre 54 et 56 %",
    "s-q10b-reste": "16 %",
    "s-q10b-materiel": "au plus 1,5 %",
    "s-q9-somme": "100 %",
    "s-q9-methodes": "12 %",
    "s-q9-acces": "13 %",
    "s-q3a-dedans": "84 %",
    "s-q3a-dehors": "89 %",
    "s-q3a-reste": "11 %",
    "s-q12-reste": "8 %",
    "s-q12-technique": "9 %",
    "s-q13-dedans": "83 %",
    "s-q13-dehors": "88 %",
    "s-q13-acces": "16 %",
    "s-q14-reste": "21 %",
    "s-q14-public": "8 %",
    "d-dates-methode": "32 jours",
    "d-dates-annexe": "46 jours",
    "qst-lignes": "33",
    "qst-segmentation": "7",
    "qst-fermees": "7",
    "qst-multiples": "3",
    "qst-ouvertes": "19",
    "qst-ouvertes-profil": "2",
    "qst-sans-intitule": "3",
    "qst-principales": "14",
    "qst-complementaires": "10",
}


def plain(text: str) -> str:
    return text.replace("\u202f", "").replace("\u00a0", " ")


@pytest.mark.parametrize("name", AUDIT)
def test_each_deduction_is_that_of_the_audit(name):
    assert plain(RECKONING.reckon(name).text) == AUDIT[name]


def test_the_audit_has_one_range_where_two_weights_are_possible():
    """Administrative steps: 1.4 to 6.7 % in the audit, whatever the weight of those at ease."""
    sample, answers = (
        RECKONING.reckon(name).bounds
        for name in ("s-q1-36-demarches", "s-q1-36-demarches-reponses")
    )
    low, high = min(sample[0], answers[0]), max(sample[1], answers[1])

    assert (round(float(100 * low), 1), round(float(100 * high), 1)) == (1.4, 6.7)


def test_the_share_of_over_45s_is_exact_at_the_corners():
    """85 % of the younger, 74 % of the older and 80.8 % of all are at ease."""
    young, old, everyone = Fraction(845, 10), Fraction(745, 10), Fraction(8085, 100)
    low = (young - everyone) / (young - Fraction(735, 10))
    high = (Fraction(855, 10) - Fraction(8075, 100)) / (Fraction(855, 10) - old)

    assert (
        RECKONING.reckon("x-age-plus45").bounds
        == (low, high)
        == (
            Fraction(365, 1100),
            Fraction(475, 1100),
        )
    )


def test_the_loss_of_contact_among_the_ill_at_ease_is_exact_at_the_corners():
    low = (Fraction("50.5") - Fraction("0.8075") * Fraction("46.5")) / Fraction("0.1925")
    high = (Fraction("51.5") - Fraction("0.8085") * Fraction("45.5")) / Fraction("0.1915")

    assert RECKONING.reckon("x-frein-mal").bounds == (low / 100, high / 100)


def computed():
    entries = RECKONING.declared.entries.values()
    return [e.id for e in entries if isinstance(e.form, Computed) and e.unit != "effectif"]


@pytest.mark.parametrize("name", computed())
def test_no_value_inside_the_roundings_leaves_the_interval(name):
    """Extremes are sought at the corners only: points drawn inside must not pass them."""
    draw = random.Random(name)  # noqa: S311 - points of a test
    form = RECKONING.declared[name].form
    bounds = {key: RECKONING.number(term).bounds for key, term in form.terms.items()}
    low, high = RECKONING.reckon(name).bounds
    for _ in range(40):
        point = {
            key: start + (end - start) * Fraction(draw.randrange(1001), 1000)
            for key, (start, end) in bounds.items()
        }
        assert low <= form.expression.value(point) <= high


def test_bases_of_the_departments_print_every_line_and_their_neighbours_do_not():
    counts = {247: 98, 224: 89, 194: 77, 163: 65, 162: 64, 155: 62, 106: 42}

    def prints(base):
        return all((20000 * n // base + 10) // 20 == tenth for n, tenth in counts.items())

    assert [base for base in range(2400, 2600) if prints(base)] == list(range(2512, 2521))


def test_two_branches_by_brute_force_on_a_small_survey():
    """40 answers; 50 % of those at ease cite problems, 40 % of all do so at ease, 50 % in all."""
    printed = Published(40, Fraction(50), Fraction(40), Fraction(50))
    expected = set()
    for well in range(1, 40):
        for at_ease in range(well + 1):
            for others in range(40 - well + 1):
                shares = (
                    (200 * at_ease + well) // (2 * well),
                    (200 * at_ease + 40) // 80,
                    (200 * (at_ease + others) + 40) // 80,
                )
                if shares == (50, 40, 50):
                    expected.add(well)

    assert {found.well for found in both(printed)} == expected == {32}


def test_an_expression_writes_only_the_parentheses_it_needs():
    texts = {"a": "A", "b": "B", "c": "C"}

    def written(text):
        return parse(text).written(texts, percent=True)

    assert written("(a - b * c) / (1 - b)") == "(A \u2212 B × C) / (100\u00a0% \u2212 B)"
    assert written("a - (b - c)") == "A \u2212 (B \u2212 C)"
    assert written("a + (b + c)") == "A + B + C"
    assert written("a / (b * c)") == "A / (B × C)"


@pytest.mark.parametrize("text", ["a ** 2", "f(a)", "a if b else c", "a.b", "'a'", "a +", "-a"])
def test_an_expression_is_only_arithmetic(text):
    with pytest.raises(ValueError, match=r"calcul|permis"):
        parse(text)


def test_an_implied_figure_is_in_the_ledger_with_its_bounds_and_formula(tmp_path, monkeypatch):
    monkeypatch.setenv("RAPPORT_REGISTRE", str(tmp_path))
    figure = SURVEY.chapter("coherence").implied("x-frein-mal")
    [entry] = read_ledger(tmp_path, ["coherence"])
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    edition = {"title": "essai", "origin": "reconstructed", "files": {}}
    jsonschema.validate({"schema": 1, "edition": edition, "entries": [entry]}, schema)

    assert str(figure) == "entre 67,3 et 76,8\u00a0%"
    assert (entry["kind"], entry["verdict"], entry["published"]) == ("implied", "new", [])
    assert entry["status"]["value"]["status"] == "deduced"
    assert plain(entry["sentence"]) == "(51 % \u2212 80,8 % × 46 %) / (100 % \u2212 80,8 %)"
    assert entry["data"]["files"] == {}
    assert (entry["numerator"], entry["base"], entry["value"]) == (None, None, None)


def test_asked_twice_it_is_the_same_figure_and_an_unknown_one_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("RAPPORT_REGISTRE", str(tmp_path))
    figures = SURVEY.chapter("coherence")

    assert figures.implied("x-frein-mal") is figures.implied("x-frein-mal")
    assert len(read_ledger(tmp_path, ["coherence"])) == 1
    with pytest.raises(EnqueteError, match="x-frein-mal"):
        figures.implied("x-frein-ma")


DAMAGE = {
    "chiffre inconnu": ("lien: p2-2b-lien,", "lien: p2-2b-lein,", "p2-2b-lein"),
    "terme oublié": ("(jeunes - aise) / (jeunes - ages)", "jeunes - aise", "ages"),
    "contrôle sans titre": ("controles: [X-FREIN]", "controles: [X-FRAIN]", "X-FRAIN"),
    "rubrique inconnue": ("rubrique: lien\n", "rubrique: leins\n", "leins"),
    "forme inconnue": ("jours: [meth-date-debut,", "journees: [meth-date-debut,", "forme"),
    "puissance": ('calcul: "distance * lien"', 'calcul: "distance ** lien"', "permis"),
}


@pytest.mark.parametrize("case", DAMAGE)
def test_a_wrong_declaration_is_refused_in_french_with_its_line(case, tmp_path):
    old, new, said = DAMAGE[case]
    (tmp_path / "data").mkdir()
    text = (ROOT / "data" / "deductions.yml").read_text(encoding="utf-8")
    assert old in text
    changed = text.replace(old, new, 1)
    (tmp_path / "data" / "deductions.yml").write_text(changed, encoding="utf-8", newline="\n")

    with pytest.raises(EnqueteError, match=said) as caught:
        read_deductions(tmp_path, SURVEY.register)
    assert "deductions.yml, ligne" in str(caught.value)


def test_the_ledger_gives_the_arithmetic_of_a_deduction_with_its_numbers(tmp_path, monkeypatch):
    monkeypatch.setenv("RAPPORT_REGISTRE", str(tmp_path))
    figures = SURVEY.chapter("coherence")
    figures.implied("x-frein-mal")  # (51 % − 80,8 % × 46 %) / (100 % − 80,8 %)
    figures.implied("n-vuln-coches")  # whole numbers of which 11 are 100 % − 99,83 %
    figures.implied("d-dates-methode")  # from 21 May to 21 June 2024
    figures.implied("ecarts-majeurs")  # counted one by one
    share, ticks, days, tally = (
        entry["deduction"] for entry in read_ledger(tmp_path, ["coherence"])
    )

    assert share["expressions"] == ["(lien - aise * lien_aise) / (1 - aise)"]
    assert (share["unit"], share["sense"], share["join"]) == ("pourcentage", "entre", "alone")
    assert {term["role"]: [term["value"], term["min"], term["max"]] for term in share["terms"]} == {
        "lien": ["51/100", "101/200", "103/200"],
        "aise": ["101/125", "323/400", "1617/2000"],
        "lien_aise": ["23/50", "91/200", "93/200"],
    }
    assert (ticks["expressions"], ticks["join"]) == (["n0 / (1 - t0)"], "meet")
    assert (days["expressions"], [int(t["value"][:-2]) for t in days["terms"]]) == (
        ["t1 - t0 + 1"],
        [date(2024, 5, 21).toordinal(), date(2024, 6, 21).toordinal()],
    )
    assert (tally["expressions"], tally["join"], tally["terms"]) == ([], None, [])
