"""What is told by mail of a circle of mentors: that somebody is in it, and its days. No name stands in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final, TypeGuard

from django.db.models import Q
from django.urls import reverse

from notifications.actions import owe
from notifications.choices import NoticeState
from notifications.kinds import Kind, Message, Urgency
from notifications.models import Notice
from notifications.queries import last_working_day
from notifications.rules import due_at
from pairings.models import Circle, CircleDay, CircleMember
from pairings.rules import in_words
from people.models import Person

JOINED: Final = "pairings.circle_joined"
DAY: Final = "pairings.circle_day"
NO_DAY: Final = "pairings.circle_no_day"

SET, NEAR = "set", "near"
"""Of a day: the word that it is set, and the one shortly before it."""

A_LITTLE: Final = timedelta(minutes=10)
"""So that what is taken back at once is told to nobody."""


def owe_joined(member: CircleMember, *, at: datetime) -> None:
    """A little later, so that who is put in and taken out again at once hears nothing."""
    owe(
        kind=JOINED, subject=member.pk, person=member.participation.person, at=at, wait=A_LITTLE,
        good_for=timedelta(days=14),
    )  # fmt: skip
    _owe_days_ahead(member, at=at)


def owe_day(day: CircleDay, *, at: datetime) -> None:
    """A word at once, and one on the last working morning before the day, each of their own."""
    due = at + A_LITTLE
    for person in _members(day.circle):
        morning = _owe_near(day, person, at=at)
        good_for = _in_time(day.day, person, due) if morning is None else morning - due
        owe(kind=DAY, subject=day.pk, person=person, at=at, wait=A_LITTLE, occurrence=SET, good_for=good_for)


def _owe_days_ahead(member: CircleMember, *, at: datetime) -> None:
    """Of days that stood before somebody came in: the word near each of them. That they are set, the page says."""
    person = member.participation.person
    for day in member.circle.days.filter(day__gt=at.astimezone(person.zone).date()):
        _owe_near(day, person, at=at)


def _owe_near(day: CircleDay, person: Person, *, at: datetime) -> datetime | None:
    """When it is due; None where no working day lies between now and then, so that another word would say no more."""
    morning = last_working_day(person, before=day.day, at=at)
    if morning is None:
        return None
    due = due_at(morning, zone=person.zone, not_before=at)
    owe(
        kind=DAY, subject=day.pk, person=person, at=at, due_on=morning, occurrence=NEAR,
        good_for=_midnight_before(day.day, person) - due,
    )  # fmt: skip
    return due


def owe_no_day(day: CircleDay, *, at: datetime) -> int:
    """To how many it is said. To whom no word of the day has left yet, and to whom the circle is closed, nothing is
    said at all."""
    members = list(day.circle.members.still_in().select_related("participation__person__message_hours"))
    about_it = Q(kind=DAY, subject=day.pk) | Q(kind=JOINED, subject__in=[str(each.pk) for each in members])
    words = {notice.key: notice for notice in Notice.objects.filter(about_it)}
    to_tell = [
        each.participation.person
        for each in members
        if _knows(each, day, words) and _may_open(day.circle, each.participation.person, at)
    ]
    for person in to_tell:
        owe(
            kind=NO_DAY, subject=day.circle_id, person=person, at=at,
            occurrence=f"{day.day.isoformat()}_{at:%Y%m%dT%H%M%S}", good_for=_in_time(day.day, person, at),
        )  # fmt: skip
    return len(to_tell)


def _knows(member: CircleMember, day: CircleDay, words: Mapping[str, Notice]) -> bool:
    """Whether somebody was written to of a day: that it is set, that it is near, or that they are in the circle, which
    says when it meets next and leads to the page on which its days stand."""
    person = member.participation.person_id
    is_set, near = (words.get(f"{DAY}:{day.pk}:{which}:{person}") for which in (SET, NEAR))
    joined = words.get(f"{JOINED}:{member.pk}::{person}")
    if _has_left(is_set) or _has_left(near):
        return True
    if not _has_left(joined):
        return False
    left_at = joined.finished_at or joined.owed_at
    return is_set is None or left_at >= is_set.owed_at  # of a day that was set later, it could not tell


def _has_left(notice: Notice | None) -> TypeGuard[Notice]:
    """Also if it is on its way, or nobody knows whether it arrived."""
    if notice is None or notice.state in (NoticeState.CANCELLED, NoticeState.MISSED):
        return False
    return notice.state != NoticeState.OWED or notice.attempts > 0


def _midnight_before(day: date, person: Person) -> datetime:
    return datetime.combine(day, time(), tzinfo=person.zone)


def _in_time(day: date, person: Person, due: datetime) -> timedelta:
    """Before the day begins; however shortly before, its word still leaves."""
    return max(_midnight_before(day, person) - due, timedelta(hours=12))


def _members(circle: Circle) -> list[Person]:
    members = circle.members.still_in().select_related("participation__person__message_hours")
    return [each.participation.person for each in members]


def _joined(notice: Notice, at: datetime) -> Message | None:
    member = CircleMember.objects.select_related("circle__program").filter(pk=notice.subject).first()
    if member is None or member.left_at is not None or not _may_open(member.circle, notice.person, at):
        return None
    program = member.circle.program
    on = at.astimezone(notice.person.zone).date()
    next_day = member.circle.days.filter(day__gte=on).values_list("day", flat=True).first()
    return Message(
        subject=f"{program}: a circle of mentors",
        heading="You are in a circle of mentors",
        paragraphs=(
            f"The coordinators of {program} have put you into a small circle of people who do the same as you.",
            "You talk about how it goes, and learn from one another. What is said there stays there.",
            *((f"It meets next on {in_words(next_day)}.",) if next_day else ()),
            "We keep the days and who was there. You can leave it at any time, without a reason.",
        ),
        link=reverse("pairings:circle", args=[member.circle_id]),
        action="See who is in it",
    )


def _day(notice: Notice, at: datetime) -> Message | None:
    """While the day lies ahead. That it is set is no news any more once the word near it is due."""
    day = CircleDay.objects.select_related("circle__program").filter(pk=notice.subject).first()
    on = at.astimezone(notice.person.zone).date()
    if day is None or day.day < on or not _may_open(day.circle, notice.person, at):
        return None
    is_near = notice.key.split(":")[2] == NEAR
    near = notice.key.replace(f":{SET}:", f":{NEAR}:")
    if not is_near and Notice.objects.filter(key=near, due_on__lte=on).exists():
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
    if circle is None or not _may_open(circle, notice.person, at):
        return None
    day = date.fromisoformat(notice.key.split(":")[2].partition("_")[0])
    if day < at.astimezone(notice.person.zone).date() or circle.days.filter(day=day).exists():
        return None
    return Message(
        subject=f"{circle.program}: your circle does not meet on {in_words(day)}",
        heading=f"Your circle does not meet on {in_words(day)}",
        paragraphs=("The day was taken out. The other days stand on the page of your circle.",),
        link=reverse("pairings:circle", args=[circle.pk]),
        action="See the other days",
    )


def _may_open(circle: Circle, person: Person, at: datetime) -> bool:
    on = at.astimezone(person.zone).date()
    return Circle.objects.of(person, on=on).filter(pk=circle.pk).exists()


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
