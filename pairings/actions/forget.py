"""What a pair wrote is erased some time after its page has closed, as the day both were told ends for the second.

That it wrote at all is told by no notice of its room either: each is forgotten once what it told of waits no more.
"""

from __future__ import annotations

from datetime import datetime
from itertools import islice

from django.db import transaction

from notifications.actions import forget
from notifications.models import Notice
from pairings import private_notices, rules
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


def forget_news(*, at: datetime, limit: int = 500) -> int:
    """Delete the notices of private rooms that are over and of nothing that waits; how many. The tick calls this.

    Of a message and of what an app above has told of beside the messages alike: a notice that stayed, and belongs to no
    message, would tell which pair once wrote something of that sort. Nothing that was told of waits anew under the same
    key but what somebody takes back and sends once more; then its reader is told once more, too.
    """
    over = private_notices.of_nothing_that_waits().over(at).order_by("pk")
    found = list(over.values_list("pk", flat=True)[:limit])
    return forget(Notice.objects.filter(pk__in=found), at=at) if found else 0
