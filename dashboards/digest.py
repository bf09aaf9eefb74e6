"""Once a week each coordinator hears by mail what asks something of them at the desk: what, where and how many."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.urls import reverse

from dashboards import queries
from notifications.actions import owe
from notifications.choices import Topic
from notifications.kinds import Kind, Message
from notifications.models import Notice
from people.models import Person
from programs.choices import Duty, Stage
from programs.models import ProgramDuty

DIGEST: Final = "dashboards.digest"
MOST_LINES: Final = 12


def owe_digests(*, at: datetime) -> int:
    """Owe each coordinator of a program that sends them the digest of the next Monday; the tick calls this."""
    duties = ProgramDuty.objects.held().filter(duty=Duty.COORDINATOR, program__weekly_digest=True)
    coordinators = Person.objects.filter(
        pk__in=duties.exclude(program__stage=Stage.CLOSED).values("person"), is_active=True
    )
    owed = set(Notice.objects.filter(kind=DIGEST, due_on__gte=at.date()).values_list("person", "due_on"))
    found = 0
    for person in coordinators:
        today = at.astimezone(person.zone).date()
        monday = today + timedelta(days=7 - today.weekday())
        if (person.pk, monday) not in owed:
            owe(kind=DIGEST, subject=person.pk, person=person, at=at, due_on=monday, occurrence=monday.isoformat())
            found += 1
    return found


def _digest(notice: Notice, at: datetime) -> Message | None:
    """Only what has a verb on the desk: what is told there without one is not for an inbox."""
    person = notice.person
    asking = [item for item in queries.desk_opening(person, at=at, in_digest=True).attention if item.action]
    if not asking:
        return None
    shown = [f"{item.what} ({item.detail.rstrip('.')})." for item in asking[:MOST_LINES]]
    more = len(asking) - MOST_LINES
    number = "One thing needs" if len(asking) == 1 else f"{len(asking)} things need"
    return Message(
        subject=f"Your week at the desk: {number.lower()} you",
        heading=f"{number} you",
        paragraphs=(*shown, *([f"And {more} more."] if more > 0 else [])),
        link=reverse("admin:index"),
        action="Open the desk",
        footnote="Only coordinators receive this, once a week. It says how many, and never what people wrote.",
    )


KINDS: Final = (
    Kind(DIGEST, "What asks something of a coordinator at the desk, once a week.", _digest, topic=Topic.DIGEST),
)
