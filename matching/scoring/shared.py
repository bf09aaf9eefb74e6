"""What many pairs have in common, counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import gcd
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.scoring.lists import Lists, Places, Points
from matching.scoring.measures import Common, Thing
from matching.scoring.profile import Profile

Words = NDArray[np.uint64]

WORD: Final = 64
MOST_BITS: Final = 4 * WORD
"""Where there are more things, few people have any one of them, and it is quicker to go through those."""


class Shared(NamedTuple):
    """Points for what two have in common: those of :class:`Common`, weighed.

    Things are bits, a row for each word of them and a column for each person; or, where they are many, lists.
    """

    mentor_bits: Words
    mentee_bits: Words
    mentor_things: Lists
    mentee_things: Lists
    holders: Lists
    """By thing, the mentees who have it."""
    points: Points
    """For so many things in common; the last of these for more."""

    @classmethod
    def of(
        cls, common: Common, weight: int, mentors: Sequence[Profile], mentees: Sequence[Profile], week: date
    ) -> Shared:
        """Only what both sides know is looked at. Where things only ever come together, in sixteens as the quarter
        hours of a half-day do, one stands for so many of them."""
        sides = [_Sets.of(common, people, week) for people in (mentors, mentees)]
        alike: dict[tuple[tuple[int, ...], ...], int] = defaultdict(int)
        for thing in sides[0].holders.keys() & sides[1].holders.keys():
            alike[tuple(tuple(side.holders[thing]) for side in sides)] += 1
        together = gcd(common.enough, *alike.values())
        kept = [holders for holders, things in sorted(alike.items()) for _ in range(things // together)]
        one, other = ([holders[side] for holders in kept] for side in (0, 1))
        enough = common.enough // together
        points = np.array([weight * (count * common.full // enough) for count in range(enough + 1)], dtype=np.int32)
        few = len(kept) <= MOST_BITS
        mentor_bits, mentee_bits = (
            side.bits(some if few else []) for side, some in zip(sides, (one, other), strict=True)
        )
        mentor_things, mentee_things = (
            side.lists([] if few else some) for side, some in zip(sides, (one, other), strict=True)
        )
        holders = mentee_things.turned(0 if few else len(kept))
        return cls(mentor_bits, mentee_bits, mentor_things, mentee_things, holders, points)


@dataclass(frozen=True, slots=True)
class _Sets:
    """What the people of one side have, each set of things once: half-days and ways are the same for many."""

    of_person: Places
    sets: int
    holders: Mapping[Thing, list[int]]

    @classmethod
    def of(cls, common: Common, people: Sequence[Profile], week: date) -> _Sets:
        sets: dict[frozenset[Thing], int] = {}
        of_person = [sets.setdefault(common.things(person, week), len(sets)) for person in people]
        holders: dict[Thing, list[int]] = defaultdict(list)
        for things, number in sets.items():
            for thing in things:
                holders[thing].append(number)
        return cls(np.array(of_person, dtype=np.intp), len(sets), holders)

    def bits(self, holders: Sequence[tuple[int, ...]]) -> Words:
        words = np.zeros((-(-len(holders) // WORD), self.sets), dtype=np.uint64)
        for bit, some in enumerate(holders):
            words[bit // WORD, list(some)] |= np.uint64(1 << bit % WORD)
        return np.ascontiguousarray(words[:, self.of_person])

    def lists(self, holders: Sequence[tuple[int, ...]]) -> Lists:
        if not holders:
            return Lists.of_nothing(len(self.of_person))
        of_set: list[list[tuple[int, int]]] = [[] for _ in range(self.sets)]
        for thing, some in enumerate(holders):
            for number in some:
                of_set[number].append((thing, 1))
        return Lists.of([of_set[number] for number in self.of_person])
