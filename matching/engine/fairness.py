"""What a stronger weakest pair costs: the trade-off between the weakest fit and the total, at as many pairs as before.

The fairest answer that still has as many pairs is found by bisection over the floor (the bottleneck assignment problem;
Burkard, Dell'Amico and Martello, *Assignment Problems*, 2009, chapter 6): a floor holds when the best answer above it
has as many pairs as the best answer without. Each step is a whole search, so every point is an answer that is proven
best for its floor, and `solve(..., floor=point.floor)` gives exactly that answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import monotonic

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
    # A floor of `holds` leaves as many pairs, one of `breaks` does not.
    holds = best.weakest
    breaks = 1 + min([instance.source.ceiling, *(instance.score_of(*pair) for pair in instance.locked)])

    def try_floor(floor: int) -> Matching | None:
        answer = proven(floor)
        if answer.size < best.size or answer.weakest is None:
            return None
        found.setdefault(answer.weakest, FairnessPoint(floor, answer.weakest, answer.size, answer.total))
        return answer

    while breaks - holds > 1:
        answer = try_floor((holds + breaks) // 2)
        if answer is None:
            breaks = (holds + breaks) // 2
        else:
            holds = answer.weakest or holds
    for step in range(1, points - 1):
        floor = best.weakest + (holds - best.weakest) * step // (points - 1)
        if not any(floor <= weakest < floor + max(1, (holds - best.weakest) // points) for weakest in found):
            try_floor(floor)
    return _spread(sorted(found.values(), key=lambda point: point.weakest), points)


def _spread(curve: list[FairnessPoint], points: int) -> tuple[FairnessPoint, ...]:
    """At most so many of them, both ends among them, as evenly apart as they are."""
    if len(curve) <= points:
        return tuple(curve)
    first, last = curve[0].weakest, curve[-1].weakest
    wanted = [first + (last - first) * step // (points - 1) for step in range(points)]
    chosen = {min(curve, key=lambda point: (abs(point.weakest - at), point.weakest)) for at in wanted}
    return tuple(sorted(chosen, key=lambda point: point.weakest))
