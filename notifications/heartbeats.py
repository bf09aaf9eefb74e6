"""Who has a hand in delivery, and when each was last heard of.

It stands in the database, so whoever looks learns the same, and a broker that is away hides nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F
from django.db.models.functions import Now

from notifications.choices import Hand
from notifications.models import Heartbeat

EVERY: Final = timedelta(seconds=15)
SILENT_AFTER: Final = timedelta(seconds=45)
"""Three heartbeats in a row that did not come."""

FORGOTTEN_AFTER: Final = timedelta(hours=1)
"""Long enough to see on the page what died, and not for ever: another start has another name."""


@dataclass(frozen=True, slots=True)
class Pulse:
    hand: Hand
    name: str
    ago: timedelta
    is_silent: bool


@transaction.atomic
def note(hand: Hand, name: str = "", *, again_within: timedelta = SILENT_AFTER) -> None:
    """It is at work now, and will say so again within that time."""
    Heartbeat.objects.filter(expected_by__lt=Now() - FORGOTTEN_AFTER).delete()
    Heartbeat.objects.bulk_create(
        [Heartbeat(hand=hand, name=name[:200], seen_at=Now(), expected_by=Now() + again_within)],
        update_conflicts=True,
        unique_fields=["hand", "name"],
        update_fields=["seen_at", "expected_by"],
    )


def forget(hand: Hand, name: str = "") -> None:
    """It ended as it was asked to, and is not missed."""
    Heartbeat.objects.filter(hand=hand, name=name[:200]).delete()


def pulses() -> list[Pulse]:
    aged = Heartbeat.objects.annotate(
        ago=ExpressionWrapper(Now() - F("seen_at"), DurationField()),
        left=ExpressionWrapper(F("expected_by") - Now(), DurationField()),
    )
    return [Pulse(Hand(each.hand), each.name, each.ago, each.left < timedelta(0)) for each in aged]


def somebody_delivers() -> bool:
    """Whether a worker or a loop is at work."""
    return Heartbeat.objects.filter(hand__in=[Hand.WORKER, Hand.LOOP], expected_by__gte=Now()).exists()
