"""What a pair wrote is erased some time after its page has closed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from pairings import rules
from pairings.actions.locking import held
from pairings.models import Pairing


def forget_private_words(*, at: datetime, limit: int = 200) -> int:
    """Erase the private text of pairs whose time has come, a pair at a time; how many. The tick calls this.

    The key is deleted, which erases every text under it, also in backups once they expire, and the room is emptied.
    Dates, minutes and goals' states remain.
    """
    # A day later than the page says, so that the day has come wherever the two are.
    before = at.date() - timedelta(days=rules.READABLE_DAYS + rules.ERASED_DAYS)
    over = Q(ended_on__lt=before) | Q(ended_on=None, runs_until__lt=before)
    waiting = Pairing.objects.filter(over, data_key__isnull=False).order_by("pk")
    return sum(_forget(pairing) for pairing in waiting[:limit])


@transaction.atomic
def _forget(pairing: Pairing) -> bool:
    pairing = held(pairing)
    if pairing.data_key is None:
        return False
    pairing.notes.all().delete()
    pairing.messages.all().delete()
    pairing.data_key.delete()
    return True
