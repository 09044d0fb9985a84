"""
The checks are checked: faults planted in copies of the book, each found by its own check.

This is the sample of `tests/mutation`: every mutant that changes a finished book, its ledger or
its data, so that nothing is executed or compiled again. `make mutation` runs them all, with the
library, the PDF and nbval.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from mutation.model import Copy, Mutant
from mutation.report import passed, summary, table
from mutation.suite import MUTANTS, SAMPLE
from mutation.workshop import Workshop

from edition.checking import Finished, Outcome

pytestmark = pytest.mark.lent

TOUCHED = next(each for each in SAMPLE if each.name == "numérateur au registre")


@pytest.fixture(scope="module")
def shop(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop(tmp_path_factory.mktemp("mutation") / "atelier", project)


def fine(book: Finished) -> Outcome:
    return Outcome("recomptage", "Recomptage", 0, "rien n’est regardé")


def test_each_name_is_given_once_and_each_check_has_its_mutants() -> None:
    assert [name for name, times in Counter(m.name for m in MUTANTS).items() if times > 1] == []
    assert {mutant.check for mutant in SAMPLE} == {
        "integrite",
        "publies",
        "recomptage",
        "affirmations",
        "audit-html",
        "audit-pdf",
        "carnets",
        "confidentialite",
    }


def test_no_check_raises_a_false_alarm_on_the_clean_book(shop: Workshop) -> None:
    assert {name: found for name, found in shop.false_alarms.items() if found} == {}


@pytest.mark.parametrize("mutant", SAMPLE, ids=lambda mutant: mutant.name)
def test_a_planted_fault_is_found_by_the_check_named_for_it(shop: Workshop, mutant: Mutant) -> None:
    result = shop.examine(mutant)

    assert result.good, f"{result.found}/{result.planted} : {result.details}"


def test_what_was_not_planted_is_reported_as_missed(shop: Workshop) -> None:
    nothing = replace(TOUCHED, plant=lambda shop, copy: None)

    result = shop.examine(nothing)

    assert (result.planted, result.found, result.good) == (1, 0, False)
    assert not passed([result], {})
    assert "0/1" in table([result])
    assert TOUCHED.name in summary([result], {})


def test_a_check_that_finds_everything_fine_lets_its_mutants_through(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shop.examine(TOUCHED).good

    monkeypatch.setitem(shop.checks, "recomptage", fine)

    assert not shop.examine(TOUCHED).good


def test_a_fault_that_only_another_check_finds_is_missed_by_the_one_named(shop: Workshop) -> None:
    result = shop.examine(replace(TOUCHED, check="carnets"), everything=True)

    assert not result.good
    assert "recomptage" in result.others
    assert "recomptage" in table([result])


def test_a_fault_that_says_something_else_does_not_count(shop: Workshop) -> None:
    assert not shop.examine(replace(TOUCHED, says="p1-2-surcharge")).good


def test_a_control_in_which_something_was_planted_is_a_false_alarm(shop: Workshop) -> None:
    result = shop.examine(replace(TOUCHED, check=""))

    assert result.control
    assert not passed([result], {})
    assert "fausse alerte" in table([result])


def test_a_copy_leaves_the_clean_book_as_it_was(shop: Workshop) -> None:
    files = sorted(path for path in shop.clean.rglob("*") if path.is_file())
    before = {path: path.read_bytes() for path in files}

    for mutant in SAMPLE:
        with shop.copy() as copy:
            mutant.plant(shop, copy)
            assert copy.touched, mutant.name

    assert {path: path.read_bytes() for path in files} == before


def test_a_mutant_whose_text_is_gone_says_so(shop: Workshop) -> None:
    with shop.copy() as copy, pytest.raises(LookupError, match="n'a plus"):
        Copy(copy.root).edit("_quarto.yml", "texte qui n'y est pas", "autre")
