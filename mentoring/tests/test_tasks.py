"""What the beat sets off."""

from __future__ import annotations

from datetime import timedelta

import pytest

import clock
from matching.tests.factories import ProposalFactory
from mentoring.tasks import look_after_everything
from participants.actions import withdraw
from participants.choices import WaitOutcome
from participants.models import Draft, WaitListEntry
from participants.rules import DRAFT_KEPT, KEPT_AFTER_WITHDRAWING, WAIT_KEPT

pytestmark = pytest.mark.django_db


def test_the_tick_closes_what_somebody_who_withdrew_would_have_answered_and_forgets_what_is_old():
    now = clock.now()
    proposal = ProposalFactory(proposed_at=now, expires_at=now + timedelta(days=7))
    mentor = proposal.mentor
    mentor.hobbies = ["Chess"]
    mentor.save()
    withdraw(mentor, by=mentor.person, at=now)

    look_after_everything(limit=1)
    proposal.refresh_from_db()
    mentor.refresh_from_db()
    assert proposal.closed_at is not None
    assert mentor.hobbies == ["Chess"]

    mentor.withdrawn_at = now - KEPT_AFTER_WITHDRAWING
    mentor.save()
    old = {"program": mentor.program, "person": mentor.person, "side": mentor.side}
    Draft.objects.create(**old, saved_at=now - DRAFT_KEPT, data_key=None, answers=None)
    ended = now - WAIT_KEPT
    WaitListEntry.objects.create(**old, asked_at=ended, ended_at=ended, outcome=WaitOutcome.LEFT)
    look_after_everything(limit=1)
    mentor.refresh_from_db()
    assert mentor.hobbies == []
    assert (Draft.objects.count(), WaitListEntry.objects.count()) == (0, 0)
