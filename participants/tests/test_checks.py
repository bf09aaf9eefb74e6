from __future__ import annotations

from datetime import date

import pytest

from participants.tests.factories import MenteeFactory, MentorFactory
from programs import rules
from programs.choices import Stage
from programs.models import Program
from programs.tests.factories import ProgramFactory

pytestmark = pytest.mark.django_db
ON = date(2026, 12, 7)


@pytest.fixture
def program() -> Program:
    program: Program = ProgramFactory(stage=Stage.ENROLMENT)
    return program


def missing(program: Program, stage: Stage) -> list[str]:
    return rules.missing_for(program, stage, on=ON)


def test_enrolment_goes_back_to_draft_only_while_nobody_has_volunteered(program):
    MentorFactory()
    assert missing(program, Stage.DRAFT) == []
    MentorFactory(program=program, withdrawn_at="2026-12-01T12:00Z")
    assert missing(program, Stage.DRAFT) == [
        "Somebody has volunteered already, so this cannot become a draft again."
    ]  # fmt: skip


def test_enrolment_closes_once_somebody_can_be_matched_on_both_sides(program):
    no_mentor = ["Nobody who could be a mentor has volunteered and is ready to be matched yet."]
    no_mentee = ["Nobody who could be a mentee has volunteered and is ready to be matched yet."]
    assert missing(program, Stage.MATCHING) == no_mentor
    MentorFactory(program=program, charter_signed_at=None)
    MentorFactory(program=program, withdrawn_at="2026-12-01T12:00Z")
    assert missing(program, Stage.MATCHING) == no_mentor
    MentorFactory(program=program)
    assert missing(program, Stage.MATCHING) == no_mentee
    MenteeFactory(program=program)
    assert missing(program, Stage.MATCHING) == []
