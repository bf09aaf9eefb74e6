"""The two mean to meet: plan it, move it, cancel it, and say what became of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from pairings import notices, rules
from pairings.actions.locking import held
from pairings.actions.meet import log_meeting, settle
from pairings.choices import Kind, PlanState
from pairings.models import Meeting, Pairing, PlannedMeeting
from participants.choices import Way
from people.models import Person


@transaction.atomic
def plan_meeting(
    pairing: Pairing,
    *,
    by: Person,
    at: datetime,
    starts_at: datetime,
    zone: ZoneInfo,
    minutes: int,
    kind: Kind,
    way: Way,
) -> PlannedMeeting:
    """Plan to meet at an instant, chosen on the wall clock of ``zone``; both get an invitation for their calendar.

    One meeting a day is planned: the same one posted twice is one, another one of that day is refused.
    """
    pairing = held(pairing)
    rules.insist_partner(pairing, by)
    rules.insist_under_way(pairing, on=at.astimezone(by.zone).date())
    ahead = list(pairing.planned_meetings.ahead(at))
    day = starts_at.astimezone(zone).date()
    for each in ahead:
        if (each.starts_at, each.minutes, each.kind, each.way) == (starts_at, minutes, kind, way):
            return each
    _insist_free(pairing, ahead, starts_at=starts_at, day=day, minutes=minutes, at=at)
    if len(ahead) >= rules.MOST_PLANNED:
        raise rules.EnoughPlanned
    planned: PlannedMeeting = PlannedMeeting.objects.create(
        pairing=pairing, starts_at=starts_at, zone=zone.key, minutes=minutes, kind=kind, way=way,
        planned_by=by, planned_at=at, changed_by=by, changed_at=at,
    )  # fmt: skip
    notices.owe_planned(planned, at=at)
    return planned


@transaction.atomic
def move_meeting(
    planned: PlannedMeeting,
    *,
    by: Person,
    at: datetime,
    based_on: int,
    starts_at: datetime,
    zone: ZoneInfo,
    minutes: int,
    kind: Kind,
    way: Way,
) -> PlannedMeeting:
    """Move a meeting, or change how long, who leads or how; calendars follow.

    ``based_on`` is the version the person had before their eyes; ``PlanChanged`` refuses if the partner changed it
    meanwhile. The same change posted twice is one change.
    """
    pairing = held(planned.pairing)
    rules.insist_partner(pairing, by)
    rules.insist_under_way(pairing, on=at.astimezone(by.zone).date())
    planned = _fresh(pairing, planned)
    if (planned.starts_at, planned.minutes, planned.kind, planned.way) == (starts_at, minutes, kind, way):
        return planned
    rules.insist_ahead(planned, at=at)
    if planned.version != based_on:
        raise rules.PlanChanged(planned, reader=by)
    others = pairing.planned_meetings.ahead(at).exclude(pk=planned.pk)
    day = starts_at.astimezone(zone).date()
    _insist_free(pairing, list(others), starts_at=starts_at, day=day, minutes=minutes, at=at)
    planned.starts_at, planned.zone, planned.minutes = starts_at, zone.key, minutes
    planned.kind, planned.way = kind, way
    _change(planned, by=by, at=at)
    notices.owe_planned(planned, at=at)
    return planned


@transaction.atomic
def cancel_meeting(planned: PlannedMeeting, *, by: Person, at: datetime, based_on: int) -> PlannedMeeting:
    """Cancel a meeting ahead. Who did, and how long before, stay as facts; no reason is asked.

    Cancelling what is cancelled changes nothing, whoever did it. ``PlanChanged`` refuses, as in :func:`move_meeting`.
    """
    pairing = held(planned.pairing)
    rules.insist_partner(pairing, by)
    planned = _fresh(pairing, planned)
    if planned.state == PlanState.CANCELLED:
        return planned
    rules.insist_ahead(planned, at=at)
    if planned.version != based_on:
        raise rules.PlanChanged(planned, reader=by)
    planned.state, planned.settled_by, planned.settled_at = PlanState.CANCELLED, by, at
    _change(planned, by=by, at=at)
    notices.owe_cancelled(planned, at=at)
    notices.owe_another_day(planned, by=by, at=at)
    return planned


@transaction.atomic
def cancel_what_lies_ahead(
    pairing: Pairing, *, at: datetime, because_of: Person, on_days: Callable[[date], bool] | None = None
) -> int:
    """The pair ends or rests, so nothing stays in its calendars; nobody is noted as cancelling. Answers how many.

    ``because_of`` is noted as having changed the entry last, which no page tells. Meetings of other days than
    ``on_days`` stay.
    """
    pairing = held(pairing)
    ahead = [each for each in pairing.planned_meetings.ahead(at) if on_days is None or on_days(each.day)]
    for planned in ahead:
        planned.pairing = pairing
        planned.state, planned.settled_at = PlanState.CANCELLED, at
        _change(planned, by=because_of, at=at)
        notices.owe_cancelled(planned, at=at)
    return len(ahead)


def clear_calendars_at_rest(*, at: datetime) -> int:
    """Cancel what pairs had planned of which one has left, on that day; it does not come back with whoever does.

    Somebody's leaving may be known before. Their partner is told on the day, so no calendar says it earlier. The day
    is that of where the leaver lives, where tomorrow of UTC may have begun.
    """
    ahead = PlannedMeeting.objects.ahead(at).values("pairing")
    resting = Pairing.objects.missing_one(at.date()) | Pairing.objects.missing_one(at.date() + timedelta(days=1))
    found = 0
    for pairing in resting.filter(pk__in=ahead).with_people():
        gone = rules.gone(pairing, at=at)
        if gone is not None:
            found += cancel_what_lies_ahead(pairing, at=at, because_of=gone)
    return found


@transaction.atomic
def note_held(planned: PlannedMeeting, *, by: Person, at: datetime, on: date, minutes: int) -> Meeting:
    """The planned meeting took place: log it with what was planned. Whoever says so second finds it logged.

    One meeting a day is kept, so where its day has one already, logged by hand perhaps, it is that one.
    """
    pairing = held(planned.pairing)
    rules.insist_partner(pairing, by)
    rules.insist_readable(pairing, on=on)
    planned = _fresh(pairing, planned)
    logged: Meeting | None = pairing.meetings.filter(held_on=planned.day).first()
    if planned.state == PlanState.HELD:
        logged = logged or pairing.meetings.filter(held_on__in=rules.days_of(planned)).first()
        if logged is not None:
            return logged
    rules.insist_begun(planned, at=at)
    if logged is not None:
        settle(planned, PlanState.HELD, by=by, at=at)
        return logged
    return log_meeting(
        pairing, by=by, at=at, on=max(on, planned.day), held_on=planned.day, minutes=minutes,
        kind=Kind(planned.kind), way=Way(planned.way),
    )  # fmt: skip


@transaction.atomic
def note_not_held(planned: PlannedMeeting, *, by: Person, at: datetime, on: date) -> PlannedMeeting:
    """It did not take place, and nobody cancelled it. Should they have met after all, logging the day sets it right."""
    pairing = held(planned.pairing)
    rules.insist_partner(pairing, by)
    rules.insist_readable(pairing, on=on)
    planned = _fresh(pairing, planned)
    if planned.state == PlanState.NOT_HELD:
        return planned
    rules.insist_begun(planned, at=at)
    settle(planned, PlanState.NOT_HELD, by=by, at=at)
    _nudge_again(planned, at=at, on=on)
    return planned


def _nudge_again(planned: PlannedMeeting, *, at: datetime, on: date) -> None:
    """While it lay ahead nobody was nudged, and what came due in that time does not come by itself."""
    pairing = planned.pairing
    last = rules.last_met(pairing.meetings.all())
    if rules.is_open(pairing, on=on) and (last is None or planned.day > last):
        rhythm = rules.rhythm_days(pairing, pairing.agreements.all())
        since = rules.counted_from(pairing, last, on=on)
        notices.owe_quiet_again(pairing, since=since, rhythm=rhythm, at=at, missed_on=on)


def _fresh(pairing: Pairing, planned: PlannedMeeting) -> PlannedMeeting:
    fresh: PlannedMeeting = pairing.planned_meetings.select_related("changed_by").get(pk=planned.pk)
    fresh.pairing = pairing
    return fresh


def _change(planned: PlannedMeeting, *, by: Person, at: datetime) -> None:
    """Another version, which calendars must learn of."""
    planned.version += 1
    planned.changed_by, planned.changed_at = by, at
    planned.save()


def _insist_free(
    pairing: Pairing, others: list[PlannedMeeting], *, starts_at: datetime, day: date, minutes: int, at: datetime
) -> None:
    rules.insist_may_be_planned(pairing, starts_at=starts_at, day=day, minutes=minutes, at=at)
    for other in others:
        if other.day == day:
            raise rules.DayPlanned(other)
