"""The people of these tests, and one program that enrols."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from participants import actions
from participants.choices import HalfDay, Way
from participants.models import Participation
from people.models import Person
from people.tests.factories import (
    BoFactory,
    CoraFactory,
    MinaFactory,
    OttoFactory,
    SkillFactory,
    StenFactory,
)
from programs.choices import Side
from programs.models import Program
from programs.tests.factories import QuestionFactory, TopicFactory, program_with

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)


@pytest.fixture
def cora(db) -> Person:
    return CoraFactory()


@pytest.fixture
def bo(db) -> Person:
    return BoFactory()


@pytest.fixture
def otto(bo) -> Person:
    return OttoFactory(manager=bo)


@pytest.fixture
def mina(db) -> Person:
    return MinaFactory()


@pytest.fixture
def sten(db) -> Person:
    return StenFactory()


@pytest.fixture
def program(cora) -> Program:
    program = program_with(cora, name="Two-Way Northwind")
    for name in ("Using AI tools well", "Social media", "Accessibility"):
        TopicFactory(program=program, skill=SkillFactory(name=name))
    return program


@pytest.fixture
def told(program) -> dict:
    """Everything Mina tells when she volunteers."""
    return {
        "offered": [SkillFactory(name="Using AI tools well"), SkillFactory(name="Social media")],
        "wanted": [SkillFactory(name="Budgeting"), SkillFactory(name="Accessibility")],
        "number_one": "Be heard once by somebody who decides.",
        "background": "I came here as a nurse.",
        "introduce": False,
        "hobbies": ["Rowing", "Chess"],
        "languages": ["en", "de"],
        "ways": [Way.WALK.value, Way.VIDEO.value],
        "half_days": [HalfDay.TUE_AM.value],
        "where_to_meet": "The canteen in Leeds",
        "hours_a_month": 3,
        "places": 2,
        "not_discussed": "CANARY-ILLNESS in the spring",
        "charter_agreed": True,
    }


@pytest.fixture
def minas(program, mina, told) -> Participation:
    asked = QuestionFactory(program=program, words="Why now?")
    return actions.volunteer(
        program=program, side=Side.MENTOR, by=mina, at=NOON, **told, answers={asked.pk: "I have time."}
    )
