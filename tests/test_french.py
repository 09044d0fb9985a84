"""French numbers: rounding half up, spaces, words."""

from __future__ import annotations

import doctest
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enquete import french


def test_examples_in_the_docstrings_hold() -> None:
    results = doctest.testmod(french)
    assert results.attempted > 10
    assert results.failed == 0


@pytest.mark.parametrize(
    ("count", "base", "decimals", "expected"),
    [
        (97, 200, 0, "49\u00a0%"),  # 48,5: a float prints 48
        (1, 8, 1, "12,5\u00a0%"),
        (1, 8, 0, "13\u00a0%"),
        (0, 7, 0, "0\u00a0%"),
        (2054, 2542, 1, "80,8\u00a0%"),
        (229, 2542, 1, "9,0\u00a0%"),  # the zero stays, as in the report's table
        (8, 1782, 2, "0,45\u00a0%"),
        (7, 7, 0, "100\u00a0%"),
    ],
)
def test_percent_rounds_half_up(count: int, base: int, decimals: int, expected: str) -> None:
    assert french.percent(count, base, decimals=decimals) == expected


@given(st.integers(0, 3000), st.integers(1, 3000), st.integers(0, 3))
def test_percent_agrees_with_decimal_rounding(count: int, base: int, decimals: int) -> None:
    # Thirty-eight digits: enough that the division is exact at every tie.
    exact = (Decimal(100) * count / base).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    digits = french.percent(count, base, decimals=decimals).removesuffix("\u00a0%")
    assert Decimal(digits.replace("\u202f", "").replace(",", ".")) == exact


def test_percent_of_an_empty_base_is_refused() -> None:
    with pytest.raises(ValueError, match="Base vide"):
        french.percent(0, 0)


@given(st.fractions(0, 100), st.integers(-2, 3))
def test_a_value_lies_within_the_bounds_of_its_rounding(value: Fraction, decimals: int) -> None:
    low, high = french.rounding_bounds(french.rounded(value, decimals), decimals)
    assert low <= value < high


def test_negative_differences_round_away_from_zero_with_a_true_minus() -> None:
    assert french.points(Fraction(-5, 2)) == "\u22123\u00a0points"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, "0"), (999, "999"), (2542, "2\u202f542"), (1234567, "1\u202f234\u202f567")],
)
def test_thousands_are_parted_by_a_thin_no_break_space(value: int, expected: str) -> None:
    assert french.integer(value) == expected


def test_the_plural_of_points_starts_at_two() -> None:
    assert [french.points(n) for n in (0, 1, 2)] == [
        "0\u00a0point",
        "1\u00a0point",
        "2\u00a0points",
    ]


def test_typeset_leaves_dates_and_years_alone() -> None:
    assert french.typeset("du 21 juin 2024 au 5 juillet") == "du 21 juin 2024 au 5 juillet"
