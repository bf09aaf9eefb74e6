"""The fit of many pairs at once, exact to the last unit: all of it is whole numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.scoring.lists import Places, Points
from matching.scoring.measures import FULL, Best, Product
from matching.scoring.profile import Profile
from matching.scoring.registry import CRITERIA
from matching.scoring.shared import Shared
from matching.scoring.sums import Sums
from programs.choices import Criterion

Lacking = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Parts:
    """Some criteria, made ready for many pairs."""

    sums: Sums
    best: Sequence[tuple[Shared, ...]]
    """The most of each of these counts."""


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

    # Made when they are first asked for: who asks about a few pairs needs none of them.

    @cached_property
    def _counting(self) -> Parts:
        return self._parts({criterion: weight for criterion, weight in self.weights.items() if weight})

    @cached_property
    def _of_musts(self) -> dict[Criterion, Parts]:
        return {criterion: self._parts({criterion: 1}) for criterion in self.musts}

    def _parts(self, weights: Mapping[Criterion, int]) -> Parts:
        measures = [(weight, CRITERIA[criterion].measure) for criterion, weight in weights.items()]
        products = [(weight, measure) for weight, measure in measures if isinstance(measure, Product)]
        return Parts(
            Sums.of(products, *self.people),
            [
                tuple(Shared.of(common, weight, *self.people, self.week) for common in measure.of)
                for weight, measure in measures
                if isinstance(measure, Best)
            ],
        )

    def block(self, rows: slice) -> Points:
        """Of some mentors with every mentee: the fit, 0 to ``weights.BEST``."""
        return self._block(rows, self._counting)

    def block_lacking(self, rows: slice) -> dict[Criterion, Lacking]:
        """For each criterion that is a must: which of them have no points in it."""
        return {criterion: self._block(rows, part) == 0 for criterion, part in self._of_musts.items()}

    def pairs(self, rows: Places, columns: Places) -> Points:
        """Of each mentor in ``rows`` with the mentee at the same place of ``columns``."""
        return self._pairs(rows, columns, self._counting)

    def pairs_lacking(self, rows: Places, columns: Places) -> dict[Criterion, Lacking]:
        return {criterion: self._pairs(rows, columns, part) == 0 for criterion, part in self._of_musts.items()}

    def _block(self, rows: slice, parts: Parts) -> Points:
        # Here, not above: a process that never searches does not load what is compiled.
        from matching.scoring.loops import add_shared, add_sums, raise_to_shared

        total = np.zeros((rows.stop - rows.start, self.shape[1]), dtype=np.int32)
        add_sums(parts.sums, rows.start, total)
        for best in parts.best:
            if len(best) == 1:
                add_shared(best[0], rows.start, total)
                continue
            most = np.zeros_like(total)
            for shared in best:
                raise_to_shared(shared, rows.start, most)
            total += most
        return total

    def _pairs(self, rows: Places, columns: Places, parts: Parts) -> Points:
        from matching.scoring.loops import add_sums_of_pairs, raise_pairs_to_shared

        total, most = np.zeros((2, len(rows)), dtype=np.int32)
        add_sums_of_pairs(parts.sums, rows, columns, total)
        for best in parts.best:
            most.fill(0)
            for shared in best:
                raise_pairs_to_shared(shared, rows, columns, most)
            total += most
        return total

    def of_pair(self, row: int, column: int) -> int:
        """The fit of one pair, from what the two said and without arrays: for a page that asks about a few."""
        mentor, mentee = self.people[0][row], self.people[1][column]
        return sum(
            weight * CRITERIA[criterion].measure.points(mentor, mentee, self.week)
            for criterion, weight in self.weights.items()
            if weight
        )

    def parts(self, row: int, column: int) -> list[dict[str, Any]]:
        """What the fit of one pair is made of, for its reasons."""
        mentors, mentees = self.people
        return parts_of(mentors[row], mentees[column], weights=self.weights, week=self.week)


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
