"""The coordinators' queue of pairs: those that are stuck, then those that are quiet, each with the facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, TypeVar
from uuid import UUID

from django.db.models import Q, prefetch_related_objects

from pairings.choices import PlanState
from pairings.health import ORDER, PairHealth, health_of
from pairings.models import Agreement, Extension, Pairing, PairingQuerySet, PlannedMeeting
from people.models import Person
from programs.models import Program

OfPair = TypeVar("OfPair", Agreement, PlannedMeeting, Extension)
LOOKED_BACK: Final = timedelta(days=180)
"""Cancellations from before say nothing about now."""


READ: Final = (
    "program_id", "started_on", "runs_until", "ended_on", "fine_until", "fine_said_by", "paused_from", "back_on",
    "mentor__person", "mentee__person",
)  # fmt: skip
"""All that ``health_of`` looks at; a column that is missing here would be read pair by pair."""


@dataclass(frozen=True, slots=True)
class PairDoing:
    pairing: Pairing
    health: PairHealth


def pairs_doing(programs: Iterable[Program], person: Person, *, at: datetime) -> list[PairDoing]:
    """Pairs under way of these programs, the worst first and the longest under way first of these; never one's own.

    In four queries, however many pairs; no sealed column leaves the database. Their people are not read:
    :func:`with_people` does that for those that are shown.
    """
    on = at.astimezone(person.zone).date()
    of_key = {program.pk: program for program in programs}
    here = Person.objects.employed(on).values("pk")
    pairs = (
        Pairing.objects.open(on)
        .filter(program__in=of_key, started_on__lte=on, mentor__person__in=here, mentee__person__in=here)
        .exclude(Q(mentor__person=person) | Q(mentee__person=person))
        .exclude(paused_from__lte=on, back_on__gt=on)
    )
    of_pairs = Q(pairing__in=pairs.order_by().values("pk"))
    intended = Q(state=PlanState.PLANNED) | Q(state=PlanState.CANCELLED, settled_at__gte=at - LOOKED_BACK)
    agreements = _by_pair(Agreement.objects.filter(of_pairs).defer("words"))
    planned = _by_pair(PlannedMeeting.objects.filter(of_pairs & intended))
    questions = _by_pair(Extension.objects.filter(of_pairs, answered_at=None).select_related("proposed_by"))
    found = []
    for pairing in pairs.select_related("mentor", "mentee").only(*READ).with_last_met().order_by("started_on", "pk"):
        pairing.program = of_key[pairing.program_id]
        health = health_of(
            pairing, at=at, on=on, last_met=pairing.last_met, agreements=agreements[pairing.pk],
            planned=planned[pairing.pk], questions=questions[pairing.pk],
        )  # fmt: skip
        found.append(PairDoing(pairing, health))
    return sorted(found, key=lambda each: -ORDER.index(each.health.state))


def pauses(program: Program, person: Person, *, on: date) -> PairingQuerySet:
    """Pairs of a program that pause, or will; whoever comes back first first, never one's own pair."""
    found: PairingQuerySet = (
        Pairing.objects.open(on)
        .filter(program=program, back_on__gt=on)
        .exclude(Q(mentor__person=person) | Q(mentee__person=person))
        .with_people()
        .order_by("back_on", "pk")
    )
    return found


def with_people(pairs: Iterable[PairDoing]) -> None:
    prefetch_related_objects([each.pairing for each in pairs], "mentor__person", "mentee__person")


def _by_pair(rows: Iterable[OfPair]) -> dict[UUID, list[OfPair]]:
    """Grouped by hand: Django's own prefetching takes several times as long for thousands of pairs."""
    found: dict[UUID, list[OfPair]] = defaultdict(list)
    for row in rows:
        found[row.pairing_id].append(row)
    return found
