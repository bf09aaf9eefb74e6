"""What is told by mail of a private room: that there is something new, and not a word of it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.urls import reverse

from notifications.actions import owe
from notifications.kinds import Kind, Message
from notifications.models import Notice
from pairings import room, rules
from pairings.models import Pairing, PrivateMessage
from people.models import Person

NEWS: Final = "pairings.room_news"


def owe_news(message: PrivateMessage, *, person: Person, at: datetime) -> None:
    """Once for everything that waits unread; it leaves when the message can no longer be taken back."""
    owe(
        kind=NEWS, subject=message.pairing_id, person=person, at=at, wait=room.TAKEN_BACK_WITHIN,
        occurrence=message.pk.hex,
    )  # fmt: skip


def _news(notice: Notice, at: datetime) -> Message | None:
    pairing: Pairing | None = Pairing.objects.with_people().filter(pk=notice.subject).first()
    if pairing is None or not rules.is_readable(pairing, on=at.astimezone(notice.person.zone).date()):
        return None
    if pairing.side_of(notice.person) is None or not room.unread_by(pairing, notice.person).exists():
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


KINDS: Final = (Kind(name=NEWS, description="Something new in the private room of a pair", compose=_news),)
