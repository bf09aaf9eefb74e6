"""What the beat sets off. Workers take their work from the database; these tasks only say "look"."""

from __future__ import annotations

from celery import shared_task

import clock
from matching.actions import close_abandoned_proposals, solve_waiting_runs
from notifications.actions import deliver_due


@shared_task(name="mentoring.tick")
def tick() -> dict[str, int]:
    """Once a minute: close what waits for somebody who left, deliver what is due, then take up waiting searches."""
    close_abandoned_proposals(at=clock.now())
    delivery = deliver_due(clock=clock.now)
    return {"sent": delivery.sent, "runs": solve_waiting_runs(at=clock.now())}
