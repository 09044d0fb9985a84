"""
Recount published figures in the answers with the standard library alone.

Nothing of ours is imported: expected values are what the report prints, and
every condition is written again by hand on rows read with ``csv``.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[1] / "data"


def rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def printed(count, base, decimals=0):
    """Round half up in integers, as the report does: 1 / 8 at one decimal is 12.5."""
    scale = 100 * 10**decimals
    return (2 * count * scale + base) // (2 * base) / 10**decimals


@pytest.fixture(scope="module")
def people():
    return rows("reponses.csv")


@pytest.fixture(scope="module")
def themes():
    """Return question → respondent → theme; a second theme would be a fault."""
    found = defaultdict(dict)
    for row in rows("themes.csv"):
        assert row["repondant"] not in found[row["question"]]
        found[row["question"]][row["repondant"]] = row["theme"]
    return found


@pytest.fixture(scope="module")
def ticks():
    return Counter(row["option"] for row in rows("coches.csv") if row["question"] == "Q8")


def share(people, column, codes, decimals=0, **where):
    base = [p for p in people if p[column] and all(p[q] == code for q, code in where.items())]
    return printed(sum(p[column] in codes for p in base), len(base), decimals)


def test_there_are_2542_respondents_numbered_in_order(people):
    assert [p["id"] for p in people] == [f"R{n:04}" for n in range(1, 2543)]


@pytest.mark.parametrize(
    ("column", "codes", "decimals", "published"),
    [
        ("S5", {"femme"}, 1, 81.6),
        ("S4", {"plus_10"}, 1, 47.9),
        ("S2", {"association"}, 1, 46.2),
        ("S2", {"public"}, 1, 47.9),
        ("S6", {"rural"}, 1, 24.4),
        ("S1", {"ass"}, 1, 23.9),
        ("S1", {"cesf"}, 1, 11.9),
        ("S1", {"autres_social"}, 0, 10),
        ("S7", {"paris"}, 1, 9.8),
        ("S7", {"savoie"}, 1, 6.2),
        ("Q1", {"bien"}, 1, 80.8),
        ("Q1", {"mal"}, 1, 19.2),
        ("Q3", {"lien"}, 0, 51),
        ("Q3", {"formation"}, 0, 15),
        ("Q4", {"1", "2"}, 0, 43),
        ("Q4", {"3_4"}, 0, 57),
        ("Q10", {"hors_mission"}, 1, 8.6),
        ("Q10", {"dans_mission"}, 1, 91.4),
    ],
)
def test_share_of_a_closed_question_is_the_published_one(
    people, column, codes, decimals, published
):
    assert share(people, column, codes, decimals) == published


@pytest.mark.parametrize(
    ("column", "codes", "where", "published"),
    [
        ("Q1", {"bien"}, {"S3": "plus_45"}, 74),
        ("Q1", {"bien"}, {"S3": "moins_45"}, 85),
        ("S6", {"rural"}, {"Q1": "mal"}, 19),
        ("S1", {"ass"}, {"Q1": "mal"}, 41),
        ("S1", {"cip"}, {"Q1": "mal"}, 5),
        ("Q3", {"lien"}, {"Q1": "bien"}, 46),
        ("Q4", {"1"}, {"Q1": "mal"}, 24),
        ("Q4", {"2"}, {"Q1": "mal"}, 39),
        ("Q4", {"1", "2"}, {"Q1": "mal"}, 64),
    ],
)
def test_share_of_a_crossed_closed_question_is_the_published_one(
    people, column, codes, where, published
):
    assert share(people, column, codes, **where) == published


@pytest.mark.parametrize(
    ("question", "codes", "published"),
    [
        ("Q2", {"nouveaux_outils"}, 16),
        ("Q2", {"information"}, 14),
        ("Q2", {"organisation"}, 13),
        ("Q2", {"nouveaux_outils", "information", "organisation", "autre_facilitation"}, 59),
        ("Q2", {"relationnel", "autre_negatif"}, 34),
        ("Q7", {"mediation"}, 14),
        ("Q7", {"surcharge", "autre_degradation"}, 37),
        ("Q9", {"accompagnement"}, 19),
        ("Q9", {"hors_sujet"}, 17),
        ("Q10b", {"orientation"}, 38),
        ("Q3a", {"distance"}, 55),
        ("Q12", {"situation_sociale", "intensite"}, 50),
        ("Q13", {"formation"}, 11),
        ("Q14", {"faciliter"}, 21),
    ],
)
def test_share_of_an_open_question_is_the_published_one(themes, question, codes, published):
    given = themes[question].values()
    assert printed(sum(theme in codes for theme in given), len(given)) == published


def test_seniors_cite_negative_effects_and_lost_relations_as_published(people, themes):
    senior = {p["id"] for p in people if p["S4"] == "plus_10"}
    given = [theme for who, theme in themes["Q2"].items() if who in senior]
    assert printed(sum(t in {"relationnel", "autre_negatif"} for t in given), len(given)) == 43
    assert printed(given.count("relationnel"), len(given)) == 16


def test_those_who_fear_weaker_bonds_name_the_lost_bond_as_published(people, themes):
    fear = [p["Q3"] for p in people if themes["Q12"].get(p["id"]) == "intensite"]
    assert printed(fear.count("lien"), len(fear)) == 67


def test_those_who_fear_for_the_trade_feel_swamped_as_published(themes):
    group = [w for w, theme in themes["Q12"].items() if theme == "deterioration"]
    felt = [themes["Q11"][who] for who in group if who in themes["Q11"]]
    assert printed(felt.count("submergee"), len(felt)) == 12


def test_why_has_1782_answers_in_both_branches_and_its_published_shares(people, themes):
    well, badly = themes["Q1a"], themes["Q1b"]
    q1 = {p["id"]: p["Q1"] for p in people}
    assert {q1[who] for who in well} == {"bien"}
    assert {q1[who] for who in badly} == {"mal"}
    assert len(well) + len(badly) == 1782
    cited = Counter(well.values())
    easier = {"organisation", "centralisation", "communication", "demarches"}
    facilitated = sum(cited[t] for t in easier)
    assert printed(facilitated, 1782) == 36
    assert printed(cited["aise_sans_detail"], 1782) == 19
    assert printed(facilitated + cited["aise_sans_detail"], 1782) == 55
    assert printed(cited["problematiques"], 1782) == 23
    assert printed(cited["problematiques"], len(well)) == 28
    assert printed(cited["organisation"], len(well)) == 24
    troubled = Counter(badly.values())
    problems = troubled["refractaire"] + troubled["autre_problematique"]
    assert printed(cited["problematiques"] + problems, 1782) == 43
    assert troubled["refractaire"] == 8
    assert printed(8, 1782, 2) == 0.45


def test_vulnerabilities_are_counted_in_ticks_and_none_stands_alone(ticks):
    every = sum(ticks.values())
    assert printed(ticks["acces_droits"], every) == 25
    assert ticks["aucune"] == 11
    assert printed(every - 11, every, 2) == 99.83
    by_person = defaultdict(list)
    for row in rows("coches.csv"):
        by_person[row["repondant"]].append(row["option"])
    assert len(by_person) == 2542
    assert all(len(options) == len(set(options)) for options in by_person.values())
    assert [o for o in by_person.values() if "aucune" in o] == [["aucune"]] * 11
    assert ticks.most_common(1)[0][0] == "acces_droits"


def test_more_than_a_quarter_of_everyone_cites_distance(people, themes):
    cited = [who for who, theme in themes["Q3a"].items() if theme == "distance"]
    assert 4 * len(cited) > len(people)
    q3 = {p["id"]: p["Q3"] for p in people}
    assert {q3[who] for who in themes["Q3a"]} == {"lien"}


def test_only_those_who_act_say_what_they_offer(people, themes):
    q10 = {p["id"]: p["Q10"] for p in people}
    assert {q10[who] for who in themes["Q10b"]} == {"dans_mission"}


def test_off_topic_answers_average_six_percent(themes):
    shares = [
        list(themes[q].values()).count("hors_sujet") / len(themes[q])
        for q in ("Q1a", "Q1b", "Q2", "Q3a", "Q7")
    ]
    assert 0.055 <= sum(shares) / 5 < 0.065


def test_department_counts_are_those_of_the_table(people):
    counts = Counter(p["S7"] for p in people)
    assert [counts[d] for d in ("paris", "gironde", "nord", "bas_rhin", "rhone", "savoie")] == [
        247, 224, 194, 163, 162, 155,
    ]  # fmt: skip
    assert counts["seine_saint_denis"] == 106
    assert 2512 <= 2542 - counts[""] <= 2520
