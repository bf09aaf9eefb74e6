"""Sums of products of many pairs, in whole numbers that single precision holds exactly."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matching.scoring.measures import Product
from matching.scoring.profile import Profile

Points = NDArray[np.int32]
Places = NDArray[np.intp]
EXACT_BELOW: Final = 2**24
"""Whole numbers below this, and sums of them, are exact in single precision, in whatever order they are added."""

Beside = Callable[[slice], Points]
"""Some mentors, to be held beside mentees: a block of points for a slice of those."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Mentors and mentees as rows over common columns: what each gives and takes there.

    Of hundreds of skills everybody names a handful, so both are kept sparse: a sparse matrix of mentees times a dense
    one of some mentors takes a tenth of the time of two dense ones.
    """

    mentors: sparse.csr_array
    mentees: sparse.csr_array

    @classmethod
    def of(
        cls, products: Iterable[tuple[int, Product]], mentors: Sequence[Profile], mentees: Sequence[Profile]
    ) -> Sums:
        """All of these products together, each with its weight. What only one side knows has no column."""
        weighed = list(products)
        gives = [_entries(weighed, person, "mentor") for person in mentors]
        takes = [_entries(weighed, person, "mentee") for person in mentees]
        both = set(chain.from_iterable(gives)) & set(chain.from_iterable(takes))
        columns = {thing: column for column, thing in enumerate(both)}
        sums = cls(_matrix(gives, columns), _matrix(takes, columns))
        if sums.largest >= EXACT_BELOW:
            raise OverflowError("Points of these people would not be exact in single precision.")
        return sums

    @classmethod
    def of_ones(cls, mentors: Sequence[Sequence[int]], mentees: Sequence[Sequence[int]], columns: int) -> Sums:
        """Ones in these columns of each."""
        named = {column: column for column in range(columns)}
        sides = ([dict.fromkeys(marks, 1) for marks in people] for people in (mentors, mentees))
        return cls(*(_matrix(entries, named) for entries in sides))

    @property
    def largest(self) -> float:
        """No sum of any pair, finished or not, is larger: for no mentor, or for no mentee, whoever the other is."""
        bounds = []
        for one, other in ((abs(self.mentors), abs(self.mentees)), (abs(self.mentees), abs(self.mentors))):
            most = other.max(axis=0).toarray().ravel() if all(other.shape) else np.zeros(other.shape[1])
            bounds.append(float((one @ most.astype(np.float64)).max(initial=0)))
        return min(bounds)

    def beside(self, rows: slice) -> Beside:
        given = np.ascontiguousarray(self.mentors[rows].toarray().T)
        return lambda columns: (self.mentees[columns] @ given).T.astype(np.int32, order="C")

    def pairs(self, rows: Places, columns: Places) -> Points:
        summed: Points = np.asarray(self.mentors[rows].multiply(self.mentees[columns]).sum(axis=1), dtype=np.int32)
        return summed


def _entries(products: Sequence[tuple[int, Product]], person: Profile, side: str) -> dict[Hashable, int]:
    """Columns of several products are kept apart by the place of the product; weights are the mentors'."""
    return {
        (place, thing): value * (weight if side == "mentor" else 1)
        for place, (weight, product) in enumerate(products)
        for thing, value in getattr(product, side)(person).items()
        if value
    }


def _matrix(entries: Sequence[Mapping[Any, int]], columns: Mapping[Any, int]) -> sparse.csr_array:
    kept = [[(columns[thing], value) for thing, value in each.items() if thing in columns] for each in entries]
    ends = np.cumsum([0, *(len(each) for each in kept)])
    flat = np.array(list(chain.from_iterable(kept)), dtype=np.int32).reshape(-1, 2)
    return sparse.csr_array((flat[:, 1].astype(np.float32), flat[:, 0], ends), shape=(len(entries), len(columns)))
