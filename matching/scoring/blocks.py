"""The fit of many pairs at once.

Products of all criteria are one multiplication of matrices in single precision: every sum is a whole number below
2**24, so it is exact on every machine. Things in common are bits, and counting them is a population count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import gcd
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.scoring.measures import FULL, Common, Product, Thing
from matching.scoring.profile import Profile
from matching.scoring.registry import CRITERIA
from programs.choices import Criterion

Points = NDArray[np.int32]
Lacking = NDArray[np.bool_]
Floats = NDArray[np.float32]
Words = NDArray[np.uint64]
Places = NDArray[np.intp]

EXACT_BELOW: Final = 2**24
BITS: Final = 64
CELLS: Final = 2**17
"""Pairs looked at in one go: what is worked out about them then stays in the processor's cache."""

Entries = Callable[[Profile], Mapping[Thing, int]]


@dataclass(frozen=True, slots=True)
class _Summed:
    """Mentors (rows) and mentees (columns) of one product; ``mentors @ mentees`` is what every pair has."""

    mentors: Floats
    mentees: Floats

    @classmethod
    def of(cls, product: Product, mentors: Sequence[Profile], mentees: Sequence[Profile], weight: int) -> _Summed:
        """One column for all things that the same mentees take alike, and none for what only one side knows."""
        gives, takes = _by_thing(product.mentor, mentors), _by_thing(product.mentee, mentees)
        alike: dict[tuple[tuple[int, int], ...], list[Thing]] = defaultdict(list)
        for thing in gives.keys() & takes.keys():
            alike[tuple(takes[thing].items())].append(thing)
        summed = cls(
            np.zeros((len(mentors), len(alike)), dtype=np.float32),
            np.zeros((len(alike), len(mentees)), dtype=np.float32),
        )
        for column, (taken, things) in enumerate(sorted(alike.items())):
            for mentee, value in taken:
                summed.mentees[column, mentee] = value
            for thing in things:
                for mentor, value in gives[thing].items():
                    summed.mentors[mentor, column] += weight * value
        return summed

    @property
    def bound(self) -> float:
        """No sum, finished or not, is larger than this."""
        if not self.mentors.size or not self.mentees.size:
            return 0.0
        mentors, mentees = np.abs(self.mentors), np.abs(self.mentees)
        return float(
            min(
                (mentors @ mentees.max(axis=1).astype(np.float64)).max(),
                (mentors.max(axis=0).astype(np.float64) @ mentees).max(),
            )
        )

    def block(self, rows: slice, columns: slice) -> Points:
        return (self.mentors[rows] @ self.mentees[:, columns]).astype(np.int32)

    def pairs(self, rows: Places, columns: Places) -> Points:
        summed: Points = np.einsum("ij,ji->i", self.mentors[rows], self.mentees[:, columns]).astype(np.int32)
        return summed


@dataclass(frozen=True, slots=True)
class _Shared:
    """Points for what two have in common, from the bits of each."""

    mentors: Words  # one row a word of bits, one column a person
    mentees: Words
    enough: int
    full: int

    @classmethod
    def of(cls, common: Common, mentors: Sequence[Profile], mentees: Sequence[Profile], week: date) -> _Shared:
        """A bit for each thing that both sides know. Where things only ever come together, in sixteens as the quarter
        hours of a half-day do, one bit stands for so many of them."""
        sides = [_Sets.of(common, people, week) for people in (mentors, mentees)]
        alike: dict[tuple[tuple[int, ...], ...], int] = defaultdict(int)
        for thing in sides[0].holders.keys() & sides[1].holders.keys():
            alike[tuple(tuple(side.holders[thing]) for side in sides)] += 1
        together = gcd(common.enough, *alike.values())
        bits = [holders for holders, things in sorted(alike.items()) for _ in range(things // together)]
        words = [side.bits([holders[each] for holders in bits]) for each, side in enumerate(sides)]
        return cls(words[0], words[1], common.enough // together, common.full)

    def block(self, rows: slice, columns: slice) -> Points:
        return self._points(self.mentors[:, rows, None], self.mentees[:, None, columns])

    def pairs(self, rows: Places, columns: Places) -> Points:
        return self._points(self.mentors[:, rows], self.mentees[:, columns])

    def _points(self, mentors: Words, mentees: Words) -> Points:
        common = np.zeros(np.broadcast_shapes(mentors.shape[1:], mentees.shape[1:]), dtype=np.uint8)
        for one, other in zip(mentors, mentees, strict=True):
            np.minimum(common, self.enough, out=common)
            common += np.bitwise_count(one & other)
        points = np.minimum(common, self.enough).astype(np.int32)
        points *= self.full
        if self.enough > 1:
            points //= self.enough
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
        words = np.zeros((-(-len(holders) // BITS), self.sets), dtype=np.uint64)
        for bit, some in enumerate(holders):
            words[bit // BITS, list(some)] |= np.uint64(1 << bit % BITS)
        return np.ascontiguousarray(words[:, self.of_person])


def _by_thing(entries: Entries, people: Sequence[Profile]) -> dict[Thing, dict[int, int]]:
    found: dict[Thing, dict[int, int]] = defaultdict(dict)
    for place, person in enumerate(people):
        for thing, value in entries(person).items():
            if value:
                found[thing][place] = value
    return found


class Fit:
    """How well each mentor (rows) fits each mentee (columns), and who lacks what the program asks of every pair."""

    def __init__(
        self,
        mentors: Sequence[Profile],
        mentees: Sequence[Profile],
        *,
        weights: Mapping[Criterion, int],
        musts: Sequence[Criterion] = (),
        week: date,
    ) -> None:
        def summed(criterion: Criterion, weight: int) -> _Summed | None:
            measure = CRITERIA[criterion].measure
            return _Summed.of(measure, mentors, mentees, weight) if isinstance(measure, Product) else None

        def shared(criterion: Criterion) -> tuple[_Shared, ...]:
            measure = CRITERIA[criterion].measure
            of = () if isinstance(measure, Product) else measure.of
            return tuple(_Shared.of(common, mentors, mentees, week) for common in of)

        self.shape = len(mentors), len(mentees)
        self.weights, self.musts, self.week = weights, tuple(musts), week
        self._people = mentors, mentees
        counting = [criterion for criterion, weight in weights.items() if weight]
        products = [each for criterion in counting if (each := summed(criterion, weights[criterion]))]
        if sum(each.bound for each in products) >= EXACT_BELOW:
            raise OverflowError("Points of this crowd are not exact in single precision.")
        self._summed = _Summed(
            np.hstack([np.zeros((len(mentors), 0), dtype=np.float32), *(each.mentors for each in products)]),
            np.vstack([np.zeros((0, len(mentees)), dtype=np.float32), *(each.mentees for each in products)]),
        )
        self._shared = [(weights[criterion], some) for criterion in counting if (some := shared(criterion))]
        self._musts = [(criterion, summed(criterion, 1), shared(criterion)) for criterion in musts]

    def block(self, rows: slice, columns: slice) -> Points:
        """Of some mentors with some mentees, 0 to ``weights.BEST``."""
        return self._total(lambda each: each.block(rows, columns))

    def pairs(self, rows: Places, columns: Places) -> Points:
        """Of each mentor in ``rows`` with the mentee at the same place of ``columns``."""
        return self._total(lambda each: each.pairs(rows, columns))

    def parts(self, row: int, column: int) -> list[dict[str, Any]]:
        """What the fit of one pair is made of, for its reasons."""
        mentors, mentees = self._people
        return parts_of(mentors[row], mentees[column], weights=self.weights, week=self.week)

    def lacking(self, rows: slice, columns: slice) -> dict[Criterion, Lacking]:
        """For each criterion that is a must, which of these pairs have no points in it."""
        return self._lacking(lambda each: each.block(rows, columns))

    def pairs_lacking(self, rows: Places, columns: Places) -> dict[Criterion, Lacking]:
        return self._lacking(lambda each: each.pairs(rows, columns))

    def _lacking(self, of: Callable[[_Summed | _Shared], Points]) -> dict[Criterion, Lacking]:
        return {
            criterion: (of(summed) if summed is not None else _best(shared, of)) == 0
            for criterion, summed, shared in self._musts
        }

    def _total(self, of: Callable[[_Summed | _Shared], Points]) -> Points:
        total = of(self._summed)
        for weight, shared in self._shared:
            points = _best(shared, of)
            points *= weight
            total += points
        return total


def _best(shared: Sequence[_Shared], of: Callable[[_Shared], Points]) -> Points:
    best = of(shared[0])
    for each in shared[1:]:
        np.maximum(best, of(each), out=best)
    return best


def parts_of(mentor: Profile, mentee: Profile, *, weights: Mapping[Criterion, int], week: date) -> list[dict[str, Any]]:
    """The parts of one pair's fit with what each rests on. Their ``points`` add up to the pair's place in a block."""
    return [
        {
            "part": str(criterion),
            "points": weight * CRITERIA[criterion].measure.points(mentor, mentee, week),
            "of": weight * FULL,
            **CRITERIA[criterion].evidence(mentor, mentee, week),
        }
        for criterion, weight in weights.items()
        if weight
    ]
