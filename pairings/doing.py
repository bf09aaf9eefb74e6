"""The coordinators' queue of pairs: those that are stuck, then those that are quiet, each with the facts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Max, Prefetch, Q

from pairings import rules
from pairings.choices import PlanState
from pairings.health import ORDER, PairHealth, health_of
from pairings.models import Agreement, Extension, Pairing, PlannedMeeting
from people.models import Person
from programs.models import Program

LOOKED_BACK: Final = timedelta(days=180)
"""Cancellations from before say nothing about now."""


@dataclass(frozen=True, slots=True)
class PairDoing:
    pairing: Pairing
    health: PairHealth


def pairs_doing(programs: Iterable[Program], person: Person, *, at: datetime) -> list[PairDoing]:
    """Pairs under way of these programs, the worst first and the longest under way first of these; never one's own.

    In five queries, however many pairs; no sealed column leaves the database.
    """
    on = at.astimezone(person.zone).date()
    of_key = {program.pk: program for program in programs}
    facts = Agreement.objects.defer("words").order_by("version")
    planned = PlannedMeeting.objects.filter(
        Q(state=PlanState.PLANNED) | Q(state=PlanState.CANCELLED, settled_at__gte=at - LOOKED_BACK)
    )
    pairs = (
        Pairing.objects.open(on)
        .filter(program__in=of_key, started_on__lte=on)
        .exclude(Q(mentor__person=person) | Q(mentee__person=person))
        .select_related("mentor__person__site", "mentee__person__site")
        .annotate(last_met=Max("meetings__held_on"))
        .prefetch_related(
            Prefetch("agreements", facts),
            Prefetch("planned_meetings", planned),
            Prefetch("extensions", Extension.objects.filter(answered_at=None)),
        )
        .order_by("started_on", "pk")
    )
    found = []
    for pairing in pairs:
        pairing.program = of_key[pairing.program_id]
        if not rules.rests(pairing, on=on):
            health = health_of(
                pairing, at=at, on=on, last_met=pairing.last_met, agreements=list(pairing.agreements.all()),
                planned=list(pairing.planned_meetings.all()), questions=pairing.extensions.all(),
            )  # fmt: skip
            found.append(PairDoing(pairing, health))
    return sorted(found, key=lambda each: -ORDER.index(each.health.state))
