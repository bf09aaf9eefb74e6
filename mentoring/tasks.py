"""What the beat sets off, and ``manage.py deliver_due`` without it. The work itself stands in the database."""

from __future__ import annotations

from celery import shared_task

import clock
from matching.actions import bring_together, close_abandoned_proposals, search_again, solve_waiting_runs
from notifications.actions import Delivery, deliver_due
from notifications.planning import replan_after_new_zone_data
from pairings.actions import clear_calendars_at_rest, forget_private_words, forget_threads, tell_of_lost_supervisors
from participants.actions import empty_withdrawn_profiles, forget_ended_waits, forget_old_drafts, move_wait_lists_on
from people.actions import carry_out_waiting_imports, forget_untouched_imports


def look_after_everything(*, limit: int) -> tuple[Delivery, int]:
    """What the beat does each minute; answers how much was delivered and searched.

    Close what those who left can no longer answer, open pairs that waited for something to be signed or read, pass on
    places that nobody took, cancel what pairs at rest had planned, begin searches for people who came free, plan
    what is owed anew if time zones got other rules, deliver what is due, and take up imports and searches that wait or
    whose worker is gone.
    """
    close_abandoned_proposals(at=clock.now())
    bring_together(at=clock.now())
    empty_withdrawn_profiles(at=clock.now())
    forget_old_drafts(at=clock.now())
    move_wait_lists_on(at=clock.now())
    forget_ended_waits(at=clock.now())
    clear_calendars_at_rest(at=clock.now())
    forget_private_words(at=clock.now())
    forget_threads(at=clock.now())
    tell_of_lost_supervisors(at=clock.now())
    forget_untouched_imports(at=clock.now())
    carry_out_waiting_imports(at=clock.now())
    search_again(at=clock.now())
    replan_after_new_zone_data(at=clock.now())
    delivery = deliver_due(clock=clock.now, limit=limit)
    return delivery, solve_waiting_runs(at=clock.now())


@shared_task(name="mentoring.tick")
def tick() -> dict[str, int]:
    """Once a minute."""
    delivery, runs = look_after_everything(limit=500)
    return {"sent": delivery.sent, "runs": runs}
