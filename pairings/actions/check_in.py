"""One partner says how it is going, for oneself."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from pairings import rules
from pairings.actions.locking import held
from pairings.models import CheckIn, Pairing
from people.models import Person


@transaction.atomic
def answer_check_in(
    pairing: Pairing,
    *,
    by: Person,
    at: datetime,
    on: date,
    meeting: int,
    getting: int,
    speaking: int,
    worth: int,
) -> CheckIn:
    """Answer the check-in that is due, in points of ``choices.Agreeing``.

    It is answered once: the same answers posted twice are one check-in.
    """
    pairing = held(pairing)
    rules.insist_partner(pairing, by)
    rules.insist_open(pairing, on=on)
    due_on = rules.check_in_due(pairing, on=on)
    if due_on is None:
        raise rules.NoCheckInDue
    answers = {"meeting": meeting, "getting": getting, "speaking": speaking, "worth": worth}
    given: CheckIn | None = pairing.check_ins.filter(person=by, due_on=due_on).first()
    if given is not None:
        if all(getattr(given, question) == answer for question, answer in answers.items()):
            return given
        raise rules.CheckInAnswered
    return CheckIn.objects.create(pairing=pairing, person=by, due_on=due_on, answered_at=at, **answers)
