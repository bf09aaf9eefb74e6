"""One of a pair says whether the partner's certificate may name them."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from pairings import keepsakes, rules
from pairings.actions.locking import held
from pairings.models import Pairing
from people.models import Person
from programs.choices import Side


@transaction.atomic
def agree_to_be_named(pairing: Pairing, *, by: Person, at: datetime, on: date, agreed: bool) -> Pairing:
    """Say that one may be named, or take it back. Names stand on both certificates while both agree, else on none.

    Nobody is told; a file that was downloaded before stays as it is.
    """
    pairing = held(pairing)
    side = rules.insist_partner(pairing, by)
    keepsakes.insist_may_say_named(pairing, on=on)
    if keepsakes.agrees(pairing, by) != agreed:
        column = "mentor_named_at" if side is Side.MENTOR else "mentee_named_at"
        setattr(pairing, column, at if agreed else None)
        pairing.save(update_fields=[column])
    return pairing
