"""The pair met, or did not after all."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from pairings import notices, rules
from pairings.actions.locking import held
from pairings.choices import Kind
from pairings.models import Meeting, Pairing
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
    one posted twice is one meeting, another one of that day is refused with ``MeetingLogged``.
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
    _count_from_latest(pairing, at=at, on=on)
    return meeting


@transaction.atomic
def take_back_meeting(meeting: Meeting, *, by: Person, at: datetime, on: date) -> None:
    """Take a meeting out that was logged by mistake, by whoever logged it. Taking it back twice does no harm."""
    pairing = held(meeting.pairing)
    rules.insist_partner(pairing, by)
    rules.insist_readable(pairing, on=on)
    rules.insist_logged(meeting, by=by)
    pairing.meetings.filter(pk=meeting.pk).delete()
    _count_from_latest(pairing, at=at, on=on)


def _count_from_latest(pairing: Pairing, *, at: datetime, on: date) -> None:
    if rules.is_open(pairing, on=on):
        since = rules.last_met(pairing.meetings.all()) or pairing.started_on
        rhythm = rules.rhythm_days(pairing, pairing.agreements.all())
        notices.owe_quiet(pairing, since=since, rhythm=rhythm, at=at)
