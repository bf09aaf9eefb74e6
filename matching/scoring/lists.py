"""Who has what, as arrays that the compiled loops read."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.int32]
Places = NDArray[np.intp]


class Lists(NamedTuple):
    """A list for each person or thing: that of `p` stands at `first[p]` to `first[p + 1]`, in ascending order."""

    first: Places
    what: Points
    """The number of a thing the person has, or of a person who has the thing."""
    points: Points

    @classmethod
    def of(cls, people: Sequence[Sequence[tuple[int, int]]]) -> Lists:
        """Of each person the things with their points."""
        first = np.fromiter(accumulate(map(len, people), initial=0), dtype=np.intp, count=len(people) + 1)
        flat = np.array([*chain.from_iterable(map(sorted, people))], dtype=np.int32).reshape(-1, 2)
        return cls(first, np.ascontiguousarray(flat[:, 0]), np.ascontiguousarray(flat[:, 1]))

    @classmethod
    def of_nothing(cls, people: int) -> Lists:
        nothing = np.zeros(0, dtype=np.int32)
        return cls(np.zeros(people + 1, dtype=np.intp), nothing, nothing)

    def turned(self, things: int) -> Lists:
        """Of each of so many things the people who have it."""
        person = np.repeat(np.arange(len(self.first) - 1, dtype=np.int32), np.diff(self.first))
        order = np.argsort(self.what, kind="stable")
        first = np.concatenate([[0], np.cumsum(np.bincount(self.what, minlength=things))]).astype(np.intp)
        return Lists(first, person[order], self.points[order])
