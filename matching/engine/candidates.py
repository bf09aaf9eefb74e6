"""The whole problem through a small part of it: solve on candidate pairs, price the rest, add what could improve.

With the prices of a solution on *some* pairs, the solution is best among *all* pairs as soon as no pair left out has a
reduced cost r = u + v - w below 0 (column generation; for the assignment problem Volgenant, "Linear and semi-assignment
problems: a core oriented approach", 1996). The pairs to start with are the k best of every row *and* of every column,
found in one pass over blocks of scores. The pass also leaves a bound for every pair it left out: its score is at most
the worst that its row kept, and the worst that its column kept. So after solving, most pairs are known to be harmless
without being scored again; the few others (`suspects`) are scored, and those with r < 0 are added.

When the bounds are too weak because everybody wants the same people, another pass ranks by reduced score (score less
the other's price), which makes them tight. When a good part of all pairs would have to be added, all of them are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial, reduce
from itertools import pairwise
from queue import SimpleQueue
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.engine import passes
from matching.engine.core import Core, OutOfTime
from matching.engine.dense import SMALL, DenseCore, worth_a_matrix
from matching.engine.distinct import distinct_places
from matching.engine.instance import Instance
from matching.engine.source import WORKERS, Matrix, in_parallel

IntArray = NDArray[np.int64]
Places = NDArray[np.int32]
Tick = Callable[[str, int, int], None]

ALL_PAIRS_UP_TO = SMALL
"""Below this many pairs, all of them are candidates: cheaper than choosing."""

KEPT = 50
"""Partners kept for each person in a pass (measured: docs/matching.md)."""

KEPT_OF_A_MATRIX = 16
"""The same where a score is only looked up: then it costs less to keep few, and to look at more of the rest later."""

SAMPLE_OF, SAMPLED_ROWS = 16, 8
"""One in so many rows is looked at before a pass, so many side by side: a sample from all over the source."""

RANK_GUESSED, LEAST_RANK = 2.3, 4
"""The floor guessed for a column is what this times as many as are kept are worth, and rests on so many at least."""

WORTH_KEEPING = 10
"""A pass by reduced scores keeps pairs that cost up to this part of the best score: prices move less than that."""

SUSPICIOUS = 0.05
"""More suspects than this part of all pairs, and another pass is cheaper than scoring them one by one."""

SUSPECTS = 1 << 18
"""Suspects that are listed and scored at once."""

PASSES = 8
"""More passes than this do not pay: the problem is solved on all pairs."""

FEW_PASSES, FEW_PAIRS = 2, 4_000_000
"""So many where there are no more pairs than that: then all of them are soon there, and people alike are the rule."""

ALL_PAIRS_FIT = 100_000_000
"""As many pairs at most can be held in memory for that."""

LOOKED_AT, FEW_SCORES, ALIKE_UP_TO = 4_096, 64, 30_000_000
"""Where so many pairs have fewer different scores than that, so many are as good as the best that choosing candidates
does not pay: all pairs are, up to so many."""


@dataclass(frozen=True)
class Edges:
    """Some pairs by the numbers of their people, in order of row, then column."""

    row: Places
    column: Places
    score: IntArray

    def part(self, chosen: NDArray[np.bool_]) -> Edges:
        if chosen.all():
            return self
        return Edges(self.row[chosen], self.column[chosen], self.score[chosen])


class Market:
    """The open pairs of an instance: those that are not locked, between people who have a place left.

    People have numbers here: their place in the order drawn from their keys. So nothing depends on the order of input.
    """

    def __init__(
        self,
        instance: Instance,
        row_order: IntArray,
        column_order: IntArray,
        *,
        all_up_to: int | None = None,
        kept: int | None = None,
    ) -> None:
        n, m = instance.shape
        at_hand = isinstance(instance.source, Matrix)
        self._all_up_to = ALL_PAIRS_UP_TO if all_up_to is None else all_up_to
        self._kept = kept or (KEPT_OF_A_MATRIX if at_hand else KEPT)
        self.instance = instance
        self.row_order, self.column_order = row_order, column_order
        mentors, mentees = instance.open_places
        self.row_places, self.column_places = mentors[row_order], mentees[column_order]
        self._held: list[Edges] = []
        self._all_held = False
        self._whole: IntArray | None = None  # every pair, where all are held
        self._kept_again = _NONE  # by the last pass, if not the first: its floors are silent about these
        self._passes = 0
        self._row_number = _numbers(row_order, self.row_places)
        self._column_number = _numbers(column_order, self.column_places)
        # The core wants the side with fewer places as its rows: then most of them can be filled.
        self.big = instance.big
        self._turned = int(np.minimum(self.row_places, m).sum()) > int(np.minimum(self.column_places, n).sum())
        self._floors = np.zeros(n, dtype=np.int64), np.zeros(m, dtype=np.int64)
        self._ranked_by = np.zeros(n, dtype=np.int64), np.zeros(m, dtype=np.int64)

    def solve(self, tick: Tick, row_places: IntArray | None = None, column_places: IntArray | None = None) -> Answer:
        """An answer whose prices prove it best among all open pairs; or, if `tick` raises `OutOfTime`, one with a gap.

        The places are those of the instance, or fewer. Solved again with others, it goes on with the pairs it knows.
        """
        if row_places is not None and column_places is not None:
            self.row_places, self.column_places = row_places, column_places
        tick("looking at all pairs", 0, 1)
        core: Core | DenseCore
        if self._all_held or self._all_at_once():
            core = self._core_of_all()
        else:
            if not self._held:
                self._held, self._passes = [self.rank(*self._ranked_by)], 1
            if len(self._held) > 1:
                self._held = [reduce(partial(_together, self.instance.shape[1]), self._held)]
            core = self._core(self._open(self._held[0]))
            if not self.instance.shared:
                self._held.clear()
        try:
            core, tight = self._solve_all(core, tick)
        except _CutShort as cut:
            found = self._with_gap(cut.core)
            if found.gap:
                return found
            core, tight = self._solve_all(cut.core, lambda *progress: None)  # best already, and only ties are missing
        return replace(self._answer(core), tight_elsewhere=tight)

    def _all_at_once(self) -> bool:
        """Whether choosing candidates does not pay: there are few pairs, or they are much alike."""
        n, m = self.instance.shape
        if n * m <= self._all_up_to:
            return True
        if self._held or n * m > ALIKE_UP_TO or self._all_up_to == 0:
            return False
        looked_at = np.arange(LOOKED_AT, dtype=np.int64) * (n * m // LOOKED_AT)
        scores = self.instance.open_scores(looked_at // m, (looked_at + looked_at // m) % m)
        return len(np.unique(scores[scores >= 0])) < FEW_SCORES

    def _solve_all(self, core: Core | DenseCore, tick: Tick) -> tuple[Core | DenseCore, Edges]:
        """The core on all pairs that matter, solved, and the tight pairs it does not hold."""
        n, m = self.instance.shape
        self._solve(core, tick)
        settled, tight = False, _NONE
        while not self._all_held and isinstance(core, Core):
            self._look(core, tick, "checking the rest", self._passes, self._passes + 1)
            answer = self._answer(core)
            counts = self.count_suspects(answer)
            weak = int(counts.sum()) > max(SUSPICIOUS * n * m, n + m)
            enough = settled or self._passes >= (FEW_PASSES if n * m <= FEW_PAIRS else PASSES)
            if weak and enough and n * m <= ALL_PAIRS_FIT:
                core = self._core_of_all(core)
                self._solve(core, tick)
                return core, _NONE
            if weak and settled:  # nothing is better, and more pairs are as good than can be held
                return core, tight
            if weak:
                found = self._kept_again = self.rank(answer.u, answer.v, again=True)
                self._passes += 1
            else:
                found = _together(m, self.suspects(answer, counts), self._kept_again)
            found = answer.without_known(self._open(found))
            cost = answer.reduced(found)
            settled, tight = not (cost < 0).any(), found.part(cost == 0)
            if settled and not weak:
                return core, tight
            if not settled:
                added = found.part(cost < 0)
                if self.instance.shared:
                    self._held.append(added)
                core = self._extended(core, added)
                self._solve(core, tick)
        return core, _NONE

    def _open(self, edges: Edges) -> Edges:
        """Those between people who have a place."""
        return edges.part((self.row_places[edges.row] > 0) & (self.column_places[edges.column] > 0))

    def _look(self, core: Core | DenseCore, tick: Tick, stage: str, done: int, of: int) -> None:
        """Tell how far the search is; what `core` holds is what is left of it if there is no more time."""
        try:
            tick(stage, done, of)
        except OutOfTime:
            raise _CutShort(core) from None

    def _with_gap(self, core: Core | DenseCore) -> Answer:
        """What a core holds that was cut short, filled up as well as a glance shows, with prices that cover all pairs.

        A row's price is raised to the most that any pair left out in the last pass could be worth to it, and to what
        those are worth that the pass kept and the core does not hold.
        """
        core.fill_up()
        answer = self._answer(core)
        if not self._all_held:
            floors, prices = self._floors, self._ranked_by
            worth = passes.most_left_out(*floors, *prices, answer.v)
            covered = np.maximum(answer.u, np.where(self.row_places > 0, self.big + worth, 0))
            kept = answer.without_known(self._open(self._kept_again))
            np.maximum.at(covered, kept.row, self.big + kept.score - answer.v[kept.column])
            answer = replace(answer, u=covered)
        return replace(answer, gap=answer.bound_less_weight())

    def _solve(self, core: Core | DenseCore, tick: Tick) -> None:
        core.solve(lambda done, of: self._look(core, tick, "placing", done, of))

    def every_pair(self) -> IntArray:
        """The scores of all open pairs by the numbers of their people, below 0 where there is none."""
        instance = self.instance
        whole = np.empty(instance.shape, dtype=np.int64)
        numbers = np.empty(len(self.row_order), dtype=np.int64)
        numbers[self.row_order] = np.arange(len(numbers))

        def fetch(start: int, stop: int) -> None:
            whole[numbers[start:stop]] = self._open_block(start, stop)[:, self.column_order]

        instance.each_block(fetch)
        return whole

    def _core_of_all(self, known: Core | None = None) -> Core | DenseCore:
        """A core that holds every pair, as far solved as the known one."""
        whole = self.every_pair() if self._whole is None else self._whole
        self._all_held = True
        if self.instance.shared:  # there will be other places
            self._whole, whole = whole, whole.copy()
        if not worth_a_matrix(int(np.count_nonzero(whole >= 0)), whole.size):
            row, column = (ends.astype(np.int32) for ends in np.nonzero(whole >= 0))
            every = self._open(Edges(row, column, whole[row, column]))
            return (
                self._core(every) if known is None else self._extended(known, self._answer(known).without_known(every))
            )
        if self._turned:
            core = DenseCore(whole.T, self.big, self.column_places, self.row_places)
        else:
            core = DenseCore(whole, self.big, self.row_places, self.column_places)
        if known is not None:
            used = known.used
            core.go_on_from(known.rows.price, known.columns.price, known.pairs.row[used], known.pairs.column[used])
        return core

    def rank(self, u: IntArray, v: IntArray, *, again: bool = False) -> Edges:
        """The best partners of everybody by reduced score, in one pass over all pairs; leaves the bounds behind."""
        n, m = self.instance.shape
        rows = passes.best_of(n, self._kept, m)
        spare: SimpleQueue[passes.Best] = SimpleQueue()
        kept = [passes.best_of(m, self._kept, n) for _ in range(WORKERS)]
        row_price, column_price = np.empty_like(u), np.empty_like(v)
        row_price[self.row_order], column_price[self.column_order] = u, v
        people = (self._row_number, self._column_number, row_price, column_price)
        if again:  # what costs more than this is not worth keeping; the floors say so of what was left out
            worst = self.big + max(1, self.instance.source.ceiling // WORTH_KEEPING)
            rows.floor[:], column_floor = row_price - worst, column_price - worst
        else:
            column_floor = self._likely_floor(people)
        for columns in kept:
            columns.floor[:] = column_floor
            spare.put(columns)

        def look(start: int, stop: int) -> None:
            scores = self._open_block(start, stop)
            columns = spare.get()
            passes.offer_block(scores, start, *people, rows, columns)
            spare.put(columns)

        self.instance.each_block(look)
        columns = kept[0]
        for other in kept[1:]:
            passes.merge(columns, other)
        passes.settle(rows)
        passes.settle(columns)
        rows = passes.in_order(rows, self.row_order)
        columns = passes.in_order(columns, self.column_order)
        self._floors, self._ranked_by = (rows.floor, columns.floor), (u.copy(), v.copy())
        row, partner, key = passes.kept(rows)
        column, owner, column_key = passes.kept(columns)
        return _edges(
            m,
            np.concatenate([row, owner]),
            np.concatenate([partner, column]),
            np.concatenate([key + v[partner], column_key + u[owner]]),
        )

    def _likely_floor(self, people: tuple[Places, Places, IntArray, IntArray]) -> IntArray:
        """Of each column, in the order of the source, what somewhat more partners than are kept are worth at least, as
        far as a sixteenth of the rows tell. So few others are taken in only to be dropped again; and where a guess is
        too high, fewer are kept, and the floor says that the rest was left out."""
        n, m = self.instance.shape
        looked_at = [start for start in range(0, n, SAMPLE_OF * SAMPLED_ROWS) if start + SAMPLED_ROWS <= n]
        enough = max(LEAST_RANK, round(RANK_GUESSED * self._kept * len(looked_at) * SAMPLED_ROWS / max(1, n)))
        columns = passes.best_of(m, enough, n)
        nobody = passes.best_of(n, 1, m)
        nobody.floor[:] = -passes.NOTHING
        one_at_a_time = Lock()

        def look(start: int) -> None:
            stop = start + SAMPLED_ROWS
            scores = self.instance.open_part(self.instance.block(start, stop), start, stop)
            with one_at_a_time:
                passes.offer_block(scores, start, *people, nobody, columns)

        list(in_parallel(look, looked_at))
        passes.settle(columns)
        return columns.floor

    def _open_block(self, start: int, stop: int) -> NDArray[Any]:
        scores = self.instance.block(start, stop)
        self.instance.note(start, scores)
        return self.instance.open_part(scores, start, stop)

    def count_suspects(self, answer: Answer) -> IntArray:
        """By row, how many pairs left out in the last pass could have a reduced cost of 0 or less.

        A pair left out by both its people has s <= t_i + v0_j and s <= t'_j + u0_i, with the floors t, t' and the
        prices u0, v0 of that pass. So r <= 0 is possible only where v_j - v0_j <= BIG + t_i - u_i and
        u_i - u0_i <= BIG + t'_j - v_j. Columns are put in order of v - v0: then a row looks at a prefix only.
        """
        bounds = self._bounds(answer)
        n = len(answer.u)
        found = np.zeros(n, dtype=np.int64)
        parts = [(n * part // WORKERS, n * (part + 1) // WORKERS) for part in range(WORKERS)]

        def count(part: tuple[int, int]) -> None:
            passes.count_suspects(bounds.reach, bounds.price, bounds.shift, bounds.limit, *part, found)

        list(in_parallel(count, parts))
        return found

    def suspects(self, answer: Answer, counts: IntArray) -> Edges:
        """Of the pairs that `count_suspects` counted and the answer does not know: those whose reduced cost is 0 or
        less. They are listed and scored a part at a time, so that few are held at once."""
        bounds, known_first = self._bounds(answer), answer.row_starts
        before = np.concatenate([[0], np.cumsum(counts)])
        cuts = np.unique([0, *np.searchsorted(before, np.arange(SUSPECTS, before[-1], SUSPECTS)), len(counts)]).tolist()

        def look(part: tuple[int, int]) -> Edges:
            first, last = part
            size = int(before[last] - before[first])
            row, column = np.empty(size, dtype=np.int32), np.empty(size, dtype=np.int32)
            found = passes.list_suspects(*bounds, known_first, answer.edges.column, first, last, row, column)
            row, column = row[:found], column[:found]
            score = self.instance.open_scores(self.row_order[row], self.column_order[column])
            listed = Edges(row, column, score)
            return listed.part((score >= 0) & (answer.reduced(listed) <= 0))

        parts = [_NONE, *in_parallel(look, list(pairwise(cuts)))]
        row, column, score = zip(*((part.row, part.column, part.score) for part in parts), strict=True)
        return Edges(np.concatenate(row), np.concatenate(column), np.concatenate(score))

    def _bounds(self, answer: Answer) -> passes.Bounds:
        shift = answer.v - self._ranked_by[1]
        order = np.argsort(shift, kind="stable")
        limit = self.big + self._floors[1] - answer.v
        return passes.Bounds(
            reach=self.big + self._floors[0] - answer.u,
            price=answer.u - self._ranked_by[0],
            shift=shift[order],
            limit=limit[order],
            order=order.astype(np.int32),
        )

    def _core(self, edges: Edges) -> Core:
        if not self._turned:
            return Core(edges.row, edges.column, edges.score, self.big, self.row_places, self.column_places)
        order = np.lexsort((edges.row, edges.column))
        return Core(
            edges.column[order], edges.row[order], edges.score[order], self.big, self.column_places, self.row_places
        )

    def _extended(self, core: Core, edges: Edges) -> Core:
        ends = (edges.column, edges.row) if self._turned else (edges.row, edges.column)
        return core.extended(*ends, edges.score)

    def _answer(self, core: Core | DenseCore) -> Answer:
        """What the core holds now, turned back."""
        row, column, score, used = core.known
        edges, u, v = Edges(row, column, score), core.rows.price, core.columns.price
        if self._turned:
            order = np.lexsort((row, column))
            edges, used, u, v = Edges(column[order], row[order], score[order]), used[order], v, u
        u, v = self._priced(u, self.row_places), self._priced(v, self.column_places)
        return Answer(self.big, edges, used, u, v, self.row_places, self.column_places, _NONE)

    def _priced(self, price: IntArray, places: IntArray) -> IntArray:
        """Prices that cover *every* allowed pair, also those of people whose places are all locked (or who have none).

        A place that does not exist costs nothing in the bound, so it may be priced as high as the heaviest pair.
        """
        return np.where(places > 0, price, self.big + self.instance.source.ceiling)


class _CutShort(Exception):
    """Time ran out over this core."""

    def __init__(self, core: Core | DenseCore) -> None:
        self.core = core


@dataclass(frozen=True)
class Answer:
    """Pairs, which of them are used, and prices. `tight_elsewhere` are the other pairs with r = 0, not used."""

    big: int
    edges: Edges
    used: NDArray[np.bool_]
    u: IntArray
    v: IntArray
    row_places: IntArray
    column_places: IntArray
    tight_elsewhere: Edges
    gap: int = 0
    """By how much at most other pairs could weigh more."""

    def bound_less_weight(self) -> int:
        """What the prices leave: people priced and not full, and used pairs that cost more than they weigh."""
        row_room = self.row_places - np.bincount(self.edges.row[self.used], minlength=len(self.u))
        column_room = self.column_places - np.bincount(self.edges.column[self.used], minlength=len(self.v))
        over = np.maximum(self.reduced(self.edges.part(self.used)), 0)
        return sum(
            int(price) * int(room)
            for prices, rooms in ((self.u, row_room), (self.v, column_room), (over, np.ones_like(over)))
            for price, room in zip(prices, rooms, strict=True)
        )

    def reduced(self, edges: Edges) -> IntArray:
        return self.u[edges.row] + self.v[edges.column] - self.big - edges.score

    @property
    def row_starts(self) -> IntArray:
        return np.searchsorted(self.edges.row, np.arange(len(self.u) + 1))

    def without_known(self, edges: Edges) -> Edges:
        m = len(self.v)
        known = self.edges.row.astype(np.int64) * m + self.edges.column
        code = edges.row.astype(np.int64) * m + edges.column
        if not len(known):
            return edges
        place = np.minimum(np.searchsorted(known, code), len(known) - 1)
        return edges.part(known[place] != code)


_NONE = Edges(np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int64))


def _numbers(order: IntArray, places: IntArray) -> Places:
    """The number of each person, -1 for those without places."""
    numbers = np.empty(len(order), dtype=np.int32)
    numbers[order] = np.where(places > 0, np.arange(len(order)), -1)
    return numbers


def _together(m: int, one: Edges, other: Edges) -> Edges:
    ends = (np.concatenate([one.row, other.row]), np.concatenate([one.column, other.column]))
    return _edges(m, *ends, np.concatenate([one.score, other.score]))


def _edges(m: int, row: Places, column: Places, score: IntArray) -> Edges:
    """Each pair once, in order."""
    first = distinct_places(row.astype(np.int64) * m + column)
    return Edges(row[first], column[first], score[first])
