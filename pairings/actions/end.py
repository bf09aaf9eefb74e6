"""A pair closes, and each may keep or share some closing words."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from pairings import notices, rules
from pairings.actions.locking import held
from pairings.actions.plan import cancel_what_lies_ahead
from pairings.models import Pairing, Reflection
from pairings.private_words import sealed
from people.models import Person


@transaction.atomic
def end_pairing(pairing: Pairing, *, by: Person, at: datetime, on: date) -> Pairing:
    """Close the pair before its last day. Either may, without a reason; the partner reads neutral words.

    Meetings ahead are cancelled in the calendars of both, in the same transaction.
    """
    pairing = held(pairing)
    rules.insist_partner(pairing, by)
    if pairing.ended_by_id == by.pk:
        return pairing
    rules.insist_open(pairing, on=on)
    pairing.ended_on, pairing.ended_by = max(on, pairing.started_on), by
    pairing.save(update_fields=["ended_on", "ended_by"])
    cancel_what_lies_ahead(pairing, at=at, because_of=by)
    notices.owe_end(pairing, by=by, at=at)
    return pairing


@sensitive_variables("words")
@transaction.atomic
def reflect(pairing: Pairing, *, by: Person, at: datetime, on: date, words: str, shared: bool) -> Reflection:
    """Keep what stays with one, for oneself or for the two. Written again, it replaces one's own."""
    pairing = held(pairing)
    rules.insist_partner(pairing, by)
    rules.insist_may_reflect(pairing, on=on)
    reflection = pairing.reflections.filter(person=by).first() or Reflection(pairing=pairing, person=by)
    reflection.words = sealed(words, pairing, reflection, "words")
    reflection.shared, reflection.written_at = shared, at
    reflection.save()
    return reflection
