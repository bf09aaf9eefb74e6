"""What each reader sees of a profile: the policy, row by row."""

from __future__ import annotations

import pytest

from participants import profiles
from participants.choices import Relation
from participants.models import Participation
from participants.questions import ShownAnswer
from participants.tests.conftest import NOON
from participants.tests.factories import MenteeFactory
from programs.choices import Side

# privacy.policy, row by row, written out once more: the code must say the same.
PROFILE = {"offered", "wanted", "hobbies", "languages", "ways", "half_days", "where_to_meet", "places", "hours_a_month"}
TAKES_PART = {"program", "side"}
INTRODUCTION = {"number_one", "background"}
POLICY = {
    Relation.ONESELF: TAKES_PART | PROFILE | INTRODUCTION
    | {"introduce", "not_discussed", "answers", "charter_signed_at", "charter_complete"},
    Relation.PARTNER: TAKES_PART | PROFILE | INTRODUCTION | {"not_discussed", "charter_complete"},
    Relation.PROPOSED: TAKES_PART | PROFILE,
    Relation.COORDINATOR: TAKES_PART | PROFILE | INTRODUCTION | {"answers", "charter_signed_at", "charter_complete"},
    Relation.SUPERVISOR: TAKES_PART,
    Relation.LINE_MANAGER: {"program", "hours_a_month"},
    Relation.EXECUTIVE: set(),
    Relation.ADMINISTRATOR: TAKES_PART,
    Relation.STRANGER: set(),
}  # fmt: skip
SHOWN_WHOLE = {
    "side": Side.MENTOR,
    "offered": ("Social media", "Using AI tools well"),
    "wanted": ("Budgeting", "Accessibility"),
    "number_one": "Be heard once by somebody who decides.",
    "background": "I came here as a nurse.",
    "introduce": False,
    "hobbies": ("Rowing", "Chess"),
    "languages": ("German", "English"),
    "ways": ("By video", "On a walk"),
    "half_days": ("Tuesday morning",),
    "where_to_meet": "The canteen in Leeds",
    "places": 2,
    "hours_a_month": 3,
    "not_discussed": "CANARY-ILLNESS in the spring",
    "answers": (ShownAnswer("Why now?", "I have time."),),
    "charter_signed_at": NOON,
    "charter_complete": True,
}


@pytest.mark.parametrize("relation", list(Relation))
def test_each_reader_sees_exactly_the_fields_of_the_policy(minas, relation):
    whole = {**SHOWN_WHOLE, "program": minas.program}
    assert set(whole) == set(profiles.PROFILE_FIELDS)
    shown = profiles.profile_shown_to(minas, relation)
    assert {name: getattr(shown, name) for name in whole} == {
        name: whole[name] if name in POLICY[relation] else None for name in whole
    }


@pytest.mark.parametrize("relation", list(Relation))
def test_allowing_the_introduction_opens_it_to_people_one_is_proposed_to_and_to_nobody_else(relation):
    allowing = Participation(introduce=True)
    seen = profiles.fields_seen(allowing, relation)
    assert seen == POLICY[relation] | (INTRODUCTION if relation is Relation.PROPOSED else set())


def test_bo_the_line_manager_sees_that_somebody_takes_part_and_the_hours_and_nothing_else(program, otto):
    ottos = MenteeFactory(program=program, person=otto, hours_a_month=4, number_one="Understand the yard.")
    shown = profiles.profile_shown_to(ottos, Relation.LINE_MANAGER)
    said = {name: getattr(shown, name) for name in profiles.PROFILE_FIELDS}
    assert {name: value for name, value in said.items() if value is not None} == {
        "program": program,
        "hours_a_month": 4,
    }


def test_a_profile_does_not_print_its_private_words(minas):
    text = repr(profiles.profile_shown_to(minas, Relation.ONESELF))
    assert "Rowing" in text
    for private in ("CANARY", "nurse", "heard once"):
        assert private not in text


def test_an_erased_text_reads_as_empty(minas):
    minas.data_key.delete()
    minas.refresh_from_db()
    assert minas.not_discussed is not None
    assert profiles.profile_shown_to(minas, Relation.ONESELF).not_discussed == ""
