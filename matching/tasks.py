"""What workers do for matching."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

import clock
from matching import actions


@shared_task(name="matching.solve_run")
def solve_run(run: str) -> bool:
    """Carry out one search, if nobody else does."""
    return actions.solve_run(UUID(run), at=clock.now())
