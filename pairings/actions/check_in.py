"""One partner says how it is going, for oneself."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from pairings import rules
from pairings.actions.locking import held
from pairings.checking_in import asks_fit, fit_of, insist_fit, seal_fit
from pairings.choices import Fit
from pairings.models import CheckIn, Pairing
from people.models import Person


@sensitive_variables()
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
    fit: Fit | None = None,
) -> CheckIn:
    """Answer the check-in that is due, in points of ``choices.Agreeing``; the first one says how it looks, too.

    It is answered once: the same answers posted twice are one check-in. Nobody is told of any answer.
    """
    pairing = held(pairing)
    rules.insist_partner(pairing, by)
    rules.insist_open(pairing, on=on)
    due_on = rules.check_in_due(pairing, on=on)
    if due_on is None:
        raise rules.NoCheckInDue
    fit = insist_fit(fit, asked=asks_fit(pairing, by, due_on=due_on))
    answers = {"meeting": meeting, "getting": getting, "speaking": speaking, "worth": worth}
    given: CheckIn | None = pairing.check_ins.filter(person=by, due_on=due_on).first()
    if given is not None:
        same = all(getattr(given, question) == answer for question, answer in answers.items())
        if same and fit_of(given, pairing) == fit:
            return given
        raise rules.CheckInAnswered
    check_in = CheckIn(pairing=pairing, person=by, due_on=due_on, answered_at=at, **answers)
    if fit is not None:
        check_in.fit = seal_fit(fit, check_in)
    check_in.save()
    return check_in
