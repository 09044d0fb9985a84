"""Computations evaluated on the answers, for checks only: nothing here may be printed."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from enquete import french
from enquete.answers import Answers
from enquete.readings import (
    CountOf,
    DifferenceOf,
    MeanOf,
    RankOf,
    Reading,
    ShareOf,
    WordsOf,
)

Measure = Callable[[Reading], Fraction | None]


def measure(answers: Answers) -> Measure:
    """
    Return the function that evaluates a computation in its printed unit.

    Shares are percentages, differences are points.  A computation that the
    answers do not settle gives ``None``.
    """

    def value(reading: Reading) -> Fraction | None:
        match reading:
            case ShareOf(numerator, base):
                share = answers.share(numerator, base)
                return 100 * share.value if share.exact and share.base.low > 0 else None
            case CountOf(numerator):
                count = answers.count(numerator)
                return Fraction(count.low) if count.exact else None
            case MeanOf(of):
                values = [value(each) for each in of]
                known = [each for each in values if each is not None]
                return sum(known, Fraction(0)) / len(of) if len(known) == len(of) else None
            case DifferenceOf(a, b, rounding):
                first, second = value(a), value(b)
                if first is None or second is None:
                    return None
                if rounding == "each":
                    return french.rounded(first) - french.rounded(second)
                return first - second
        return None

    return value


def truth(answers: Answers, reading: RankOf | WordsOf) -> bool | None:
    """Tell whether a rank or words hold; ``None`` when the answers do not settle it."""
    match reading:
        case WordsOf(of, gt, lt):
            value = measure(answers)(of)
            if value is None:
                return None
            return (gt is None or value > gt) and (lt is None or value < lt)
        case RankOf(_, first, among, _):
            counts = {code: _option(answers, reading, code) for code in among}
            others = [count for code, count in counts.items() if code != first]
            if all(counts[first][0] > high for _, high in others):
                return True
            if any(counts[first][1] <= low for low, _ in others):
                return False
    return None


def _option(answers: Answers, rank: RankOf, code: str) -> tuple[int, int]:
    """Bound the count of one option: ticks where several are possible, else respondents."""
    share = rank.of_option(code)
    count = answers.count(share.numerator.inside(share.base))
    return count.low, count.high
