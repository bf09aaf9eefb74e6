from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from matching.tests.factories import ProposalFactory
from programs import rules
from programs.choices import Stage

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("stage", "target"), [(Stage.MATCHING, Stage.ENROLMENT), (Stage.RUNNING, Stage.REVIEW)])
def test_no_step_breaks_the_time_people_were_given_to_answer(stage, target):
    proposal = ProposalFactory(expires_at=datetime(2026, 12, 14, 12, tzinfo=UTC))
    program = proposal.program
    program.stage = stage
    program.save()
    last_day = proposal.expires_at.date()
    words = "Proposals wait for an answer. Go on when they are answered or have run out."
    assert words in rules.missing_for(program, target, on=last_day)
    assert words not in rules.missing_for(program, target, on=last_day + timedelta(days=1))
    proposal.closed_at = datetime(2026, 12, 13, tzinfo=UTC)
    proposal.save()
    assert words not in rules.missing_for(program, target, on=last_day)
