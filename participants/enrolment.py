"""How many take part: exact for the coordinators of a program, and released for everybody who reads of groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper

from disclosure import FunnelStep, funnel, last_sunday, moved_together, sundays
from participants.models import Participation, readiness
from people.models import Person
from programs import queries as program_queries
from programs.choices import Side
from programs.models import Program


@dataclass(frozen=True, slots=True)
class EnrolmentCounts:
    """Exact numbers, for coordinators of the program alone: they may read every row they count."""

    mentors: int
    mentees: int
    ready_mentors: int
    ready_mentees: int
    places_of_mentors: int
    places_of_mentees: int
    both_sides: int
    charter_open: int = 0
    guidance_open: int = 0


def enrolment_counts(program: Program, on: date) -> EnrolmentCounts:
    """Who volunteered, who can be matched, and how many places they bring."""
    here = (
        Participation.objects.taking_part().filter(program=program, person__in=Person.objects.employed(on)).order_by()
    )
    needed = {name: ExpressionWrapper(met, BooleanField()) for name, met in readiness(program).items()}
    rows = list(here.annotate(**needed).values_list("side", "person_id", "places", *needed, named=True))
    mentors, mentees = (
        [(row.places, all(getattr(row, name) for name in needed)) for row in rows if row.side == side]
        for side in (Side.MENTOR, Side.MENTEE)
    )
    return EnrolmentCounts(
        mentors=len(mentors),
        mentees=len(mentees),
        ready_mentors=sum(ready for _, ready in mentors),
        ready_mentees=sum(ready for _, ready in mentees),
        places_of_mentors=sum(places for places, ready in mentors if ready),
        places_of_mentees=sum(places for places, ready in mentees if ready),
        both_sides=len(rows) - len({row.person_id for row in rows}),
        charter_open=sum(not row.signed for row in rows),
        guidance_open=sum(not row.read for row in rows),
    )


def enrolment_steps(
    program: Program, on: date, *, paired: Mapping[int, date] | None = None
) -> list[tuple[str, frozenset[int]]]:
    """Funnel steps as sets of people, for apps above that add theirs and release the whole funnel at once.

    As of the last Sunday, and only in company: who volunteered or signed counts once ``settings.SMALLEST_GROUP`` did.
    ``paired`` are people who have had a pair, since when: they came that far, whatever they did later. Who has
    agreed to one version of the charter stays counted when another comes into force.
    """
    eligible: set[int] = set()
    for side in Side:
        eligible.update(program_queries.eligible(program, side, on=on).values_list("pk", flat=True))
    rows = Participation.objects.filter(program=program).with_signatures().defer("not_discussed").order_by("pk")
    came = tuple(
        _Came(
            row.person_id,
            row.volunteered_at.date(),
            row.agreed_once_at and row.agreed_once_at.date(),
            row.withdrawn_at and row.withdrawn_at.date(),
        )
        for row in rows
    )
    where = _where(came, tuple(sorted((paired or {}).items())), last_sunday(on), settings.SMALLEST_GROUP)
    agreed = frozenset(person for person, step in where.items() if step == _AGREED)
    # Somebody promoted since volunteering is no longer eligible, and still counts among those who could join.
    return [
        ("Eligible", frozenset(eligible | where.keys())),
        (_VOLUNTEERED, frozenset(where)),
        (_AGREED, agreed),
    ]


_VOLUNTEERED: Final = "Volunteered"
_AGREED: Final = "Agreed to the charter"
"""That somebody has read what is required is not released: a requirement can be added later, and a number that fell by
one on that day would tell of one person."""


@dataclass(frozen=True, slots=True)
class _Came:
    person: int
    volunteered_on: date
    signed_on: date | None
    withdrawn_on: date | None


@lru_cache(maxsize=64)
def _where(came: tuple[_Came, ...], paired: tuple[tuple[int, date], ...], as_of: date, k: int) -> dict[int, str]:
    """Which step each person is counted at. Remembered by the facts themselves, so never out of date."""
    where: dict[int, str] = {}
    for sunday in sundays(min((each.volunteered_on for each in came), default=as_of), as_of):
        now: dict[int, str] = {}
        for each in came:
            if each.volunteered_on <= sunday and not (each.withdrawn_on and each.withdrawn_on <= sunday):
                ready = each.signed_on is not None and each.signed_on <= sunday
                now[each.person] = _AGREED if ready else now.get(each.person, _VOLUNTEERED)
        now |= {person: _AGREED for person, since in paired if since <= sunday}
        where = moved_together(where, now, enough=lambda some: len(some) >= k)
    return where


def enrolment_released(program: Program, on: date) -> tuple[FunnelStep, ...]:
    """The same for executives and sponsors: only through disclosure control."""
    return funnel(enrolment_steps(program, on), k=settings.SMALLEST_GROUP)
