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

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matching.engine import passes
from matching.engine.candidates import KEPT_OF_A_MATRIX, Answer, Edges
from matching.engine.compiled import compiled
from matching.engine.core import Arcs, Core
from matching.engine.cycles import Side, share_a_cycle
from matching.engine.dense import DenseCore, worth_a_matrix
from matching.engine.distinct import distinct
from matching.engine.filling import can_fill
from matching.engine.lottery import Seeds, ticket_bits, ticket_of

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Settled:
    """The chosen pairs by the numbers of their people, and whether they were the only best answer."""

    row: NDArray[np.int32]
    column: NDArray[np.int32]
    unique: bool


@dataclass(frozen=True)
class _Loose:
    """The part in which best answers differ. A row or column that must be full must use all of its places here."""

    pairs: Edges
    used: BoolArray
    row_places: IntArray
    column_places: IntArray
    row_must: IntArray
    column_must: IntArray

    def draw(self, chosen: BoolArray, row_seeds: Seeds, column_seeds: Seeds) -> BoolArray:
        """The answer with the most tickets that uses only the `chosen` pairs and fills every must-place.

        A pair is worth `step` for each of its ends that must be full, and step is more than all tickets together.
        """
        pairs, bits = self.pairs.part(chosen), ticket_bits(len(row_seeds), len(column_seeds))
        step = (min(int(self.row_places.sum()), int(self.column_places.sum())) << bits) + 1
        in_pairs = pairs.row, pairs.column, self.row_must, self.column_must, row_seeds, column_seeds
        worth = _worth(*in_pairs, bits, step)
        drawn = np.zeros(len(chosen), dtype=np.bool_)
        drawn[chosen] = _best_of(pairs, worth, self.row_places, self.column_places)
        filled = self.row_must[self.pairs.row[drawn]].sum() + self.column_must[self.pairs.column[drawn]].sum()
        if filled != (self.row_must * self.row_places).sum() + (self.column_must * self.column_places).sum():
            raise AssertionError("The loose pairs no longer fill the places that every best answer fills.")
        return drawn


@compiled
def _worth(
    row: NDArray[np.int32], column: NDArray[np.int32], row_must: IntArray, column_must: IntArray, row_seeds: Seeds,
    column_seeds: Seeds, bits: int, step: int,
) -> IntArray:  # fmt: skip
    worth = np.empty(len(row), dtype=np.int64)
    for pair in range(len(row)):
        i, j = row[pair], column[pair]
        worth[pair] = step * (row_must[i] + column_must[j]) + ticket_of(row_seeds[i], column_seeds[j], bits)
    return worth


@compiled
def _are_here(people: NDArray[np.int32], count: int) -> BoolArray:
    """Who of so many is named."""
    here = np.zeros(count, dtype=np.bool_)
    for person in people:
        here[person] = True
    return here


def _numbered(people: NDArray[np.int32], count: int) -> tuple[IntArray, NDArray[Any]]:
    """Who of so many is among them, in order, and for each their place among these."""
    is_here = _are_here(people, count)
    if is_here.all():
        return np.arange(count, dtype=np.int64), people
    return np.flatnonzero(is_here), (is_here.cumsum() - 1)[people]


def _best_of(pairs: Edges, worth: IntArray, row_places: IntArray, column_places: IntArray) -> BoolArray:
    """Which of the pairs, in order of row, then column, are used by an answer that is worth most."""
    rows, row = _numbered(pairs.row, len(row_places))
    columns, column = _numbered(pairs.column, len(column_places))
    size = (len(rows), len(columns))
    if not worth_a_matrix(len(worth), len(rows) * len(columns)):
        core = Core(pairs.row, pairs.column, worth, 0, row_places, column_places)
        core.solve()
        return core.used
    matrix = np.full(size, -1, dtype=np.int64)
    _lay_out(row, column, worth, matrix)
    few = _best_few(matrix)
    start = Core(few.row, few.column, few.score, 0, row_places[rows], column_places[columns])
    start.solve()
    dense = DenseCore(matrix, 0, row_places[rows], column_places[columns])
    dense.go_on_from(start.rows.price, start.columns.price, few.row[start.used], few.column[start.used])
    dense.solve()
    used = np.zeros(size, dtype=np.bool_)
    used[dense.used] = True
    return _picked_up(row, column, used)


@compiled
def _lay_out(row: NDArray[Any], column: NDArray[Any], worth: IntArray, matrix: IntArray) -> None:
    for pair in range(len(row)):
        matrix[row[pair], column[pair]] = worth[pair]


@compiled
def _picked_up(row: NDArray[Any], column: NDArray[Any], used: BoolArray) -> BoolArray:
    found = np.empty(len(row), dtype=np.bool_)
    for pair in range(len(row)):
        found[pair] = used[row[pair], column[pair]]
    return found


def _best_few(worth: IntArray) -> Edges:
    """The pairs worth most to each row and to each column, from which most of an answer is found at once."""
    n, m = worth.shape
    rows, columns = passes.best_of(n, KEPT_OF_A_MATRIX, m), passes.best_of(m, KEPT_OF_A_MATRIX, n)
    own, others = np.arange(n, dtype=np.int32), np.arange(m, dtype=np.int32)
    free, at_no_price = np.zeros(n, dtype=np.int64), np.zeros(m, dtype=np.int64)
    passes.offer_block(worth, 0, own, others, free, at_no_price, rows, columns)
    passes.settle(rows)
    passes.settle(columns)
    row, partner, _ = passes.kept(rows)
    column, owner, _ = passes.kept(columns)
    code = distinct(np.concatenate([row * np.int64(m) + partner, owner * np.int64(m) + column]))
    row, column = (code // m).astype(np.int32), (code % m).astype(np.int32)
    return Edges(row, column, worth[row, column])


def settle(answer: Answer, mentor_seeds: Seeds, mentee_seeds: Seeds) -> Settled:
    """Among all best answers: the fairest, then the lottery's. `answer` is one of them, with its prices."""
    row, column = answer.edges.row[answer.used], answer.edges.column[answer.used]
    loose = _loose_part(answer)
    if loose is None:
        return Settled(row, column, unique=True)
    fair = _at_or_above_best_threshold(loose)
    drawn = loose.draw(fair, mentor_seeds, mentee_seeds)
    m, held = len(answer.v), loose.pairs.part(loose.used)
    fixed = ~np.isin(row.astype(np.int64) * m + column, held.row.astype(np.int64) * m + held.column)
    return Settled(
        np.concatenate([row[fixed], loose.pairs.row[drawn]]),
        np.concatenate([column[fixed], loose.pairs.column[drawn]]),
        unique=False,
    )


def _loose_part(answer: Answer) -> _Loose | None:
    u, v, elsewhere = answer.u, answer.v, answer.tight_elsewhere
    tight = _are_tight(answer.edges.row, answer.edges.column, answer.edges.score, u, v, answer.big)
    pairs, used = answer.edges.part(tight), answer.used[tight]
    if len(elsewhere.row):
        row = np.concatenate([pairs.row, elsewhere.row])
        column = np.concatenate([pairs.column, elsewhere.column])
        score = np.concatenate([pairs.score, elsewhere.score])
        order = np.lexsort((column, row))
        pairs = Edges(row[order], column[order], score[order])
        used = np.concatenate([used, np.zeros(len(elsewhere.row), dtype=np.bool_)])[order]
    row_room = answer.row_places - np.bincount(answer.edges.row[answer.used], minlength=len(u))
    column_room = answer.column_places - np.bincount(answer.edges.column[answer.used], minlength=len(v))
    loose = share_a_cycle(pairs.row, pairs.column, used, Side(u == 0, row_room > 0), Side(v == 0, column_room > 0))
    if not loose.any():
        return None
    held = pairs.part(loose & used)
    # Room is part of this only with people who have a loose pair; others have no pair here and cannot fill it.
    return _Loose(
        pairs=pairs.part(loose),
        used=used[loose],
        row_places=_where_any(pairs.row[loose], np.bincount(held.row, minlength=len(u)) + row_room),
        column_places=_where_any(pairs.column[loose], np.bincount(held.column, minlength=len(v)) + column_room),
        row_must=(u > 0).astype(np.int64),
        column_must=(v > 0).astype(np.int64),
    )


@compiled
def _are_tight(
    row: NDArray[np.int32], column: NDArray[np.int32], score: IntArray, u: IntArray, v: IntArray, big: int
) -> BoolArray:
    tight = np.empty(len(row), dtype=np.bool_)
    for pair in range(len(row)):
        tight[pair] = u[row[pair]] + v[column[pair]] == big + score[pair]
    return tight


def _where_any(people: NDArray[np.int32], places: IntArray) -> IntArray:
    """The places of the people named, none for the others."""
    return np.where(_are_here(people, len(places)), places, 0)


def _at_or_above_best_threshold(loose: _Loose) -> BoolArray:
    """The loose pairs from which the fairest answers are made: those at or above the best threshold that holds."""
    scores = loose.pairs.score
    candidates = distinct(scores)
    candidates = candidates[candidates >= scores[loose.used].min()]  # the first one holds: the answer shows it
    low, high = 0, len(candidates)
    if high > 1:
        high = int(np.searchsorted(candidates, _no_threshold_above(loose), side="right"))
        by_row, by_column = sides_of(loose.pairs, len(loose.row_places), len(loose.column_places))
        row_must, column_must = loose.row_must * loose.row_places, loose.column_must * loose.column_places
        by_column_scores = scores[by_column.numbers]
    step = 1  # from above in growing steps: where many are alike, the best threshold is among the highest
    while high - low > 1:
        middle = max(high - step, (low + high) // 2)
        least = candidates[middle]
        if can_fill(by_row, scores, least, row_must, loose.column_places) and can_fill(
            by_column, by_column_scores, least, column_must, loose.row_places
        ):
            low = middle
        else:
            high, step = middle, 2 * step
    fair: BoolArray = scores >= candidates[low]
    return fair


def _no_threshold_above(loose: _Loose) -> int:
    """The lowest score among everybody's best loose pair, of those who must have one."""
    pairs = loose.pairs
    lowest = int(pairs.score.max())
    for ends, must, places in (
        (pairs.row, loose.row_must, loose.row_places),
        (pairs.column, loose.column_must, loose.column_places),
    ):
        best = np.full(len(must), -1, dtype=np.int64)
        np.maximum.at(best, ends, pairs.score)
        lowest = min(lowest, int(best.min(where=must * places > 0, initial=lowest)))
    return lowest


def sides_of(pairs: Edges, rows: int, columns: int) -> tuple[Arcs, Arcs]:
    """The pairs, which are in order of row, then column, as both sides see them."""
    row_first, column_first = (
        np.concatenate([[0], np.cumsum(np.bincount(ends, minlength=people))])
        for ends, people in ((pairs.row, rows), (pairs.column, columns))
    )
    numbers = np.arange(len(pairs.row), dtype=np.int32)
    turned = sparse.csr_matrix((numbers, pairs.column, row_first), shape=(rows, columns)).tocsc()
    return (
        Arcs(row_first, pairs.column, numbers[:0], pairs.row, pairs.column),
        Arcs(column_first, turned.indices.astype(np.int32), turned.data, pairs.column, pairs.row),
    )
