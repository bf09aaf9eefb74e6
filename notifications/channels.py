"""Where somebody would rather be written to than by mail. Mail remains what a message falls back to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from notifications.chat import MOST_MESSAGES
from notifications.choices import ChannelKind
from notifications.kinds import Message
from notifications.models import Channel
from notifications.webhooks import Target, target_of
from people.models import Person
from privacy.models import DataKey
from privacy.sealing import CannotUnseal, seal, unseal

FAILS_BEFORE_REST: Final = 3
REST: Final = timedelta(hours=1)


@sensitive_variables()
@transaction.atomic
def choose_channel(*, by: Person, kind: ChannelKind, address: str, at: datetime) -> None:
    """Write there from now on. The address is sealed, and nobody reads it again, its person included."""
    target_of(address, kind)
    forget_channel(by=by)
    key = DataKey.objects.mint()
    channel = Channel(person=by, kind=kind, chosen_at=at, data_key=key)
    channel.address = seal(address, key=key, row=channel.row("address"))
    channel.save(force_insert=True)


@transaction.atomic
def forget_channel(*, by: Person) -> None:
    """Mail again. The key goes with the address."""
    # Two forms at once are heard one after the other, also where there is no channel yet to hold.
    Person.objects.select_for_update(no_key=True).get(pk=by.pk)
    for channel in Channel.objects.filter(person=by).select_related("data_key"):
        key = channel.data_key
        channel.delete()
        if key is not None:
            key.delete()


def channel_of(person: Person) -> Channel | None:
    return Channel.objects.select_related("data_key").filter(person=person).first()


def may_carry(messages: Sequence[Message]) -> bool:
    """Not a calendar, and no link that works for whoever has it: somebody else may read along in a chat."""
    return len(messages) <= MOST_MESSAGES and not any(each.mail_only or each.calendar for each in messages)


def rests(channel: Channel, *, at: datetime) -> bool:
    return channel.failures >= FAILS_BEFORE_REST and channel.failed_at is not None and channel.failed_at + REST > at


@sensitive_variables()
def target(channel: Channel) -> Target:
    """Raises an OSError where it leads nowhere any more."""
    try:
        return target_of(unseal(channel.address, key=channel.data_key, row=channel.row("address")), channel.kind_of)
    except CannotUnseal as error:
        raise OSError("the address cannot be opened") from error


def note_failure(channel: Channel, *, at: datetime) -> None:
    Channel.objects.filter(pk=channel.pk).update(failures=min(channel.failures + 1, 1000), failed_at=at)


def note_success(channel: Channel) -> None:
    if channel.failures:
        Channel.objects.filter(pk=channel.pk).update(failures=0, failed_at=None)
