"""What the outbox itself writes to people: the link by which they come in, and that somebody set their password."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.urls import reverse

from notifications import kinds
from notifications.kinds import Kind, Message, Urgency
from notifications.models import Notice
from people import way_in
from people.backends import may_sign_in
from people.models import Person


def _link(notice: Notice, at: datetime) -> Message | None:
    """The link is made when it leaves, so it stands nowhere before, and in no table at all."""
    person = notice.person
    is_in = person.last_login is not None and person.last_login > notice.owed_at
    if is_in or not may_sign_in(person):
        return None
    return Message(
        subject="Your link to sign in",
        heading="Choose a password, and you are signed in",
        paragraphs=(
            "This link works once, for an hour from now. Keep it to yourself: whoever has it can sign in as you.",
            "If you did not ask for it, ignore this message. Your password stays as it is.",
        ),
        link=way_in.link_of(person, at=at),
        action="Choose a password",
        footnote="Only you received this message.",
        mail_only=True,
    )


WAY_IN: Final = Kind(
    "notifications.way_in", "You asked for a link to sign in", compose=_link, urgency=Urgency.AT_ONCE
)  # fmt: skip


def _password_set(notice: Notice, at: datetime) -> Message | None:
    by = Person.objects.filter(pk=notice.key.split(":")[2].partition("_")[0]).first()
    if by is None:
        return None
    return Message(
        subject="An administrator has set your password",
        heading="Your password was set for you",
        paragraphs=(
            f"{by.name}, an administrator, has set a password for you. Whoever knows it can sign in as you.",
            "You can have a link sent to you, and choose one that you alone know.",
            "If you did not ask for it, talk to them, and tell another administrator or IT security at once.",
        ),
        link=reverse("notifications:way_in"),
        action="Choose another",
        mail_only=True,
    )


PASSWORD_SET: Final = Kind(
    "notifications.password_set", "An administrator set your password", compose=_password_set, urgency=Urgency.AT_ONCE
)  # fmt: skip


def _address_changed(notice: Notice, at: datetime) -> Message:
    """Also where it was changed back meanwhile: a moment is enough to have a link sent."""
    day = notice.owed_at.astimezone(notice.person.zone)
    return Message(
        subject="Your address in the directory was changed",
        heading="Your address was changed",
        paragraphs=(
            f"On {day:%-d %B %Y} at {day:%H:%M} your entry in the company directory was given another address of mail.",
            "What we write to you goes there from now on, and so does a link to sign in.",
            "If you know nothing of this, tell an administrator or IT security at once: somebody else may become you.",
        ),
        link=reverse("notifications:your_messages"),
        action="Open Your messages",
        mail_only=True,
    )


ADDRESS_CHANGED: Final = Kind(
    "notifications.address_changed",
    "The directory has another address for you, said to the former one",
    compose=_address_changed,
    urgency=Urgency.AT_ONCE,
)


def register() -> None:
    kinds.register(WAY_IN, PASSWORD_SET, ADDRESS_CHANGED)
