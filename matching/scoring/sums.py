"""Sums of products of many pairs, in whole numbers that single precision holds exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
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
        gives, takes = ([sparse.csr_array((len(people), 0), dtype=np.float32)] for people in (mentors, mentees))
        for weight, product in products:
            given, taken = [product.mentor(each) for each in mentors], [product.mentee(each) for each in mentees]
            both = set(chain.from_iterable(given)) & set(chain.from_iterable(taken))
            columns = {thing: column for column, thing in enumerate(both)}
            gives.append(weight * _matrix(given, columns))
            takes.append(_matrix(taken, columns))
        sums = cls(sparse.hstack(gives, format="csr"), sparse.hstack(takes, format="csr"))
        if sums.largest >= EXACT_BELOW:
            raise OverflowError("Points of these people would not be exact in single precision.")
        return sums

    @classmethod
    def of_ones(cls, mentors: Sequence[Sequence[int]], mentees: Sequence[Sequence[int]], columns: int) -> Sums:
        """Ones in these columns of each."""
        named = {column: column for column in range(columns)}
        return cls(*(_matrix([dict.fromkeys(marks, 1) for marks in people], named) for people in (mentors, mentees)))

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


def _matrix(entries: Sequence[Mapping[Any, int]], columns: Mapping[Any, int]) -> sparse.csr_array:
    kept = [[thing for thing in each if thing in columns] for each in entries]
    values = [each[thing] for each, things in zip(entries, kept, strict=True) for thing in things]
    places = [columns[thing] for things in kept for thing in things]
    ends = np.cumsum([0, *(len(things) for things in kept)])
    return sparse.csr_array(
        (np.array(values, dtype=np.float32), np.array(places, dtype=np.int32), ends),
        shape=(len(entries), len(columns)),
    )
