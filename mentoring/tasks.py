"""What the beat sets off, and ``manage.py deliver_due`` without it. The work itself stands in the database."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, Final

from celery import shared_task
from django.conf import settings
from django.db import connection

import clock
from dashboards.actions import forecast_pairs
from matching.actions import bring_together, close_abandoned_proposals, search_again, solve_waiting_runs
from notifications import heartbeats
from notifications.choices import Hand
from notifications.delivery import DATABASE_AWAY, Delivery, deliver_due
from notifications.planning import replan_after_new_zone_data
from notifications.wanted import forget_past_days_off
from pairings.actions import clear_calendars_at_rest, forget_private_words, forget_threads, tell_of_lost_supervisors
from participants.actions import empty_withdrawn_profiles, forget_ended_waits, forget_old_drafts, move_wait_lists_on
from people.actions import carry_out_waiting_imports, forget_untouched_imports
from surveys.actions import release_due_results

log = logging.getLogger(__name__)

CHORES: Final[tuple[Callable[..., Any], ...]] = (
    close_abandoned_proposals,  # what those who left can no longer answer
    bring_together,  # pairs that waited for something to be signed or read
    empty_withdrawn_profiles,
    forget_old_drafts,
    move_wait_lists_on,  # places that nobody took
    forget_ended_waits,
    clear_calendars_at_rest,  # what pairs at rest had planned
    forget_private_words,
    forget_threads,
    tell_of_lost_supervisors,
    forget_untouched_imports,
    forget_past_days_off,
    carry_out_waiting_imports,
    search_again,  # for people who came free
    release_due_results,  # of surveys that have closed everywhere
    forecast_pairs,  # from the interest that was released
    replan_after_new_zone_data,  # what is owed, if time zones got other rules
)
"""What is looked after each minute besides delivery. Each may run twice, at once, and be killed anywhere."""

ROUND: Final = timedelta(seconds=50)
"""How long a tick delivers at most. What is left then is the next one's."""

BETWEEN_ROUNDS: Final = 2 * timedelta(minutes=1) + heartbeats.SILENT_AFTER
"""From the end of one round to the end of the next, and a little."""

THE_TICK: Final = 0x75707765
"""Our number among PostgreSQL's advisory locks."""


def look_after_everything(*, lines: int = 1, until: datetime | None = None) -> Delivery:
    """Do every chore, then deliver what is due.

    A chore that fails keeps nothing else from happening; what went wrong is raised at the end.
    """
    failed: list[Exception] = []
    for chore in CHORES:
        try:
            chore(at=clock.now())
        except Exception as error:
            log.exception("A chore of the tick failed: %s.", chore.__name__)
            failed.append(error)
            if isinstance(error, DATABASE_AWAY):
                connection.close()
    delivery = deliver_due(clock=clock.now, lines=lines, until=until)
    if failed:
        raise ExceptionGroup("Some chores of the tick failed.", failed)
    return delivery


def deliver_a_round() -> Delivery:
    """Look after everything and deliver for less than a minute, unless somebody does already.

    One process at a time: a second beat, or a tick that comes while one is under way, does nothing.
    """
    delivery = Delivery()
    with _alone() as alone:
        if alone:
            delivery = look_after_everything(lines=settings.MAIL_LINES, until=clock.now() + ROUND)
            heartbeats.note(Hand.ROUND, again_within=BETWEEN_ROUNDS)
    return delivery


def keep_house() -> tuple[Delivery, int]:
    """What happens once a minute; answers how much was delivered and searched.

    Searches are not part of a round, since one may last half an hour; each is held by whoever carries it out.
    """
    return deliver_a_round(), solve_waiting_runs(at=clock.now())


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether no other tick is under way. PostgreSQL lets go by itself when a process or its connection dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [THE_TICK])
        alone = cursor.fetchone() == (True,)
    try:
        yield alone
    finally:
        if alone:
            with suppress(*DATABASE_AWAY), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [THE_TICK])


@shared_task(name="mentoring.tick")
def tick() -> dict[str, int]:
    """Once a minute."""
    delivery, runs = keep_house()
    return {"sent": delivery.sent, "runs": runs}
