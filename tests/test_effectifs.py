"""Small groups: what is kept back, and that nothing printed gives it back."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from enquete import Survey, TooFew, answered, chose, everyone, open_survey
from enquete.disclosure.anonymity import profiles
from enquete.disclosure.differencing import differences, remainders
from enquete.disclosure.findings import examine
from enquete.disclosure.groups import Group
from enquete.disclosure.suppression import Cell, bounds, hidden
from enquete.disclosure.thresholds import least, possible, reveals, unsafe
from enquete.errors import EnqueteError, EnqueteErrors
from enquete.personal import SIGNS
from enquete.policy import KINDS, AdmittedPair, Policy, read_policy
from enquete.provenance import entry
from enquete.selection import In

LIMIT = 5


def policy(**changes: Any) -> Policy:
    made = Policy(
        widest_count=30, small_base=100, least_base=30, small_count=5, small_sensitive_count=11,
        sensitive_questions=("S1",), approximations={},
    )  # fmt: skip
    return replace(made, **changes)


# ---------------------------------------------------------------- thresholds


def test_the_strictest_question_decides() -> None:
    rules = policy(question_counts={"Q9": 20, "S2": 3})
    assert [least(rules, each) for each in ((), ("Q1",), ("Q1", "S1"), ("Q9",), ("S2",))] == [
        5, 5, 11, 20, 3,
    ]  # fmt: skip


def test_nobody_and_everybody_are_no_small_group() -> None:
    assert not unsafe(0, 100, LIMIT)
    assert not unsafe(100, 100, LIMIT)
    assert unsafe(4, 100, LIMIT)
    assert unsafe(96, 100, LIMIT)  # the four others
    assert not unsafe(95, 100, LIMIT)


@pytest.mark.parametrize("decimals", [0, 1])
@pytest.mark.parametrize("base", [7, 30, 212, 999])
def test_the_counts_that_print_a_percentage(base: int, decimals: int) -> None:
    def text(count: int) -> int:  # half up, in integers
        scale = 100 * 10**decimals
        return (2 * count * scale + base) // (2 * base)

    for count in range(base + 1):
        low, high = possible(Fraction(100 * count, base), decimals, base)
        assert list(range(low, high + 1)) == [k for k in range(base + 1) if text(k) == text(count)]


def test_a_percentage_with_its_base_may_tell_a_small_count() -> None:
    assert reveals(Fraction(300, 212), 0, 212, LIMIT)  # 1 % of 212 is 2 or 3 people
    assert not reveals(Fraction(300, 2542), 0, 2542, LIMIT)  # 0 % of 2 542 is 0 to 12
    assert reveals(Fraction(100 * 210, 212), 0, 212, LIMIT)  # 99 %: 2 or 3 others


# ---------------------------------------------------------------- suppression, attacked


def solutions(cells: Sequence[Cell], total: int, kept: frozenset[int]) -> Iterator[list[int]]:
    """
    Try every table that a reader cannot tell from the true one.

    The reader knows the cells shown, the total, which sums hold, and that a hidden option
    has somebody; this solver shares nothing with the module under test.
    """
    names = sorted(kept)
    parents = {cell.parent for cell in cells}
    adds_up = {
        parent: (total if parent is None else cells[parent].count)
        - sum(cell.count for cell in cells if cell.parent == parent)
        for parent in parents
    }
    for guess in itertools.product(range(1, total + 1), repeat=len(names)):
        counts = [cell.count for cell in cells]
        for name, value in zip(names, guess, strict=True):
            counts[name] = value
        good = True
        for parent, left in adds_up.items():
            whole = total if parent is None else counts[parent]
            inside = sum(
                value for cell, value in zip(cells, counts, strict=True) if cell.parent == parent
            )
            # What is left over is printed nowhere: it may be anything, if there is any.
            good &= inside == whole if left == 0 else inside <= whole if left > 0 else True
        if good:
            yield counts


def attacked(cells: Sequence[Cell], total: int, kept: frozenset[int]) -> dict[int, tuple[int, int]]:
    found = list(solutions(cells, total, kept))
    return {at: (min(s[at] for s in found), max(s[at] for s in found)) for at in kept}


def table(*counts: int, limit: int = LIMIT) -> list[Cell]:
    return [Cell(count, None, limit) for count in counts]


def test_a_table_without_small_cells_is_printed_whole() -> None:
    assert hidden(table(20, 0, 30), 50) == frozenset()


def test_one_small_cell_takes_another_with_it() -> None:
    kept = hidden(table(3, 12, 20, 40), 75)
    assert kept == {0, 1}
    assert attacked(table(3, 12, 20, 40), 75, kept)[0] == (1, 14)


def test_two_small_cells_that_add_up_to_little_take_a_third() -> None:
    cells = table(1, 2, 12, 40)
    kept = hidden(cells, 55)
    assert {0, 1} < kept
    low, high = attacked(cells, 55, kept)[0]
    assert high >= LIMIT > low


def test_the_cell_printed_by_the_report_is_never_hidden() -> None:
    cells = [Cell(3, None, LIMIT), Cell(12, None, LIMIT, (12, 12)), *table(20, 40)]
    assert hidden(cells, 75) == {0, 2}


def test_a_small_remainder_is_protected_too() -> None:
    """20 + 30 of 53: the three others are nowhere, and a subtraction away."""
    assert len(hidden(table(20, 30), 53)) == 1


def test_options_that_overlap_do_not_need_a_second_cell() -> None:
    assert hidden(table(3, 40, 50), 60) == {0}


def test_a_small_theme_is_protected_under_its_parent_and_above() -> None:
    cells = [
        Cell(40, None, LIMIT), Cell(37, 0, LIMIT), Cell(3, 0, LIMIT), Cell(20, None, LIMIT)
    ]  # fmt: skip
    kept = hidden(cells, 60)
    assert kept == {1, 2}
    assert attacked(cells, 60, kept)[2] == (1, 39)


def test_the_only_theme_of_a_small_parent_is_hidden_with_it() -> None:
    cells = [Cell(3, None, LIMIT), Cell(3, 0, LIMIT), Cell(20, None, LIMIT), Cell(30, None, LIMIT)]
    kept = hidden(cells, 53)
    assert {0, 1} < kept
    assert attacked(cells, 53, kept)[1][1] >= 2 * (LIMIT - 1)


@pytest.mark.parametrize("seed", range(150))
def test_no_table_gives_back_a_small_cell(seed: int) -> None:
    """Random tables of two levels, solved by trying everything."""
    chance = random.Random(seed)  # noqa: S311
    limit = chance.choice([3, 4])
    cells: list[Cell] = []
    for _ in range(chance.randint(2, 4)):
        at = len(cells)
        parts = [chance.choice([0, 1, 2, 3, 5, 9]) for _ in range(chance.choice([0, 0, 2, 3]))]
        own = sum(parts) or chance.choice([0, 1, 2, 4, 7, 10])
        cells.append(Cell(own, None, limit))
        cells += [Cell(part, at, limit) for part in parts]
    total = sum(cell.count for cell in cells if cell.parent is None)
    kept = hidden(cells, total)
    small = {at for at, cell in enumerate(cells) if 0 < cell.count < limit}
    assert small <= kept
    if not kept or total ** len(kept) > 20_000:  # trying everything has its limits
        return
    found = attacked(cells, total, kept)
    assert found == {
        at: edges for at, edges in bounds(cells, total, kept).items() if at in kept
    }  # the bounds of the module are those of the attack
    everything = {at for at, cell in enumerate(cells) if cell.count}
    for at in small:
        low, high = found[at]
        assert high - low >= 2 * (limit - 1) or kept == everything, (cells, kept, at, found)


# ---------------------------------------------------------------- the library


def raised(mini_root: Path, **numbers: int) -> Survey:
    """The mini survey as original answers, with other thresholds."""
    data = mini_root / "data"
    package = json.loads((data / "datapackage.json").read_text("utf-8"))
    package["origine"] = "originale"
    (data / "datapackage.json").write_text(json.dumps(package), "utf-8")
    text = (data / "politique.yml").read_text("utf-8")
    for name, value in numbers.items():
        lines = [f"{name}: {value}" if line.startswith(f"{name}:") else line
                 for line in text.splitlines()]  # fmt: skip
        text = "\n".join(lines) + "\n"
    (data / "politique.yml").write_text(text, "utf-8")
    return open_survey(mini_root)


def test_a_new_count_of_few_people_is_refused(original: Survey) -> None:
    figures = original.chapter("partie-1")
    with pytest.raises(TooFew, match="Trop peu"):  # R0005 alone, by hand
        figures.count("une", chose("Q1", "mal") & chose("S4", "plus_10"))


def test_a_new_mean_of_small_shares_is_refused(original: Survey) -> None:
    figures = original.chapter("partie-1")
    pair = (chose("Q7", "autre"), answered("Q7"))  # one of three
    with pytest.raises(TooFew):
        figures.mean("moyenne", [pair, pair])


def test_a_published_percentage_stays_without_its_small_count(mini_root: Path) -> None:
    """« 72,7 % » is 8 of 11: three others, fewer than the five asked for here."""
    survey = raised(mini_root, petit_effectif=5, petit_effectif_sensible=5, base_minimale=5)
    figures = survey.chapter("partie-1")
    bien = figures.share("m-bien", chose("Q1", "bien"), base=answered("Q1"))
    assert bien.text == "72,7\u00a0%"
    assert bien.flags[0] == "masked"
    written = entry(bien, survey.questionnaire, survey.answers.hashes)
    assert (written["numerator"], written["base"], written["value"]) == (None, None, None)
    assert written["sentence"] == "effectif non publié"
    assert [written["status"]["count"][side] for side in ("min", "max")] == [None, None]


def test_a_published_count_stays(mini_root: Path) -> None:
    """« 80 % » of the more experienced: the register says that count and base are printed."""
    survey = raised(mini_root, petit_effectif=5, petit_effectif_sensible=5, base_minimale=5)
    figures = survey.chapter("partie-1")
    old = figures.share(
        "m-bien-plus10", chose("Q1", "bien"), base=chose("S4", "plus_10") & answered("Q1")
    )
    assert (old.numerator, old.base) == (4, 5)


def test_a_distribution_prints_what_the_report_prints_and_hides_the_rest(mini_root: Path) -> None:
    """Ticks of Q8: 4, 2 and 1 of 7; the report prints the 4."""
    survey = raised(mini_root, petit_effectif=3)
    rows = survey.chapter("partie-1").distribution("fig-q8", "Q8").rows
    assert [row.text for row in rows] == ["57\u00a0%", "détail non publié", "détail non publié"]


def test_a_distribution_hides_a_large_cell_that_would_give_a_small_one_back(
    mini_root: Path, edit: Callable[[str, str, str], None]
) -> None:
    """Q4 of ten: 2, 3 and 5. With the 3, the 2 would be 1 to 4; with the 5, it may be 1 to 6."""
    edit("reponses.csv", "R0010,dix_ou_moins,mal,1", "R0010,dix_ou_moins,mal,")
    survey = raised(mini_root, petit_effectif=3, petit_effectif_sensible=3)
    rows = survey.chapter("partie-1").distribution("fig-q4", "Q4").rows
    first, second, third = (row for row in rows if row.level == 0)
    assert (first.figure, third.figure) == (None, None)
    assert second.text == "30\u00a0%"


# ---------------------------------------------------------------- differencing


def group(
    name: str, people: Sequence[int], question: str = "Q1", n: int = 60, **more: Any
) -> Group:
    mask = np.zeros(n, dtype=np.bool_)
    mask[list(people)] = True
    return Group("respondents", mask, In(question, (name,)), (question,), [name], [False], **more)


def naive(groups_: Sequence[Group], limit: int) -> set[tuple[str, str]]:
    """Compare sets of people one pair after the other."""
    sets = {each.figures[0]: set(np.flatnonzero(each.mask).tolist()) for each in groups_}
    return {
        (large, small)
        for large, a in sets.items()
        for small, b in sets.items()
        if b and b < a and len(a - b) < limit
    }


def test_a_planted_pair_is_found() -> None:
    found = differences(policy(), [group("onze", range(11)), group("dix", range(10)),
                                   group("autres", range(30, 50))])  # fmt: skip
    assert [(each.figures, each.people) for each in found] == [(("onze", "dix"), 1)]


@pytest.mark.parametrize("seed", range(15))
def test_the_scan_finds_every_pair_and_no_other(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    made = []
    for number in range(25):
        start = chance.randrange(40)
        people = set(range(start, start + chance.randint(1, 20)))
        made.append(group(f"g{number}", sorted(people - {chance.randrange(60)})))
    distinct = list({each.mask.tobytes(): each for each in made}.values())
    found = {each.figures for each in differences(policy(), distinct)}
    assert found == naive(distinct, 5)


def test_groups_of_two_universes_are_not_compared() -> None:
    a, b = group("a", range(11)), group("b", range(10))
    other = Group("ticks Q8", b.mask, b.where, b.questions, ["b"], [False])
    assert differences(policy(), [a, other]) == []


def test_parts_that_leave_three_people_are_found() -> None:
    parts = [group("bien", range(20)), group("mal", range(20, 37))]
    whole = Group("respondents", group("", range(40)).mask, answered("Q1"), ("Q1",),
                  ["base"], [False])  # fmt: skip
    found = remainders(policy(), [*parts, whole])
    assert [(sorted(each.figures), each.people) for each in found] == [(["base", "bien", "mal"], 3)]


def ledger_of(survey: Survey, *figures: Any) -> list[dict[str, Any]]:
    return [entry(each, survey.questionnaire, survey.answers.hashes) for each in figures]


def test_one_who_did_not_answer_is_a_note_and_no_fault(mini_root: Path) -> None:
    """Twelve respondents, eleven answers to Q1: R0012 is silent, and nothing more is said."""
    survey = raised(mini_root)
    figures = survey.chapter("partie-1")
    found = examine(
        survey,
        ledger_of(survey, figures.count("m-n", everyone), figures.count("q1", answered("Q1"))),
    )
    assert [(gap.people, gap.nonresponse) for gap in found.gaps] == [(1, True)]
    assert found.faults == ()
    assert "q1" in " ".join(found.notes(12))


def test_reconstructed_people_make_notes_only(mini: Survey) -> None:
    figures = mini.chapter("partie-1")
    old = figures.share(
        "m-bien-plus10", chose("Q1", "bien"), base=chose("S4", "plus_10") & answered("Q1")
    )
    found = examine(mini, ledger_of(mini, old))
    assert found.faults == ()
    assert "ces personnes n’existent pas" in " ".join(found.notes(12))


def test_a_pair_is_a_fault_until_the_policy_admits_it(mini_root: Path) -> None:
    """« bien » and an answer to Q2: seven (R0001–4, 6–8); « facilitation » among them: five."""
    survey = raised(mini_root, petit_effectif=3, petit_effectif_sensible=3)
    figures = survey.chapter("partie-1")
    both = chose("Q1", "bien") & answered("Q2")
    pair = ledger_of(
        survey,
        figures.count("sept", both),
        figures.count("cinq", both & chose("Q2", "facilitation")),
    )
    (fault,) = examine(survey, pair).faults
    assert "« sept » moins « cinq »" in str(fault).replace("\u00a0", " ")
    assert "politique.yml" in str(fault)
    allowed = AdmittedPair(frozenset({"sept", "cinq"}), "sans enjeu")
    admitted = replace(survey, policy=replace(survey.policy, admitted_pairs=(allowed,)))
    assert examine(admitted, pair).faults == ()
    assert "1" in examine(admitted, pair).notes(12)[-1]


def test_a_ledger_that_holds_a_small_count_is_refused(mini_root: Path) -> None:
    """As if the library had let it through: one « autre » of three."""
    survey = raised(mini_root, base_minimale=3)
    figures = survey.chapter("partie-1")
    (written,) = ledger_of(
        survey, figures.share("m-bien", chose("Q1", "bien"), base=answered("Q1"))
    )
    count = {"unit": "respondents", "where": {"q": "Q7", "in": ["autre"]}}
    base = {"unit": "respondents", "where": {"q": "Q7", "answered": True}}
    forged = {
        **written, "id": "forge", "published": [], "numerator": 1, "base": 3,
        "selection": {"numerator": count, "base": base}, "questions": [{"id": "Q7"}],
    }  # fmt: skip
    assert "« forge »" in str(examine(survey, [forged]).faults[0]).replace("\u00a0", " ")


# ---------------------------------------------------------------- profiles


def test_profiles_are_counted_as_a_reader_would(shipped: Survey) -> None:
    found = profiles(shipped.answers, ("S5", "S6"))
    frame = shipped.answers.frame
    sizes = frame.groupby(["S5", "S6"]).size()  # pandas, the other way
    assert (found.people, found.profiles, found.smallest) == (2542, len(sizes), int(sizes.min()))
    assert sum(found.sizes.values()) == 2542
    assert found.under(5) == int(sizes[sizes < 5].sum())


def test_the_describing_questions_are_those_of_the_questionnaire(shipped: Survey) -> None:
    assert profiles(shipped.answers).questions == ("S1", "S2", "S3", "S4", "S5", "S6", "S7")


# ---------------------------------------------------------------- the policy file


POLICY = (Path(__file__).parent.parent / "data" / "politique.yml").read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("petit_effectif: 5", "petit_efectif: 5", "Vouliez-vous dire « petit_effectif »"),
        ("petit_effectif: 5", 'petit_effectif: "5"', "un nombre est attendu"),
        ("petit_effectif_sensible: 11", "petit_effectif_sensible: 3", "plus petit que"),
        ("base_minimale: 30", "base_minimale: 2", "« base_minimale »"),
        ("publier_reponses_origine: false", "publier_reponses_origine: non", "true ou false"),
        ("seuils_par_question: {}", "seuils_par_question: {Q1: -2}", "entier positif"),
        ("differences_admises: []", "differences_admises: [{chiffres: [a], raison: r}]", "deux"),
        ("differences_admises: []", "differences_admises: [{chiffres: [a, b]}]", "« raison »"),
        ("personnelles_admises: []", "personnelles_admises: [{genre: e-mail, texte: a, raison: b}]",
         "« e-mail » n’est pas permis"),
    ],
)  # fmt: skip
def test_a_faulty_policy_is_told_in_french(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert POLICY.count(old) == 1
    (tmp_path / "politique.yml").write_text(POLICY.replace(old, new), "utf-8")
    with pytest.raises(EnqueteError) as error:
        read_policy(tmp_path)
    assert told in str(error.value).replace("\u00a0", " ")


def test_all_that_is_wrong_with_a_policy_is_told_at_once(tmp_path: Path) -> None:
    faulty = POLICY.replace("petit_effectif: 5", "petit_efectif: 5")
    faulty = faulty.replace("base_faible: 100", "base_faible: cent").replace("pas: 100", "pas: x")
    (tmp_path / "politique.yml").write_text(faulty, "utf-8")
    with pytest.raises(EnqueteErrors) as errors:
        read_policy(tmp_path)
    assert len(errors.value.problems) == 4  # the unknown key, the absent one, two values


def test_a_policy_that_names_an_unknown_question_is_refused(
    mini_root: Path, edit: Callable[[str, str, str], None]
) -> None:
    edit("politique.yml", "questions_sensibles: [S4]", "questions_sensibles: [S44]")
    with pytest.raises(EnqueteError, match="La question « S44 » n’existe pas"):
        open_survey(mini_root)


def test_the_kinds_of_the_policy_are_those_that_are_looked_for() -> None:
    assert tuple(sign.kind for sign in SIGNS) == KINDS
