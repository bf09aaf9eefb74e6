"""Letting time pass in the demo, step by step, so that each reminder is sent on its own day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import clock
from matching.actions import solve_waiting_runs
from mentoring.tasks import look_after_everything

STEP = timedelta(hours=6)
FURTHEST = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Passed:
    by: timedelta
    sent: int


def let_pass(by: timedelta) -> Passed:
    """Move the demo's clock forward by ``by``, doing on the way what the worker would have done."""
    if not timedelta(0) < by <= FURTHEST:
        raise ValueError(f"The clock moves forward, and at most {FURTHEST.days} days at a time.")
    sent = 0
    goal = clock.shift() + by
    while (here := clock.shift()) < goal:
        clock.move_to_shift(min(here + STEP, goal))
        sent += look_after_everything().sent
        solve_waiting_runs(at=clock.now())
    return Passed(by, sent)
