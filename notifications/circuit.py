"""Leaving a server alone that does not answer, and finding out soon that it does again.

The state is in the database, so that all workers know at once, and a worker that starts anew knows too.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from notifications import rules
from notifications.models import Host


class Circuit:
    """One worker's view of one server. Asks the database at first and after trouble, not for every message."""

    def __init__(self, host: str) -> None:
        self._rows = Host.objects.filter(name=host)
        self._host = host
        self._well = False

    def lets_try(self, *, at: datetime) -> bool:
        """Whether to ask the server now. Of all workers one may ask a server that has rested, for ``PROBE``."""
        if self._well:
            return True
        host = self._rows.first()
        if host is None or host.rests_until is None:
            return True
        rested = self._rows.filter(rests_until=host.rests_until, rests_until__lte=at)
        return rested.update(rests_until=at + rules.PROBE) == 1

    def answered(self) -> None:
        if not self._well:
            self._rows.filter(failures__gt=0).update(failures=0, failed_at=None, rests_until=None, reason="")
            self._well = True

    @transaction.atomic
    def failed(self, *, at: datetime, reason: str) -> None:
        self._well = False
        Host.objects.filter(failed_at__lt=at - rules.HOSTS_FORGOTTEN).delete()
        Host.objects.bulk_create([Host(name=self._host)], ignore_conflicts=True)
        host = self._rows.select_for_update().get()
        if host.failed_at is not None and host.failed_at + rules.FAILURES_FORGOTTEN < at and host.rests_until is None:
            host.failures = 0
        host.failures += 1
        host.failed_at, host.reason = at, reason[:200]
        if host.failures >= rules.OPENS_AFTER:
            host.rests_until = at + rules.rest(host.failures)
        host.save()
