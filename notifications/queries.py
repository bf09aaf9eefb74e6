"""Questions about delivery."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db.models import Q

from notifications import claims, kinds, operations, wanted
from notifications.choices import NoticeState
from notifications.kinds import Urgency
from notifications.models import Notice
from people.models import Person


def delivery_in_words(*, at: datetime) -> str:
    """How delivery stands, in one sentence.

    Sent and no longer needed are one number: apart, each step of the second would say that somebody has answered.
    """
    counts = operations.counts(at=at)
    waiting = counts.later + counts.due + counts.claimed + counts.put_off
    return (
        "Messages that did not arrive, and what the mail server said. "
        f"Waiting for their time or turn: {waiting:,}. Settled: {counts.settled:,}. Refused: {counts.failed:,}. "
        f"Too late: {counts.missed:,}. Perhaps arrived: {counts.perhaps + counts.given_up:,}."
    )


def next_message_at(person: Person, *, at: datetime) -> datetime:
    """When this person can next be written to of what may wait."""
    hours = wanted.hours_of(person, at=at)
    taken = claims.days_with_a_message(person, hours, at) if wanted.is_gathered(person) else frozenset()
    return hours.next_opening(at, taken=taken)


def last_working_day(person: Person, *, before: date, at: datetime) -> date | None:
    """The last day before that one and after today on which this person can be written to, by what they say now."""
    hours = wanted.hours_of(person, at=at)
    between = range(1, (before - hours.today(at)).days)
    return next((day for back in between if hours.works_on(day := before - timedelta(days=back))), None)


def leaves_at(notice: Notice, *, at: datetime) -> datetime:
    """When it would leave, for others than its person to read: by the hours of everybody who has chosen none.

    What they chose, and when they are away, is theirs alone to know.
    """
    due = max(notice.due_at, at)
    if kinds.urgency_of(notice.kind) is Urgency.AT_ONCE:
        return due
    opening = wanted.hours_of_everybody(notice.person.zone).next_opening(due)
    return due if claims.cannot_wait_for(opening, notice) else opening


def is_overtaken(notice: Notice, at: datetime) -> bool:
    """Whether another of this kind about the same has left today, where the reader lives, or a later one is due now.

    For a kind that tells of everything that waits by then: one of these is enough.
    """
    today = datetime.combine(at.astimezone(notice.person.zone).date(), time(0), tzinfo=notice.person.zone)
    same = Notice.objects.filter(kind=notice.kind, subject=notice.subject, person=notice.person).exclude(pk=notice.pk)
    left_today = Q(state=NoticeState.SENT, finished_at__gte=today)
    later = Q(finished_at=None, due_at__gt=notice.due_at, due_at__lte=at)
    return bool(same.filter(left_today | later).exists())
