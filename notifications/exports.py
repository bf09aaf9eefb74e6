"""What the outbox tells somebody of the messages they got; registered with ``people.exports``."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from notifications import kinds
from notifications.choices import WEEKDAYS
from notifications.models import Bundle, Channel, DayOff, Declined, MessageHours, Notice, TriedAgain
from people.exports import LeftOut, Part, Record, columns, register, told
from people.models import Person

HOURS: Final = ("first", "last", "gathered")
CHANNEL: Final = ("kind", "chosen_at", "failed_at")
DECLINED: Final = ("topic", "declined_at")
DAYS_OFF: Final = ("first_on", "last_on")


def _messages(person: Person, at: datetime) -> list[Record]:
    """Only those that left, as far as we know. One that is owed or was called off would tell what somebody else did."""
    described = {kind.name: kind.description for kind in kinds.all_kinds()}
    left = Notice.objects.filter(person=person, finished_at__isnull=False)
    sent = left.perhaps_arrived().order_by("finished_at", "pk")
    return [
        {
            "kind": described.get(kind, kind),
            "sent_at": finished_at,
            **({"sent_to_your_former_address": address} if address else {}),
        }
        for kind, finished_at, address in sent.values_list("kind", "finished_at", "address")
    ]


def _tried_again(person: Person, at: datetime) -> list[Record]:
    return [{"at": each} for each in TriedAgain.objects.filter(by=person).values_list("at", flat=True)]


def _wishes(person: Person, at: datetime) -> list[Record]:
    return [
        {"weekdays": [WEEKDAYS[day] for day in hours.weekdays], **told(hours, *HOURS)}
        for hours in MessageHours.objects.filter(person=person)
    ]


def _channel(person: Person, at: datetime) -> list[Record]:
    return [told(each, *CHANNEL) for each in Channel.objects.filter(person=person)]


def _declined(person: Person, at: datetime) -> list[Record]:
    return [told(each, *DECLINED) for each in Declined.objects.filter(person=person)]


def _days_off(person: Person, at: datetime) -> list[Record]:
    return [told(days, *DAYS_OFF) for days in DayOff.objects.filter(person=person)]


PARTS: Final = (
    Part(
        "messages",
        "Messages we sent you",
        "What each was about, and when it left. Their words are not kept. That there was something new in your private "
        "room is kept until you have read or answered it.",
        _messages,
        columns(Notice, "person", "kind", "state", "finished_at", "address"),
    ),
    Part(
        "messages_tried_again",
        "Messages you had tried again",
        "When you, as an administrator, let a message leave once more that had been given up.",
        _tried_again,
        columns(TriedAgain, "by", "at"),
    ),
    Part(
        "message_hours",
        "When you want to be written to",
        "What you chose on “Your messages”; nothing, if you left it as it is for everybody.",
        _wishes,
        columns(MessageHours, "person", "weekdays", *HOURS),
    ),
    Part(
        "message_channel",
        "Where we write to you instead of by mail",
        "The chat you chose. Its address is a key to it, and is shown to nobody again.",
        _channel,
        columns(Channel, "person", *CHANNEL),
    ),
    Part(
        "messages_declined",
        "Messages you want no more of",
        "Each with when you said so.",
        _declined,
        columns(Declined, "person", *DECLINED),
    ),
    Part(
        "days_off",
        "Your days off",
        "Days on which we write nothing that may wait. Past ones are deleted.",
        _days_off,
        columns(DayOff, "person", *DAYS_OFF),
    ),
)
LEFT_OUT: Final = (
    LeftOut(
        "Messages that did not leave, and when each was asked for",
        "A message waits, or is called off, because somebody else did something. When, is theirs to tell.",
        columns(
            Notice, "key", "subject", "owed_at", "due_on", "due_time", "due_at", "waits_until", "not_after",
            "leased_until", "again_at", "take_up_at", "attempts", "in_doubt", "reason", "message_id", "bundle",
        )
        | columns(TriedAgain, "notice"),
    ),
    LeftOut(
        "The address of your chat",
        "Whoever has it can post there. You find it where you made it.",
        columns(Channel, "address", "data_key", "failures"),
    ),
    LeftOut(
        "Which messages left together",
        "Each is told by itself, with when it left.",
        columns(Bundle, "person", "on", "message_id"),
    ),
)  # fmt: skip


def register_own() -> None:
    register(*PARTS, leave_out=LEFT_OUT)
