"""The residual network of a best answer, exact without holding every pair.

Held are the pairs with the smallest reduced costs of everybody, found in one pass; a pair (i, j) left out costs at
least the larger of what its row and its column kept last. After a search of shortest paths every arc left out for which
that bound could shorten a path is looked up; if one does, it is added and the search repeated. So every length that is
returned is that of the network on all pairs.

Who may be paired with whom is kept beside, a bit for each pair.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.engine import passes
from matching.engine.compiled import compiled
from matching.engine.core import Labels, labels_for, pop, push
from matching.engine.distinct import distinct_places
from matching.engine.instance import BadInstance, Instance, Pair, Side
from matching.engine.optimum import Matching

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
Places = NDArray[np.int32]

NEVER = 1 << 61
KEPT = 64
ALL_PAIRS_UP_TO = 4_000_000


class Network(NamedTuple):
    """The arcs as the search wants them; see the docstring of `reasons` for what each costs."""

    first: IntArray
    ends: Places
    cost: IntArray
    """The pairs that may be formed, by row."""
    held_first: IntArray
    held_by: Places
    held_cost: IntArray
    """The pairs that may be dissolved, by column."""
    row_price: IntArray
    column_price: IntArray
    row_room: BoolArray
    column_room: BoolArray
    row_gives: BoolArray
    column_gives: BoolArray


@compiled
def _relax(length: IntArray, parent: Places, labels: Labels, size: int, node: int, by: int, at: int) -> int:
    if at < length[node]:
        length[node] = at
        parent[node] = by
        return push(labels, size, at, node)
    return size


@compiled
def shortest_paths(net: Network, start: int, length: IntArray, parent: Places, labels: Labels) -> None:
    """Dijkstra's method from one node to all; nodes are rows, then columns, then Z."""
    n, m = len(net.row_price), len(net.column_price)
    z = n + m
    size = _relax(length, parent, labels, 0, start, -1, 0)
    while size > 0:
        at, node = labels.heap_key[0], labels.heap_node[0]
        size = pop(labels, size)
        if node < n:
            for place in range(net.first[node], net.first[node + 1]):
                size = _relax(length, parent, labels, size, n + net.ends[place], node, at + net.cost[place])
            if net.row_gives[node]:
                size = _relax(length, parent, labels, size, z, node, at + net.row_price[node])
        elif node < z:
            j = node - n
            for place in range(net.held_first[j], net.held_first[j + 1]):
                size = _relax(length, parent, labels, size, net.held_by[place], node, at + net.held_cost[place])
            if net.column_room[j]:
                size = _relax(length, parent, labels, size, z, node, at + net.column_price[j])
        else:
            for i in range(n):
                if net.row_room[i]:
                    size = _relax(length, parent, labels, size, i, z, at + net.row_price[i])
            for j in range(m):
                if net.column_gives[j]:
                    size = _relax(length, parent, labels, size, n + j, z, at + net.column_price[j])


@compiled
def shortcuts(
    rows: IntArray, length: IntArray, n: int, row_floor: IntArray, column_floor: IntArray, limit: int, row: Places,
    column: Places,
) -> int:  # fmt: skip
    """Pairs left out that could shorten a path to a column; how many. Writes down as many as there is room for."""
    found = 0
    for i in rows:
        least = length[i] + row_floor[i]
        for j in range(len(column_floor)):
            at = max(least, length[i] + column_floor[j])
            if at < length[n + j] and at < limit:
                if found < len(row):
                    row[found], column[found] = i, j
                found += 1
    return found


@dataclass(frozen=True)
class Paths:
    """Shortest paths from one node; nodes are rows, then columns, then Z."""

    start: int
    length: IntArray
    parent: Places


class Ground:
    """What one pass over all pairs leaves behind for every question about an answer. Rows are mentors here."""

    def __init__(
        self, instance: Instance, matching: Matching, *, all_up_to: int = ALL_PAIRS_UP_TO, kept: int = KEPT
    ) -> None:
        if matching.instance != instance.digest:
            raise BadInstance("This matching answers another instance: the hash of the question differs.")
        n, m = instance.shape
        self.instance, self.big = instance, matching.big
        self.u, self.v = np.array(matching.u, dtype=np.int64), np.array(matching.v, dtype=np.int64)
        pairs = np.array(matching.pairs, dtype=np.int64).reshape(-1, 2)
        self.used_row, self.used_column = pairs[:, 0], pairs[:, 1]
        self.places = instance.open_within(*_limits(instance, matching))
        self.used_code = np.sort(self.used_row * m + self.used_column)
        k = max(n, m) if n * m <= all_up_to else kept
        mentors, mentees = passes.best_of(n, k, m), passes.best_of(m, k, n)
        self.bits = np.zeros((n, (m + 7) // 8), dtype=np.uint8)
        own_rows, own_columns = np.arange(n, dtype=np.int32), np.arange(m, dtype=np.int32)
        used_at = np.searchsorted(self.used_row, np.arange(n + 1))

        def look(start: int, stop: int) -> tuple[int, NDArray[Any]]:
            scores = instance.allowed_part(instance.block(start, stop), start, stop).copy()
            mine = slice(used_at[start], used_at[stop])
            scores[self.used_row[mine] - start, self.used_column[mine]] = -1
            self.bits[start:stop] = np.packbits(scores >= 0, axis=1, bitorder="little")
            return start, scores

        def offer(found: tuple[int, NDArray[Any]]) -> None:
            passes.offer_block(found[1], found[0], own_rows, own_columns, self.u, self.v, mentors, mentees)

        instance.each_block(look, then=offer)
        passes.settle(mentors)
        passes.settle(mentees)
        self.row_floor = np.where(mentors.size < min(k, m), NEVER, self.u - self.big - mentors.floor)
        self.column_floor = np.where(mentees.size < min(k, n), NEVER, self.v - self.big - mentees.floor)
        row, partner, key = passes.kept(mentors)
        column, owner, column_key = passes.kept(mentees)
        code = np.concatenate([row.astype(np.int64) * m + partner, owner.astype(np.int64) * m + column])
        once = distinct_places(code)
        self.row, self.column = np.divmod(code[once], max(m, 1))
        # A key is the score less the other's price: what is left of the reduced cost is known without scoring again.
        self.cost = np.concatenate([self.u[row] - key, self.v[column] - column_key])[once] - self.big
        self.droppable = ~instance.is_locked(self.used_row, self.used_column)
        held = self.reduced(self.used_row[self.droppable], self.used_column[self.droppable])
        if (self.cost < 0).any() or (held > 0).any() or min(self.u.min(initial=0), self.v.min(initial=0)) < 0:
            # With an arc of negative cost the shortest paths below would never come to an end.
            raise BadInstance(
                "The prices of this matching do not hold for this instance, so nothing follows from them."
            )
        self._turned: dict[Side, Residual] = {}

    def reduced(self, row: IntArray, column: IntArray) -> IntArray:
        scores = np.asarray(self.instance.source.pairs(row, column)).astype(np.int64)
        return self.u[row] + self.v[column] - self.big - scores

    def add(self, row: IntArray, column: IntArray, cost: IntArray) -> None:
        """Hold these pairs, too."""
        code = np.concatenate([self.row, row]) * len(self.v) + np.concatenate([self.column, column])
        once = distinct_places(code)
        self.cost = np.concatenate([self.cost, cost])[once]
        self.row, self.column = np.divmod(code[once], len(self.v))
        self._turned.clear()

    def seen_from(self, column_side: Side) -> Residual:
        """The network turned so that `column_side` is the side of the columns."""
        if column_side not in self._turned:
            self._turned[column_side] = Residual(self, column_side)
        return self._turned[column_side]


def _limits(instance: Instance, matching: Matching) -> tuple[IntArray, IntArray]:
    """The places, with shared hours divided as this answer divides them; what it spares goes to the mentor's side.

    Somebody with a price has all places filled that they had when it was found.
    """
    mentors, mentees = instance.limits
    pairs = np.array(matching.pairs, dtype=np.int64).reshape(-1, 2)
    for one in instance.shared:
        i, j = one.mentor, one.mentee
        as_mentor, as_mentee = int((pairs[:, 0] == i).sum()), int((pairs[:, 1] == j).sum())
        most = (one.together - one.for_mentor * as_mentee) // one.for_mentee
        mentors[i] = as_mentor if matching.u[i] else min(int(mentors[i]), most)
        most = (one.together - one.for_mentee * int(mentors[i])) // one.for_mentor
        mentees[j] = as_mentee if matching.v[j] else min(int(mentees[j]), most)
    return mentors, mentees


@dataclass
class Residual:
    """The residual network, turned so that `column_side` is the side of the columns."""

    ground: Ground
    column_side: Side
    n: int = field(init=False)
    m: int = field(init=False)

    def __post_init__(self) -> None:
        ground = self.ground
        self.turned = self.column_side == "mentor"
        a, b = ground.places
        row, column, cost = ground.row, ground.column, ground.cost
        held_row, held_column = ground.used_row[ground.droppable], ground.used_column[ground.droppable]
        held_cost = -ground.reduced(held_row, held_column)
        self.u, self.v, self.row_floor, self.column_floor = ground.u, ground.v, ground.row_floor, ground.column_floor
        if self.turned:
            a, b, row, column, held_row, held_column = b, a, column, row, held_column, held_row
            self.u, self.v, self.row_floor, self.column_floor = self.v, self.u, self.column_floor, self.row_floor
        self.n, self.m = len(a), len(b)
        self.row_places, self.column_places = a, b
        self.row_load = np.bincount(held_row, minlength=self.n)
        self.row_room = a - self.row_load
        self.column_room = b - np.bincount(held_column, minlength=self.m)
        order, held_order = np.argsort(row, kind="stable"), np.argsort(held_column, kind="stable")
        self.held_row, self.held_column = held_row[held_order], held_column[held_order]
        self.network = Network(
            first=np.searchsorted(row[order], np.arange(self.n + 1)),
            ends=column[order].astype(np.int32),
            cost=cost[order],
            held_first=np.searchsorted(self.held_column, np.arange(self.m + 1)),
            held_by=self.held_row.astype(np.int32),
            held_cost=held_cost[held_order],
            row_price=self.u,
            column_price=self.v,
            row_room=self.row_room > 0,
            column_room=self.column_room > 0,
            row_gives=self.row_load > 0,
            column_gives=np.bincount(held_column, minlength=self.m) > 0,
        )

    @property
    def z(self) -> int:
        return self.n + self.m

    def turn(self, row: int, column: int) -> Pair:
        """As (mentor, mentee)."""
        return (column, row) if self.turned else (row, column)

    def has_fewer_places(self, row: int) -> bool:
        """Whether shared hours leave this person fewer places on this side than they have."""
        side = self.ground.instance.open_places[1 if self.turned else 0]
        return bool(side[row] > self.row_places[row])

    def is_used(self, row: int, column: int) -> bool:
        mentor, mentee = self.turn(row, column)
        code = mentor * self.ground.instance.shape[1] + mentee
        place = int(np.searchsorted(self.ground.used_code, code))
        return place < len(self.ground.used_code) and int(self.ground.used_code[place]) == code

    def possible_with(self, column: int) -> BoolArray:
        """By row: whether it may be paired with this column and is not."""
        if self.turned:
            return np.unpackbits(self.ground.bits[column], bitorder="little")[: self.n].astype(np.bool_)
        line: BoolArray = (self.ground.bits[:, column // 8] & (1 << column % 8)) > 0
        return line

    def distances_from(self, start: int, limit: int | None = None) -> Paths:
        """Shortest paths to all nodes; exact up to `limit`, and at least that beyond it."""
        ground, bound = self.ground, NEVER if limit is None else limit
        while True:
            network = ground.seen_from(self.column_side).network
            length, parent = np.full(self.z + 1, NEVER), np.full(self.z + 1, -1, dtype=np.int32)
            shortest_paths(network, start, length, parent, labels_for(self.n, self.m + 1))
            rows = np.flatnonzero(length[: self.n] + self.row_floor < bound)
            found, room = 0, 1 << 16
            row = column = np.zeros(0, dtype=np.int32)
            while found > len(row) or not len(row):
                row, column = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.int32)
                found = shortcuts(rows, length, self.n, self.row_floor, self.column_floor, bound, row, column)
                room = found
                if not found:
                    return Paths(start, length, parent)
            i, j = row[:found].astype(np.int64), column[:found].astype(np.int64)
            mentors, mentees = (j, i) if self.turned else (i, j)
            scores = ground.instance.allowed_scores(mentors, mentees)
            cost = self.u[i] + self.v[j] - ground.big - scores
            code = mentors * ground.instance.shape[1] + mentees
            shorter = (scores >= 0) & ~np.isin(code, ground.used_code)
            shorter &= length[i] + cost < length[self.n + j]
            if not shorter.any():
                return Paths(start, length, parent)
            ground.add(mentors[shorter], mentees[shorter], cost[shorter])

    def crowd_of(self, row: int) -> tuple[BoolArray, BoolArray]:
        """Rows and columns reached from `row` by alternating "could be paired with" and "is held by".

        Others with a free place who could only have these columns compete for the same places and are counted in.
        """
        crowd, contested = np.zeros(self.n, dtype=np.bool_), np.zeros(self.m, dtype=np.bool_)
        newcomers = crowd.copy()
        newcomers[row] = True
        while newcomers.any():
            crowd |= newcomers
            wanted = self._wanted_by(newcomers) & ~contested
            contested |= wanted
            newcomers = np.zeros(self.n, dtype=np.bool_)
            newcomers[self.held_row[wanted[self.held_column]]] = True
            newcomers &= ~crowd
        everybody, others = np.ones(self.m, dtype=np.bool_), ~contested
        only_these = self._want_any(everybody) & ~self._want_any(others)
        return crowd | (only_these & (self.row_room > 0)), contested

    def _wanted_by(self, rows: BoolArray) -> BoolArray:
        """The columns that any of these rows could have besides those they have."""
        if self.turned:
            return self._with_any_bit(rows)
        together: NDArray[np.uint8] = np.bitwise_or.reduce(self.ground.bits[rows], axis=0)
        return np.unpackbits(together, bitorder="little")[: self.m].astype(np.bool_)

    def _want_any(self, columns: BoolArray) -> BoolArray:
        """The rows that could have any of these columns besides those they have."""
        if not self.turned:
            return self._with_any_bit(columns)
        together: NDArray[np.uint8] = np.bitwise_or.reduce(self.ground.bits[columns], axis=0)
        return np.unpackbits(together, bitorder="little")[: self.n].astype(np.bool_)

    def _with_any_bit(self, mentees: BoolArray) -> BoolArray:
        """The mentors with any of these mentees among their bits."""
        mask = np.packbits(mentees, bitorder="little")
        return np.asarray((self.ground.bits & mask).any(axis=1))

    def best_place_among(self, columns: BoolArray) -> tuple[int, int]:
        """The column where one more place gains most, and the gain in total beside the one pair more.

        One more place opens an arc from the column to Z at cost -v, so it gains v less the way from Z to the column.
        """
        candidates = np.flatnonzero(columns)
        gains = self.v[candidates] - self.distances_from(self.z).length[self.n + candidates]
        best = int(gains.argmax())
        return int(candidates[best]), int(gains[best]) - self.ground.big
