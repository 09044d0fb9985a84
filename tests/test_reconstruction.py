"""The solver against exhaustive enumeration, on a survey small enough for it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import product

import pytest
from scipy.optimize import Bounds, milp

from enquete.errors import EnqueteError
from enquete.questionnaire import read_questionnaire
from enquete.readings import CountOf, RankOf, ShareOf, WordsOf
from enquete.reconstruction import share_interval, solved_counts, solver
from enquete.reconstruction.apportion import largest_remainder, proportional
from enquete.reconstruction.bounds import Bounder
from enquete.reconstruction.components import split
from enquete.reconstruction.constraints import pose, statements
from enquete.reconstruction.deal import deal
from enquete.reconstruction.declared import Declared
from enquete.reconstruction.linear import Constraint, Linear, total, variable
from enquete.reconstruction.solver import program
from enquete.reconstruction.write import swap_in
from enquete.selection import answered, chose, everyone
from enquete.shares import respondents, ticks
from enquete.tabular import read_csv

QUESTIONS = """id,rang,titre,titre_corps,type,role,posee_a,base_publiee,modalites_completes
S1,1,Métier,,unique,segmentation,"{""all"":[]}",,oui
Q1,2,Vécu,,unique,principale,"{""all"":[]}",,oui
Q2,3,Pourquoi,,ouverte,principale,"{""q"":""Q1"",""in"":[""mal""]}",,non
Q8,4,Freins,,multiple,principale,"{""all"":[]}",,non
S2,5,Structure,,unique,segmentation,"{""all"":[]}",,oui
"""
OPTIONS = """question,code,parent,libelle,ordre,statut
S1,a,,a,1,publiee
S1,b,,b,2,publiee
S1,c,,c,3,publiee
Q1,bien,,bien,1,publiee
Q1,mal,,mal,2,publiee
Q2,temps,,temps,1,publiee
Q2,sens,,sens,2,publiee
Q2,autre,,autre,3,remplissage
Q8,temps,,temps,1,publiee
Q8,reste_1,,reste 1,2,remplissage
Q8,reste_2,,reste 2,3,remplissage
Q8,aucun,,aucun,4,publiee
S2,u,,u,1,publiee
S2,v,,v,2,publiee
"""
N = 12
DECLARED = Declared(N, "graine", frozenset({"S1", "Q1"}), {}, (), frozenset())


@dataclass(frozen=True)
class Printed:
    id: str
    reading: object
    value: Fraction | None
    decimals: int = 0
    approximation: str | None = None


def share(numerator, base):
    return ShareOf(respondents(numerator), respondents(base))


A_OF_BADLY = share(chose("S1", "a"), chose("Q1", "mal"))
REGISTER = (
    Printed("bien", share(chose("Q1", "bien"), everyone), Fraction(67)),
    Printed("a-mal", A_OF_BADLY, Fraction(50)),
    Printed("b-plus", WordsOf(share(chose("S1", "b"), everyone), gt=Fraction(30)), None),
    Printed("rang", RankOf("S1", "a", ("a", "c"), everyone), None),
)


@pytest.fixture(scope="module")
def questionnaire(tmp_path_factory):
    folder = tmp_path_factory.mktemp("enquete")
    (folder / "q.csv").write_text(QUESTIONS, encoding="utf-8", newline="")
    (folder / "o.csv").write_text(OPTIONS, encoding="utf-8", newline="")
    return read_questionnaire(
        read_csv(folder / "q.csv", QUESTIONS.split("\n")[0].split(",")),
        read_csv(folder / "o.csv", OPTIONS.split("\n")[0].split(",")),
    )


@cache
def every_survey():
    return tuple(enumerated())


def enumerated():
    """Enumerate all that twelve people can answer to S1 and Q1, as the register allows."""
    for cells in product(range(N + 1), repeat=5):
        last = N - sum(cells)
        if last < 0:
            continue
        count = dict(zip(product("abc", ("bien", "mal")), (*cells, last), strict=True))
        job = {x: count[x, "bien"] + count[x, "mal"] for x in "abc"}
        well = sum(count[x, "bien"] for x in "abc")
        badly = N - well
        if (
            Fraction(133, 200) <= Fraction(well, N) < Fraction(135, 200)
            and badly
            and Fraction(99, 200) <= Fraction(count["a", "mal"], badly) < Fraction(101, 200)
            and Fraction(job["b"], N) > Fraction(30, 100)
            and job["a"] > job["c"]
        ):
            yield count


def test_bounds_are_those_of_exhaustive_enumeration(questionnaire):
    problem = pose(statements(REGISTER, DECLARED), questionnaire, DECLARED)
    bounder = Bounder(split(problem), N)
    everything = every_survey()
    assert everything
    for selection, keys in [
        (chose("S1", "a"), [("a", "bien"), ("a", "mal")]),
        (chose("S1", "b"), [("b", "bien"), ("b", "mal")]),
        (chose("S1", "c"), [("c", "bien"), ("c", "mal")]),
        (chose("S1", "a") & chose("Q1", "bien"), [("a", "bien")]),
    ]:
        found = bounder.range(problem.space.respondents(selection))
        counts = [sum(survey[key] for key in keys) for survey in everything]
        assert (found.low, found.high) == (min(counts), max(counts))


def test_interval_of_an_unpublished_share_is_that_of_exhaustive_enumeration(questionnaire):
    asked = share(chose("Q1", "mal"), chose("S1", "b"))
    values = [
        Fraction(survey["b", "mal"], survey["b", "bien"] + survey["b", "mal"])
        for survey in every_survey()
    ]
    assert share_interval(asked, REGISTER, questionnaire, DECLARED) == (min(values), max(values))


def test_share_of_a_base_that_may_be_empty_lies_anywhere(questionnaire):
    asked = share(chose("Q2", "sens"), answered("Q2"))
    assert share_interval(asked, REGISTER, questionnaire, DECLARED) == (0, 1)


def test_solution_is_the_closest_then_the_first_of_exhaustive_enumeration(questionnaire):
    problem = pose(statements(REGISTER, DECLARED), questionnaire, DECLARED)
    solved = solved_counts(problem, DECLARED)

    def key(survey):
        well = sum(survey[x, "bien"] for x in "abc")
        distance = abs(10000 * well - 6700 * N) + abs(
            10000 * survey["a", "mal"] - 5000 * (N - well)
        )
        unknowns = {
            "Q1=bien": well,
            "Q1=mal": N - well,
            **{f"S1={x}": survey[x, "bien"] + survey[x, "mal"] for x in "abc"},
            "S1×Q1=a×bien": survey["a", "bien"],
            "S1×Q1=a×mal": survey["a", "mal"],
            "S1×Q1=b+×bien": survey["b", "bien"] + survey["c", "bien"],
            "S1×Q1=b+×mal": survey["b", "mal"] + survey["c", "mal"],
        }
        return distance, tuple(value for _, value in sorted(unknowns.items())), unknowns

    best = min((key(survey) for survey in every_survey()), key=lambda k: k[:2])
    assert solved == best[2]


def test_half_is_rounded_up(questionnaire):
    """1 / 8 is 12.5 %: it prints 13, never 12."""
    eight = Declared(8, "graine", frozenset({"S1", "Q1"}), {}, (), frozenset())
    asked = share(chose("Q1", "mal"), everyone)
    thirteen = (Printed("p", asked, Fraction(13)),)
    solved = solved_counts(pose(statements(thirteen, eight), questionnaire, eight), eight)
    assert solved["Q1=mal"] == 1
    for other in (12, 14):
        figures = (Printed("p", asked, Fraction(other)),)
        with pytest.raises(EnqueteError, match=r"ensemble : p\."):
            solved_counts(pose(statements(figures, eight), questionnaire, eight), eight)


def test_count_closest_to_the_print_is_chosen(questionnaire):
    """665 to 674 of 1 000 print 67: the middle is taken, not the first."""
    thousand = Declared(1000, "graine", frozenset({"Q1"}), {}, (), frozenset())
    figures = (Printed("p", share(chose("Q1", "bien"), everyone), Fraction(67)),)
    problem = pose(statements(figures, thousand), questionnaire, thousand)
    assert solved_counts(problem, thousand) == {"Q1=bien": 670, "Q1=mal": 330}


def test_exclusive_option_bounds_the_others_and_everyone_ticks_something(questionnaire):
    alone = Declared(N, "graine", frozenset(), {"Q8": "aucun"}, (), frozenset())
    figures = (
        Printed("aucun", CountOf(respondents(chose("Q8", "aucun"))), Fraction(2)),
        Printed("temps", ShareOf(ticks("Q8", "temps"), ticks("Q8")), Fraction(25)),
    )
    problem = pose(statements(figures, alone), questionnaire, alone)
    bounder = Bounder(split(problem), N)
    one = bounder.range(problem.space.count(ticks("Q8", "reste_1")))
    assert (one.low, one.high) == (0, 10)  # twelve less the two who tick « aucun » alone
    # 3 of 12 is the least: everyone ticks; 7 of 28 the most: 8 of 32 would need 22 of the rest
    every = bounder.range(problem.space.count(ticks("Q8")))
    assert (every.low, every.high) == (12, 28)
    solved = solved_counts(problem, alone)
    assert abs(solved["Q8:reste_1"] - solved["Q8:reste_2"]) <= 1
    hand = deal(problem.space, solved, "graine")
    ticked = {r: [o for o, who in hand.ticks["Q8"].items() if r in who] for r in hand.respondents}
    assert all(ticked.values())
    assert sum(options == ["aucun"] for options in ticked.values()) == 2
    assert sum("aucun" in options for options in ticked.values()) == 2


def test_contradiction_is_refused_in_french_with_its_figures(questionnaire):
    asked = share(chose("Q1", "bien"), everyone)
    twice = (Printed("un", asked, Fraction(50)), Printed("deux", asked, Fraction(75)))
    with pytest.raises(EnqueteError) as caught:
        solved_counts(pose(statements(twice, DECLARED), questionnaire, DECLARED), DECLARED)
    assert "un, deux" in caught.value.quoi
    assert "ecarts.yml" in caught.value.que_faire


def test_figure_in_declared_discrepancy_imposes_nothing(questionnaire):
    asked = share(chose("Q1", "bien"), everyone)
    twice = (Printed("un", asked, Fraction(50)), Printed("deux", asked, Fraction(75)))
    silent = Declared(N, "graine", DECLARED.complete, {}, (), frozenset({"deux"}))
    solved = solved_counts(pose(statements(twice, silent), questionnaire, silent), silent)
    assert solved["Q1=bien"] == 6


def test_remainder_between_unpublished_options_is_refused(questionnaire):
    figures = (Printed("p", share(chose("S1", "a"), everyone), Fraction(50)),)
    with pytest.raises(EnqueteError, match="b, c"):
        pose(statements(figures, DECLARED), questionnaire, DECLARED)


def test_only_those_asked_are_dealt_an_answer(questionnaire):
    named = share(chose("Q2", "temps", "sens"), answered("Q2"))
    figures = (
        *REGISTER,
        Printed("q2", named, Fraction(67)),
        Printed("q2-temps", share(chose("Q2", "temps"), answered("Q2")), Fraction(33)),
    )
    problem = pose(statements(figures, DECLARED), questionnaire, DECLARED)
    hand = deal(problem.space, solved_counts(problem, DECLARED), "graine")
    replied = {r for r, theme in hand.answers["Q2"].items() if theme}
    assert replied
    assert {hand.answers["Q1"][r] for r in replied} == {"mal"}


def test_crossings_that_close_a_loop_are_refused_rather_than_dealt_wrongly(questionnaire):
    three = Declared(N, "graine", frozenset({"S1", "Q1", "S2"}), {}, (), frozenset())
    jobs = Printed("s1", share(chose("S1", "b"), everyone), Fraction(50))
    pairs = [(("S1", "a"), ("Q1", "mal")), (("S2", "u"), ("Q1", "mal")), (("S2", "u"), ("S1", "a"))]
    crossed = [
        Printed(f"p{i}", share(chose(*one), chose(*other)), Fraction(50))
        for i, (one, other) in enumerate(pairs)
    ]
    problem = pose(statements((jobs, *crossed), three), questionnaire, three)
    with pytest.raises(EnqueteError, match="boucle"):
        deal(problem.space, solved_counts(problem, three), "graine")


def test_largest_remainders_go_first_and_ties_to_the_first():
    # 7 × 53 % = 3.71, 7 × 24 % = 1.68, 7 × 23 % = 1.61: two units left, to .71 and .68
    assert largest_remainder({"a": 53, "b": 24, "c": 23}, 7) == {"a": 4, "b": 2, "c": 1}
    assert largest_remainder({"a": 1, "b": 1, "c": 1}, 4) == {"a": 2, "b": 1, "c": 1}
    assert largest_remainder({"a": 0}, 0) == {"a": 0}


def test_proportional_table_keeps_both_margins():
    rows, columns = {"x": 3, "y": 3, "z": 3}, {"p": 1, "q": 8}
    table = proportional(rows, columns)
    assert {r: table[r, "p"] + table[r, "q"] for r in rows} == rows
    assert {c: sum(table[r, c] for r in rows) for c in columns} == columns
    assert table["y", "p"] == 1  # 3 × 1 / 9 rounds down; then 3 × 1 / 6 ties, and goes first


def test_dividing_a_constraint_keeps_its_integer_solutions():
    constraint = Constraint(Linear((("x", 6), ("y", -4)), 3), -8, 15, "c")
    reduced = constraint.reduced()
    assert dict(reduced.expression.terms) == {"x": 3, "y": -2}
    for x, y in product(range(9), repeat=2):
        assert reduced.holds({"x": x, "y": y}) == constraint.holds({"x": x, "y": y})


def test_solution_that_breaks_a_constraint_is_refused():
    posed = program(["x"], [Constraint(variable("x"), 2, 3, "deux à trois")], 10)
    posed.check({"x": 3})
    with pytest.raises(EnqueteError, match="deux à trois"):
        posed.check({"x": 4})


def test_least_value_is_found_in_integers():
    # 2x + 3y = 12 and x >= 1: (3, 2), then (6, 0)
    constraint = Constraint(Linear((("x", 2), ("y", 3))), 12, 12, "somme")
    posed = program(["x", "y"], [constraint, Constraint(variable("x"), 1, None, "x")], 10)
    assert posed.minimise(total(["x"])) == {"x": 3, "y": 2}


def test_solver_that_cuts_solutions_off_does_not_narrow_bounds(monkeypatch):
    """HiGHS 1.8 did so, in presolve, on the whole register."""

    def narrow(cost, *, bounds, options, **rest):
        if options["presolve"]:
            bounds = Bounds(bounds.lb + 2, bounds.ub)
        return milp(cost, bounds=bounds, options=options, **rest)

    monkeypatch.setattr(solver, "milp", narrow)
    posed = program(["x"], [Constraint(variable("x"), 1, 9, "x")], 10)
    assert posed.minimise(variable("x")) == {"x": 2}
    assert posed.least(variable("x")) == {"x": 1}


def test_interrupted_writing_leaves_the_old_files(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"ancien")
    with pytest.raises(OSError, match="absent"):
        swap_in({"a.csv": b"nouveau", "absent/b.csv": b"nouveau"}, tmp_path)
    assert (tmp_path / "a.csv").read_bytes() == b"ancien"
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_writing_replaces_all_files(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"ancien")
    swap_in({"a.csv": b"1\n", "b.csv": b"2\n"}, tmp_path)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {
        "a.csv": b"1\n",
        "b.csv": b"2\n",
    }
