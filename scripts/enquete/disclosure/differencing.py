"""What subtraction gives away: two groups one inside the other, or a group and its parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from enquete.disclosure.groups import Group, limit, only_nonresponse
from enquete.policy import Policy
from enquete.selection import In

Counts = npt.NDArray[np.int64]
_AT_ONCE = 1024  # words of each group: those of all groups stay in the processor's cache


@dataclass(frozen=True, slots=True)
class Difference:
    """
    A few people that figures of the book isolate together.

    Attributes:
        large: the group they belong to; *parts*: the groups that leave them out.
        people: how many they are; *limit*: how many they should be.
        nonresponse: whether they only are those who did not answer.
    """

    large: Group
    parts: tuple[Group, ...]
    people: int
    limit: int
    nonresponse: bool = False

    @property
    def figures(self) -> tuple[str, ...]:
        """Return one figure of each group, the large one first."""
        return tuple(group.figures[0] for group in (self.large, *self.parts))

    @property
    def of_the_report(self) -> bool:
        """Tell whether the original report prints a figure of each of these groups."""
        return all(group.of_the_report for group in (self.large, *self.parts))


def differences(policy: Policy, groups: Sequence[Group]) -> list[Difference]:
    """
    Find every pair of groups, one inside the other, that differ by too few people.

    The sizes of all intersections are counted on packed bits, one row of pairs at a time.
    """
    found = []
    for same in _universes(groups):
        shared = _shared(same)
        size = np.diagonal(shared)
        gap = size[None, :] - size[:, None]
        inside = (shared == size[:, None]) & (gap > 0) & (gap < _widest(policy))
        for small, large in zip(*np.nonzero(inside), strict=True):
            a, b = same[small], same[large]
            people, least = int(gap[small, large]), limit(policy, a, b)
            if a.size and people < least:
                found.append(Difference(b, (a,), people, least, only_nonresponse(a, b)))
    return found


def remainders(policy: Policy, groups: Sequence[Group]) -> list[Difference]:
    """
    Find the groups that disjoint printed parts leave almost empty.

    Only the parts of one question are added up, inside a group that answered it:
    the others are people who did not answer.
    """
    found = []
    for same in _universes(groups):
        if same[0].universe.startswith("answers"):
            continue
        shared = _shared(same)
        size = np.diagonal(shared)
        for whole, group in enumerate(same):
            within = [
                at
                for at in range(len(same))
                if at != whole and size[at] and shared[at, whole] == size[at]
            ]
            for family in _families(same, within, shared, group):
                left = int(size[whole] - sum(size[at] for at in family))
                parts = tuple(same[at] for at in family)
                least = limit(policy, group, *parts)
                if 0 < left < least and len(parts) > 1:
                    found.append(Difference(group, parts, left, least))
    return found


def compared(groups: Sequence[Group]) -> int:
    """Count the pairs of groups that the scan compares."""
    return sum(len(same) * (len(same) - 1) // 2 for same in _universes(groups))


def _universes(groups: Sequence[Group]) -> Iterator[list[Group]]:
    by_name: dict[str, list[Group]] = {}
    for group in groups:
        by_name.setdefault(group.universe, []).append(group)
    yield from by_name.values()


def _shared(groups: Sequence[Group]) -> Counts:
    """Return how many are in each two groups, from their bits."""
    bits = np.stack([np.packbits(group.mask) for group in groups])
    short = -bits.shape[1] % 8
    words = np.pad(bits, ((0, 0), (0, short))).view(np.uint64)
    shared = np.zeros((len(words), len(words)), dtype=np.int64)
    for start in range(0, words.shape[1], _AT_ONCE):
        some = np.ascontiguousarray(words[:, start : start + _AT_ONCE])
        for row, one in enumerate(some):  # with those after it: the other half is the same
            shared[row, row:] += np.bitwise_count(some[row:] & one).sum(axis=1, dtype=np.int64)
    return np.maximum(shared, shared.T)


def _families(
    groups: Sequence[Group], within: Sequence[int], shared: Counts, whole: Group
) -> Iterator[list[int]]:
    """Yield disjoint groups of one question, the largest first, then the smallest first."""
    by_question: dict[frozenset[str], list[int]] = {}
    for at in within:
        asked = _chosen(groups[at]) - _chosen(whole) or _chosen(groups[at])
        by_question.setdefault(asked, []).append(at)
    for asked, members in by_question.items():
        # Unless the whole answered, who is in none of the parts may just be silent.
        if len(asked) != 1 or len(members) < 2 or not asked <= set(whole.questions):
            continue
        tried = set()
        for order in (1, -1):
            family: list[int] = []
            for at in sorted(members, key=lambda at: (order * -int(shared[at, at]), at)):
                if all(shared[at, other] == 0 for other in family):
                    family.append(at)
            if tuple(sorted(family)) not in tried:
                tried.add(tuple(sorted(family)))
                yield family


def _chosen(group: Group) -> frozenset[str]:
    """Name the questions whose options the group is made of."""
    return frozenset(leaf.question for leaf in group.where.leaves() if isinstance(leaf, In))


def _widest(policy: Policy) -> int:
    return max(
        policy.small_count, policy.small_sensitive_count, *policy.question_counts.values(), 0
    )
