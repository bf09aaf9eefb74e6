"""Letting a pair go on although a change of the directory put it against a rule."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pairings import rules
from pairings.conflicts import looks_after, standing_conflicts
from pairings.models import Pairing, Waiver
from people.models import Person


@transaction.atomic
def waive_rule(pairing: Pairing, *, rule: str, by: Person, at: datetime) -> None:
    """Note that the pair may go on. Saying so twice changes nothing; the two are not told."""
    if not looks_after(by, pairing):
        raise rules.NotYoursToWaive
    if Waiver.objects.filter(pairing=pairing, rule=rule).exists():
        return
    if rule not in standing_conflicts([pairing], on=at.astimezone(by.zone).date()).get(pairing.pk, ()):
        raise rules.NothingToWaive
    Waiver.objects.bulk_create([Waiver(pairing=pairing, rule=rule, waived_by=by, waived_at=at)], ignore_conflicts=True)
