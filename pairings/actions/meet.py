"""The pair met, or did not after all."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from pairings import notices, rules
from pairings.actions.locking import held
from pairings.choices import Kind, PlanState
from pairings.models import Meeting, Pairing, PlannedMeeting, PlannedMeetingQuerySet
from pairings.private_words import opened, sealed
from participants.choices import Way
from people.models import Person


@sensitive_variables("topics")
@transaction.atomic
def log_meeting(
    pairing: Pairing,
    *,
    by: Person,
    at: datetime,
    on: date,
    held_on: date,
    minutes: int,
    kind: Kind,
    way: Way,
    topics: str = "",
) -> Meeting:
    """Note that the pair met; the next nudge counts from the latest meeting.

    A meeting within the term may still be logged while the page is readable. One meeting a day is kept: the same
    one posted twice is one meeting, another one of that day is refused with ``MeetingLogged``. Where the two had
    planned to meet on that day, it is the planned meeting that took place, and there is nothing more to ask of others.
    """
    pairing = held(pairing)
    rules.insist_partner(pairing, by)
    rules.insist_readable(pairing, on=on)
    rules.insist_held(pairing, held_on=held_on, minutes=minutes, on=on)
    logged: Meeting | None = pairing.meetings.select_related("logged_by").filter(held_on=held_on).first()
    if logged is not None:
        same = (logged.logged_by_id, logged.minutes, logged.kind, logged.way) == (by.pk, minutes, kind, way)
        if same and opened(logged.topics, pairing, logged, "topics") == topics:
            return logged
        raise rules.MeetingLogged(logged, by=by)
    meeting = Meeting(
        pairing=pairing, held_on=held_on, minutes=minutes, kind=kind, way=way, logged_by=by, logged_at=at
    )  # fmt: skip
    if topics:
        meeting.topics = sealed(topics, pairing, meeting, "topics")
    meeting.save(force_insert=True)
    pairing.times_logged += 1
    pairing.save(update_fields=["times_logged"])
    _settle_plans(meeting, at=at)
    _count_from_latest(pairing, at=at, on=on)
    return meeting


@transaction.atomic
def log_next_meeting(
    pairing: Pairing, *, times_logged: int, by: Person, at: datetime, on: date, held_on: date, minutes: int, way: Way
) -> Meeting:  # fmt: skip
    """From the mail of the rhythm, which left when so many were ever logged: ``LinkSpent`` if it is more now."""
    pairing = held(pairing)
    if pairing.times_logged != times_logged:
        raise rules.LinkSpent
    return log_meeting(
        pairing, by=by, at=at, on=on, held_on=held_on, minutes=minutes, kind=Kind.MENTOR_LED, way=way
    )  # fmt: skip


@transaction.atomic
def take_back_meeting(meeting: Meeting, *, by: Person, at: datetime, on: date) -> None:
    """Take a meeting out that was logged by mistake, by whoever logged it. Taking it back twice does no harm."""
    pairing = held(meeting.pairing)
    rules.insist_partner(pairing, by)
    rules.insist_readable(pairing, on=on)
    rules.insist_logged(meeting, by=by)
    pairing.meetings.filter(pk=meeting.pk).delete()
    _unsettle_plans(pairing, meeting)
    _count_from_latest(pairing, at=at, on=on, taken_back_on=on)


def settle(planned: PlannedMeeting, became: PlanState, *, by: Person, at: datetime) -> None:
    """Somebody has said what became of it."""
    planned.state, planned.settled_by, planned.settled_at = became, by, at
    planned.save(update_fields=["state", "settled_by", "settled_at"])


def _settle_plans(meeting: Meeting, *, at: datetime) -> None:
    """All begun of that day of which nobody said anything: two may be, the first missed and the second planned after.

    Where there is none, the latest of those that, as was said before, did not take place.
    """
    begun = meeting.pairing.planned_meetings.filter(starts_at__lte=at)
    unsaid = _of_day(begun.filter(state=PlanState.PLANNED), meeting.held_on)
    for planned in unsaid or _of_day(begun.filter(state=PlanState.NOT_HELD), meeting.held_on)[-1:]:
        settle(planned, PlanState.HELD, by=meeting.logged_by, at=at)


def _unsettle_plans(pairing: Pairing, meeting: Meeting) -> None:
    """Nobody has said any more what became of them. A later version, so that no link from before settles them again."""
    for planned in _of_day(pairing.planned_meetings.filter(state=PlanState.HELD), meeting.held_on):
        if pairing.meetings.filter(held_on=planned.day).exists():
            continue
        planned.state, planned.settled_by, planned.settled_at = PlanState.PLANNED, None, None
        planned.version += 1
        planned.save(update_fields=["state", "settled_by", "settled_at", "version"])


def _of_day(some: PlannedMeetingQuerySet, day: date) -> list[PlannedMeeting]:
    """Those planned for that day, the latest last. Which day it is says the zone of each, so no filter can.

    Where there is none, those that begin on it where one of the two lives: they log the day on their own wall.
    """
    found = list(some)
    return [each for each in found if each.day == day] or [each for each in found if day in rules.days_of(each)]


def _count_from_latest(pairing: Pairing, *, at: datetime, on: date, taken_back_on: date | None = None) -> None:
    """Where one was taken back, a nudge that came due meanwhile, and was not wanted then, comes after all."""
    if rules.is_open(pairing, on=on):
        since = rules.last_met(pairing.meetings.all()) or pairing.started_on
        rhythm = rules.rhythm_days(pairing, pairing.agreements.all())
        notices.owe_quiet(pairing, since=since, rhythm=rhythm, at=at, taken_back_on=taken_back_on)
