"""What we write to people who volunteer."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.urls import reverse

from notifications.kinds import Kind, Message
from notifications.models import Notice
from participants import rules
from participants.actions import CHARTER_MISSING, IN_POOL
from participants.models import Participation


def _taking_part(notice: Notice) -> Participation | None:
    participation: Participation | None = (
        Participation.objects.taking_part().select_related("program").filter(pk=notice.subject).first()
    )
    return participation


def in_pool(notice: Notice, at: datetime) -> Message | None:
    participation = _taking_part(notice)
    if participation is None or participation.charter_signed_at is None:
        return None
    program, side = participation.program, participation.get_side_display().lower()
    return Message(
        subject=f"You are in the pool of {program}",
        heading=f"You are in the pool as a {side}",
        paragraphs=(
            f"You volunteered for {program}, and you agreed to its charter.",
            "When enrolment ends, coordinators look for the best pairs. We write to you when there is a proposal.",
            "You can change your profile, or withdraw at any time without giving a reason.",
        ),
        link=reverse("participants:program", args=[program.pk]),
        action="Open the program",
    )


def charter_missing(notice: Notice, at: datetime) -> Message | None:
    participation = _taking_part(notice)
    if participation is None or participation.charter_signed_at is not None:
        return None
    program = participation.program
    if not rules.is_taking_volunteers(program):
        return None
    return Message(
        subject=f"{program}: the charter is still open",
        heading="Your offer is kept; the charter is still open",
        paragraphs=(
            f"You volunteered for {program} and left the charter for later.",
            "Only people who agree to the charter are matched. Take your time, or withdraw without a reason.",
        ),
        link=reverse("participants:profile", args=[program.pk, participation.side]),
        action="Read the charter",
    )


KINDS: Final = (
    Kind(IN_POOL, "Somebody volunteered and agreed to the charter: they are in the pool.", in_pool),
    Kind(CHARTER_MISSING, "Somebody volunteered and left the charter open.", charter_missing),
)
