"""The two go on together, if both want to."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from pairings import notices, rules
from pairings.actions.locking import held
from pairings.models import Extension, Pairing
from people.models import Person


@transaction.atomic
def propose_extension(pairing: Pairing, *, by: Person, at: datetime, on: date, until: date) -> Extension:
    """Ask the partner to go on until a later day of the program. One question at a time; after a no it is the other’s
    turn to ask."""
    pairing = held(pairing)
    rules.insist_partner(pairing, by)
    rules.insist_may_be_asked(pairing, on=on)
    rules.insist_may_extend(pairing, until=until, on=on)
    asked: Extension | None = pairing.extensions.filter(answered_at=None).first()
    if asked is not None:
        if asked.proposed_by_id == by.pk and asked.until == until:
            return asked
        raise rules.ExtensionAsked
    if rules.was_told_no(pairing.extensions.all(), by):
        raise rules.ToldNo(pairing, pairing.partner_of(by))
    extension = Extension.objects.create(pairing=pairing, until=until, proposed_by=by, proposed_at=at)
    notices.owe_question(extension, at=at)
    return extension


@transaction.atomic
def answer_extension(extension: Extension, *, by: Person, at: datetime, on: date, agreed: bool) -> Extension:
    """Say yes or no. A yes moves the last day; the check-ins and prompts up to it are owed at once."""
    pairing = held(extension.pairing)
    rules.insist_partner(pairing, by)
    extension = pairing.extensions.select_related("proposed_by").get(pk=extension.pk)
    rules.insist_may_answer(extension, by=by)
    if extension.answered_at is not None:
        if extension.agreed is agreed:
            return extension
        raise rules.ExtensionAnswered
    rules.insist_open(pairing, on=on)
    extension.pairing = pairing
    extension.answered_at, extension.agreed = at, agreed
    extension.save(update_fields=["answered_at", "agreed"])
    if agreed:
        rules.insist_may_extend(pairing, until=extension.until, on=on)
        pairing.runs_until = extension.until
        try:
            with transaction.atomic():
                pairing.save(update_fields=["runs_until"])
        except IntegrityError as taken:  # somebody was promised the place from the old last day on
            raise rules.NoPlaceLeft from taken
        notices.owe_term(pairing, at=at)
    notices.owe_answer(extension, at=at)
    return extension
