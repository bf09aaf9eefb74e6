"""What the outbox itself writes to people: the link by which they come in."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from notifications import kinds
from notifications.kinds import Kind, Message, Urgency
from notifications.models import Notice
from people import way_in
from people.backends import may_sign_in


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


def register() -> None:
    kinds.register(WAY_IN)
