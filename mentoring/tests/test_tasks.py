"""What the beat sets off."""

from __future__ import annotations

from datetime import timedelta

import pytest

import clock
from matching.tests.factories import ProposalFactory
from mentoring.tasks import look_after_everything
from participants.actions import withdraw
from participants.rules import KEPT_AFTER_WITHDRAWING

pytestmark = pytest.mark.django_db


def test_the_tick_closes_what_somebody_who_withdrew_would_have_answered_and_empties_their_profile():
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
    look_after_everything(limit=1)
    mentor.refresh_from_db()
    assert mentor.hobbies == []
