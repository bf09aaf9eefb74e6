"""The messages that leave ten thousand times: one of a kind that leaves at once, one that is gathered, in turns."""

from __future__ import annotations

from datetime import datetime, time
from typing import Final

from notifications import kinds
from notifications.kinds import Urgency
from notifications.models import MessageHours, Notice
from people.models import Person

KINDS: Final = ("faults.errand", "faults.errand_that_may_wait")


def register() -> None:
    for name, urgency in zip(KINDS, (Urgency.AT_ONCE, Urgency.MAY_WAIT), strict=True):
        kinds.register(kinds.Kind(name=name, description="A thing to do", compose=_compose, urgency=urgency))


def somebody_for_each(messages: int) -> list[Person]:
    """As many people, whom one may write to at any hour."""
    people: list[Person] = Person.objects.bulk_create(
        Person(employee_number=f"E{place}", email=f"{place}@example.org", given_name="Mina", family_name="M")
        for place in range(messages)
    )
    always = {"weekdays": list(range(7)), "first": time.min, "last": time.max, "gathered": True}
    MessageHours.objects.bulk_create(MessageHours(person=person, **always) for person in people)
    return people


def kind_of(number: int) -> str:
    return KINDS[number % len(KINDS)]


def _compose(notice: Notice, at: datetime) -> kinds.Message:
    return kinds.Message(
        subject="A thing to do", heading="A thing to do", paragraphs=("It takes a minute.",), link="/", action="Do it"
    )
