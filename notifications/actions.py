"""Owe a message, and forget that one was sent. What is due is delivered by ``notifications.delivery``.

A notice is owed in the transaction of the fact it follows from, so neither can exist without the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Final, ParamSpec

from django.db import transaction
from django.db.models import F

from notifications import kinds, mail, rules
from notifications.delivery import Delivery, deliver_due
from notifications.models import SETTLED, DeletedNotices, Notice, NoticeQuerySet
from notifications.notices import ADDRESS_CHANGED, PASSWORD_SET, WAY_IN
from people.backends import may_sign_in
from people.models import Person
from people.way_in import GOOD_FOR

__all__ = ["Delivery", "deliver_due", "forget", "owe", "owe_all", "owed", "send_way_in"]

P = ParamSpec("P")


def owed(
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
    address: str = "",
) -> Notice:
    """A message of this kind to ``person`` about ``subject`` (a primary key), one for each ``occurrence``; not kept.

    Due after ``wait``, or at ``due_time`` of ``due_on`` where the person lives. ``good_for`` after that it is no longer
    worth sending. It goes to their address as it is by then, or to ``address``.
    """
    kinds.named(kind)
    key = f"{kind}:{subject}:{occurrence}:{person.pk}"
    due_at = (
        at + wait if due_on is None else rules.due_at(due_on, zone=person.zone, not_before=at, time_of_day=due_time)
    )
    return Notice(
        key=key,
        kind=kind,
        subject=str(subject),
        person=person,
        address=address,
        owed_at=at,
        due_on=due_on,
        due_time=due_time if due_on is not None else None,
        due_at=due_at,
        not_after=due_at + good_for,
        message_id=mail.message_id_of(key),
    )


def owe_all(notices: Iterable[Notice]) -> None:
    """Owe all of these at once. Owing the same again changes nothing."""
    Notice.objects.bulk_create(notices, ignore_conflicts=True)


def _alone(one: Callable[P, Notice]) -> Callable[P, None]:
    def owe(*args: P.args, **said: P.kwargs) -> None:
        owe_all([one(*args, **said)])

    return owe


owe = _alone(owed)
"""Owe one message: what :func:`owed` makes, of the same words."""


LINKS_APART: Final = timedelta(minutes=10)


def send_way_in(*, email: str, at: datetime) -> None:
    """Owe a link to sign in to whoever has this address and may sign in: one in ten minutes, however often asked."""
    try:
        person = Person.objects.get_by_natural_key(email)
    except Person.DoesNotExist:
        return
    if may_sign_in(person):
        spell = int(at.timestamp() // LINKS_APART.total_seconds())
        owe(kind=WAY_IN.name, subject=person.pk, person=person, at=at, occurrence=str(spell), good_for=GOOD_FOR)


def tell_of_password(person: Person, by: Person, at: datetime) -> None:
    """Owe somebody a word on who set their password, each time."""
    occurrence = f"{by.pk}_{at:%Y%m%dT%H%M%S%f}"
    owe(
        kind=PASSWORD_SET.name, subject=person.pk, person=person, at=at, occurrence=occurrence,
        good_for=timedelta(days=14),
    )  # fmt: skip


def tell_former_addresses(former: Mapping[Person, str], at: datetime) -> None:
    """Owe each a word at the address they had: at the new one, somebody else might read that it is new."""
    owe_all(
        owed(
            kind=ADDRESS_CHANGED.name, subject=person.pk, person=person, at=at, occurrence=f"{at:%Y%m%dT%H%M%S%f}",
            good_for=timedelta(days=14), address=address,
        )
        for person, address in former.items()
    )  # fmt: skip


@transaction.atomic
def forget(notices: NoticeQuerySet, *, at: datetime) -> int:
    """Delete those of these that are over, with what is noted of them; how many.

    What is owed, put off or being sent stays, and so does what somebody lets be tried again at this very moment. Only
    for what nobody owes again: a key that is owed once more after that is a message once more.
    """
    over = notices.over(at).select_for_update(skip_locked=True).order_by("pk")
    states = dict(over.values_list("pk", "state"))
    settled = sum(state in SETTLED for state in states.values())
    Notice.objects.filter(pk__in=states).delete()
    if settled:
        DeletedNotices.objects.bulk_create([DeletedNotices()], ignore_conflicts=True)
        DeletedNotices.objects.filter(pk=1).update(number=F("number") + settled)
    return len(states)
