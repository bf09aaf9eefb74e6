"""A pair pauses from a day on, and goes on by itself on another."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from pairings import pause_notices, pausing, rules
from pairings.actions.locking import held
from pairings.actions.plan import cancel_what_lies_ahead
from pairings.models import Pairing
from people.models import Person


@transaction.atomic
def pause_pairing(
    pairing: Pairing, *, by: Person, at: datetime, on: date, paused_from: date, back_on: date, seen: date | None
) -> Pairing:
    """Either partner or a coordinator pauses the pair, or moves the days of a pause; nobody is asked why.

    What the two had planned for these days is cancelled in their calendars. The last day stays: going on for longer
    is for both to agree. ``seen`` is the day of return the person had before their eyes; ``PauseChanged`` refuses if
    it was moved meanwhile. The same days again change nothing.
    """
    pairing = held(pairing)
    pausing.insist_may_pause(pairing, by)
    rules.insist_attended(pairing, on=on)
    if (pairing.paused_from, pairing.back_on) == (paused_from, back_on):
        return pairing
    if (pairing.back_on if pausing.lies_ahead(pairing, on=on) else None) != seen:
        raise pausing.PauseChanged
    pausing.insist_days(pairing, paused_from=paused_from, back_on=back_on, on=on)
    pairing.paused_from, pairing.back_on, pairing.paused_by = paused_from, back_on, by
    pairing.save(update_fields=["paused_from", "back_on", "paused_by"])
    cancel_what_lies_ahead(pairing, at=at, because_of=by, on_days=pairing.pauses_on)
    pause_notices.owe_pause(pairing, by=by, at=at)
    return pairing


@transaction.atomic
def bring_back(pairing: Pairing, *, by: Person, at: datetime, on: date) -> Pairing:
    """The pair goes on from today, or does not pause after all. Without a pause ahead this changes nothing."""
    pairing = held(pairing)
    pausing.insist_may_pause(pairing, by)
    rules.insist_open(pairing, on=on)
    if not pausing.lies_ahead(pairing, on=on):
        return pairing
    assert pairing.paused_from is not None  # noqa: S101 - a constraint keeps the two days together
    if pairing.paused_from < on:
        pairing.back_on = on
    else:
        pairing.paused_from = pairing.back_on = pairing.paused_by = None
    pairing.save(update_fields=["paused_from", "back_on", "paused_by"])
    pause_notices.owe_back(pairing, by=by, at=at)
    return pairing
