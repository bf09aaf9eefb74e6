"""Somebody leaves everything at once."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from pairings.actions.end import end_pairing
from pairings.actions.feed import stop_feed
from pairings.models import Pairing
from participants import champions
from participants.actions import answer_as_champion, leave_programs
from participants.choices import ChampionsReply
from people.models import Person


@transaction.atomic
def leave(*, by: Person, end: Collection[uuid.UUID], at: datetime, on: date) -> None:
    """Leave every program, be shown as a champion no longer, and end those of one's pairs.

    Wait lists, drafts and one's calendar address go too. All of it or nothing, by the same actions as one by one.
    Twice changes nothing; a pair that is not one's own, or that has ended meanwhile, is passed over. Pairs that are
    not named go on.
    """
    leave_programs(by=by, at=at)
    stop_feed(by=by)
    for champion in champions.asked_of(by).shown():
        answer_as_champion(champion, reply=ChampionsReply.NO, by=by, at=at)
    to_end = Pairing.objects.of(by).open(on).filter(pk__in=end)
    for pairing in to_end.select_for_update(of=("self",)).order_by("pk"):
        end_pairing(pairing, by=by, at=at, on=on)
