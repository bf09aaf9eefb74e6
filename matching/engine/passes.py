"""The compiled loops over blocks of scores: the best pairs of everybody, and the pairs that could still matter.

A heap of person p is `key[p]`, `who[p]` with `size[p]` entries, the worst on top. Of equal keys the one with the lower
number is better, so what is kept does not depend on the order of asking.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.engine.compiled import compiled

IntArray = NDArray[np.int64]
Places = NDArray[np.int32]

NOTHING = -(np.int64(1) << np.int64(61))
"""Below every key."""


class Best(NamedTuple):
    """The k best partners of each person, as heaps."""

    key: IntArray
    who: Places
    size: IntArray
    floor: IntArray
    """The worst key kept; `NOTHING` while there is room."""


class Bounds(NamedTuple):
    """What decides whether a pair left out is suspect; see `candidates.Market.count_suspects`."""

    reach: IntArray
    """By row: a pair is suspect only where its column's `shift` is at most this, …"""
    price: IntArray
    """… and only where this (by row) is at most its column's `limit`."""
    shift: IntArray
    """By column, ascending."""
    limit: IntArray
    """By column, in the order of `shift`."""
    order: Places
    """The columns in the order of `shift`."""


def best_of(people: int, k: int) -> Best:
    return Best(
        key=np.zeros((people, k), dtype=np.int64),
        who=np.zeros((people, k), dtype=np.int32),
        size=np.zeros(people, dtype=np.int64),
        floor=np.full(people, NOTHING),
    )


@compiled
def _worse(key: int, who: int, other_key: int, other_who: int) -> bool:
    return key < other_key or (key == other_key and who > other_who)


@compiled
def offer(best: Best, p: int, at: int, what: int) -> None:
    """Keep the partner `what` with this key if it is among the k best of person p."""
    key, who, k = best.key[p], best.who[p], best.key.shape[1]
    size = best.size[p]
    if size < k:
        place = size
        while place > 0:
            above = (place - 1) >> 1
            if not _worse(at, what, key[above], who[above]):
                break
            key[place], who[place] = key[above], who[above]
            place = above
        key[place], who[place] = at, what
        best.size[p] = size + 1
        if size + 1 == k:
            best.floor[p] = key[0]
        return
    if not _worse(key[0], who[0], at, what):
        return
    place = 0
    while True:
        below = 2 * place + 1
        if below >= k:
            break
        if below + 1 < k and _worse(key[below + 1], who[below + 1], key[below], who[below]):
            below += 1
        if not _worse(key[below], who[below], at, what):
            break
        key[place], who[place] = key[below], who[below]
        place = below
    key[place], who[place] = at, what
    best.floor[p] = key[0]


@compiled
def offer_block(
    scores: IntArray, start: int, row_number: Places, column_number: Places, row_price: IntArray,
    column_price: IntArray, rows: Best, columns: Best,
) -> None:  # fmt: skip
    """Offer every pair of a block (negative = none) to both its people, keyed by score less the other's price.

    Everything stands in the order of the block; `who` is kept as a number, which decides between equal keys. Nobody
    with the number -1 is offered anything.
    """
    column_floor = columns.floor
    for r in range(scores.shape[0]):
        i = start + r
        if row_number[i] < 0:
            continue
        own, floor = row_price[i], rows.floor[i]
        for c in range(scores.shape[1]):
            score = np.int64(scores[r, c])
            if score < 0:
                continue
            key = score - column_price[c]
            if key >= floor and column_number[c] >= 0:
                offer(rows, i, key, column_number[c])
                floor = rows.floor[i]
            key = score - own
            if key >= column_floor[c] and column_number[c] >= 0:
                offer(columns, c, key, row_number[i])


@compiled
def merge(into: Best, other: Best) -> None:
    for p in range(len(into.size)):
        for place in range(other.size[p]):
            offer(into, p, other.key[p, place], other.who[p, place])


@compiled
def count_suspects(reach: IntArray, price: IntArray, shift: IntArray, limit: IntArray, first: int, last: int) -> int:
    """How many pairs of these rows are suspect (`Bounds`)."""
    found = 0
    for i in range(first, last):
        prefix = np.searchsorted(shift, reach[i], side="right")
        here = 0
        for place in range(prefix):
            here += price[i] <= limit[place]
        found += here
    return found


@compiled
def list_suspects(
    reach: IntArray, price: IntArray, shift: IntArray, limit: IntArray, order: Places, known_first: IntArray,
    known: Places, row: Places, column: Places,
) -> int:  # fmt: skip
    """Write down the pairs that `count_suspects` counted, without those already `known`; how many they are."""
    found = 0
    stamp = np.full(len(shift), -1, dtype=np.int32)
    for i in range(len(reach)):
        prefix = np.searchsorted(shift, reach[i], side="right")
        if prefix == 0:
            continue
        for place in range(known_first[i], known_first[i + 1]):
            stamp[known[place]] = i
        for place in range(prefix):
            if price[i] <= limit[place] and stamp[order[place]] != i:
                row[found], column[found] = i, order[place]
                found += 1
    return found


@compiled
def most_left_out(
    row_floor: IntArray, column_floor: IntArray, row_price: IntArray, column_price: IntArray, price: IntArray
) -> IntArray:
    """By row: the most that the score of a pair left out can exceed its column's `price`.

    The floors are those of a pass at the other prices: a score left out is at most `row_floor + column_price` and at
    most `column_floor + row_price`.
    """
    most = np.full(len(row_floor), NOTHING)
    for i in range(len(row_floor)):
        for j in range(len(column_floor)):
            score = min(row_floor[i] + column_price[j], column_floor[j] + row_price[i])
            most[i] = max(most[i], score - price[j])
    return most


def kept(best: Best) -> tuple[Places, Places, IntArray]:
    """Everybody's kept partners, as pairs with their keys."""
    filled = np.arange(best.key.shape[1]) < best.size[:, None]
    person = np.repeat(np.arange(len(best.size), dtype=np.int32), best.size)
    return person, best.who[filled], best.key[filled]


def in_order(best: Best, order: IntArray) -> Best:
    return Best(best.key[order], best.who[order], best.size[order], best.floor[order])
