"""What this app itself looks at; the others test theirs."""

from __future__ import annotations

from datetime import date

import pytest

from people.tests.factories import CoraFactory, LevelFactory, MinaFactory, OttoFactory, PersonFactory, SiaFactory
from programs import rules
from programs.choices import Duty, Stage
from programs.models import Program
from programs.tests.factories import DutyFactory, ProgramFactory, program_with

pytestmark = pytest.mark.django_db
ON = date(2026, 12, 7)


@pytest.fixture
def draft() -> Program:
    """A draft that lacks nothing, in a company of Mina, Otto and Bo."""
    MinaFactory(), OttoFactory()
    return program_with(CoraFactory(), supervisor=SiaFactory(), stage=Stage.DRAFT)


def missing(program: Program, stage: Stage = Stage.ENROLMENT, on: date = ON) -> list[str]:
    return rules.missing_for(program, stage, on=on)


def test_a_complete_draft_may_open_enrolment(draft):
    assert missing(draft) == []


def test_an_empty_draft_is_told_everything_at_once():
    assert missing(ProgramFactory(stage=Stage.DRAFT)) == [
        "There is no objective yet. Add at least one, with a target and a date.",
        "There is no topic yet. Add what people may offer and want to learn.",
        "There is no coordinator who works here. Name one.",
        "There is no supervisor to turn to in difficulty. Name one; it may be somebody outside HR.",
        "Nobody is eligible as a mentor. Look at the level and the months here.",
    ]


@pytest.mark.parametrize("duty", [Duty.COORDINATOR, Duty.SUPERVISOR])
def test_somebody_who_left_is_nobody_to_turn_to(draft, duty):
    draft.duties.filter(duty=duty).delete()
    DutyFactory(program=draft, duty=duty, person=PersonFactory(rank=4, left_on=ON))
    [words] = missing(draft)
    assert words.startswith(f"There is no {duty.value} ")
    DutyFactory(program=draft, duty=duty, person=PersonFactory(rank=4))
    assert missing(draft) == []


def test_a_program_that_is_over_does_not_begin(draft):
    assert missing(draft, on=date(2027, 12, 7)) == ["The program ended on 7 December 2027. Choose a later end."]
    assert missing(draft, on=date(2027, 12, 6)) == []


def test_nobody_eligible_as_a_mentee_is_said(draft):
    draft.mentee_lowest_level = LevelFactory(rank=9)
    assert missing(draft) == ["Nobody is eligible as a mentee. Look at the level."]


def test_rules_that_leave_no_pair_are_said(draft):
    draft.level_gap = 6
    assert missing(draft) == ["The rules keep every mentor from every mentee. Loosen one of them."]


@pytest.mark.parametrize(("stage", "back"), [(Stage.MATCHING, Stage.ENROLMENT), (Stage.REVIEW, Stage.RUNNING)])
def test_nothing_is_opened_again_after_the_end(stage, back):
    program = ProgramFactory(stage=stage)
    assert missing(program, back) == []
    assert missing(program, back, on=program.ends_on) == [
        "The program ended on 7 December 2027. Choose a later end."
    ]  # fmt: skip
