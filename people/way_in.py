"""The link by which somebody comes in who has no password yet, or lost it.

It names one person and their last state: their address, their password and when they signed in last. So it works once,
and ends as soon as its person comes in by any way. Nothing of it is stored; Django makes and judges it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse

from people.backends import may_sign_in
from people.models import Person

GOOD_FOR: Final = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)


class _Links(PasswordResetTokenGenerator):
    """Django's, at the hour it is told."""

    key_salt = "people.way_in"

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at

    def _now(self) -> datetime:
        return self.at.astimezone(UTC).replace(tzinfo=None)


def link_of(person: Person, *, at: datetime) -> str:
    """A path that lets whoever has it choose the password of this person, until ``at`` + ``GOOD_FOR``."""
    return reverse("people:choose_password", args=[person.pk, _Links(at).make_token(person)])


def opens(token: str, person: Person, *, at: datetime) -> bool:
    """Whether this is the token of a link that still works for ``person``, and they may sign in."""
    return may_sign_in(person) and _Links(at).check_token(person, token)
