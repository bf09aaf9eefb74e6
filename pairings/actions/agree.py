"""The two write down how they want to work together, and sign it."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from pairings import notices, rules
from pairings.actions.locking import held
from pairings.choices import Arranger
from pairings.models import Agreement, Pairing
from pairings.private_words import AgreementWords, opened_agreement, sealed
from people.models import Person
from programs.choices import Side


@sensitive_variables("words")
@transaction.atomic
def draft_agreement(
    pairing: Pairing,
    *,
    by: Person,
    at: datetime,
    on: date,
    based_on: int,
    words: AgreementWords,
    meet_every_days: int,
    meeting_minutes: int,
    arranged_by: Arranger,
) -> Agreement:
    """Write the next version and sign it for oneself; it holds once the partner signs too.

    ``based_on`` is the version the writer had before their eyes (0 for none). If the partner wrote a newer one
    meanwhile, this refuses with ``AgreementChanged`` and overwrites nothing. The same version posted twice is one.
    """
    pairing = held(pairing)
    side = rules.insist_partner(pairing, by)
    rules.insist_open(pairing, on=on)
    newest: Agreement | None = pairing.agreements.select_related("drafted_by").first()
    facts = {"meet_every_days": meet_every_days, "meeting_minutes": meeting_minutes, "arranged_by": arranged_by}
    if newest is not None and newest.version != based_on:
        same_click = newest.version == based_on + 1 and newest.drafted_by_id == by.pk
        same_facts = all(getattr(newest, name) == value for name, value in facts.items())
        if same_click and same_facts and opened_agreement(newest, pairing) == words:
            return newest
        raise rules.AgreementChanged(newest.drafted_by, reader=by)
    version = newest.version + 1 if newest else 1
    agreement = Agreement(pairing=pairing, version=version, drafted_by=by, drafted_at=at, **facts)
    agreement.words = sealed(words.as_text(), pairing, agreement, "words")
    _sign(agreement, side, at=at)
    agreement.save(force_insert=True)
    notices.owe_signature(agreement, person=pairing.partner_of(by), at=at)
    return agreement


@transaction.atomic
def sign_agreement(pairing: Pairing, *, by: Person, at: datetime, on: date, version: int) -> Agreement:
    """Sign the version one has read; the second signature makes it hold. Signing twice is signing once."""
    pairing = held(pairing)
    side = rules.insist_partner(pairing, by)
    rules.insist_open(pairing, on=on)
    newest: Agreement | None = pairing.agreements.select_related("drafted_by").first()
    if newest is None:
        raise rules.NothingToSign
    if newest.version != version:
        raise rules.AgreementChanged(newest.drafted_by, reader=by)
    if not rules.may_sign(newest, side):
        return newest
    _sign(newest, side, at=at)
    newest.save(update_fields=["mentor_signed_at", "mentee_signed_at"])
    if newest.is_signed:
        since = rules.last_met(pairing.meetings.all()) or pairing.started_on
        notices.owe_quiet(pairing, since=since, rhythm=newest.meet_every_days, at=at)
    return newest


def _sign(agreement: Agreement, side: Side, *, at: datetime) -> None:
    if side is Side.MENTOR:
        agreement.mentor_signed_at = at
    else:
        agreement.mentee_signed_at = at
