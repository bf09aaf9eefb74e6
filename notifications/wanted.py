"""How somebody wants to be written to: what they said, or else what the settings say for everybody."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.urls import reverse

from notifications import kinds
from notifications.choices import SHORTEST_HOURS, NoticeState, Topic
from notifications.hours import FARTHEST, Hours
from notifications.kinds import Urgency
from notifications.models import DayOff, Declined, MessageHours, Notice
from people.models import Person

SALT: Final = "notifications.wanted"
MOST_DAYS_OFF: Final = 40
"""Spans of days, of one person."""


class HoursTooShort(ValidationError):
    """Or they end before they begin."""

    field = "last"

    def __init__(self, first: time) -> None:
        begins = datetime.combine(date.min, first)
        ends = begins + SHORTEST_HOURS
        if ends.date() > begins.date():
            super().__init__("There is less than an hour left of that day. Begin earlier.")
        else:
            super().__init__(f"Leave us an hour at least: choose {ends:%H:%M} or later.")


class DaysOffRefused(ValidationError):
    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def said_by(person: Person) -> MessageHours | None:
    try:
        hours: MessageHours = person.message_hours
    except ObjectDoesNotExist:
        return None
    return hours


def is_gathered(person: Person) -> bool:
    said = said_by(person)
    return said.gathered if said is not None else settings.MESSAGES_GATHERED


def hours_of(person: Person, *, at: datetime) -> Hours:
    return _hours_from(person, on=at.astimezone(person.zone).date())


def _hours_from(person: Person, *, on: date) -> Hours:
    everybodys = hours_of_everybody(person.zone)
    off = tuple(days_off_of(person, on=on).values_list("first_on", "last_on"))
    everyday = replace(everybodys, off=everybodys.off + off)
    said = said_by(person)
    if said is None:
        return everyday
    return replace(everyday, weekdays=tuple(said.weekdays), first=said.first, last=said.last)


def hours_of_everybody(zone: ZoneInfo) -> Hours:
    """Who has chosen none."""
    return Hours(zone, settings.MESSAGE_WEEKDAYS, *settings.MESSAGE_HOURS, off=settings.PUBLIC_HOLIDAYS)


def days_off_of(person: Person, *, on: date) -> QuerySet[DayOff]:
    """Those under way or ahead. Past ones are nobody's business any more."""
    return DayOff.objects.filter(person=person, last_on__gte=on)


@transaction.atomic
def choose_hours(*, by: Person, weekdays: Sequence[int], first: time, last: time, gathered: bool, at: datetime) -> None:
    if datetime.combine(date.min, last) - datetime.combine(date.min, first) < SHORTEST_HOURS:
        raise HoursTooShort(first)
    chosen = {"weekdays": sorted(set(weekdays)), "first": first, "last": last, "gathered": gathered}
    MessageHours.objects.update_or_create(person=by, defaults=chosen)
    look_again([by.pk], at=at)


@transaction.atomic
def note_days_off(*, by: Person, first_on: date, last_on: date, on: date) -> None:
    """Both days included. The same days twice are the same days."""
    if last_on < first_on:
        raise DaysOffRefused("last_on", "The last day off lies before the first one.")
    if last_on < on:
        raise DaysOffRefused("last_on", "These days are over. Choose days from today on.")
    if last_on - max(first_on, on) > FARTHEST - timedelta(days=14):
        raise DaysOffRefused("last_on", "That is more than five months. For so long, pause your pair, or leave.")
    Person.objects.select_for_update(no_key=True).get(pk=by.pk)  # two forms at once are counted one after the other
    if days_off_of(by, on=on).count() >= MOST_DAYS_OFF:
        raise DaysOffRefused("first_on", f"We keep {MOST_DAYS_OFF} of these at most. Take one away first.")
    hours = _hours_from(by, on=on)
    hours = replace(hours, off=(*hours.off, (first_on, last_on)))
    # The day before may have had its message, so that the first opening is looked for from that day on.
    if hours.days_closed_around(max(first_on, on), since=on) > FARTHEST.days - 2:
        raise DaysOffRefused(
            "last_on",
            "With the days around them on which you are not written to either, that is more than five months. "
            "For so long, pause your pair, or leave.",
        )
    DayOff.objects.get_or_create(person=by, first_on=first_on, last_on=last_on)


@transaction.atomic
def forget_days_off(*, by: Person, pk: int, at: datetime) -> bool:
    """Whether there were such days of this person."""
    forgotten, _ = DayOff.objects.filter(person=by, pk=pk).delete()
    look_again([by.pk], at=at)
    return bool(forgotten)


def look_again(people: Collection[int], *, at: datetime) -> None:
    """What waits for these readers waits by their hours as they are now: a worker looks at it anew, and either sends
    it or finds another opening. What it was to be worth sending longer for the one before is taken back."""
    owed, tried = Q(state=NoticeState.OWED), Q(state=NoticeState.RETRY, again_at=F("waits_until"))
    waiting = Notice.objects.filter(owed | tried, person__in=people, waits_until__gt=at)
    may_wait = [kind.name for kind in kinds.all_kinds() if kind.urgency is Urgency.MAY_WAIT]
    waiting.filter(kind__in=may_wait).update(not_after=F("not_after") - (F("waits_until") - at))
    again_at = Case(When(state=NoticeState.RETRY, then=Value(at)))
    waiting.update(waits_until=at, again_at=again_at)


def forget_past_days_off(*, at: datetime) -> int:
    """A day after they have ended everywhere."""
    forgotten, _ = DayOff.objects.filter(last_on__lt=at.date() - timedelta(days=1)).delete()
    return forgotten


def has_declined(person: Person, topic: Topic) -> bool:
    return Declined.objects.filter(person=person, topic=topic).exists()


def topics_for(person: Person) -> list[Topic]:
    """What this person may get at all."""
    return [topic for topic in Topic if topic != Topic.DIGEST or person.is_coordinator]


def topics_wanted_by(person: Person) -> list[Topic]:
    declined = set(Declined.objects.filter(person=person).values_list("topic", flat=True))
    return [topic for topic in topics_for(person) if topic not in declined]


@transaction.atomic
def choose_topics(*, by: Person, topics: Collection[Topic], at: datetime) -> None:
    """Want these, and no others."""
    Declined.objects.filter(person=by, topic__in=topics).delete()
    decline(by=by, topics=[topic for topic in topics_for(by) if topic not in topics], at=at)


def decline(*, by: Person, topics: Collection[Topic], at: datetime) -> None:
    """Want none of these any more. Saying so twice changes nothing."""
    declined = [Declined(person=by, topic=topic, declined_at=at) for topic in topics]
    Declined.objects.bulk_create(declined, ignore_conflicts=True)


def link_to_decline(person: Person, topics: Collection[Topic]) -> str:
    """A path that stops these for this person, without signing in. It never ends, and is always the same."""
    token = signing.Signer(salt=SALT).sign_object([person.pk, *(topic.value for topic in topics)])
    return reverse("notifications:decline", args=[token])


def behind_link(token: str) -> tuple[Person, tuple[Topic, ...]] | None:
    try:
        pk, *names = signing.Signer(salt=SALT).unsign_object(token)
    except signing.BadSignature:
        return None
    person = Person.objects.filter(pk=pk, is_active=True).first()
    topics = tuple(topic for topic in Topic if topic in names)
    return (person, topics) if person is not None and topics else None
