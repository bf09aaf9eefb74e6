"""Wake a worker now, instead of at the next tick.

What there is to do stands in the database; the bell carries no facts.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def ring(task: str, subject: str, *, expires: timedelta | None = None) -> None:
    """Ring for this task about this primary key once the transaction is kept. Without a broker the tick does it.

    Nobody need hear it any more once it ``expires``.
    """
    transaction.on_commit(lambda: _ring(task, subject, expires), robust=True)


def _ring(task: str, subject: str, expires: timedelta | None) -> None:
    try:
        current_app.send_task(
            task, args=[subject], retry=False, expires=expires.total_seconds() if expires is not None else None
        )
    except OperationalError as away:
        log.warning("No broker answered, so %s of %s waits for the next tick: %s", task, subject, away)
