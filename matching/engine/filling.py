"""Whether some people can have all their places filled from the pairs that score enough: a largest flow.

Paths of the same, shortest length are looked for all at once (Dinic, "Algorithm for solution of a problem of maximum
flow in networks with power estimation", 1970; for one place each Hopcroft and Karp, "An n^5/2 algorithm for maximum
matchings in bipartite graphs", 1973), so few rounds do, however the pairs lie. Most are placed before, in a first round
that begins with those who have the fewest pairs.

Near people are those whose places must be filled, far people those on the other side. That both sides can be filled at
once follows from that each can alone (Mendelsohn and Dulmage, "Some generalizations of the problem of distinct
representatives", 1958): of the symmetric difference of the two answers every path that starts at a place still empty
may be taken, because it ends where nothing must be full, or where more is only welcome.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.engine.compiled import compiled
from matching.engine.core import Arcs, IntArray, People, Places, hold, let_go, people_with


class Marks(NamedTuple):
    """What a round notes: how far somebody is from an empty place, and how much of their pairs was gone through."""

    near: Places
    far: Places
    near_next: IntArray
    far_next: IntArray
    queue: Places
    """Near people in the order they were reached; then those on the path that is being looked for."""
    by: Places
    """The pair from each of the near people on the path to the far person after them."""
    back: Places
    """The pair from that far person to the near person who comes next."""


@compiled
def _count(arcs: Arcs, score: IntArray, least: int, near: IntArray, far: IntArray) -> None:
    """How many pairs everybody has."""
    for i in range(len(near)):
        for place in range(arcs.first[i], arcs.first[i + 1]):
            if score[place] >= least:
                near[i] += 1
                far[arcs.ends[place]] += 1


@compiled
def _place(
    arcs: Arcs, score: IntArray, least: int, near: People, far: People, used: NDArray[np.uint8], order: IntArray,
    chances: IntArray,
) -> None:  # fmt: skip
    """One after the other in this order, everybody takes those with room who have the fewest other chances."""
    for i in order:
        while near.load[i] < near.places[i]:
            chosen, fewest = -1, np.int64(0)
            for place in range(arcs.first[i], arcs.first[i + 1]):
                pair, j = arcs.numbers[place] if len(arcs.numbers) else place, arcs.ends[place]
                if score[place] < least or used[pair] or far.load[j] == far.places[j]:
                    continue
                if chosen < 0 or chances[j] < fewest:
                    chosen, fewest = pair, chances[j]
            if chosen < 0:
                break
            used[chosen] = 1
            hold(near, i, chosen)
            hold(far, arcs.far[chosen], chosen)


@compiled
def _reach(
    arcs: Arcs, score: IntArray, least: int, near: People, far: People, used: NDArray[np.uint8], marks: Marks
) -> bool:
    """Number everybody by their distance from an empty place; whether somebody with room is reached."""
    marks.near[:] = -1
    marks.far[:] = -1
    found, size = False, 0
    for i in range(len(near.load)):
        if near.load[i] < near.places[i]:
            marks.near[i] = 0
            marks.queue[size] = i
            size += 1
    head = 0
    while head < size:
        i = marks.queue[head]
        head += 1
        for place in range(arcs.first[i], arcs.first[i + 1]):
            pair, j = arcs.numbers[place] if len(arcs.numbers) else place, arcs.ends[place]
            if marks.far[j] >= 0 or score[place] < least or used[pair]:
                continue
            marks.far[j] = marks.near[i]
            if far.load[j] < far.places[j]:
                found = True
            if found:  # nobody farther can be on a shortest path
                continue
            for held in range(far.slot[j], far.slot[j] + far.load[j]):
                k = arcs.near[far.held[held]]
                if marks.near[k] < 0:
                    marks.near[k] = marks.near[i] + 1
                    marks.queue[size] = k
                    size += 1
    return found


@compiled
def _lead(
    arcs: Arcs, score: IntArray, least: int, near: People, far: People, used: NDArray[np.uint8], marks: Marks,
    start: int,
) -> bool:  # fmt: skip
    """Give `start` a place along a shortest path that nobody has taken in this round; whether there was one."""
    depth = 0
    marks.queue[0] = start
    while depth >= 0:
        i = marks.queue[depth]
        place = marks.near_next[i]
        if place == arcs.first[i + 1]:
            depth -= 1
            continue
        pair, j = arcs.numbers[place] if len(arcs.numbers) else place, arcs.ends[place]
        if score[place] < least or used[pair] or marks.far[j] != marks.near[i]:
            marks.near_next[i] += 1
            continue
        marks.by[depth] = pair
        if far.load[j] < far.places[j]:
            for step in range(depth):
                used[marks.back[step]] = 0
                let_go(near, marks.queue[step + 1], marks.back[step])
                let_go(far, arcs.far[marks.back[step]], marks.back[step])
            for step in range(depth + 1):
                used[marks.by[step]] = 1
                hold(near, marks.queue[step], marks.by[step])
                hold(far, arcs.far[marks.by[step]], marks.by[step])
            return True
        further = False
        while marks.far_next[j] < far.load[j] and not further:
            through = far.held[far.slot[j] + marks.far_next[j]]
            marks.far_next[j] += 1
            k = arcs.near[through]
            if marks.near[k] == marks.near[i] + 1:
                marks.back[depth] = through
                depth += 1
                marks.queue[depth] = k
                further = True
        if not further:
            marks.near_next[i] += 1
    return False


@compiled
def _fill(
    arcs: Arcs, score: IntArray, least: int, near: People, far: People, used: NDArray[np.uint8], marks: Marks
) -> bool:
    """Round after round; whether in the end everybody near has all places filled."""
    while True:
        short = False
        for i in range(len(near.load)):
            short |= near.load[i] < near.places[i]
        if not short:
            return True
        if not _reach(arcs, score, least, near, far, used, marks):
            return False
        marks.near_next[:] = arcs.first[:-1]
        marks.far_next[:] = 0
        for i in range(len(near.load)):
            while near.load[i] < near.places[i] and _lead(arcs, score, least, near, far, used, marks, i):
                pass


def can_fill(arcs: Arcs, score: IntArray, least: int, must: IntArray, places: IntArray) -> bool:
    """Whether the pairs that score `least` or more can fill all of the places that `must` be (by near person, 0 where
    none must), with as many `places` as each far person has. `score` is in the order of the arcs."""
    partners, chances = np.zeros(len(must), dtype=np.int64), np.zeros(len(places), dtype=np.int64)
    _count(arcs, score, least, partners, chances)
    if (partners < must).any():
        return False
    near, far = people_with(must, partners), people_with(places, chances)
    used = np.zeros(len(score), dtype=np.uint8)
    _place(arcs, score, least, near, far, used, np.argsort(partners, kind="stable"), chances)
    n, m = len(must), len(places)
    marks = Marks(
        near=np.zeros(n, dtype=np.int32),
        far=np.zeros(m, dtype=np.int32),
        near_next=np.zeros(n, dtype=np.int64),
        far_next=np.zeros(m, dtype=np.int64),
        queue=np.zeros(n + 1, dtype=np.int32),
        by=np.zeros(n + 1, dtype=np.int32),
        back=np.zeros(n + 1, dtype=np.int32),
    )
    return bool(_fill(arcs, score, least, near, far, used, marks))
