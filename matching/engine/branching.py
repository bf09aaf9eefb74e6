"""Hours that both sides of one person share: exact, by branching on how they are divided.

A person who is mentor in x pairs and mentee in y has a*x + b*y <= T besides the places on each side. That couples the
two sides, and prices of places alone no longer prove everything. So the problem is first solved without (*relaxed*:
each side may use all of T). If the best answer keeps to the hours, it is the best, and its prices prove it. If somebody
exceeds them with x and y pairs, let k = floor((T - b*y) / a), which is less than x: every permitted set of pairs has
either at most k pairs with them as the mentor, or at least k + 1 and then at most floor((T - a*(k+1)) / b) < y with
them as the mentee. Both parts are the same problem with fewer places. The part with the highest bound is looked at
first (branch and bound: Land and Doig 1960; best first); one whose bound is not above the best answer found is done.

The tree of those splits is the proof: each leaf holds integer prices that bound every set of pairs within its places.
When it is cut short, the highest bound among its leaves states the gap.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.engine.instance import Instance, SharedHours

IntArray = NDArray[np.int64]
Limits = tuple[IntArray, IntArray]

MOST_PARTS = 400
"""So many parts are solved at most; then the gap is stated."""


@dataclass(frozen=True)
class Solved:
    """The best pairs within some places, locked ones included, and their prices, in the order of the instance."""

    mentors: IntArray
    mentees: IntArray
    u: IntArray
    v: IntArray
    unique: bool | None
    weight: int
    gap: int

    @property
    def bound(self) -> int:
        return self.weight + self.gap


SolveWithin = Callable[[Limits], Solved]
"""Solve with these places on either side, locked pairs counted in."""


@dataclass
class _Part:
    """One node of the tree. `prices` bound it; a node that was split is bounded by its two parts."""

    limits: Limits
    prices: tuple[IntArray, IntArray]
    split: tuple[int, int] | None = None
    """The place of a person in `Instance.shared`, and the k of the split."""
    parts: list[_Part | None] = field(default_factory=list)
    """At most k as the mentor; the others. None: no set of pairs is like that."""

    def as_json(self) -> dict[str, Any]:
        if self.split is None:
            return {"mentor_prices": self.prices[0].tolist(), "mentee_prices": self.prices[1].tolist()}
        person, most = self.split
        few, others = (None if part is None else part.as_json() for part in self.parts)
        return {"shared": person, "as_mentor_at_most": most, "then": few, "otherwise": others}


def solve_shared(
    instance: Instance, solve_within: SolveWithin, stop: Callable[[], bool]
) -> tuple[Solved, dict[str, Any] | None]:
    """The best answer that keeps to the shared hours, and the tree that proves it; no tree where none was needed.

    After `stop` says so, no further part is looked at.
    """
    relaxed = solve_within(instance.limits)
    if _overspent(instance, relaxed) is None:
        return relaxed if relaxed.unique else replace(relaxed, unique=None), None
    tree = _Part(instance.limits, (relaxed.u, relaxed.v))
    best = solve_within(_as_divided_by(instance, relaxed))
    waiting = [(-relaxed.bound, 0, tree, relaxed)]
    seen = 1
    while waiting and -waiting[0][0] > best.weight:
        if stop() or seen >= MOST_PARTS:
            break
        _, _, part, solved = heapq.heappop(waiting)
        _split(instance, part, solved)
        for smaller in part.parts:
            if smaller is None:
                continue
            within = solve_within(smaller.limits)
            seen += 1
            if within.bound > solved.bound:  # cut short: the prices of the whole bound the part better
                within = replace(within, gap=solved.bound - within.weight)
            else:
                smaller.prices = within.u, within.v
            kept_to = _overspent(instance, within) is None
            if kept_to and within.weight > best.weight:
                best = within
            if not (kept_to and within.gap == 0):
                # Of equal bounds the part found last: nearer to an answer that keeps to the hours.
                heapq.heappush(waiting, (-within.bound, -seen, smaller, within))
    highest = max((-bound for bound, *_ in waiting), default=best.weight)
    return replace(best, unique=None, gap=max(0, highest - best.weight)), tree.as_json()


def _loads(instance: Instance, solved: Solved) -> tuple[IntArray, IntArray]:
    n, m = instance.shape
    return np.bincount(solved.mentors, minlength=n), np.bincount(solved.mentees, minlength=m)


def _overspent(instance: Instance, solved: Solved) -> tuple[int, SharedHours, int] | None:
    """Who exceeds their hours by most, and how many pairs they have as the mentee. Of equals whoever's keys say."""
    mentors, mentees = _loads(instance, solved)
    worst, found = 0, None
    for place, one in _in_drawn_order(instance):
        pairs = int(mentees[one.mentee])
        over = one.for_mentee * int(mentors[one.mentor]) + one.for_mentor * pairs - one.together
        if over > worst:
            worst, found = over, (place, one, pairs)
    return found


def _in_drawn_order(instance: Instance) -> list[tuple[int, SharedHours]]:
    """By key, so that the order of the input plays no part."""
    keys = instance.mentor_keys
    return sorted(enumerate(instance.shared), key=lambda each: keys[each[1].mentor] if keys else str(each[1].mentor))


def _split(instance: Instance, part: _Part, solved: Solved) -> None:
    overspent = _overspent(instance, solved)
    if overspent is None:
        raise AssertionError("A part whose best answer keeps to the hours is not split.")
    place, one, pairs = overspent
    most = (one.together - one.for_mentor * pairs) // one.for_mentee
    part.split = place, most
    for side, person, limit in (
        (0, one.mentor, most),
        (1, one.mentee, (one.together - one.for_mentee * (most + 1)) // one.for_mentor),
    ):
        limits = part.limits[0].copy(), part.limits[1].copy()
        limits[side][person] = min(limits[side][person], limit)
        possible = min(int(side.min(initial=0)) for side in instance.open_within(*limits)) >= 0
        part.parts.append(_Part(limits, part.prices) if possible else None)


def _as_divided_by(instance: Instance, solved: Solved) -> Limits:
    """Places within which everybody keeps to their hours, near what the relaxed answer uses."""
    mentors, mentees = (side.copy() for side in instance.limits)
    loads = _loads(instance, solved)
    open_mentors, _ = instance.open_places
    locks = mentors - open_mentors
    for one in instance.shared:
        as_mentee = int(loads[1][one.mentee])
        spared = one.together - one.for_mentee * int(locks[one.mentor])
        mentees[one.mentee] = min(as_mentee, spared // one.for_mentor)
        left = one.together - one.for_mentor * int(mentees[one.mentee])
        mentors[one.mentor] = min(mentors[one.mentor], left // one.for_mentee)
    return mentors, mentees
