"""How few people are too few, question by question, and what a percentage gives away."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import ceil, floor

from enquete import french
from enquete.errors import EnqueteError, raise_all
from enquete.policy import NAME, Policy
from enquete.questionnaire import Questionnaire
from enquete.suggest import suggestion


def least(policy: Policy, questions: Iterable[str]) -> int:
    """
    Return the smallest count that may be printed when these questions are involved.

    The strictest one decides: a sensitive question makes the whole crossing sensitive.
    """
    return max((_of(policy, question) for question in questions), default=policy.small_count)


def _of(policy: Policy, question: str) -> int:
    own = policy.question_counts.get(question)
    if own is not None:
        return own
    sensitive = question in policy.sensitive_questions
    return policy.small_sensitive_count if sensitive else policy.small_count


def small(count: int, limit: int) -> bool:
    """Tell whether *count* is somebody, and fewer than *limit*; nobody is no small group."""
    return 0 < count < limit


def unsafe(count: int, base: int, limit: int) -> bool:
    """Tell whether a count or what is left of its base is a small group."""
    return small(count, limit) or small(base - count, limit)


def possible(value: Fraction, decimals: int, base: int) -> tuple[int, int]:
    """
    Return the counts that print this percentage on *base*: what a reader can work out.

    >>> possible(Fraction(1), 0, 250)
    (2, 3)
    """
    low, high = french.rounding_bounds(french.rounded(value, decimals), decimals)
    first = ceil(low * base / 100)
    last = ceil(high * base / 100) - 1  # the upper bound already prints the next value
    return max(0, first), min(base, max(last, floor(value * base / 100)))


def reveals(value: Fraction, decimals: int, base: int, limit: int) -> bool:
    """Tell whether a printed percentage and its base say together that the group is small."""
    low, high = possible(value, decimals, base)
    inside = low > 0 and high < limit
    return inside or (high < base and base - low < limit)


def check_questions(policy: Policy, questionnaire: Questionnaire) -> None:
    """Refuse a policy that names a question nobody was asked: its rule would never apply."""
    known = [question.id for question in questionnaire]
    raise_all(
        [
            EnqueteError(
                f"La question « {question} » n’existe pas.{suggestion(question, known)}",
                f"data/{NAME}, « {key} »",
                "voir les identifiants dans data/questions.csv.",
            )
            for key, named in (
                ("questions_sensibles", policy.sensitive_questions),
                ("seuils_par_question", tuple(policy.question_counts)),
            )
            for question in named
            if question not in known
        ]
    )
