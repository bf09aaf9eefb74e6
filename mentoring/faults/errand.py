"""The messages that leave ten thousand times, some to each person: one by itself, and three that are gathered."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from django.db import transaction

from notifications import kinds
from notifications.actions import owe
from notifications.kinds import Urgency
from notifications.models import MessageHours, Notice
from people.models import Person

KINDS: Final = ("faults.errand", "faults.errand_that_may_wait")
IN_TIME: Final = "faults.errand_in_time"
OF_ONE_PERSON: Final = (KINDS[0], KINDS[1], IN_TIME, KINDS[1])


def register() -> None:
    for name, urgency in zip((*KINDS, IN_TIME), (Urgency.AT_ONCE, Urgency.MAY_WAIT, Urgency.IN_TIME), strict=True):
        kinds.register(kinds.Kind(name=name, description="A thing to do", compose=_compose, urgency=urgency))


def some_people(count: int) -> list[Person]:
    """As many, whom one may write to at any hour."""
    people: list[Person] = Person.objects.bulk_create(
        Person(employee_number=f"E{place}", email=f"{place}@example.org", given_name="Mina", family_name="M")
        for place in range(count)
    )
    always = {"weekdays": list(range(7)), "first": time.min, "last": time.max, "gathered": True}
    MessageHours.objects.bulk_create(MessageHours(person=person, **always) for person in people)
    return people


def owe_one_person(person: Person, place: int, *, messages: int, at: datetime, wait: timedelta = timedelta()) -> None:
    """All of theirs in one transaction, due at one instant, so that what is gathered is gathered whole."""
    first = place * len(OF_ONE_PERSON)
    with transaction.atomic():
        for number, kind in enumerate(OF_ONE_PERSON, start=first):
            if number < messages:
                owe(kind=kind, subject=number, person=person, at=at, wait=wait)


def _compose(notice: Notice, at: datetime) -> kinds.Message:
    """Its number stands in the link, so that the mail server can tell what a message says."""
    thing = f"Thing {notice.subject} to do"
    return kinds.Message(thing, thing, ("It takes a minute.",), f"/errand/{notice.subject}/", "Do it")
