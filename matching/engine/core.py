"""The core of the engine: an optimal set of pairs on an explicit list of pairs, with integer prices.

The problem, for pairs e = (i, j) with weights w_e >= 1, capacities a (rows) and b (columns), every pair used at most
once:

    maximise   sum w_e x_e       subject to   sum_j x_ij <= a_i,   sum_i x_ij <= b_j,   0 <= x_e <= 1

Its linear dual prices the people:

    minimise   sum a_i u_i + sum b_j v_j + sum z_e       subject to   u_i + v_j + z_e >= w_e,   u, v, z >= 0

The constraint matrix is totally unimodular, so the linear optimum is integral, and integer weights have integer prices
(Schrijver, *Combinatorial Optimization*, chapters 17 and 21). The reduced cost of a pair is r_e = u_i + v_j - w_e.
Four statements together are optimality (complementary slackness):

    1. r_e >= 0 on every pair that is not used,
    2. r_e <= 0 on every used pair (z_e = -r_e),
    3. v_j > 0 only where column j is full,
    4. u_i > 0 only where row i is full.

1 and 2 hold at all times. `bid` gives most rows their places cheaply and keeps 3. `search` gives one place to a row
that breaks 4, along a shortest path of reduced costs, which 1 and 2 keep from being negative (Edmonds and Karp 1972;
Tomizawa 1971; Jonker and Volgenant 1987; the sparse form Volgenant 1996). Everything is symmetric in rows and columns:
the same search, called with the sides exchanged, repairs a column that breaks 3, which is how a solved problem goes on
after pairs were added (`Core.extended`).

The compiled functions see a side of the problem as a `People` and the pairs from that side as `Arcs`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.engine.compiled import compiled
from matching.engine.instance import TooLarge

IntArray = NDArray[np.int64]
Places = NDArray[np.int32]

FAR = np.int64(1) << np.int64(61)
"""The distance of what has not been reached. Twice this still fits in 64 bits."""


class Arcs(NamedTuple):
    """The pairs seen from one side: those of person i stand at `first[i]` to `first[i + 1]`."""

    first: IntArray
    ends: Places
    """Who is at the other end."""
    numbers: Places
    """The number of the pair; empty where it is the place in this list."""
    near: Places
    """By number of the pair: its person on this side."""
    far: Places
    """By number of the pair: its person on the other side."""


class People(NamedTuple):
    """One side: its prices, places, and the pairs that each person holds."""

    price: IntArray
    places: IntArray
    load: IntArray
    slot: IntArray
    """Where the list of held pairs begins; person i holds `held[slot[i] : slot[i] + load[i]]`."""
    held: Places


class Pairs(NamedTuple):
    """The pairs themselves, by number."""

    row: Places
    column: Places
    score: IntArray
    big: int
    """What every pair weighs beside its score."""
    used: NDArray[np.uint8]


class Labels(NamedTuple):
    """Shortest distances and the pairs they came by, for the near side (where the search starts) and the far side."""

    near: IntArray
    near_by: Places
    far: IntArray
    far_by: Places
    touched_near: Places
    touched_far: Places
    heap_key: IntArray
    heap_node: Places
    heap_place: Places
    """Where each node stands in the heap; -1 if it does not."""


@compiled
def push(labels: Labels, size: int, at: int, what: int) -> int:
    """Insert a node into the heap (smallest key on top), or move it up to a smaller key; the new size."""
    key, node, where = labels.heap_key, labels.heap_node, labels.heap_place
    place = where[what]
    if place < 0:
        place = size
        size += 1
    while place > 0:
        above = (place - 1) >> 1
        if key[above] <= at:
            break
        key[place] = key[above]
        node[place] = node[above]
        where[node[place]] = place
        place = above
    key[place] = at
    node[place] = what
    where[what] = place
    return size


@compiled
def pop(labels: Labels, size: int) -> int:
    """Take the top away; the new size. Read the top before."""
    key, node, where = labels.heap_key, labels.heap_node, labels.heap_place
    where[node[0]] = -1
    size -= 1
    if size == 0:
        return 0
    at, what = key[size], node[size]
    place = 0
    while True:
        below = 2 * place + 1
        if below >= size:
            break
        if below + 1 < size and key[below + 1] < key[below]:
            below += 1
        if key[below] >= at:
            break
        key[place] = key[below]
        node[place] = node[below]
        where[node[place]] = place
        place = below
    key[place] = at
    node[place] = what
    where[what] = place
    return size


@compiled
def hold(side: People, person: int, pair: int) -> None:
    side.held[side.slot[person] + side.load[person]] = pair
    side.load[person] += 1


@compiled
def let_go(side: People, person: int, pair: int) -> None:
    first = side.slot[person]
    last = first + side.load[person] - 1
    for place in range(first, last):
        if side.held[place] == pair:
            side.held[place] = side.held[last]
            break
    side.load[person] -= 1


@compiled
def _form(pairs: Pairs, rows: People, columns: People, pair: int) -> None:
    pairs.used[pair] = 1
    hold(rows, pairs.row[pair], pair)
    hold(columns, pairs.column[pair], pair)


@compiled
def _dissolve(pairs: Pairs, rows: People, columns: People, pair: int) -> None:
    pairs.used[pair] = 0
    let_go(rows, pairs.row[pair], pair)
    let_go(columns, pairs.column[pair], pair)


@compiled
def _weakest_bid(pairs: Pairs, rows: People, columns: People, j: int) -> tuple[np.int64, int]:
    """The holder of column j who would leave at the lowest price of it, and that price."""
    lowest, weakest = FAR, -1
    first = columns.slot[j]
    for place in range(first, first + columns.load[j]):
        pair = columns.held[place]
        bid = pairs.big + pairs.score[pair] - rows.price[pairs.row[pair]]
        if bid < lowest:
            lowest, weakest = bid, pair
    return lowest, weakest


@compiled
def open_bidding(arcs: Arcs, pairs: Pairs, rows: People, queue: Places) -> int:
    """Price every row at its best pair; the rows with places and pairs go into the queue. How many wait."""
    waiting = 0
    for i in range(len(rows.price)):
        if arcs.first[i] == arcs.first[i + 1] or rows.places[i] == 0:
            continue
        best = pairs.score[arcs.first[i]]
        for pair in range(arcs.first[i], arcs.first[i + 1]):
            best = max(best, pairs.score[pair])
        rows.price[i] = pairs.big + best
        queue[waiting] = i
        waiting += 1
    return waiting


@compiled
def bid(arcs: Arcs, pairs: Pairs, rows: People, columns: People, queue: Places, waiting: int, most: int) -> int:
    """An auction without increments (Bertsekas 1981; Jonker and Volgenant's augmenting row reduction), with capacities.

    A row takes the column that is worth most to it and prices itself at its second-best; a full column lets its weakest
    holder go and is priced at what the next weakest bids. Statements 1, 2 and 3 hold after every bid. Ends when nobody
    waits, after `most` bids, or when a whole round of them has moved no price (all that is left are ties). `queue` is
    a ring of the rows with free places, `waiting` of them at the start. Returns the number of bids.
    """
    head, size, bids, idle = 0, waiting, 0, 0
    while size > 0 and bids < most and idle <= size:
        i = queue[head]
        bids += 1
        best, second, chosen = np.int64(0), np.int64(0), -1
        for pair in range(arcs.first[i], arcs.first[i + 1]):
            worth = pairs.big + pairs.score[pair] - columns.price[arcs.ends[pair]]
            if worth > second and not pairs.used[pair]:
                if worth > best:
                    best, second, chosen = worth, best, pair
                else:
                    second = worth
        if chosen < 0:
            rows.price[i] = 0
            idle = 0
        else:
            j = pairs.column[chosen]
            leaving = -1
            if columns.load[j] == columns.places[j]:
                entry, leaving = _weakest_bid(pairs, rows, columns, j)
                if entry > columns.price[j]:
                    columns.price[j] = entry
                    continue
                _dissolve(pairs, rows, columns, leaving)
                idle += 1
            else:
                idle = 0
            rows.price[i] = second
            _form(pairs, rows, columns, chosen)
            if columns.load[j] == columns.places[j]:
                entry = _weakest_bid(pairs, rows, columns, j)[0]
                if entry > columns.price[j]:
                    columns.price[j] = entry
                    idle = 0
            if leaving >= 0:
                loser = pairs.row[leaving]
                if rows.load[loser] == rows.places[loser] - 1:
                    queue[(head + size) % len(queue)] = loser
                    size += 1
        if chosen < 0 or rows.load[i] == rows.places[i]:
            head = (head + 1) % len(queue)
            size -= 1
    return bids


@compiled
def _scan(arcs: Arcs, pairs: Pairs, far: People, labels: Labels, k: int, base: int, state: IntArray, n: int) -> None:
    """Label everybody whom near person k could be paired with; `base` is its distance and price together."""
    best, base = state[0], base - pairs.big
    listed = len(arcs.numbers) > 0
    for place in range(arcs.first[k], arcs.first[k + 1]):
        j = arcs.ends[place]
        pair = arcs.numbers[place] if listed else place
        at = base + far.price[j] - pairs.score[pair]
        if at < best and at < labels.far[j] and not pairs.used[pair]:
            if labels.far[j] == FAR:
                labels.touched_far[state[4]] = j
                state[4] += 1
            labels.far[j] = at
            labels.far_by[j] = pair
            if far.load[j] < far.places[j]:
                best = at
                state[1], state[2] = j, -1
            else:
                state[5] = push(labels, state[5], at, n + j)
    state[0] = best
    state[6] += arcs.first[k + 1] - arcs.first[k]


@compiled
def search(arcs: Arcs, pairs: Pairs, near: People, far: People, labels: Labels, start: int, state: IntArray) -> None:
    """Dijkstra's method from a near person with a free place; then the prices move.

    The path ends at a far person with room (`state[1]`), or at a near person who gives one place back at the price it
    had for it (`state[2]`; the start itself may stay without), whichever is nearer (`state[0]`). The rest of `state`
    counts the people touched (3, 4), the heap (5) and, over many searches, the pairs looked at (6).
    """
    n = len(near.price)
    state[0], state[1], state[2] = near.price[start], -1, start
    state[3], state[4], state[5] = 1, 0, 0
    labels.near[start] = 0
    labels.touched_near[0] = start
    _scan(arcs, pairs, far, labels, start, near.price[start], state, n)
    while state[5] > 0:
        at, node = labels.heap_key[0], labels.heap_node[0]
        if at >= state[0]:
            break
        state[5] = pop(labels, state[5])
        if node < n:
            _scan(arcs, pairs, far, labels, node, at + near.price[node], state, n)
            continue
        j = node - n
        for place in range(far.slot[j], far.slot[j] + far.load[j]):
            pair = far.held[place]
            k = arcs.near[pair]
            through = at + pairs.big + pairs.score[pair] - near.price[k] - far.price[j]
            if through >= labels.near[k] or through >= state[0]:
                continue
            if labels.near[k] == FAR:
                labels.touched_near[state[3]] = k
                state[3] += 1
            labels.near[k] = through
            labels.near_by[k] = pair
            if through + near.price[k] < state[0]:
                state[0], state[1], state[2] = through + near.price[k], -1, k
            if through == at and labels.heap_place[k] < 0:
                _scan(arcs, pairs, far, labels, k, at + near.price[k], state, n)
            else:
                state[5] = push(labels, state[5], through, k)
    for place in range(state[5]):
        labels.heap_place[labels.heap_node[place]] = -1
    move_prices(near.price, labels.near, labels.touched_near, state[3], state[0], -1)
    move_prices(far.price, labels.far, labels.touched_far, state[4], state[0], 1)


@compiled
def move_prices(price: IntArray, label: IntArray, touched: Places, count: int, length: int, sign: int) -> None:
    """Shift the prices of everybody nearer than the end of the path, so that its pairs become tight; forget labels."""
    for place in range(count):
        person = touched[place]
        if label[person] < length:
            price[person] += sign * (length - label[person])
        label[person] = FAR


@compiled
def _flip(arcs: Arcs, pairs: Pairs, rows: People, columns: People, labels: Labels, start: int, state: IntArray) -> None:
    """Walk the path back: every pair towards the far side is formed, every pair on the way back dissolved.

    First all are dissolved, so that nobody ever holds more than their places.
    """
    for forming in (False, True):
        j, k = state[1], state[2]
        while j >= 0 or k != start:
            if j < 0:
                pair = labels.near_by[k]
                if not forming:
                    _dissolve(pairs, rows, columns, pair)
                j = arcs.far[pair]
            pair = labels.far_by[j]
            if forming:
                _form(pairs, rows, columns, pair)
            j, k = -1, arcs.near[pair]


@compiled
def _tighten(arcs: Arcs, pairs: Pairs, near: People, far: People, i: int) -> None:
    """The smallest price of person i that keeps statement 1."""
    most = np.int64(0)
    for place in range(arcs.first[i], arcs.first[i + 1]):
        pair = arcs.numbers[place] if len(arcs.numbers) > 0 else place
        worth = pairs.big + pairs.score[pair] - far.price[arcs.ends[place]]
        if worth > most and not pairs.used[pair]:
            most = worth
    near.price[i] = most


@compiled
def fill(
    arcs: Arcs, pairs: Pairs, rows: People, columns: People, near: People, far: People, labels: Labels,
    state: IntArray, first: int, work: int,
) -> int:  # fmt: skip
    """Give near people with a positive price and room their places, from person `first` on; where to go on.

    Stops after about `work` pairs were looked at, so that the caller can tell how far it is and look at the clock.
    """
    until = state[6] + work
    for i in range(first, len(near.price)):
        if near.load[i] < near.places[i] and near.price[i] > 0:
            _tighten(arcs, pairs, near, far, i)
        while near.load[i] < near.places[i] and near.price[i] > 0:
            search(arcs, pairs, near, far, labels, i, state)
            _flip(arcs, pairs, rows, columns, labels, i, state)
        if state[6] > until:
            return i + 1
    return len(near.price)


@compiled
def cover(arcs: Arcs, pairs: Pairs, rows: People, columns: People) -> None:
    """Restore statements 1 and 2 after pairs were added: raise the prices of rows, dissolve what no longer holds."""
    for i in range(len(rows.price)):
        for pair in range(arcs.first[i], arcs.first[i + 1]):
            worth = pairs.big + pairs.score[pair] - columns.price[arcs.ends[pair]]
            if worth > rows.price[i] and not pairs.used[pair]:
                rows.price[i] = worth
        place = rows.slot[i]
        while place < rows.slot[i] + rows.load[i]:
            pair = rows.held[place]
            if rows.price[i] + columns.price[pairs.column[pair]] > pairs.big + pairs.score[pair]:
                _dissolve(pairs, rows, columns, pair)
            else:
                place += 1


@compiled
def place_the_rest(arcs: Arcs, pairs: Pairs, rows: People, columns: People) -> None:
    """Give every row with room the best columns that have room, too."""
    for i in range(len(rows.price)):
        while rows.load[i] < rows.places[i]:
            best, chosen = np.int64(-1), -1
            for pair in range(arcs.first[i], arcs.first[i + 1]):
                j = pairs.column[pair]
                if not pairs.used[pair] and pairs.score[pair] > best and columns.load[j] < columns.places[j]:
                    best, chosen = pairs.score[pair], pair
            if chosen < 0:
                break
            _form(pairs, rows, columns, chosen)


@compiled
def hold_again(pairs: Pairs, rows: People, columns: People, held: Places) -> None:
    for pair in held:
        _form(pairs, rows, columns, pair)


LARGEST = (1 << 59) - 1
"""No price or path length may exceed this; `insist_bounded` sees to it before a search starts."""

BIDS_FOR_EACH_PLACE = 40
"""Measured: more bids than this save no searching."""

WORK = 20_000_000
"""Pairs looked at between two looks at the clock: a tenth of a second or less."""


def insist_bounded(heaviest: int, rows: int, columns: int) -> None:
    """Refuse weights whose longest possible path could leave 64 bits.

    A simple path uses at most 2 * min(rows, columns) + 2 pairs; no price exceeds the length of such a path.
    """
    if heaviest * (2 * min(rows, columns) + 4) > LARGEST:
        raise TooLarge(
            "The scores are too large for exact 64-bit arithmetic with so many people. Divide them by a common factor."
        )


class OutOfTime(Exception):
    """What `tick` raises to cut a search short. Statements 1 and 2 hold then, too."""


class Core:
    """The problem on its explicit pairs. Make it, `solve` it, `extended` it by more pairs and solve that."""

    def __init__(
        self,
        row: Places,
        column: Places,
        score: IntArray,
        big: int,
        row_places: IntArray,
        column_places: IntArray,
    ) -> None:
        """The pairs stand in order of row, then column; nobody in them has 0 places."""
        insist_bounded(big + int(score.max(initial=0)), len(row_places), len(column_places))
        self.pairs = Pairs(row, column, score, big, np.zeros(len(row), dtype=np.uint8))
        self.by_row = Arcs(_starts(row, len(row_places)), column, np.zeros(0, dtype=np.int32), row, column)
        self.rows = people_with(row_places, np.diff(self.by_row.first))
        self._column_starts = _starts(column, len(column_places))
        self.columns = people_with(column_places, np.diff(self._column_starts))
        self._fresh = True

    @property
    def used(self) -> NDArray[np.bool_]:
        return self.pairs.used.astype(np.bool_)

    @property
    def known(self) -> tuple[Places, Places, IntArray, NDArray[np.bool_]]:
        """The pairs, in order: row, column, score, and whether it is used."""
        return self.pairs.row, self.pairs.column, self.pairs.score, self.used

    def by_column(self) -> Arcs:
        order = np.argsort(self.pairs.column, kind="stable").astype(np.int32)
        return Arcs(self._column_starts, self.pairs.row[order], order, self.pairs.column, self.pairs.row)

    def solve(self, tick: Callable[[int, int], None] | None = None) -> None:
        """Make all four statements hold. `tick(done, of)` is called after every stretch of work and may raise."""
        if self._fresh:
            queue = np.zeros(len(self.rows.price), dtype=np.int32)
            waiting = open_bidding(self.by_row, self.pairs, self.rows, queue)
            most = BIDS_FOR_EACH_PLACE * int(np.diff(np.append(self.rows.slot, len(self.rows.held))).sum())
            bid(self.by_row, self.pairs, self.rows, self.columns, queue, waiting, most)
            self._fresh = False
        self._fill(self.by_row, self.rows, self.columns, tick)
        if (self.columns.price[self.columns.load < self.columns.places] > 0).any():
            self._fill(self.by_column(), self.columns, self.rows, None)

    def _fill(self, arcs: Arcs, near: People, far: People, tick: Callable[[int, int], None] | None) -> None:
        labels, state = labels_for(len(near.price), len(far.price)), np.zeros(7, dtype=np.int64)
        done, people = 0, len(near.price)
        if tick is not None:
            tick(done, people)
        while done < people:
            done = fill(arcs, self.pairs, self.rows, self.columns, near, far, labels, state, done, WORK)
            if tick is not None:
                tick(done, people)

    def fill_up(self) -> None:
        """Use pairs whose people both have places left, one row after the other, the best first. Statement 2 ends."""
        place_the_rest(self.by_row, self.pairs, self.rows, self.columns)

    def extended(self, row: Places, column: Places, score: IntArray) -> Core:
        """The same problem with these pairs added, as far solved as it still holds."""
        old = self.pairs
        code = np.concatenate([old.row, row]).astype(np.int64) * len(self.columns.price)
        code += np.concatenate([old.column, column])
        order = np.argsort(code, kind="stable")
        larger = Core(
            np.concatenate([old.row, row])[order],
            np.concatenate([old.column, column])[order],
            np.concatenate([old.score, score])[order],
            old.big,
            self.rows.places,
            self.columns.places,
        )
        larger.rows.price[:] = self.rows.price
        larger.columns.price[:] = self.columns.price
        was_used = np.concatenate([old.used, np.zeros(len(row), dtype=np.uint8)])[order]
        hold_again(larger.pairs, larger.rows, larger.columns, np.flatnonzero(was_used).astype(np.int32))
        cover(larger.by_row, larger.pairs, larger.rows, larger.columns)
        larger._fresh = False
        return larger


def _starts(person: Places, people: int) -> IntArray:
    starts = np.zeros(people + 1, dtype=np.int64)
    np.cumsum(np.bincount(person, minlength=people), out=starts[1:])
    return starts


def people_with(places: IntArray, partners: IntArray | int) -> People:
    """Nobody holds anything yet; `partners` are those a person could have, which may be fewer than places."""
    slots = np.concatenate([[0], np.cumsum(np.minimum(places, partners))]).astype(np.int64)
    return People(
        price=np.zeros(len(places), dtype=np.int64),
        places=places.astype(np.int64),
        load=np.zeros(len(places), dtype=np.int64),
        slot=slots[:-1].copy(),
        held=np.zeros(int(slots[-1]), dtype=np.int32),
    )


def labels_for(near: int, far: int) -> Labels:
    return Labels(
        near=np.full(near, FAR),
        near_by=np.zeros(near, dtype=np.int32),
        far=np.full(far, FAR),
        far_by=np.zeros(far, dtype=np.int32),
        touched_near=np.zeros(near, dtype=np.int32),
        touched_far=np.zeros(far, dtype=np.int32),
        heap_key=np.zeros(near + far, dtype=np.int64),
        heap_node=np.zeros(near + far, dtype=np.int32),
        heap_place=np.full(near + far, -1, dtype=np.int32),
    )
