"""Whose page of a pair somebody may read."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q

from pairings import rules
from pairings.models import (
    Pairing,
    PairingQuerySet,
)
from people.models import Person


def visible_to(person: Person, on: date) -> PairingQuerySet:
    """Pairs whose page this person may read: their own, up to some days after the last one. Nobody else has a page.

    Coordinators see dates and states at the desk; that window has its own query.
    """
    gone = on - timedelta(days=rules.READABLE_DAYS)
    found: PairingQuerySet = (
        Pairing.objects.of(person)
        .filter(Q(ended_on=None, runs_until__gte=gone) | Q(ended_on__gte=gone))
        .with_people()
        .select_related("data_key")
    )
    return found
