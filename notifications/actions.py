"""Owe a message; deliver what is due.

A notice is owed in the transaction of the fact it follows from, so neither can exist without the other. Delivery
claims one notice at a time: exactly one worker wins it, asks once more whether it is still wanted, sends it, and notes
the sending at once. A worker that dies leaves a lease that runs out.
"""

from __future__ import annotations

import hashlib
import logging
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from notifications import kinds, mail, rules
from notifications.choices import NoticeState
from notifications.models import Notice, NoticeQuerySet
from people.models import Person

Clock = Callable[[], datetime]
log = logging.getLogger(__name__)


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


@dataclass(slots=True)
class Delivery:
    """What one round of delivery did."""

    sent: int = 0
    cancelled: int = 0
    missed: int = 0
    put_off: int = 0
    failed: int = 0

    @property
    def handled(self) -> int:
        return self.sent + self.cancelled + self.missed + self.put_off + self.failed


def deliver_due(*, clock: Clock, limit: int = 500) -> Delivery:
    """Send what is due, at most ``limit`` notices. Safe to run many times at once, and to be killed.

    ``clock`` is asked for each notice, because a round may last minutes and a lease does not.
    """
    delivery = Delivery()
    connection: BaseEmailBackend = get_connection()
    try:
        while delivery.handled < limit and (notice := _claim(at=clock())) is not None:
            if not _settle(notice, connection=connection, clock=clock, delivery=delivery):
                break
    finally:
        connection.close()
    return delivery


@transaction.atomic
def _claim(*, at: datetime) -> Notice | None:
    notice: Notice | None = (
        Notice.objects.due(at)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("person")
        .order_by("due_at", "pk")
        .first()
    )
    if notice is None:
        return None
    notice.state = NoticeState.CLAIMED
    notice.leased_until = at + rules.LEASE
    notice.attempts += 1
    notice.save(update_fields=["state", "leased_until", "attempts"])
    return notice


def _settle(notice: Notice, *, connection: BaseEmailBackend, clock: Clock, delivery: Delivery) -> bool:
    """Deal with a claimed notice; answers whether the mail server is worth asking again now."""
    at = clock()
    if notice.not_after < at:
        _finish(notice, state=NoticeState.MISSED, at=at, reason="It was too late when its turn came.")
        delivery.missed += 1
        return True
    try:
        email = _compose(notice, at)
    except Exception:
        # One notice nobody can compose must not keep all the others from leaving.
        log.exception("Notice %s (%s) could not be composed.", notice.pk, notice.kind)
        _put_off(notice, at=at, reason="It could not be composed.", delivery=delivery)
        return True
    if email is None:
        _finish(notice, state=NoticeState.CANCELLED, at=at)
        delivery.cancelled += 1
        return True
    try:
        connection.open()  # kept open for the whole round; left to itself it would be made anew for each message
        connection.send_messages([email])
    except (smtplib.SMTPException, OSError) as error:
        connection.close()
        return _after_failure(notice, error, at=clock(), delivery=delivery)
    except Exception as error:
        # A message the mail library refuses to write, say for an address it cannot encode.
        log.error("Notice %s (%s) could not be written as mail: %s.", notice.pk, notice.kind, type(error).__name__)
        _put_off(notice, at=at, reason=type(error).__name__, delivery=delivery)
        return True
    _finish(notice, state=NoticeState.SENT, at=clock())
    delivery.sent += 1
    return True


def _compose(notice: Notice, at: datetime) -> EmailMultiAlternatives | None:
    if not _still_here(notice.person, at):
        return None
    message = kinds.named(notice.kind).compose(notice, at)
    return None if message is None else mail.as_email(notice, message, at=at)


def _still_here(person: Person, at: datetime) -> bool:
    today = at.astimezone(person.zone).date()
    return person.is_active and (person.left_on is None or person.left_on > today)


def _after_failure(notice: Notice, error: smtplib.SMTPException | OSError, *, at: datetime, delivery: Delivery) -> bool:
    # The class name and code alone: a server's sentence may repeat an address or a subject.
    code = getattr(error, "smtp_code", None)
    reason = f"{type(error).__name__} {code}" if code else type(error).__name__
    if rules.is_final_refusal(error):
        _finish(notice, state=NoticeState.FAILED, at=at, reason=reason)
        delivery.failed += 1
    else:
        _put_off(notice, at=at, reason=reason, delivery=delivery)
    return not rules.is_about_the_server(error)


def _put_off(notice: Notice, *, at: datetime, reason: str, delivery: Delivery) -> None:
    if notice.attempts >= rules.MOST_ATTEMPTS:
        _finish(notice, state=NoticeState.FAILED, at=at, reason=reason)
        delivery.failed += 1
        return
    due_at = min(rules.next_attempt(at, attempts=notice.attempts), notice.not_after)
    _held(notice).update(state=NoticeState.OWED, leased_until=None, due_at=due_at, reason=reason)
    delivery.put_off += 1


def _finish(notice: Notice, *, state: NoticeState, at: datetime, reason: str = "") -> None:
    _held(notice).update(state=state, leased_until=None, finished_at=at, reason=reason)


def _held(notice: Notice) -> NoticeQuerySet:
    """The notice, as long as our lease on it is the one in force."""
    held: NoticeQuerySet = Notice.objects.filter(
        pk=notice.pk, state=NoticeState.CLAIMED, leased_until=notice.leased_until
    )
    return held
