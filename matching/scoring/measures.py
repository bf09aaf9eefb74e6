"""The two ways in which a criterion gives points, both in whole numbers."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from matching.scoring.profile import Profile

FULL: Final = 1_000
"""Points of a pair that fits perfectly in one criterion."""

Thing = Hashable


@dataclass(frozen=True, slots=True)
class Product:
    """What the mentor gives in each column times what the mentee takes there, summed: between 0 and ``FULL``."""

    mentor: Callable[[Profile], Mapping[Thing, int]]
    mentee: Callable[[Profile], Mapping[Thing, int]]

    def points(self, mentor: Profile, mentee: Profile, week: date) -> int:
        takes = self.mentee(mentee)
        return sum(gives * takes.get(column, 0) for column, gives in self.mentor(mentor).items())


@dataclass(frozen=True, slots=True)
class Common:
    """``full`` points for having ``enough`` things in common, fewer in proportion below that, rounded down."""

    things: Callable[[Profile, date], frozenset[Thing]]
    enough: int = 1
    full: int = FULL

    def points(self, mentor: Profile, mentee: Profile, week: date) -> int:
        common = len(self.things(mentor, week) & self.things(mentee, week))
        return min(common, self.enough) * self.full // self.enough


@dataclass(frozen=True, slots=True)
class Best:
    """The most that one of these gives."""

    of: tuple[Common, ...]

    def points(self, mentor: Profile, mentee: Profile, week: date) -> int:
        return max(each.points(mentor, mentee, week) for each in self.of)


Measure = Product | Best
