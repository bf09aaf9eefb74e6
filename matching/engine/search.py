"""One search: the best pairs within given places, in the order of the instance, and when it is over."""

from __future__ import annotations

from time import monotonic

import numpy as np
from numpy.typing import NDArray

from matching.engine.branching import Limits, Solved
from matching.engine.candidates import Answer, Market
from matching.engine.core import OutOfTime
from matching.engine.instance import Instance
from matching.engine.lottery import seeds_of
from matching.engine.optimum import Progress
from matching.engine.ties import settle

IntArray = NDArray[np.int64]


class Search:
    """Keeps what was learnt about the pairs from one set of places to the next."""

    def __init__(self, instance: Instance, progress: Progress, time_limit: float | None) -> None:
        n, m = instance.shape
        self._instance, self._progress = instance, progress
        self._until = None if time_limit is None else monotonic() + time_limit
        mentor_seeds = seeds_of(instance.mentor_keys or [str(i) for i in range(n)], "mentor")
        mentee_seeds = seeds_of(instance.mentee_keys or [str(j) for j in range(m)], "mentee")
        self._rows, self._columns = np.argsort(mentor_seeds, kind="stable"), np.argsort(mentee_seeds, kind="stable")
        self._seeds = mentor_seeds[self._rows], mentee_seeds[self._columns]
        self._market = Market(instance, self._rows, self._columns)

    def is_over(self) -> bool:
        return self._until is not None and monotonic() >= self._until

    def _tick(self, stage: str, done: int, of: int) -> None:
        self._progress(stage, done, of)
        if stage != "looking at all pairs" and self.is_over():
            raise OutOfTime

    def within(self, limits: Limits) -> Solved:
        """The best pairs within these places; the pairs found so far and a gap where time runs out."""
        mentors, mentees = self._instance.open_within(*limits)
        answer = self._market.solve(self._tick, mentors[self._rows], mentees[self._columns])
        if answer.gap:
            return self._as_solved(answer, answer.edges.row[answer.used], answer.edges.column[answer.used], None)
        self._progress("settling ties", 0, 1)
        settled = settle(answer, *self._seeds)
        self._progress("settling ties", 1, 1)
        return self._as_solved(answer, settled.row, settled.column, settled.unique)

    def _as_solved(
        self, answer: Answer, row: NDArray[np.int32], column: NDArray[np.int32], unique: bool | None
    ) -> Solved:
        instance, rows, columns = self._instance, self._rows, self._columns
        locked = np.array(instance.locked, dtype=np.int64).reshape(-1, 2)
        mentors = np.concatenate([rows[row], locked[:, 0]])
        mentees = np.concatenate([columns[column], locked[:, 1]])
        order = np.lexsort((mentees, mentors))
        mentors, mentees = mentors[order], mentees[order]
        u, v = np.empty(len(rows), dtype=np.int64), np.empty(len(columns), dtype=np.int64)
        u[rows], v[columns] = answer.u, answer.v
        total = int(np.asarray(instance.source.pairs(mentors, mentees)).sum(dtype=np.int64))
        return Solved(mentors, mentees, u, v, unique, instance.big * len(mentors) + total, answer.gap)
