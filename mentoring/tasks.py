"""What the beat sets off, and ``manage.py deliver_due`` without it. The work itself stands in the database."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from threading import Event
from typing import Any, Final

from celery import shared_task
from django.conf import settings
from django.db import connection
from kombu.exceptions import OperationalError

import clock
from dashboards.actions import forecast_pairs
from dashboards.digest import owe_digests
from matching.actions import bring_together, close_abandoned_proposals, ring_for_waiting_runs, search_again
from notifications import heartbeats
from notifications.choices import Hand
from notifications.claims import DATABASE_AWAY
from notifications.delivery import Delivery, deliver_due
from notifications.models import Notice
from notifications.planning import replan_after_new_zone_data
from notifications.wanted import forget_past_days_off
from pairings.actions import (
    clear_calendars_at_rest,
    close_given_up_memberships,
    forget_news,
    forget_private_words,
    forget_threads,
    tell_of_lost_supervisors,
)
from participants.actions import empty_withdrawn_profiles, forget_ended_waits, forget_old_drafts, move_wait_lists_on
from people.actions import carry_out_waiting_imports, forget_untouched_imports
from surveys.actions import open_planned_surveys, plan_next_waves, release_due_results
from surveys.insights import bring_insights_to_board

log = logging.getLogger(__name__)

CHORES: Final[tuple[Callable[..., Any], ...]] = (
    close_abandoned_proposals,  # what those who left can no longer answer
    bring_together,  # pairs that waited for something to be signed or read
    empty_withdrawn_profiles,
    forget_old_drafts,
    move_wait_lists_on,  # places that nobody took
    forget_ended_waits,
    clear_calendars_at_rest,  # what pairs at rest had planned
    close_given_up_memberships,  # of circles, by whoever left the program
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
    bring_insights_to_board,  # what pairs released for this month
    forget_news,  # of private rooms, once what was told waits no more
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


class Trouble:
    """What fails keeps nothing else from happening; what went wrong is told at the end."""

    def __init__(self) -> None:
        self.failed: list[Exception] = []

    @contextmanager
    def noted(self, what: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            log.exception("A part of the tick failed: %s.", what)
            self.failed.append(error)
            if isinstance(error, DATABASE_AWAY):
                connection.close()

    def tell(self) -> None:
        if self.failed:
            raise ExceptionGroup("Some parts of the tick failed.", self.failed)


def look_after_everything() -> Delivery:
    """Do every chore, then deliver what is due."""
    trouble = Trouble()
    do_chores(trouble)
    delivery = deliver_due(clock=clock.now)
    trouble.tell()
    return delivery


def do_chores(trouble: Trouble) -> None:
    for chore in CHORES:
        with trouble.noted(chore.__name__):
            chore(at=clock.now())


def deliver_a_round(trouble: Trouble, asked_to_end: Event | None = None) -> Delivery:
    """Look after everything and deliver for less than a minute; where somebody does already, help to deliver.

    One process at a time looks after everything, however many beats ring, and one more helps: that takes up what is due
    while the first waits for a mail server that hangs, and what one process alone is too slow for.
    """
    until = clock.now() + ROUND
    with _alone(THE_TICK) as alone:
        if alone:
            do_chores(trouble)
            delivery = deliver_due(clock=clock.now, lines=settings.MAIL_LINES, until=until, asked_to_end=asked_to_end)
            heartbeats.note(Hand.ROUND, again_within=BETWEEN_ROUNDS)
            return delivery
    with _alone(THE_HELP) as helps:
        if not helps:
            return Delivery()
        return deliver_due(clock=clock.now, lines=settings.MAIL_LINES, until=until, asked_to_end=asked_to_end)


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
    """Once a minute, and at once again where time ran out before the work did.

    Searches are not carried out here, since one may last half an hour; it rings for those whose bell was not heard.
    """
    trouble, delivery, runs = Trouble(), Delivery(), 0
    with trouble.noted("delivery"):
        delivery = deliver_a_round(trouble)
    with trouble.noted("the bell for searches"):
        runs = ring_for_waiting_runs(at=clock.now())
    with trouble.noted("the bell for what is left"), suppress(OperationalError):
        if delivery.handled and Notice.objects.due(clock.now()).exists():
            tick.apply_async(expires=ROUND.total_seconds(), retry=False)
    trouble.tell()
    return {"sent": delivery.sent, "runs": runs}
