"""Successive shortest augmenting paths with prices: the core of the engine.

The problem, for weights w >= 1 on the allowed pairs, capacities a (rows) and b (columns), and every pair used at most
once:

    maximise   sum w_ij x_ij       subject to   sum_j x_ij <= a_i,   sum_i x_ij <= b_j,   0 <= x_ij <= 1

Its linear dual prices the people:

    minimise   sum a_i u_i + sum b_j v_j + sum z_ij      subject to   u_i + v_j + z_ij >= w_ij,   u, v, z >= 0

The constraint matrix is totally unimodular, so the linear optimum is integral, and integer weights have integer prices
(Schrijver, *Combinatorial Optimization*, chapters 17 and 21). The reduced cost of a pair is r_ij = u_i + v_j - w_ij.

Rows are placed one unit at a time. Between units these four statements hold, and together they are optimality for the
rows placed so far (complementary slackness):

    1. r_ij >= 0 on every allowed pair that is not used,
    2. r_ij <= 0 on every used pair (z_ij = -r_ij),
    3. v_j > 0 only where column j is full,
    4. u_i > 0 only where row i is full (the row being placed is the one exception, until it is done).

A unit is placed along a shortest path in the residual network, found by Dijkstra's method on the reduced costs, which
1 and 2 keep from being negative (Edmonds and Karp 1972; Tomizawa 1971; for the assignment problem Jonker and
Volgenant 1987). It ends at a column with room, or at a row that gives one of its units back (at the price u it had
for it), whichever is nearer.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]

FAR = np.int64(1) << np.int64(61)
"""Cost of a pair that cannot be added. Twice this still fits in 64 bits."""

LARGEST = (1 << 59) - 1
"""No price or path length may exceed this; `insist_bounded` sees to it before the search starts."""


class TooLarge(ValueError):
    """The numbers of an instance would not fit in 64 bits with room to spare."""


@dataclass(frozen=True)
class Placement:
    """A solution of the problem above, with the prices that prove it. `used` is a boolean matrix."""

    used: NDArray[np.bool_]
    u: IntArray
    v: IntArray


def insist_bounded(heaviest: int, rows: int, columns: int) -> None:
    """Refuse weights whose longest possible path could leave 64 bits.

    A simple path uses at most 2 * min(rows, columns) + 2 pairs; no price exceeds the length of such a path.
    """
    if heaviest * (2 * min(rows, columns) + 4) > LARGEST:
        raise TooLarge(
            "The scores are too large for exact 64-bit arithmetic with so many people. Divide them by a common factor."
        )


def place(
    weights: IntArray, row_capacity: IntArray, column_capacity: IntArray, tick: Callable[[int], None] | None = None
) -> Placement:
    """Solve the problem of the module's docstring exactly.

    `weights` is a dense matrix, negative where a pair is not allowed, otherwise >= 1. `tick(i)` is called after every
    row.
    """
    n, m = weights.shape
    allowed = (weights >= 0) & (row_capacity > 0)[:, None] & (column_capacity > 0)[None, :]
    insist_bounded(int(weights.max(initial=0)), n, m)
    search = _Search(weights, allowed, column_capacity)
    for done, i in enumerate(range(n), start=1):
        search.place_row(i, int(row_capacity[i]))
        if tick is not None:
            tick(done)
    used = np.zeros((n, m), dtype=np.bool_)
    for j, holders in enumerate(search.holders):
        used[holders, j] = True
    return Placement(used, search.u, search.v)


class _Search:
    """The state between units: who holds which column, the prices, and the cost of adding each pair."""

    def __init__(self, weights: IntArray, allowed: NDArray[np.bool_], column_capacity: IntArray) -> None:
        n, m = weights.shape
        self.weights = weights
        # Cost of *adding* a pair: -w, or FAR where the pair is forbidden or already used.
        self.cost = np.where(allowed, -weights, FAR)
        self.u = np.zeros(n, dtype=np.int64)
        self.v = np.zeros(m, dtype=np.int64)
        self.room = column_capacity.copy()
        self.holders: list[list[int]] = [[] for _ in range(m)]

    def place_row(self, i: int, units: int) -> None:
        if units == 0 or not len(self.v):
            return
        # The smallest price that keeps statement 1 for a row that has no pair yet.
        self.u[i] = max(0, -int((self.cost[i] + self.v).min()))
        for _ in range(units):
            if self.u[i] == 0:  # nothing is gained by more: statement 4 holds with room left
                return
            self._place_unit(i)

    def _place_unit(self, i: int) -> None:
        """One shortest path from row i; then the prices move, then the path is flipped."""
        cost, u, v, room = self.cost, self.u, self.v, self.room
        column_distance = cost[i] + (v + u[i])
        column_parent = np.full(len(v), i, dtype=np.intp)
        frontier = column_distance.copy()  # the same labels, FAR once a column is settled
        settled_columns: list[int] = []
        row_distance: dict[int, int] = {i: 0}
        row_parent: dict[int, int] = {}
        settled_rows: dict[int, int] = {i: 0}
        waiting: list[tuple[int, int]] = []
        nearest_release, released = int(u[i]), i  # row i may stay with what it has
        last_column = -1
        while True:
            j = int(frontier.argmin())
            distance = int(frontier[j])
            if waiting and waiting[0][0] <= distance:
                distance, k = heapq.heappop(waiting)
                if distance >= nearest_release:
                    break
                if k in settled_rows:
                    continue
                settled_rows[k] = distance
                if distance + int(u[k]) < nearest_release:
                    nearest_release, released = distance + int(u[k]), k
                through_k = cost[k] + (v + (distance + u[k]))
                nearer = through_k < column_distance
                np.copyto(column_distance, through_k, where=nearer)
                np.copyto(frontier, through_k, where=nearer)
                column_parent[nearer] = k
                continue
            if distance >= nearest_release:
                break
            if room[j] == 0:  # among columns equally near, one with room ends the search at once
                level = np.flatnonzero(frontier == distance)
                j = int(level[room[level].argmax()])
            if room[j] > 0:
                last_column = j
                break
            settled_columns.append(j)
            frontier[j] = FAR
            for k in self.holders[j]:
                through_j = distance + int(self.weights[k, j] - u[k] - v[j])
                if through_j < row_distance.get(k, FAR):
                    row_distance[k] = through_j
                    row_parent[k] = j
                    heapq.heappush(waiting, (through_j, k))
        length = nearest_release if last_column < 0 else distance
        for k, at in settled_rows.items():
            u[k] -= length - at
        if settled_columns:
            v[settled_columns] += length - column_distance[settled_columns]
        self._flip(i, released, last_column, row_parent, column_parent)

    def _flip(
        self, i: int, released: int, last_column: int, row_parent: dict[int, int], column_parent: NDArray[np.intp]
    ) -> None:
        """Walk the path back to row i: every pair into a column is added, every pair out of one is dropped."""
        if last_column >= 0:
            self.room[last_column] -= 1
            k = self._add(last_column, column_parent)
        else:
            k = released
        while k != i:
            j = row_parent[k]
            self.holders[j].remove(k)
            self.cost[k, j] = -self.weights[k, j]
            k = self._add(j, column_parent)

    def _add(self, j: int, column_parent: NDArray[np.intp]) -> int:
        k = int(column_parent[j])
        self.holders[j].append(k)
        self.cost[k, j] = FAR
        return k
