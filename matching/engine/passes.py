"""The compiled loops over blocks of scores: the best pairs of everybody, and the pairs that could still matter.

What person p was offered is `key[p]`, `who[p]` with `size[p]` entries, in no order. Once twice as many as are kept have
come together, the worse half is dropped. Of equal keys the one with the lower number is better, so what is kept in the
end does not depend on the order of asking.
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

STRETCH = 256
"""Pairs of a row that are looked at before the first of them is offered; a multiple of eight."""


class Best(NamedTuple):
    """The best partners of each person: `keep` of them after `settle`, and up to twice as many before."""

    keep: int
    key: IntArray
    who: Places
    size: IntArray
    floor: IntArray
    """No better than this was left out."""


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


def best_of(people: int, k: int, others: int) -> Best:
    """The best k of so many others, for each of these people."""
    room = min(2 * k, others)
    return Best(
        keep=min(k, others),
        key=np.zeros((people, room), dtype=np.int64),
        who=np.zeros((people, room), dtype=np.int32),
        size=np.zeros(people, dtype=np.int64),
        floor=np.full(people, NOTHING),
    )


@compiled
def _better(key: int, who: int, other_key: int, other_who: int) -> bool:
    return key > other_key or (key == other_key and who < other_who)


@compiled
def _drop_the_worse(best: Best, p: int) -> None:
    """Keep the best partners of person p; their floor is the worst of these (Hoare's FIND, 1961)."""
    key, who, last_kept = best.key[p], best.who[p], best.keep - 1
    low, high = 0, best.size[p] - 1
    while low < high:
        middle_key, middle_who = key[(low + high) >> 1], who[(low + high) >> 1]
        up, down = low, high
        while up <= down:
            while _better(key[up], who[up], middle_key, middle_who):
                up += 1
            while _better(middle_key, middle_who, key[down], who[down]):
                down -= 1
            if up <= down:
                key[up], key[down] = key[down], key[up]
                who[up], who[down] = who[down], who[up]
                up += 1
                down -= 1
        if last_kept <= down:
            high = down
        elif last_kept >= up:
            low = up
        else:
            break
    best.size[p] = best.keep
    best.floor[p] = max(best.floor[p], key[last_kept])


@compiled
def offer(best: Best, p: int, at: int, what: int) -> None:
    """Hold the partner `what` with this key, which is not below the floor of person p."""
    size = best.size[p]
    best.key[p, size], best.who[p, size] = at, what
    best.size[p] = size + 1
    if size + 1 == best.key.shape[1]:
        _drop_the_worse(best, p)


@compiled
def settle(best: Best) -> None:
    """Drop what is more than everybody keeps."""
    for p in range(len(best.size)):
        if 0 < best.keep <= best.size[p]:
            _drop_the_worse(best, p)


@compiled
def _mark(
    scores: IntArray, own: int, floor: int, column_price: IntArray, column_floor: IntArray, mark: NDArray[np.uint8]
) -> None:
    """Mark which of a row's pairs are worth offering to one of the two; without a branch, so many at a time."""
    for c in range(len(scores)):
        score = np.int64(scores[c])
        wanted = (score - column_price[c] >= floor) | (score - own >= column_floor[c])
        mark[c] = wanted & (score >= 0)


@compiled
def offer_block(
    scores: IntArray, start: int, row_number: Places, column_number: Places, row_price: IntArray,
    column_price: IntArray, rows: Best, columns: Best,
) -> None:  # fmt: skip
    """Offer every pair of a block (negative = none) to both its people, keyed by score less the other's price.

    Everything stands in the order of the block; `who` is kept as a number, which decides between equal keys. Nobody
    with the number -1 is offered anything. Floors only rise, so what was below them when a stretch was marked is below.
    """
    people = scores.shape[1]
    mark = np.zeros(STRETCH, dtype=np.uint8)
    eight = mark.view(np.uint64)
    for r in range(scores.shape[0]):
        i = start + r
        if row_number[i] < 0:
            continue
        own = row_price[i]
        for first in range(0, people, STRETCH):
            last = min(first + STRETCH, people)
            _mark(scores[r, first:last], own, rows.floor[i], column_price[first:last], columns.floor[first:last], mark)
            mark[last - first :] = 0
            for word in range(STRETCH // 8):
                if not eight[word]:
                    continue
                for place in range(8 * word, 8 * word + 8):
                    c = first + place
                    if not mark[place] or column_number[c] < 0:
                        continue
                    score = np.int64(scores[r, c])
                    if score - column_price[c] >= rows.floor[i]:
                        offer(rows, i, score - column_price[c], column_number[c])
                    if score - own >= columns.floor[c]:
                        offer(columns, c, score - own, row_number[i])


@compiled
def merge(into: Best, other: Best) -> None:
    for p in range(len(into.size)):
        for place in range(other.size[p]):
            offer(into, p, other.key[p, place], other.who[p, place])


@compiled
def count_suspects(
    reach: IntArray, price: IntArray, shift: IntArray, limit: IntArray, first: int, last: int, found: IntArray
) -> None:
    """By row, how many pairs of these rows are suspect (`Bounds`)."""
    for i in range(first, last):
        prefix = np.searchsorted(shift, reach[i], side="right")
        here = 0
        for place in range(prefix):
            here += price[i] <= limit[place]
        found[i] = here


@compiled
def list_suspects(
    reach: IntArray, price: IntArray, shift: IntArray, limit: IntArray, order: Places, known_first: IntArray,
    known: Places, first: int, last: int, row: Places, column: Places,
) -> int:  # fmt: skip
    """Write down the suspects of these rows without those already `known`; how many they are."""
    found = 0
    stamp = np.full(len(shift), -1, dtype=np.int32)
    for i in range(first, last):
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
    """With the people in this order, and no room for more."""
    return Best(
        best.keep,
        best.key[order, : best.keep],
        best.who[order, : best.keep],
        best.size[order],
        best.floor[order],
    )
