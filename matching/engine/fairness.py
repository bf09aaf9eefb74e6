"""What a stronger weakest pair costs: the trade-off between the weakest fit and the total, at as many pairs as before.

The fairest answer that still has as many pairs is found by bisection over the floor (the bottleneck assignment problem;
Burkard, Dell'Amico and Martello, *Assignment Problems*, 2009, chapter 6): a floor holds when the best answer above it
has as many pairs as the best answer without. Each step is a whole search, so every point is an answer that is proven
best for its floor, and `solve(..., floor=point.floor)` gives exactly that answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from matching.engine.distinct import distinct
from matching.engine.instance import Instance
from matching.engine.optimum import Matching, Progress, solve_instance


@dataclass(frozen=True)
class FairnessPoint:
    """One answer on the curve. Solve with this `floor` to have it."""

    floor: int | None
    weakest: int
    size: int
    total: int


def fairness_curve(
    instance: Instance, points: int = 8, progress: Progress | None = None, *, time_limit: float | None = None
) -> tuple[FairnessPoint, ...]:
    """From the best total to the fairest, each as many pairs; `points` of them or fewer. Empty where nobody is paired.

    Locked pairs stand, so no floor is above the weakest of them. Empty, too, where one of the searches leaves a gap,
    be it that `time_limit` seconds for all of them are over: of answers that are not proven a curve would say nothing.
    """
    until = None if time_limit is None else monotonic() + time_limit
    try:
        return _curve(instance, points, progress, until)
    except _NotProven:
        return ()


class _NotProven(Exception):
    """A search left a gap."""


def _curve(
    instance: Instance, points: int, progress: Progress | None, until: float | None
) -> tuple[FairnessPoint, ...]:
    def proven(floor: int | None) -> Matching:
        left = None if until is None else until - monotonic()
        answer = solve_instance(replace(instance, floor=floor), progress, time_limit=left)
        if answer.gap:
            raise _NotProven
        return answer

    best = proven(instance.floor)
    if best.weakest is None:
        return ()
    found = {best.weakest: FairnessPoint(instance.floor, best.weakest, best.size, best.total)}
    levels = _levels(instance)
    # The floor at `holds` leaves as many pairs, the one at `breaks` does not.
    holds = int(np.searchsorted(levels, best.weakest))
    most = min((instance.score_of(*pair) for pair in instance.locked), default=instance.source.ceiling)
    breaks = int(np.searchsorted(levels, most, side="right"))
    tried = {holds}

    def try_floor(place: int) -> Matching | None:
        tried.add(place)
        floor = int(levels[place])
        answer = proven(floor)
        if answer.size < best.size or answer.weakest is None:
            return None
        found.setdefault(answer.weakest, FairnessPoint(floor, answer.weakest, answer.size, answer.total))
        return answer

    while breaks - holds > 1:
        middle = (holds + breaks) // 2
        answer = try_floor(middle)
        if answer is None:
            breaks = middle
        else:
            holds = int(np.searchsorted(levels, answer.weakest or 0))
    wide = int(levels[holds]) - best.weakest
    for step in range(1, points - 1):
        floor = best.weakest + wide * step // (points - 1)
        place = int(np.searchsorted(levels, floor))
        if place not in tried and not any(floor <= weakest < floor + max(1, wide // points) for weakest in found):
            try_floor(place)
    return _spread(sorted(found.values(), key=lambda point: point.weakest), points)


def _levels(instance: Instance) -> NDArray[np.int64]:
    """Every score that some pair has, ascending: between two of them a floor forbids no other pairs."""
    seen = np.zeros(0, dtype=np.int64)

    def of_block(start: int, stop: int) -> NDArray[np.int64]:
        scores = instance.source.block(start, stop)
        return distinct(scores[scores >= 0].astype(np.int64))

    def take(levels: NDArray[np.int64]) -> None:
        nonlocal seen
        seen = distinct(np.concatenate([seen, levels]))

    instance.each_block(of_block, take)
    return seen


def _spread(curve: list[FairnessPoint], points: int) -> tuple[FairnessPoint, ...]:
    """At most so many of them, both ends among them, as evenly apart as they are."""
    if len(curve) <= points:
        return tuple(curve)
    first, last = curve[0].weakest, curve[-1].weakest
    wanted = [first + (last - first) * step // (points - 1) for step in range(points)]
    chosen = {min(curve, key=lambda point: (abs(point.weakest - at), point.weakest)) for at in wanted}
    return tuple(sorted(chosen, key=lambda point: point.weakest))
