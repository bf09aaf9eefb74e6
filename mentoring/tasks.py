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
from kombu.exceptions import OperationalError

import clock
from dashboards.actions import forecast_pairs
from dashboards.digest import owe_digests
from matching.actions import bring_together, close_abandoned_proposals, search_again, solve_waiting_runs
from notifications import heartbeats
from notifications.choices import Hand
from notifications.delivery import DATABASE_AWAY, Delivery, deliver_due
from notifications.models import Notice
from notifications.planning import replan_after_new_zone_data
from notifications.wanted import forget_past_days_off
from pairings.actions import clear_calendars_at_rest, forget_private_words, forget_threads, tell_of_lost_supervisors
from participants.actions import empty_withdrawn_profiles, forget_ended_waits, forget_old_drafts, move_wait_lists_on
from people.actions import carry_out_waiting_imports, forget_untouched_imports
from surveys.actions import open_planned_surveys, plan_next_waves, release_due_results

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
    owe_digests,  # to coordinators, for the next Monday
    search_again,  # for people who came free
    plan_next_waves,  # of surveys that are repeated
    open_planned_surveys,
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
THE_HELP: Final = 0x75707766
"""Our numbers among PostgreSQL's advisory locks."""


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
    """Look after everything and deliver for less than a minute; where somebody does already, help to deliver.

    One process at a time looks after everything, however many beats ring, and one more helps: that takes up what is due
    while the first waits for a mail server that hangs, and what one process alone is too slow for.
    """
    until = clock.now() + ROUND
    with _alone(THE_TICK) as alone:
        if alone:
            delivery = look_after_everything(lines=settings.MAIL_LINES, until=until)
            heartbeats.note(Hand.ROUND, again_within=BETWEEN_ROUNDS)
            return delivery
    with _alone(THE_HELP) as helps:
        return deliver_due(clock=clock.now, lines=settings.MAIL_LINES, until=until) if helps else Delivery()


def keep_house() -> tuple[Delivery, int]:
    """What happens once a minute; answers how much was delivered and searched.

    Searches are not part of a round, since one may last half an hour; each is held by whoever carries it out.
    """
    return deliver_a_round(), solve_waiting_runs(at=clock.now())


@contextmanager
def _alone(at_what: int) -> Iterator[bool]:
    """Whether nobody else is at it. PostgreSQL lets go by itself when a process or its connection dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [at_what])
        alone = cursor.fetchone() == (True,)
    try:
        yield alone
    finally:
        if alone:
            with suppress(*DATABASE_AWAY), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [at_what])


@shared_task(name="mentoring.tick")
def tick() -> dict[str, int]:
    """Once a minute, and at once again where time ran out before the work did."""
    delivery, runs = keep_house()
    if delivery.handled and Notice.objects.due(clock.now()).exists():
        with suppress(OperationalError):
            tick.apply_async(expires=ROUND.total_seconds(), retry=False)
    return {"sent": delivery.sent, "runs": runs}
