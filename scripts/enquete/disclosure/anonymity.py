"""How many people share each profile: what publishing rows of answers would give away."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from enquete.answers import Answers


@dataclass(frozen=True, slots=True)
class Profiles:
    """
    Count the respondents who answer alike to the questions that describe them.

    Attributes:
        questions: those questions.
        people: respondents; *profiles*: distinct profiles.
        smallest: people in the rarest profile, the k of k-anonymity.
        sizes: number of people by size of their profile.
    """

    questions: tuple[str, ...]
    people: int
    profiles: int
    smallest: int
    sizes: Counter[int]

    def under(self, size: int) -> int:
        """Count the people whose profile is shared by fewer than *size*, themselves included."""
        return sum(people for shared, people in self.sizes.items() if shared < size)


def segmentation(answers: Answers) -> tuple[str, ...]:
    """Name the questions that describe respondents, those that hold one answer each."""
    return tuple(
        question.id
        for question in answers.questionnaire
        if question.role == "segmentation" and question.id in answers.columns
    )


def profiles(answers: Answers, questions: tuple[str, ...] | None = None) -> Profiles:
    """Count the profiles made by *questions*, by default all that describe respondents."""
    asked = segmentation(answers) if questions is None else questions
    alike = Counter(zip(*(answers.columns[question] for question in asked), strict=True))
    sizes: Counter[int] = Counter()
    for size in alike.values():
        sizes[size] += size
    return Profiles(asked, len(answers), len(alike), min(alike.values(), default=0), sizes)
