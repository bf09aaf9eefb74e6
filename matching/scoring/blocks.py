"""The fit of many pairs at once, exact to the last unit: all of it is whole numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.scoring.bits import Shared
from matching.scoring.measures import FULL, Best, Product
from matching.scoring.profile import Profile
from matching.scoring.registry import CRITERIA
from matching.scoring.sums import Places, Points, Sums
from programs.choices import Criterion

Lacking = NDArray[np.bool_]

MOST_ROWS: Final = 32
MOST_COLUMNS: Final = 4096
"""Pairs looked at in one go: what is worked out about them then stays in the processor's cache."""


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
        self.shape = len(mentors), len(mentees)
        self.weights, self.musts, self.week = weights, tuple(musts), week
        self.people = mentors, mentees
        counting = {criterion: weight for criterion, weight in weights.items() if weight}
        self._summed = self._sums(counting)
        self._shared = [
            (weight, shared) for criterion, weight in counting.items() if (shared := self._common(criterion))
        ]
        self._musts = [(criterion, self._sums({criterion: 1}), self._common(criterion)) for criterion in musts]

    def _sums(self, weights: Mapping[Criterion, int]) -> Sums:
        measures = [(weight, CRITERIA[criterion].measure) for criterion, weight in weights.items()]
        return Sums.of([(weight, each) for weight, each in measures if isinstance(each, Product)], *self.people)

    def _common(self, criterion: Criterion) -> list[Shared]:
        measure = CRITERIA[criterion].measure
        return [Shared.of(each, *self.people, self.week) for each in (measure.of if isinstance(measure, Best) else ())]

    def tiles(self, rows: slice) -> Iterator[tuple[slice, Points, dict[Criterion, Lacking]]]:
        """Of some mentors with some mentees after the others: the fit, 0 to ``weights.BEST``; and for each criterion
        that is a must, who has no points in it."""
        summed = self._summed.beside(rows)
        shared = [[each.beside(rows, weight) for each in some] for weight, some in self._shared]
        musts = [
            (criterion, [each.beside(rows) for each in some] or [alone.beside(rows)])
            for criterion, alone, some in self._musts
        ]
        for start in range(0, self.shape[1], MOST_COLUMNS):
            columns = slice(start, min(start + MOST_COLUMNS, self.shape[1]))
            total = summed(columns)
            for some in shared:
                total += _best([each(columns) for each in some])
            yield columns, total, {criterion: _best([each(columns) for each in some]) == 0 for criterion, some in musts}

    def pairs(self, rows: Places, columns: Places) -> Points:
        """Of each mentor in ``rows`` with the mentee at the same place of ``columns``."""
        total = self._summed.pairs(rows, columns)
        for weight, shared in self._shared:
            total += _best([each.pairs(rows, columns, weight) for each in shared])
        return total

    def parts(self, row: int, column: int) -> list[dict[str, Any]]:
        """What the fit of one pair is made of, for its reasons."""
        mentors, mentees = self.people
        return parts_of(mentors[row], mentees[column], weights=self.weights, week=self.week)

    def pairs_lacking(self, rows: Places, columns: Places) -> dict[Criterion, Lacking]:
        return {
            criterion: _best([each.pairs(rows, columns) for each in some or (alone,)]) == 0
            for criterion, alone, some in self._musts
        }


def _best(points: Sequence[Points]) -> Points:
    best = points[0]
    for each in points[1:]:
        np.maximum(best, each, out=best)
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
