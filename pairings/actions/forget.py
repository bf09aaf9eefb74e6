"""What a pair wrote is erased some time after its page has closed, as the day both were told ends for the second."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pairings.actions.locking import held
from pairings.models import Pairing


def forget_private_words(*, at: datetime, limit: int = 200) -> int:
    """Erase the private text of pairs whose time has come, a pair at a time; how many. The tick calls this.

    The key is deleted, which erases every text under it, also in backups once they expire, and the room is emptied.
    Of check-ins stays whether it was worth the time, which is counted in groups; dates, minutes and goals' states
    remain.
    """
    waiting = Pairing.objects.kept_long_enough(at).filter(data_key__isnull=False).order_by("pk")
    return sum(_forget(pairing) for pairing in waiting[:limit])


@transaction.atomic
def _forget(pairing: Pairing) -> bool:
    pairing = held(pairing)
    if pairing.data_key is None:
        return False
    pairing.notes.all().delete()
    pairing.messages.all().delete()
    pairing.check_ins.update(meeting=None, getting=None, speaking=None, fit=None)
    pairing.data_key.delete()
    return True
