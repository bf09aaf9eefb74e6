"""What a worker takes up: one message, which may say several things.

What may wait is gathered: whoever takes up the first of it takes up all that is due to the same person, and what was
not meant for before this day's end besides. A person has one such message a day. What comes due after it, or while they
are not to be written to, is put off to their next opening.

One worker at a time looks at what one person is owed. PostgreSQL lets go of that by itself when the worker dies.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q

from notifications import kinds, rules, wanted
from notifications.choices import NoticeState
from notifications.hours import Hours
from notifications.kinds import Urgency
from notifications.models import Bundle, Notice, NoticeQuerySet
from people.models import Person

log = logging.getLogger(__name__)

DATABASE_AWAY: Final = (OperationalError, InterfaceError)

THE_PERSON = 0x6E6F74
"""Our number among PostgreSQL's advisory locks; the second one is the person's."""


@dataclass(slots=True)
class Aside:
    """What one round leaves lying, so that everything else goes on.

    ``people`` are those whose notices could not be taken up, for a reason in the log, or could not become the message
    of their day; ``notices`` are what only the mail server could have taken, which rests. Then ``chats_alone`` are
    written to.
    """

    people: set[int] = field(default_factory=set)
    notices: set[int] = field(default_factory=set)
    chats_alone: bool = False

    def left_by(self, due: NoticeQuerySet) -> NoticeQuerySet:
        if self.people:
            due = due.exclude(person__in=self.people)
        if self.notices:
            due = due.exclude(pk__in=self.notices)
        return due.filter(person__channel__isnull=False) if self.chats_alone else due


@dataclass(slots=True)
class Claim:
    """Notices to one person that leave as one message, all under one lease.

    ``gathers`` is for what becomes the message of the day; ``bundle`` is that, once begun.
    """

    notices: Sequence[Notice]
    gathers: bool = False
    bundle: Bundle | None = None

    @property
    def person(self) -> Person:
        return self.notices[0].person

    @property
    def leased_until(self) -> datetime:
        until = self.notices[0].leased_until
        assert until is not None  # noqa: S101 - claimed
        return until

    def held(self) -> NoticeQuerySet:
        """The notices, as long as our lease on them is the one in force."""
        return held(self.notices)


def held(notices: Sequence[Notice]) -> NoticeQuerySet:
    found: NoticeQuerySet = Notice.objects.filter(
        pk__in=[notice.pk for notice in notices],
        state=NoticeState.CLAIMED,
        leased_until=notices[0].leased_until if notices else None,
    )
    return found


def claim(*, at: datetime, aside: Aside | None = None) -> Claim | None:
    """What is due longest, with what goes along; None if nothing is due that nobody else is looking at."""
    aside = Aside() if aside is None else aside
    elsewhere: set[int] = set()
    while (first := _due_longest(aside.left_by(Notice.objects.due(at)), elsewhere)) is not None:
        try:
            taken = _taken_up(first, at)
        except DATABASE_AWAY:
            raise
        except Exception:
            # Whoever is due longest comes first again and again; they must not be the end of every round.
            log.exception("What is owed with notice %s (%s) could not be taken up.", first.pk, first.kind)
            aside.people.add(first.person_id)
            continue
        if taken is None:
            elsewhere.add(first.person_id)
        elif taken.notices:
            return taken
    return None


def _due_longest(due: NoticeQuerySet, elsewhere: set[int]) -> Notice | None:
    due = due.exclude(person__in=elsewhere) if elsewhere else due
    first: Notice | None = due.select_related("person__message_hours").order_by("take_up_at", "pk").first()
    return first


@transaction.atomic
def _taken_up(first: Notice, at: datetime) -> Claim | None:
    if kinds.urgency_of(first.kind) is not Urgency.AT_ONCE and not _alone_with(first.person):
        return None
    taken = _to_take_up(first, at)
    if taken is not None and taken.notices:
        _lease(taken, at)
    return taken


def _alone_with(person: Person) -> bool:
    """Until the transaction ends, nobody else looks at what this person is owed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [THE_PERSON, person.pk])
        return bool(cursor.fetchone() == (True,))


def _to_take_up(first: Notice, at: datetime) -> Claim | None:
    """None where somebody else holds it; without notices where all were put off, or taken up by now."""
    urgency = kinds.urgency_of(first.kind)
    if urgency is Urgency.AT_ONCE or _may_have_left_alone(first):
        return _if_held(first, at, Notice.objects.filter(pk=first.pk))
    if first.bundle_id is not None:
        whole = _if_held(first, at, Notice.objects.filter(bundle=first.bundle_id))
        if whole is not None and whole.notices:
            whole.bundle = Bundle.objects.get(pk=first.bundle_id)
        return whole
    return _gather(first, at)


def _may_have_left_alone(notice: Notice) -> bool:
    """Then it leaves alone again, so that it is the same message."""
    if notice.bundle_id is not None or notice.state != NoticeState.CLAIMED:
        return notice.bundle_id is None and notice.in_doubt > 0
    return kinds.urgency_of(notice.kind) is Urgency.IN_TIME or not wanted.is_gathered(notice.person)


def _if_held(first: Notice, at: datetime, together: NoticeQuerySet) -> Claim | None:
    """These, as far as they are due and nobody holds them; nothing where the first is not due any more."""
    notices = _lock(together.due(at), first.person)
    if any(notice.pk == first.pk for notice in notices):
        for notice in notices:
            if _may_have_been_handed_over(notice):
                notice.in_doubt = max(notice.in_doubt, 1)  # from now on nothing else takes its name
        return Claim(notices)
    return None if Notice.objects.due(at).filter(pk=first.pk).exists() else Claim(())


def _may_have_been_handed_over(notice: Notice) -> bool:
    """Whoever held it died, perhaps just after; but not where it was too late already when they took it up."""
    if notice.state != NoticeState.CLAIMED or notice.leased_until is None:
        return False
    return notice.leased_until - rules.LEASE <= notice.not_after


def _lock(some: NoticeQuerySet, person: Person) -> list[Notice]:
    """Never waits, so that two who take up several cannot wait for one another."""
    notices = list(some.select_for_update(skip_locked=True).order_by("pk"))
    for notice in notices:
        notice.person = person
    return notices


def _gather(first: Notice, at: datetime) -> Claim | None:
    person, hours = first.person, wanted.hours_of(first.person, at=at)
    # Named one by one: what remains of a kind that no longer exists leaves by itself.
    gathered = [kind.name for kind in kinds.all_kinds() if kind.urgency is not Urgency.AT_ONCE]
    waiting = Notice.objects.filter(person=person, finished_at=None, bundle=None, in_doubt=0, kind__in=gathered)
    of_today = Q(state=NoticeState.OWED, attempts=0, due_on__lte=hours.today(at))
    notices = _lock(waiting.filter(Q(take_up_at__lte=at) | of_today), person)
    due = [notice for notice in notices if notice.take_up_at <= at]
    if not any(notice.pk == first.pk for notice in due):
        return None if Notice.objects.due(at).filter(pk=first.pk).exists() else Claim(())
    too_late = [notice for notice in due if notice.not_after < at]
    if too_late:
        return Claim(too_late)
    gathers = wanted.is_gathered(person)
    if gathers and waiting.filter(state=NoticeState.CLAIMED, leased_until__gt=at).exists():
        return None  # somebody prepares the message of the day, or died; either way it is not another one's day yet
    opening = hours.next_opening(at, taken=days_with_a_message(person, hours, at) if gathers else frozenset())
    if opening <= at:
        return Claim(notices, gathers=True) if gathers else Claim([first])
    in_time = [notice for notice in due if cannot_wait_for(opening, notice)]
    if in_time:
        return Claim(in_time[:1])
    _put_off(due, opening, at=at)
    return Claim(())


def days_with_a_message(person: Person, hours: Hours, at: datetime) -> frozenset[date]:
    return frozenset(Bundle.objects.filter(person=person, on__gte=hours.today(at)).values_list("on", flat=True))


def cannot_wait_for(opening: datetime, notice: Notice) -> bool:
    """At the opening itself it would be too late already: whatever leaves then leaves a moment after it."""
    return kinds.urgency_of(notice.kind) is Urgency.IN_TIME and notice.not_after < opening + rules.AT_LEAST_SO_LONG


def _put_off(notices: Sequence[Notice], opening: datetime, *, at: datetime) -> None:
    """What may wait for its reader stays worth sending for as long once they are back.

    When it was due stays what it was: it is planned anew from that, and tells the earlier of two from the later.
    """
    for notice in notices:
        if kinds.urgency_of(notice.kind) is Urgency.MAY_WAIT:
            notice.not_after += opening - at
        notice.waits_until = opening
        if notice.state == NoticeState.RETRY:
            notice.again_at = opening
        else:
            notice.state, notice.leased_until = NoticeState.OWED, None
    Notice.objects.bulk_update(notices, ["state", "leased_until", "again_at", "waits_until", "not_after"])


def _lease(taken: Claim, at: datetime) -> None:
    until = at + rules.LEASE
    leased = {"state": NoticeState.CLAIMED, "leased_until": until, "again_at": None}
    for doubts in {notice.in_doubt for notice in taken.notices}:
        some = Notice.objects.filter(pk__in=[notice.pk for notice in taken.notices if notice.in_doubt == doubts])
        some.update(**leased, attempts=F("attempts") + 1, in_doubt=doubts)
    for notice in taken.notices:
        notice.state, notice.leased_until, notice.again_at = NoticeState.CLAIMED, until, None
        notice.attempts += 1


def prolong(taken: Claim, *, at: datetime) -> bool:
    """Hold it for as long again; False where our lease is over."""
    until = at + rules.LEASE
    if taken.held().update(leased_until=until) != len(taken.notices):
        return False
    for notice in taken.notices:
        notice.leased_until = until
    return True


def begin_bundle(taken: Claim, *, at: datetime) -> bool:
    """Note that these leave together as the message of today, just before they do.

    False where they must not: another message of the day has begun meanwhile, or our lease is over.
    """
    on = at.astimezone(taken.person.zone).date()
    try:
        with transaction.atomic():
            bundle = Bundle.objects.create(person=taken.person, on=on, message_id=taken.notices[0].message_id)
            if taken.held().update(bundle=bundle) != len(taken.notices):
                raise IntegrityError("somebody else holds them")
    except IntegrityError:
        return False
    taken.bundle = bundle
    return True


def end_bundle(taken: Claim) -> None:
    """It did not leave: another may be the message of today."""
    if taken.bundle is not None:
        taken.bundle.delete()
        taken.bundle = None
