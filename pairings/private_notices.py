"""What is told by mail of private words: that there is something new, and not a word of it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Final

from django.db.models import CharField, Exists, F, Func, OuterRef, QuerySet, UUIDField, Value
from django.db.models.functions import Cast
from django.urls import reverse

from notifications.actions import owe
from notifications.kinds import Kind, Message, Urgency
from notifications.models import Notice, NoticeQuerySet
from pairings import asking, room, rules
from pairings.models import HelpMessage, HelpRequest, Pairing, PrivateMessage
from people.models import Person

NEWS: Final = "pairings.room_news"
HELP: Final = "pairings.help"
HELP_CLOSED: Final = "pairings.help_closed"
HELP_LOST: Final = "pairings.help_lost"


def owe_news(message: PrivateMessage, *, person: Person, at: datetime) -> None:
    """Once for everything that waits unread; it leaves when the message can no longer be taken back.

    The notice is of this message: once that was read or taken back, it does not leave. Whatever then still waits was
    owed nothing yet, and is owed a notice of its own by whoever read or took back. Once it has left, or need not any
    more, and nothing waits of which it is, it is forgotten (``pairings.actions.forget``).
    """
    _owe_news(message.pairing_id, message.pk, person=person, at=at)


def owe_news_beside(pairing: Pairing, key: uuid.UUID, *, person: Person, at: datetime) -> None:
    """As if it were a message: of something that an app above keeps for the two, by the key it tells ``room`` of."""
    _owe_news(pairing.pk, key, person=person, at=at)


def _owe_news(pairing: uuid.UUID, key: uuid.UUID, *, person: Person, at: datetime) -> None:
    owe(kind=NEWS, subject=pairing, person=person, at=at, wait=room.TAKEN_BACK_WITHIN, occurrence=key.hex)


def of_nothing_that_waits() -> NoticeQuerySet:
    """Notices of rooms whose message was read, taken back or erased; of what stands beside the messages, likewise."""
    unread = PrivateMessage.objects.filter(pk=Cast(OuterRef("occurrence"), UUIDField()), read_at=None)
    occurrence = Func(F("key"), Value(":"), Value(3), function="SPLIT_PART", output_field=CharField())
    beside = [key.hex for key in room.keys_beside()]
    told = Notice.objects.filter(kind=NEWS).alias(occurrence=occurrence)
    over: NoticeQuerySet = told.exclude(occurrence__in=beside).filter(~Exists(unread))
    return over


def _waits(unread: QuerySet[PrivateMessage] | QuerySet[HelpMessage], notice: Notice) -> bool:
    """Whether the message the notice is of is among what is unread."""
    return unread.filter(pk=notice.key.split(":")[2]).exists()


def _waits_in_room(pairing: Pairing, notice: Notice, at: datetime) -> bool:
    if _waits(room.unread_by(pairing, notice.person), notice):
        return True
    beside = room.waits_beside(pairing, notice.person, on=at.astimezone(notice.person.zone).date())
    return any(each.key.hex == notice.key.split(":")[2] for each in beside)


def _news(notice: Notice, at: datetime) -> Message | None:
    pairing: Pairing | None = Pairing.objects.with_people().filter(pk=notice.subject).first()
    if pairing is None or not rules.is_readable(pairing, on=at.astimezone(notice.person.zone).date()):
        return None
    if pairing.side_of(notice.person) is None or not _waits_in_room(pairing, notice, at):
        return None
    return Message(
        subject="There is something new in your private room",
        heading="Something new in your private room",
        paragraphs=(
            f"{pairing.partner_of(notice.person).given_name} has written to you. It is read there and nowhere else.",
            "You hear of it once, however much is written until you open the room.",
        ),
        link=reverse("pairings:room", args=[pairing.pk]),
        action="Open the room",
    )


def owe_help(message: HelpMessage, *, person: Person, at: datetime) -> None:
    """Once for everything that waits unread in this thread; of one message, as in the room."""
    owe(kind=HELP, subject=message.request_id, person=person, at=at, occurrence=message.pk.hex)


def owe_closed(request: HelpRequest, *, person: Person, at: datetime) -> None:
    owe(kind=HELP_CLOSED, subject=request.pk, person=person, at=at)


def owe_lost(request: HelpRequest, *, at: datetime) -> None:
    owe(kind=HELP_LOST, subject=request.pk, person=request.asked_by, at=at)


def _request(notice: Notice, at: datetime) -> HelpRequest | None:
    """What the notice is about, while its reader may still read it."""
    return asking.visible_to(notice.person, at=at).filter(pk=notice.subject).first()


def _thread(request: HelpRequest) -> str:
    return reverse("pairings:help_thread", args=[request.pk])


def _help(notice: Notice, at: datetime) -> Message | None:
    request = _request(notice, at)
    if request is None or not _waits(asking.unread_by(request, notice.person), notice):
        return None
    return Message(
        subject="Somebody has written to you in confidence",
        heading="Somebody has written to you in confidence",
        paragraphs=(
            "It is read on a page that only the two of you can open, and nowhere else.",
            "You hear of it once, however much is written until you read it.",
        ),
        link=_thread(request),
        action="Read it",
    )


def _help_closed(notice: Notice, at: datetime) -> Message | None:
    request = _request(notice, at)
    if request is None or request.closed_at is None:
        return None
    return Message(
        subject="A conversation in confidence was closed",
        heading="A conversation in confidence was closed",
        paragraphs=(f"You can both read it until {rules.in_words(asking.erased_on(request))}. Then it is erased.",),
        link=_thread(request),
        action="Open it",
    )


def _help_lost(notice: Notice, at: datetime) -> Message | None:
    request = _request(notice, at)
    if request is None or request.closed_at is not None or request.is_held:
        return None
    if not asking.may_ask_in(notice.person, request.program, on=at.astimezone(notice.person.zone).date()):
        return Message(
            subject="What you wrote in confidence is no longer read",
            heading="What you wrote in confidence is no longer read",
            paragraphs=(
                "The person you wrote to no longer has that part in the program, and can no longer read it.",
                "What you wrote is still yours. You no longer take part, so no other supervisor can be chosen.",
            ),
            link=_thread(request),
            action="Open it",
        )
    return Message(
        subject="Please choose somebody else to turn to",
        heading="Please choose somebody else to turn to",
        paragraphs=(
            "The person you wrote to in confidence no longer has that part in the program, and can no longer read it.",
            "What you wrote is still yours. You can write to somebody else, who sees only what you write to them.",
        ),
        link=_thread(request),
        action="Open it",
    )


KINDS: Final = (
    Kind(name=NEWS, description="Something new in the private room of a pair", compose=_news, urgency=Urgency.AT_ONCE),
    Kind(
        name=HELP, description="Something new in a conversation in confidence", compose=_help, urgency=Urgency.AT_ONCE
    ),
    Kind(
        name=HELP_CLOSED,
        description="A conversation in confidence was closed",
        compose=_help_closed,
        urgency=Urgency.AT_ONCE,
    ),
    Kind(
        name=HELP_LOST,
        description="Whom one wrote to in confidence can no longer read it",
        compose=_help_lost,
        urgency=Urgency.AT_ONCE,
    ),
)
