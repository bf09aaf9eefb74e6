"""The people of these tests, and one program that enrols."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db.models import Model

from participants import actions
from participants.choices import HalfDay, ManagersReply, Way
from participants.models import (
    Call,
    Called,
    Champion,
    CharterSignature,
    Draft,
    ManagersAnswer,
    OfferedSkill,
    Participation,
    ProgramAnswer,
    Reference,
    TrainingDone,
    WaitListEntry,
    WantedSkill,
)
from participants.tests.factories import MentorFactory
from people.models import Person
from people.tests.factories import (
    BoFactory,
    CoraFactory,
    MinaFactory,
    OttoFactory,
    SkillFactory,
    StenFactory,
)
from people.tests.shared_rows import shared
from programs.choices import Side
from programs.models import Program
from programs.tests.factories import QuestionFactory, TopicFactory, program_with

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)


@shared
def cora() -> Person:
    return CoraFactory()


@shared
def bo() -> Person:
    return BoFactory()


@shared
def otto(bo) -> Person:
    return OttoFactory(manager=bo)


@shared
def mina() -> Person:
    return MinaFactory()


@shared
def sten() -> Person:
    return StenFactory()


@shared
def program(cora) -> Program:
    program = program_with(cora, name="Two-Way Northwind")
    for name in ("Using AI tools well", "Social media", "Accessibility"):
        TopicFactory(program=program, skill=SkillFactory(name=name))
    return program


@shared
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


@shared
def minas(program, mina, told) -> Participation:
    asked = QuestionFactory(program=program, words="Why now?")
    return actions.volunteer(
        program=program, side=Side.MENTOR, by=mina, at=NOON, **told, answers={asked.pk: "I have time."}
    )


@pytest.fixture
def rows(mina, otto, cora, program) -> dict[type[Model], dict[str, Any]]:
    """One good row of each kind, as it is made."""
    mine, skill = MentorFactory(program=program, person=mina), SkillFactory()
    called = {"program": program, "side": Side.MENTOR, "called_by": cora, "called_at": NOON, "words": "Come."}
    joins = {"program": program, "person": mina, "side": Side.MENTOR}
    return {
        Participation: {**joins, "person": otto, "volunteered_at": NOON},
        CharterSignature: {
            "participation": mine, "version": program.charter_versions.get(), "joined_at": NOON, "signed_at": NOON,
        },
        OfferedSkill: {"participation": mine, "skill": skill, "level": 3},
        WantedSkill: {"participation": mine, "skill": skill, "rank": 1, "level": 3},
        Draft: {**joins, "saved_at": NOON},
        ProgramAnswer: {"participation": mine, "question": QuestionFactory(program=program), "words": "Yes."},
        ManagersAnswer: {
            "program": program, "person": mina, "manager": otto, "reply": ManagersReply.GIVES, "hours_a_month": 2,
            "answered_at": NOON,
        },
        TrainingDone: {"person": mina, "piece": "listening", "version": 1, "done_at": NOON},
        Reference: {"participation": mine, "referee": otto, "asked_at": NOON},
        Called: {**joins, "call": Call.objects.create(**called)},
        WaitListEntry: {**joins, "asked_at": NOON},
        Champion: {"program": program, "person": mina, "named_by": cora, "named_at": NOON},
    }  # fmt: skip
