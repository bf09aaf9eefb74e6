"""What is told by mail of a circle of mentors: that somebody is in it, and its days. No name stands in it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.urls import reverse

from notifications.actions import owe
from notifications.kinds import Kind, Message, Urgency
from notifications.models import Notice
from pairings.models import Circle, CircleDay, CircleMember
from pairings.rules import in_words

JOINED: Final = "pairings.circle_joined"
DAY: Final = "pairings.circle_day"
NO_DAY: Final = "pairings.circle_no_day"


def owe_joined(member: CircleMember, *, at: datetime) -> None:
    """A little later, so that who is put in and taken out again at once hears nothing."""
    owe(
        kind=JOINED, subject=member.pk, person=member.participation.person, at=at, wait=timedelta(minutes=10),
        good_for=timedelta(days=14),
    )  # fmt: skip


def owe_day(day: CircleDay, *, at: datetime) -> None:
    """A word at once, and one on the morning before."""
    for member in _members(day.circle):
        for occurrence, due_on in (("set", None), ("near", day.day - timedelta(days=1))):
            owe(
                kind=DAY, subject=day.pk, person=member.participation.person, at=at, due_on=due_on,
                wait=timedelta(minutes=10), occurrence=occurrence, good_for=timedelta(days=1),
            )  # fmt: skip


def owe_no_day(day: CircleDay, *, at: datetime) -> None:
    for member in _members(day.circle):
        owe(
            kind=NO_DAY, subject=day.circle_id, person=member.participation.person, at=at,
            occurrence=f"{day.day.isoformat()}_{at:%Y%m%dT%H%M%S}",
        )  # fmt: skip


def _members(circle: Circle) -> list[CircleMember]:
    return list(circle.members.filter(left_at=None).select_related("participation__person"))


def _joined(notice: Notice, at: datetime) -> Message | None:
    member = CircleMember.objects.select_related("circle__program").filter(pk=notice.subject).first()
    if member is None or not _is_in(member.circle, notice):
        return None
    program = member.circle.program
    return Message(
        subject=f"{program}: a circle of mentors",
        heading="You are in a circle of mentors",
        paragraphs=(
            f"The coordinators of {program} have put you into a small circle of people who do the same as you.",
            "You talk about how it goes, and learn from one another. What is said there stays there.",
            "We keep the days and who was there. You can leave it at any time, without a reason.",
        ),
        link=reverse("pairings:circle", args=[member.circle_id]),
        action="See who is in it",
    )


def _day(notice: Notice, at: datetime) -> Message | None:
    """While the day lies ahead; the word of the morning before is for whoever was told of it earlier."""
    day = CircleDay.objects.select_related("circle__program").filter(pk=notice.subject).first()
    on = at.astimezone(notice.person.zone).date()
    if day is None or day.day < on or not _is_in(day.circle, notice):
        return None
    is_near = notice.key.split(":")[2] == "near"
    if is_near != (day.day <= on + timedelta(days=1)):
        return None
    return Message(
        subject=f"{day.circle.program}: your circle meets on {in_words(day.day)}",
        heading=f"Your circle meets {'soon: ' if is_near else ''}on {in_words(day.day)}",
        paragraphs=("Where and when on that day, you say among yourselves.",),
        link=reverse("pairings:circle", args=[day.circle_id]),
        action="See who is in it",
    )


def _no_day(notice: Notice, at: datetime) -> Message | None:
    circle = Circle.objects.select_related("program").filter(pk=notice.subject).first()
    if circle is None or not _is_in(circle, notice):
        return None
    day = datetime.fromisoformat(notice.key.split(":")[2].partition("_")[0]).date()
    if circle.days.filter(day=day).exists():
        return None
    return Message(
        subject=f"{circle.program}: your circle does not meet on {in_words(day)}",
        heading=f"Your circle does not meet on {in_words(day)}",
        paragraphs=("The day was taken out. The other days stand on the page of your circle.",),
        link=reverse("pairings:circle", args=[circle.pk]),
        action="See the other days",
    )


def _is_in(circle: Circle, notice: Notice) -> bool:
    return Circle.objects.of(notice.person).filter(pk=circle.pk).exists()


KINDS: Final = (
    Kind(name=JOINED, description="Somebody was put into a circle of mentors", compose=_joined),
    Kind(name=DAY, description="A circle of mentors meets on a day", compose=_day, urgency=Urgency.IN_TIME),
    Kind(
        name=NO_DAY,
        description="A circle of mentors does not meet on a day after all",
        compose=_no_day,
        urgency=Urgency.IN_TIME,
    ),
)
