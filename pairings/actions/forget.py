"""What a pair wrote is erased some time after its page has closed, as the day both were told ends for the second."""

from __future__ import annotations

from datetime import datetime
from itertools import islice

from django.db import transaction

from pairings import rules
from pairings.actions.locking import held
from pairings.models import Pairing


def forget_private_words(*, at: datetime, limit: int = 200) -> int:
    """Erase the private text of pairs whose time has come, a pair at a time; how many. The tick calls this.

    The key is deleted, which erases every text under it, also in backups once they expire, and the room is emptied.
    Of check-ins stays whether it was worth the time, which is counted in groups; dates, minutes and goals' states
    remain.
    """
    waiting = Pairing.objects.kept_long_enough_somewhere(at).filter(data_key__isnull=False).with_people()
    due = (pairing for pairing in waiting.iterator() if rules.is_kept_long_enough(pairing, at=at))
    return sum(_forget(pairing, at=at) for pairing in list(islice(due, limit)))


@transaction.atomic
def _forget(pairing: Pairing, *, at: datetime) -> bool:
    pairing = held(pairing)
    if pairing.data_key is None or not rules.is_kept_long_enough(pairing, at=at):
        return False
    pairing.notes.all().delete()
    pairing.messages.all().delete()
    pairing.check_ins.update(meeting=None, getting=None, speaking=None, fit=None)
    pairing.data_key.delete()
    return True
