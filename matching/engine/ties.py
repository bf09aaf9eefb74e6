"""Choosing among equally good answers: first the fairest, then by a lottery that nobody can lean on.

Every answer with as many pairs and as high a total satisfies complementary slackness with *one* optimal set of prices
(Schrijver, *Combinatorial Optimization*, section 5.5). So, given prices (u, v) and reduced costs r_ij = u_i + v_j -
w_ij:

- a pair with r > 0 is in no best answer, a pair with r < 0 is in every one; only *tight* pairs (r = 0) can differ;
- a person with a price above 0 has every place filled in every best answer ("must"); only the others may differ.

A tight pair really differs between two best answers exactly when it lies on a cycle of the residual network of tight
pairs, that is, when its two ends lie in one strongly connected component (one extra node stands for "room
elsewhere"). These are the *loose* pairs; usually they are few or none, and everything below looks at them alone.

*Fairness*: the weakest loose pair is made as strong as possible, by bisection over the scores; a threshold holds when
the loose pairs at or above it can still fill every must-place. This is exact, because the loose pairs with their
must-places describe all best answers and nothing else. Pairs common to all best answers are left out: they cannot be
helped for free.

*Lottery*: each remaining pair holds a ticket, a pseudo-random number drawn from the keys of the two people, and the
answer with the largest sum of tickets is taken. With random tickets that answer is unique but for a chance of about
one in 2**bits for each loose pair (Mulmuley, Vazirani and Vazirani, "Matching is as easy as matrix inversion", 1987),
so it does not depend on the order of the input or on how the search went. People are also put in an order drawn from
their keys before the search, so that even then permuting the input permutes the answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from matching.engine.paths import Placement, place

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
Seeds = NDArray[np.uint64]


def seeds_of(keys: Sequence[str], side: str) -> Seeds:
    """One 64-bit number for each key, the same on every machine and in every run, and telling nothing about the key."""
    drawn = [hashlib.sha256(f"upwell-lottery-1\n{side}\n{key}".encode()).digest()[:8] for key in keys]
    return np.frombuffer(b"".join(drawn), dtype="<u8").astype(np.uint64)


def tickets_of(mentor_seeds: Seeds, mentee_seeds: Seeds, bits: int) -> IntArray:
    """A ticket in [0, 2**bits) for every pair: the last mixing steps of splitmix64 (Steele, Lea and Flood 2014)."""
    with np.errstate(over="ignore"):
        mixed = mentor_seeds[:, None] + mentee_seeds[None, :]
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(64 - bits)).astype(np.int64)


def ticket_bits(n: int, m: int) -> int:
    """As many bits as the exact arithmetic of the lottery has room for; 40 up to about 250 people on the shorter
    side."""
    return max(1, min(40, 56 - 2 * (min(n, m) + 2).bit_length()))


@dataclass(frozen=True)
class Settled:
    """The chosen answer, and whether it was the only best one."""

    used: BoolArray
    unique: bool


@dataclass(frozen=True)
class _Loose:
    """The part in which best answers differ. A row or column that must be full must use all of its places here."""

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    pairs: BoolArray
    scores: IntArray
    row_places: IntArray
    column_places: IntArray
    row_must: IntArray
    column_must: IntArray

    def fill(self, pairs: BoolArray, tickets: IntArray | None = None) -> BoolArray | None:
        """The answer with the most tickets that uses only `pairs` and fills every must-place; None if there is none.

        A pair is worth `step` for each of its ends that must be full, and step is more than all tickets together.
        """
        musts = self.row_must[:, None] + self.column_must[None, :]
        most = min(int(self.row_places.sum()), int(self.column_places.sum()))
        step = 1 if tickets is None else most * int(tickets.max()) + 1
        worth = step * musts + (0 if tickets is None else tickets)
        placed = place(np.where(pairs, worth, -1), self.row_places, self.column_places).used
        wanted = int((self.row_must * self.row_places).sum() + (self.column_must * self.column_places).sum())
        return placed if int(musts[placed].sum()) == wanted else None


def settle(
    weights: IntArray,
    scores: IntArray,
    row_capacity: IntArray,
    column_capacity: IntArray,
    placement: Placement,
    mentor_seeds: Seeds,
    mentee_seeds: Seeds,
) -> Settled:
    """Among all best answers: the fairest, then the lottery's. `placement` is one best answer with its prices."""
    loose = _loose_part(weights, scores, row_capacity, column_capacity, placement)
    if loose is None:
        return Settled(placement.used, unique=True)
    fair = _at_or_above_best_threshold(loose, placement.used[np.ix_(loose.rows, loose.columns)])
    bits = ticket_bits(*weights.shape)
    drawn = loose.fill(fair, 1 + tickets_of(mentor_seeds[loose.rows], mentee_seeds[loose.columns], bits))
    if drawn is None:
        raise AssertionError("The loose pairs no longer fill the places that every best answer fills.")
    used = placement.used.copy()
    window = np.ix_(loose.rows, loose.columns)
    used[window] = np.where(loose.pairs, drawn, used[window])
    return Settled(used, unique=False)


def _loose_part(
    weights: IntArray, scores: IntArray, row_capacity: IntArray, column_capacity: IntArray, placement: Placement
) -> _Loose | None:
    used, u, v = placement.used, placement.u, placement.v
    row_room = row_capacity - used.sum(axis=1)
    column_room = column_capacity - used.sum(axis=0)
    tight = (weights >= 0) & (u[:, None] + v[None, :] == weights) & (row_capacity > 0)[:, None] & (column_capacity > 0)
    loose = tight & _share_a_cycle(tight, used, u == 0, v == 0, row_room > 0, column_room > 0)
    rows, columns = np.flatnonzero(loose.any(axis=1)), np.flatnonzero(loose.any(axis=0))
    if not len(rows):
        return None
    window = np.ix_(rows, columns)
    pairs, held = loose[window], (loose & used)[window]
    return _Loose(
        rows=rows,
        columns=columns,
        pairs=pairs,
        scores=scores[window],
        row_places=held.sum(axis=1) + row_room[rows],
        column_places=held.sum(axis=0) + column_room[columns],
        row_must=(u[rows] > 0).astype(np.int64),
        column_must=(v[columns] > 0).astype(np.int64),
    )


def _share_a_cycle(
    tight: BoolArray,
    used: BoolArray,
    row_free: BoolArray,
    column_free: BoolArray,
    row_room: BoolArray,
    column_room: BoolArray,
) -> BoolArray:
    """Which row and column lie in one strongly connected component of the residual network of tight pairs.

    Unused pairs lead from row to column (they may be added), used ones back (they may be dropped). Node Z is the room
    elsewhere: a free row may give a unit up (row to Z) or, with room, take one (Z to row); columns likewise.
    """
    n, m = tight.shape
    z = n + m
    add_from, add_to = np.nonzero(tight & ~used)
    drop_to, drop_from = np.nonzero(tight & used)
    gives, takes = np.flatnonzero(row_free), np.flatnonzero(row_free & row_room)
    column_gives, column_takes = np.flatnonzero(column_free), np.flatnonzero(column_free & column_room)
    tails = [add_from, n + drop_from, gives, np.full(len(takes), z), np.full(len(column_gives), z), n + column_takes]
    heads = [n + add_to, drop_to, np.full(len(gives), z), takes, n + column_gives, np.full(len(column_takes), z)]
    tail, head = np.concatenate(tails), np.concatenate(heads)
    graph = sparse.csr_matrix((np.ones(len(tail), dtype=np.int8), (tail, head)), shape=(z + 1, z + 1))
    component = csgraph.connected_components(graph, directed=True, connection="strong")[1]
    same: BoolArray = component[:n, None] == component[None, n:z]
    return same


def _at_or_above_best_threshold(loose: _Loose, used: BoolArray) -> BoolArray:
    """The loose pairs from which the fairest answers are made: those at or above the best threshold that holds."""
    weakest_now = int(loose.scores[loose.pairs & used].min())
    candidates = np.unique(loose.scores[loose.pairs])
    candidates = candidates[candidates >= weakest_now]  # the first one holds: the placement shows it
    low, high = 0, len(candidates)
    while high - low > 1:
        middle = (low + high) // 2
        if loose.fill(loose.pairs & (loose.scores >= candidates[middle])) is None:
            high = middle
        else:
            low = middle
    fair: BoolArray = loose.pairs & (loose.scores >= candidates[low])
    return fair
