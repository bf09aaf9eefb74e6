"""Owe a message. What is due is delivered by ``notifications.delivery``.

A notice is owed in the transaction of the fact it follows from, so neither can exist without the other.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time, timedelta

from notifications import kinds, mail, rules
from notifications.delivery import Delivery, deliver_due
from notifications.models import Notice
from people.models import Person

__all__ = ["Delivery", "deliver_due", "owe"]


def owe(
    *,
    kind: str,
    subject: object,
    person: Person,
    at: datetime,
    due_on: date | None = None,
    due_time: time = rules.MORNING,
    wait: timedelta = timedelta(),
    occurrence: str = "",
    good_for: timedelta = timedelta(days=3),
) -> None:
    """Owe ``person`` a message of this kind about ``subject`` (a primary key), once for each ``occurrence``.

    Due after ``wait``, or at ``due_time`` of ``due_on`` where the person lives. ``good_for`` after that it is no longer
    worth sending. Owing the same again changes nothing.
    """
    kinds.named(kind)
    key = f"{kind}:{subject}:{occurrence}:{person.pk}"
    due_at = (
        at + wait if due_on is None else rules.due_at(due_on, zone=person.zone, not_before=at, time_of_day=due_time)
    )
    notice = Notice(
        key=key,
        kind=kind,
        subject=str(subject),
        person=person,
        owed_at=at,
        due_on=due_on,
        due_time=due_time if due_on is not None else None,
        due_at=due_at,
        not_after=due_at + good_for,
        message_id=mail.message_id(hashlib.sha256(key.encode()).hexdigest()[:32]),
    )
    Notice.objects.bulk_create([notice], ignore_conflicts=True)
