"""Somebody turns to a supervisor, and the two write to each other."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.views.decorators.debug import sensitive_variables

from pairings import asking, private_notices
from pairings.models import HelpMessage, HelpRequest
from pairings.private_words import opened, sealed
from people.models import Person
from privacy.models import DataKey
from programs.models import Program


@sensitive_variables("words")
@transaction.atomic
def ask_for_help(
    program: Program, *, supervisor: Person, by: Person, at: datetime, on: date, words: str,
    form: uuid.UUID | None = None,
) -> HelpRequest:  # fmt: skip
    """Write to one supervisor of the program. Sent twice it is one; there is one open thread with each of them.

    Other words in a form that was sent before are refused like those of a new one, so that they stay in the form.
    """
    Person.objects.select_for_update(no_key=True).get(pk=by.pk)  # two windows take turns
    if not asking.may_ask_in(by, program, on=on):
        raise asking.NobodyToAsk
    if not asking.supervisors_for(by, program, on=on).filter(pk=supervisor.pk).exists():
        raise asking.NobodyToAsk
    there = HelpRequest.objects.open().filter(program=program, asked_by=by, supervisor=supervisor).first()
    if there is not None:
        if _sent(there, by=by, words=words, form=form) is not None:
            return there
        raise asking.AlreadyAsked(supervisor)
    request = HelpRequest.objects.create(
        program=program, asked_by=by, supervisor=supervisor, asked_at=at, data_key=DataKey.objects.mint(),
        kept_until=asking.first_kept_until(program, on=on),
    )  # fmt: skip
    _write(request, by=by, at=at, words=words, form=form or uuid.uuid4())
    return request


@sensitive_variables("words")
@transaction.atomic
def write_in_thread(
    request: HelpRequest, *, by: Person, at: datetime, words: str, form: uuid.UUID | None = None
) -> HelpMessage:
    """Write to the other of the two, who is owed one notice until they have read it. Sent twice it is one."""
    request, form = _held(request, at=at), form or uuid.uuid4()
    asking.insist_may_write(request, by)
    if (sent := _sent(request, by=by, words=words, form=form)) is not None:
        return sent
    if request.messages.count() >= asking.MOST_MESSAGES:
        raise asking.ThreadFull
    return _write(request, by=by, at=at, words=words, form=form)


@transaction.atomic
def see_thread(request: HelpRequest, *, by: Person, at: datetime, seen: Collection[uuid.UUID]) -> None:
    """These were on the page. Once none is unread, the next one is news again."""
    if seen:
        request = _held(request, at=at)
        asking.insist_party(request, by)
        asking.unread_by(request, by).filter(pk__in=seen).update(read_at=at)
        later = asking.unread_by(request, by).first()
        if later is not None:  # written while something waited, so nothing was owed for it yet
            private_notices.owe_help(later, person=by, at=at)


@transaction.atomic
def close_thread(request: HelpRequest, *, by: Person, at: datetime) -> HelpRequest:
    """Either of the two closes it; the other hears that it is closed. Closing it again changes nothing."""
    request = _held(request, at=at)
    asking.insist_party(request, by)
    if request.closed_at is None:
        request.closed_at, request.closed_by = at, by
        request.save(update_fields=["closed_at", "closed_by"])
        private_notices.owe_closed(request, person=asking.other_of(request, by), at=at)
    return request


def tell_of_lost_supervisors(*, at: datetime) -> int:
    """Whoever wrote to somebody who is no longer a supervisor is told once, to choose another; how many are lost."""
    waiting = HelpRequest.objects.open().with_duty(at).filter(Q(is_held=False))
    lost = list(waiting.select_related("asked_by"))
    for request in lost:
        private_notices.owe_lost(request, at=at)
    return len(lost)


def forget_threads(*, at: datetime) -> int:
    """Erase threads whose time has come, with their keys; how many. The tick calls this."""
    return sum(_forget(request) for request in asking.over(at).order_by("pk")[:200])


@transaction.atomic
def _forget(request: HelpRequest) -> bool:
    found = HelpRequest.objects.select_related("data_key").select_for_update(of=("self",)).filter(pk=request.pk).first()
    if found is None:
        return False
    key = found.data_key
    found.delete()
    if key is not None:
        key.delete()
    return True


@sensitive_variables()
def _sent(request: HelpRequest, *, by: Person, words: str, form: uuid.UUID | None) -> HelpMessage | None:
    """The message this form was sent for, if it holds the very words."""
    sent: HelpMessage | None = None if form is None else request.messages.filter(pk=form, written_by=by).first()
    if sent is None:
        return None
    sent.request = request
    return sent if opened(sent.words, request, sent, "words") == words else None


@sensitive_variables("words")
def _write(request: HelpRequest, *, by: Person, at: datetime, words: str, form: uuid.UUID) -> HelpMessage:
    other = asking.other_of(request, by)
    nothing_waits = not asking.unread_by(request, other).exists()
    taken = HelpMessage.objects.filter(pk=form).exists()
    message = HelpMessage(pk=uuid.uuid4() if taken else form, request=request, written_by=by, written_at=at)
    message.words = sealed(words, request, message, "words")
    message.save(force_insert=True)
    if nothing_waits:
        private_notices.owe_help(message, person=other, at=at)
    return message


def _held(request: HelpRequest, *, at: datetime) -> HelpRequest:
    """The same request, fresh and locked until the transaction ends."""
    locked: HelpRequest = (
        HelpRequest.objects.with_duty(at)
        .select_related("program", "asked_by", "supervisor", "data_key")
        .select_for_update(of=("self",))
        .get(pk=request.pk)
    )
    return locked
