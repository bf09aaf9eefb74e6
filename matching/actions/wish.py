"""Choose from one's list whom one wishes to meet; the search alone reads it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from matching import rules, wish_lists
from matching.models import PartnerWish
from participants.models import Participation
from participants.rules import insist_ones_own
from people.models import Person
from programs.models import Program


@transaction.atomic
def wish(mine: Participation, *, by: Person, at: datetime, chosen: Sequence[Participation]) -> list[PartnerWish]:
    """Keep these, the dearest first, in place of what was chosen before; nobody takes all wishes back.

    Refuses once the search has begun, and whoever is not on the list any more. It takes turns with the beginning of a
    search, which holds the program as well.
    """
    Program.objects.select_for_update(of=("self",), no_key=True).get(pk=mine.program_id)
    mine = Participation.objects.select_for_update(of=("self",)).select_related("program", "person").get(pk=mine.pk)
    insist_ones_own(mine, by)
    shown = wish_lists.wish_list(mine, at)
    rules.insist_may_wish(chosen, on_the_list=[each.participation for each in shown.possible], is_open=shown.is_open)
    mine.partner_wishes.all().delete()
    return PartnerWish.objects.bulk_create(
        PartnerWish(participation=mine, wished=wished, rank=rank) for rank, wished in enumerate(chosen, start=1)
    )
