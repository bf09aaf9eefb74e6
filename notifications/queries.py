"""Questions about delivery."""

from __future__ import annotations

from django.db.models import Count

from notifications.choices import NoticeState
from notifications.models import Notice


def delivery_in_words() -> str:
    """How delivery stands, in one sentence.

    Sent and no longer needed are one number: apart, each step of the second would say that somebody has answered.
    """
    counted: dict[str, int] = dict(Notice.objects.order_by().values_list("state").annotate(Count("pk")))
    waiting = counted.get(NoticeState.OWED, 0) + counted.get(NoticeState.CLAIMED, 0)
    settled = counted.get(NoticeState.SENT, 0) + counted.get(NoticeState.CANCELLED, 0)
    return (
        "Messages that did not arrive, and what the mail server said. "
        f"Waiting for their time or turn: {waiting:,}. Settled: {settled:,}. "
        f"Refused: {counted.get(NoticeState.FAILED, 0):,}. Too late: {counted.get(NoticeState.MISSED, 0):,}."
    )
