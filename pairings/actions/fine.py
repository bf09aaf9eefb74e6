"""“We are fine”: the two are left in peace until a day."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from pairings import notices, rules
from pairings.actions.locking import held
from pairings.models import Pairing
from people.models import Person


@transaction.atomic
def say_fine(pairing: Pairing, *, by: Person, at: datetime, on: date, until: date) -> Pairing:
    """Either says it for both: no nudge comes and no coordinator's queue shows them until after that day.

    The same again changes nothing; another day replaces it.
    """
    pairing = held(pairing)
    rules.insist_partner(pairing, by)
    rules.insist_under_way(pairing, on=on)
    if pairing.fine_until == until:
        return pairing
    rules.insist_peace(pairing, until=until, on=on)
    pairing.fine_until, pairing.fine_said_by = until, by
    pairing.save(update_fields=["fine_until", "fine_said_by"])
    _owe_quiet(pairing, at=at)
    return pairing


@transaction.atomic
def take_fine_back(pairing: Pairing, *, by: Person, at: datetime, on: date) -> Pairing:
    """Reminders come again from tomorrow on. Twice changes nothing."""
    pairing = held(pairing)
    rules.insist_partner(pairing, by)
    rules.insist_open(pairing, on=on)
    if pairing.fine_until is None:
        return pairing
    pairing.fine_until = pairing.fine_said_by = None
    pairing.save(update_fields=["fine_until", "fine_said_by"])
    _owe_quiet(pairing, at=at, taken_back_on=on)
    return pairing


def _owe_quiet(pairing: Pairing, *, at: datetime, taken_back_on: date | None = None) -> None:
    since = rules.last_met(pairing.meetings.all()) or pairing.started_on
    rhythm = rules.rhythm_days(pairing, pairing.agreements.all())
    notices.owe_quiet(pairing, since=since, rhythm=rhythm, at=at, taken_back_on=taken_back_on)
