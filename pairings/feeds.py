"""Somebody's own calendar address: who may read it, and what it tells.

The address is the secret. Only its hash is kept, so nobody can read it here; it is shown when it is made.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Final

from django.urls import reverse
from django.utils.crypto import salted_hmac

from pairings import calendars, rules
from pairings.choices import PlanState
from pairings.models import CalendarFeed, Pairing, PlannedMeeting
from people.models import Person

KEPT: Final = timedelta(days=30)
"""A meeting stays in the feed this long after it was planned for."""


def token_of(person: Person, *, version: int, nonce: str) -> str:
    """The same form sent twice makes the same address; nobody can work it out without our secret."""
    return salted_hmac("pairings.feed", f"{person.pk}:{version}:{nonce}", algorithm="sha256").hexdigest()


def hash_of(token: str) -> str:
    """The token is as random as a key, so nothing slower is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def path_of(token: str) -> str:
    return reverse("pairings:feed", args=[token])


def reader_of(token: str, *, at: datetime) -> Person | None:
    """Whose address it is, while they work here; None for any other."""
    feed: CalendarFeed | None = CalendarFeed.objects.filter(token_hash=hash_of(token)).select_related("person").first()
    if feed is None or not rules.works_here(feed.person, on=at.astimezone(feed.person.zone).date()):
        return None
    return feed.person


def feed_for(person: Person, *, at: datetime) -> bytes:
    """Meetings of one's pairs that are planned or took place, from 30 days back on."""
    rows = (
        PlannedMeeting.objects.filter(
            pairing__in=Pairing.objects.of(person), state__in=[PlanState.PLANNED, PlanState.HELD],
            starts_at__gte=at - KEPT,
        )
        .select_related("pairing__mentor__person", "pairing__mentee__person")
        .order_by("starts_at", "pk")
    )  # fmt: skip
    return calendars.feed(rows, person=person)
