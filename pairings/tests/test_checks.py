from __future__ import annotations

from datetime import date

import pytest

from pairings.tests.factories import PairingFactory
from programs import rules
from programs.choices import Stage
from programs.models import Program
from programs.tests.factories import ProgramFactory

pytestmark = pytest.mark.django_db


def missing(program: Program, stage: Stage, on: date = date(2027, 1, 4)) -> list[str]:
    return rules.missing_for(program, stage, on=on)


def test_a_program_starts_with_its_first_pair():
    program = ProgramFactory(stage=Stage.MATCHING)
    PairingFactory()
    assert missing(program, Stage.RUNNING) == [
        "There is no pair yet. Search for pairs, send proposals, and wait until two people have said yes."
    ]
    PairingFactory(program=program)
    assert missing(program, Stage.RUNNING) == []


def test_a_program_closes_after_its_last_pair():
    program = ProgramFactory(stage=Stage.REVIEW)
    PairingFactory(program=program, started_on=date(2026, 12, 7), runs_until=date(2027, 6, 7))
    PairingFactory(program=program, runs_until=date(2027, 7, 5))
    PairingFactory(program=program, runs_until=date(2027, 9, 1), ended_on=date(2027, 2, 1))
    PairingFactory(runs_until=date(2027, 9, 1))
    assert missing(program, Stage.CLOSED, date(2027, 6, 8)) == [
        "1 pair is still under way. The last one ends on 5 July 2027."
    ]  # fmt: skip
    assert missing(program, Stage.CLOSED, date(2027, 7, 5)) == [
        "1 pair is still under way. The last one ends on 5 July 2027."
    ]  # fmt: skip
    assert missing(program, Stage.CLOSED, date(2027, 7, 6)) == []
