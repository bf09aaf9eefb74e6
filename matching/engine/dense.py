"""The core on a matrix of scores: the problem and the four statements of `core`, where many of all pairs are permitted.

Two things are cheaper than on a list of pairs. A pair costs eight bytes and no jump in memory; and the search needs no
heap for the far side: the nearest of it is found by a pass over an array (Dijkstra, "A note on two problems in
connexion with graphs", 1959; for matrices Jonker and Volgenant, "A shortest augmenting path algorithm for dense and
sparse linear assignment problems", 1987, who take all that are equally near at once, as we do). The passes have no
jumps inside, so that the compiler makes vector instructions of them.

Whatever is true of rows is true of columns: a function sees the matrix from the side where it searches (`score`), and
from the other side (`turned`) to keep it true; that one is empty until somebody searches there. A used pair stands in
the matrix as `~score`, which is below 0 as what is forbidden is: so neither is looked at. `People.held` is a list of
partners here.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from matching.engine.compiled import compiled
from matching.engine.core import (
    BIDS_FOR_EACH_PLACE,
    FAR,
    WORK,
    IntArray,
    Labels,
    People,
    Places,
    hold,
    insist_bounded,
    labels_for,
    let_go,
    move_prices,
    people_with,
    pop,
    push,
)

Scores = NDArray[np.int64]

SMALL, PART = 2_000_000, 8
"""Up to so many pairs a matrix costs next to nothing; above, where one in so many may be formed, less than a list."""


def worth_a_matrix(permitted: int, pairs: int) -> bool:
    """Whether a matrix is the cheaper form for so many permitted of so many pairs."""
    return pairs <= SMALL or permitted * PART >= pairs


@compiled
def _form(score: Scores, turned: Scores, near: People, far: People, k: int, j: int) -> None:
    score[k, j] = ~score[k, j]
    if len(turned):
        turned[j, k] = ~turned[j, k]
    hold(near, k, j)
    hold(far, j, k)


@compiled
def _dissolve(score: Scores, turned: Scores, near: People, far: People, k: int, j: int) -> None:
    score[k, j] = ~score[k, j]
    if len(turned):
        turned[j, k] = ~turned[j, k]
    let_go(near, k, j)
    let_go(far, j, k)


@compiled
def _weakest_bid(score: Scores, big: int, rows: People, columns: People, j: int) -> tuple[np.int64, int]:
    """The holder of column j who would leave at the lowest price of it, and that price."""
    lowest, weakest = FAR, -1
    first = columns.slot[j]
    for place in range(first, first + columns.load[j]):
        i = columns.held[place]
        at = big + ~score[i, j] - rows.price[i]
        if at < lowest:
            lowest, weakest = at, i
    return lowest, weakest


@compiled
def _most_worth(row: Scores, big: int, price: IntArray) -> np.int64:
    """What the best free pair of a row is worth at these prices of the columns; 0 if none is worth anything."""
    most = np.int64(0)
    for j in range(len(row)):
        score = row[j]
        worth = big + score - price[j]
        if score >= 0 and worth > most:
            most = worth
    return most


@compiled
def open_bidding(score: Scores, big: int, rows: People, columns: People, queue: Places) -> int:
    """Price every row at its best pair; the rows with places and pairs go into the queue. How many wait."""
    waiting = 0
    for i in range(len(rows.price)):
        if rows.places[i] == 0:
            continue
        rows.price[i] = _most_worth(score[i], big, columns.price)
        if rows.price[i] > 0:
            queue[waiting] = i
            waiting += 1
    return waiting


@compiled
def bid(
    score: Scores, turned: Scores, big: int, rows: People, columns: People, queue: Places, waiting: int, most: int
) -> int:  # fmt: skip
    """The auction of `core.bid`, on the matrix. Returns the number of bids."""
    head, size, bids, idle = 0, waiting, 0, 0
    while size > 0 and bids < most and idle <= size:
        i = queue[head]
        bids += 1
        best, second, chosen = np.int64(0), np.int64(0), -1
        row = score[i]
        for j in range(len(row)):
            worth = big + row[j] - columns.price[j]
            if worth > second and row[j] >= 0:
                if worth > best:
                    best, second, chosen = worth, best, j
                else:
                    second = worth
        if chosen < 0:
            rows.price[i] = 0
            idle = 0
        else:
            leaving = -1
            if columns.load[chosen] == columns.places[chosen]:
                entry, leaving = _weakest_bid(score, big, rows, columns, chosen)
                if entry > columns.price[chosen]:
                    columns.price[chosen] = entry
                    continue
                _dissolve(score, turned, rows, columns, leaving, chosen)
                idle += 1
            else:
                idle = 0
            rows.price[i] = second
            _form(score, turned, rows, columns, i, chosen)
            if columns.load[chosen] == columns.places[chosen]:
                entry = _weakest_bid(score, big, rows, columns, chosen)[0]
                if entry > columns.price[chosen]:
                    columns.price[chosen] = entry
                    idle = 0
            if leaving >= 0 and rows.load[leaving] == rows.places[leaving] - 1:
                queue[(head + size) % len(queue)] = leaving
                size += 1
        if chosen < 0 or rows.load[i] == rows.places[i]:
            head = (head + 1) % len(queue)
            size -= 1
    return bids


@compiled
def _label(row: Scores, base: int, price: IntArray, label: IntArray, by: Places, k: int) -> None:
    """Label everybody whom near person k could be paired with; `base` is its distance and price, less `big`."""
    for j in range(len(row)):
        score = row[j]
        at = base + price[j] - score
        nearer = score >= 0 and at < label[j]
        label[j] = at if nearer else label[j]
        by[j] = k if nearer else by[j]


@compiled
def _nearest(label: IntArray, done: IntArray) -> np.int64:
    """The shortest distance of the far people who are not done."""
    low = FAR
    for j in range(len(label)):
        low = min(low, label[j] | done[j])
    return low


@compiled
def search(
    score: Scores, turned: Scores, big: int, near: People, far: People, labels: Labels, done: IntArray, start: int,
    state: IntArray,
) -> None:  # fmt: skip
    """`core.search` on the matrix: `state` says the same, and so do the labels; only a pair is known by its people.

    `done[j]` is FAR, which no distance reaches, for far people who have been gone through, and 0 for the others.
    """
    labels.far[:] = FAR
    done[:] = 0
    best, end, back, size, touched, ready = near.price[start], -1, start, 0, 1, labels.touched_far
    labels.near[start] = 0
    labels.touched_near[0] = start
    _label(score[start], near.price[start] - big, far.price, labels.far, labels.far_by, start)
    looked = len(done)
    while end < 0:
        low = _nearest(labels.far, done)
        nearest = labels.heap_key[0] if size > 0 else FAR
        if min(low, nearest) >= best:
            break
        if nearest < low:
            k = labels.heap_node[0]
            size = pop(labels, size)
            _label(score[k], nearest + near.price[k] - big, far.price, labels.far, labels.far_by, k)
            looked += len(done)
            continue
        found = 0
        for j in range(len(done)):
            if labels.far[j] == low and done[j] == 0:
                if far.load[j] < far.places[j]:
                    best, end, back = low, j, -1
                    break
                done[j] = FAR
                ready[found] = j
                found += 1
        if end >= 0:
            break
        for place in range(found):
            j = ready[place]
            for held in range(far.slot[j], far.slot[j] + far.load[j]):
                k = far.held[held]
                through = low + big + ~score[k, j] - near.price[k] - far.price[j]
                if through >= labels.near[k] or through >= best:
                    continue
                if labels.near[k] == FAR:
                    labels.touched_near[touched] = k
                    touched += 1
                labels.near[k] = through
                labels.near_by[k] = j
                if through + near.price[k] < best:
                    best, back = through + near.price[k], k
                if through == low and labels.heap_place[k] < 0:
                    _label(score[k], low + near.price[k] - big, far.price, labels.far, labels.far_by, k)
                    looked += len(done)
                else:
                    size = push(labels, size, through, k)
    for place in range(size):
        labels.heap_place[labels.heap_node[place]] = -1
    move_prices(near.price, labels.near, labels.touched_near, touched, best, -1)
    for j in range(len(done)):
        if labels.far[j] < best:
            far.price[j] += best - labels.far[j]
    state[0], state[1], state[2] = best, end, back
    state[6] += looked


@compiled
def _flip(
    score: Scores, turned: Scores, near: People, far: People, labels: Labels, start: int, state: IntArray
) -> None:
    """Walk the path back, as `core` does: first all pairs of the way back are dissolved, then the others formed."""
    for forming in (False, True):
        j, k = state[1], state[2]
        while j >= 0 or k != start:
            if j < 0:
                j = labels.near_by[k]
                if not forming:
                    _dissolve(score, turned, near, far, k, j)
            k = labels.far_by[j]
            if forming:
                _form(score, turned, near, far, k, j)
            j = -1


@compiled
def fill(
    score: Scores, turned: Scores, big: int, near: People, far: People, labels: Labels, done: IntArray,
    state: IntArray, first: int, work: int,
) -> int:  # fmt: skip
    """Give near people with a positive price and room their places, from person `first` on; where to go on."""
    until = state[6] + work
    for i in range(first, len(near.price)):
        if near.load[i] < near.places[i] and near.price[i] > 0:
            near.price[i] = _most_worth(score[i], big, far.price)
        while near.load[i] < near.places[i] and near.price[i] > 0:
            search(score, turned, big, near, far, labels, done, i, state)
            _flip(score, turned, near, far, labels, i, state)
        if state[6] > until:
            return i + 1
    return len(near.price)


@compiled
def take_over(
    score: Scores, turned: Scores, big: int, rows: People, columns: People, row: Places, column: Places
) -> None:
    """Raise the prices of rows until they cover all pairs, and use those of the given ones that still hold."""
    for i in range(len(rows.price)):
        if rows.places[i] > 0:
            rows.price[i] = max(rows.price[i], _most_worth(score[i], big, columns.price))
    for place in range(len(row)):
        i, j = row[place], column[place]
        if rows.price[i] + columns.price[j] <= big + score[i, j]:
            _form(score, turned, rows, columns, i, j)


@compiled
def place_the_rest(score: Scores, turned: Scores, rows: People, columns: People) -> None:
    """Give every row with room the best columns that have room, too."""
    for i in range(len(rows.price)):
        while rows.load[i] < rows.places[i]:
            best, chosen = np.int64(-1), -1
            for j in range(len(columns.price)):
                if score[i, j] > best and columns.load[j] < columns.places[j]:
                    best, chosen = score[i, j], j
            if chosen < 0:
                break
            _form(score, turned, rows, columns, i, chosen)


@compiled
def _is_tight(score: np.int64, price: np.int64, used: np.bool_) -> bool:
    return bool(used or (score >= 0 and price == score))


@compiled
def count_tight(score: Scores, row_price: IntArray, price: IntArray, used: NDArray[np.bool_], first: IntArray) -> None:
    """How many pairs of each row are used or tight, one place further on."""
    for i in range(len(row_price)):
        for j in range(len(price)):
            first[i + 1] += _is_tight(score[i, j], row_price[i] + price[j], used[i, j])


@compiled
def list_tight(
    score: Scores, row_price: IntArray, price: IntArray, used: NDArray[np.bool_], first: IntArray, row: Places,
    column: Places, scores: IntArray, is_used: NDArray[np.bool_],
) -> None:  # fmt: skip
    """Write these pairs down."""
    for i in range(len(row_price)):
        place = first[i]
        for j in range(len(price)):
            if _is_tight(score[i, j], row_price[i] + price[j], used[i, j]):
                row[place], column[place], is_used[place] = i, j, used[i, j]
                scores[place] = ~score[i, j] if used[i, j] else score[i, j]
                place += 1


class DenseCore:
    """The problem on a matrix. Make it, `solve` it, and ask what is `known`."""

    def __init__(self, scores: Scores, big: int, row_places: IntArray, column_places: IntArray) -> None:
        """`scores` is kept and changed: below 0 is forbidden, and so is whoever has no place."""
        n, m = scores.shape
        self._score, self._big = np.ascontiguousarray(scores, dtype=np.int64), big
        self._score[row_places == 0] = -1
        self._score[:, column_places == 0] = -1
        self._turned = np.zeros((0, 0), dtype=np.int64)
        insist_bounded(big + int(self._score.max(initial=0)), n, m)
        self.rows, self.columns = people_with(row_places, m), people_with(column_places, n)
        self._fresh = True

    def go_on_from(self, u: IntArray, v: IntArray, row: Places, column: Places) -> None:
        """Start from prices and used pairs that were found on a part of the matrix."""
        self.rows.price[:], self.columns.price[:] = u, v
        take_over(self._score, self._turned, self._big, self.rows, self.columns, row, column)
        self._fresh = False

    def solve(self, tick: Callable[[int, int], None] | None = None) -> None:
        """Make all four statements hold. `tick(done, of)` is called after every stretch of work and may raise."""
        rows, columns = self.rows, self.columns
        if self._fresh:
            queue = np.zeros(len(rows.price), dtype=np.int32)
            waiting = open_bidding(self._score, self._big, rows, columns, queue)
            most = BIDS_FOR_EACH_PLACE * len(rows.held)
            bid(self._score, self._turned, self._big, rows, columns, queue, waiting, most)
            self._fresh = False
        self._fill(self._score, self._turned, rows, columns, tick)
        if (columns.price[columns.load < columns.places] > 0).any():
            if not len(self._turned):
                self._turned = self._score.T.copy()
            self._fill(self._turned, self._score, columns, rows, None)

    def _fill(
        self, score: Scores, turned: Scores, near: People, far: People, tick: Callable[[int, int], None] | None
    ) -> None:
        labels, state = labels_for(len(near.price), len(far.price)), np.zeros(7, dtype=np.int64)
        done_with = np.zeros(len(far.price), dtype=np.int64)
        done, people = 0, len(near.price)
        if tick is not None:
            tick(done, people)
        while done < people:
            done = fill(score, turned, self._big, near, far, labels, done_with, state, done, WORK)
            if tick is not None:
                tick(done, people)

    def fill_up(self) -> None:
        """Use pairs whose people both have places left, one row after the other, the best first. Statement 2 ends."""
        place_the_rest(self._score, self._turned, self.rows, self.columns)

    @property
    def used(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows and columns of the used pairs."""
        rows = self.rows
        row = np.repeat(np.arange(len(rows.price)), rows.load)
        within = np.arange(len(row)) - np.repeat(np.cumsum(rows.load) - rows.load, rows.load)
        return row, rows.held[rows.slot[row] + within].astype(np.int64)

    @property
    def known(self) -> tuple[Places, Places, IntArray, NDArray[np.bool_]]:
        """The pairs that matter, in order of row, then column: row, column, score, and whether it is used.

        These are the used ones and the tight ones: all others cost more than they weigh.
        """
        is_used = np.zeros(self._score.shape, dtype=np.bool_)
        is_used[self.used] = True
        first = np.zeros(len(self.rows.price) + 1, dtype=np.int64)
        prices = self.rows.price - self._big, self.columns.price
        count_tight(self._score, *prices, is_used, first)
        np.cumsum(first, out=first)
        row, column = np.empty((2, first[-1]), dtype=np.int32)
        score, used = np.empty(first[-1], dtype=np.int64), np.empty(first[-1], dtype=np.bool_)
        list_tight(self._score, *prices, is_used, first, row, column, score, used)
        return row, column, score, used
