"""The message that leaves ten thousand times."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from notifications import kinds
from notifications.models import Notice

KIND: Final = "faults.errand"


def register() -> None:
    kinds.register(kinds.Kind(name=KIND, description="A thing to do", compose=_compose))


def _compose(notice: Notice, at: datetime) -> kinds.Message:
    return kinds.Message(
        subject="A thing to do", heading="A thing to do", paragraphs=("It takes a minute.",), link="/", action="Do it"
    )
