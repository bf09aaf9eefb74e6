"""What many pairs have in common, counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from math import gcd
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.scoring.measures import Common, Thing
from matching.scoring.profile import Profile
from matching.scoring.sums import Beside, Places, Points, Sums

Words = NDArray[np.unsignedinteger]
Counts = NDArray[np.bool_] | NDArray[np.uint8] | NDArray[np.int32]

WORD_TYPES: Final = {8: np.uint8, 16: np.uint16, 32: np.uint32, 64: np.uint64}
MOST_BITS: Final = 255
"""So many that no count outgrows a byte. Where there are more things, few people have any one of them, and a sparse
product is quicker and smaller."""


@dataclass(frozen=True, slots=True)
class Bits:
    """A bit for each thing: a row for each word of bits, a column for each person."""

    mentors: Words
    mentees: Words

    def beside(self, rows: slice, enough: int) -> Callable[[slice], Counts]:
        mentors = self.mentors[:, rows, None]
        return lambda columns: _in_common(mentors, self.mentees[:, None, columns], enough)

    def pairs(self, rows: Places, columns: Places, enough: int) -> Counts:
        return _in_common(self.mentors[:, rows], self.mentees[:, columns], enough)


def _in_common(mentors: Words, mentees: Words, enough: int) -> Counts:
    """How many, up to ``enough``."""
    both = (one & other for one, other in zip(mentors, mentees, strict=True))
    if enough == 1:
        any_of_them: NDArray[np.bool_] = reduce(np.bitwise_or, both) != 0
        return any_of_them
    common: NDArray[np.uint8] = reduce(np.add, (np.bitwise_count(each) for each in both))
    return np.minimum(common, enough, out=common)


@dataclass(frozen=True, slots=True)
class Marks:
    """Ones in the columns of what each has."""

    ones: Sums

    def beside(self, rows: slice, enough: int) -> Callable[[slice], Counts]:
        counted = self.ones.beside(rows)
        return lambda columns: np.minimum(counted(columns), enough)

    def pairs(self, rows: Places, columns: Places, enough: int) -> Counts:
        return np.minimum(self.ones.pairs(rows, columns), enough)


@dataclass(frozen=True, slots=True)
class Shared:
    """Points for what two have in common: those of :class:`Common`."""

    things: Bits | Marks
    enough: int
    full: int

    @classmethod
    def of(cls, common: Common, mentors: Sequence[Profile], mentees: Sequence[Profile], week: date) -> Shared:
        """Only what both sides know is looked at. Where things only ever come together, in sixteens as the quarter
        hours of a half-day do, one stands for so many of them."""
        sides = [_Sets.of(common, people, week) for people in (mentors, mentees)]
        alike: dict[tuple[tuple[int, ...], ...], int] = defaultdict(int)
        for thing in sides[0].holders.keys() & sides[1].holders.keys():
            alike[tuple(tuple(side.holders[thing]) for side in sides)] += 1
        together = gcd(common.enough, *alike.values())
        kept = [holders for holders, things in sorted(alike.items()) for _ in range(things // together)]
        one, other = ([holders[side] for holders in kept] for side in (0, 1))
        things: Bits | Marks
        if len(kept) <= MOST_BITS:
            things = Bits(sides[0].bits(one), sides[1].bits(other))
        else:
            things = Marks(Sums.of_ones(sides[0].marks(one), sides[1].marks(other), len(kept)))
        return cls(things, common.enough // together, common.full)

    def beside(self, rows: slice, weight: int = 1) -> Beside:
        counted = self.things.beside(rows, self.enough)
        return lambda columns: self._points(counted(columns), weight)

    def pairs(self, rows: Places, columns: Places, weight: int = 1) -> Points:
        return self._points(self.things.pairs(rows, columns, self.enough), weight)

    def _points(self, common: Counts, weight: int) -> Points:
        """Points are rounded down before they are weighed."""
        if self.full % self.enough == 0:
            return np.multiply(common, np.int32(self.full // self.enough * weight), dtype=np.int32)
        points = np.multiply(common, np.int32(self.full), dtype=np.int32)
        points //= self.enough
        points *= weight
        return points


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
        """In words no longer than needed: of a handful of things, eight people fit where one would."""
        size = next((size for size in WORD_TYPES if len(holders) <= size), max(WORD_TYPES))
        word = WORD_TYPES[size]
        words = np.zeros((max(1, -(-len(holders) // size)), self.sets), dtype=word)
        for bit, some in enumerate(holders):
            words[bit // size, list(some)] |= word(1 << bit % size)
        return np.ascontiguousarray(words[:, self.of_person])

    def marks(self, holders: Sequence[tuple[int, ...]]) -> list[list[int]]:
        """The columns of each person."""
        of_set: list[list[int]] = [[] for _ in range(self.sets)]
        for column, some in enumerate(holders):
            for number in some:
                of_set[number].append(column)
        return [of_set[number] for number in self.of_person]
