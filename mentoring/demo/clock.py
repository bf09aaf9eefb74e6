"""Letting time pass in the demo, step by step, so that each reminder is sent on its own day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from time import monotonic, sleep
from typing import Final

import clock
from matching.actions import solve_waiting_runs
from matching.choices import RunState
from matching.models import MatchingRun
from mentoring.tasks import look_after_everything

STEP = timedelta(hours=6)
FURTHEST = timedelta(days=400)
PATIENCE: Final = 60.0
"""Seconds that are waited in all for searches of a worker; one that died with a search must not hold up the demo."""


@dataclass(frozen=True, slots=True)
class Passed:
    by: timedelta
    sent: int


def let_pass(by: timedelta) -> Passed:
    """Move the demo's clock forward by ``by``, doing on the way what the worker would have done."""
    if not timedelta(0) < by <= FURTHEST:
        raise ValueError(f"The clock moves forward, and at most {FURTHEST.days} days at a time.")
    sent, until = 0, monotonic() + PATIENCE
    goal = clock.shift() + by
    while (here := clock.shift()) < goal:
        _let_searches_end(until)
        clock.move_to_shift(min(here + STEP, goal))
        sent += look_after_everything().sent
        solve_waiting_runs(at=clock.now())
    return Passed(by, sent)


def _let_searches_end(until: float) -> None:
    """Six hours later a search that a worker has in hand would look as if it had been interrupted, and be given up."""
    while monotonic() < until and _is_searched():
        sleep(0.1)


def _is_searched() -> bool:
    return MatchingRun.objects.filter(state=RunState.RUNNING, leased_until__gt=clock.now()).exists()
