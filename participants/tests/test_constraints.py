"""What the database itself refuses, constraint by constraint."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from participants.choices import ChampionsReply
from participants.models import (
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
from participants.tests.conftest import NOON
from people.tests.factories import SkillFactory

ELSEWHERE = {"program_question_stays"}
"""A trigger, which ``test_questions`` looks at."""


TWICE: dict[str, type[Model]] = {
    "participation_once": Participation, "charter_signed_once": CharterSignature, "offered_once": OfferedSkill,
    "wanted_once": WantedSkill, "draft_once": Draft, "program_answer_once": ProgramAnswer,
    "managers_answer_once": ManagersAnswer, "training_done_once": TrainingDone, "referee_once": Reference,
    "called_once": Called, "wait_list_entry_once": WaitListEntry, "champion_once": Champion,
}  # fmt: skip
BROKEN: dict[str, tuple[type[Model], list[dict[str, Any]]]] = {
    "participation_places": (Participation, [{"places": 0}, {"places": 6}]),
    "offered_level": (OfferedSkill, [{"level": 0}, {"level": 6}]),
    "wanted_level": (WantedSkill, [{"level": 0}, {"level": 6}]),
    "wanted_rank_from_one": (WantedSkill, [{"rank": 0}]),
    "program_answer_says_one_thing": (ProgramAnswer, [{"words": ""}, {"point": 3}, {"words": "", "point": 6}]),
    "managers_answer_not_own": (ManagersAnswer, [{"manager": "person"}]),
    "reference_replied_whole": (Reference, [{"reply": "yes"}, {"replied_at": NOON}]),
    "wait_list_offered_whole": (WaitListEntry, [{"offered_at": NOON}, {"held_until": NOON.date()}]),
    "wait_list_ended_whole": (WaitListEntry, [{"outcome": "left"}, {"ended_at": NOON}]),
    "wait_list_outcome_known": (
        WaitListEntry, [{"outcome": "lost", "ended_at": NOON, "offered_at": NOON, "held_until": NOON.date()}],
    ),
    "wait_list_answers_an_offer": (WaitListEntry, [{"outcome": "taken", "ended_at": NOON}]),
    "champion_replied_whole": (Champion, [{"reply": ChampionsReply.NO}, {"replied_at": NOON}]),
    "champion_reply_known": (Champion, [{"reply": "may", "replied_at": NOON}]),
    "champion_took_back_a_yes": (
        Champion, [{"withdrawn_at": NOON}, {"reply": ChampionsReply.NO, "replied_at": NOON, "withdrawn_at": NOON}],
    ),
}  # fmt: skip


def refused(name: str, make: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError, match=name):
        whole(make)


@transaction.atomic
def whole(make: Callable[[], object]) -> None:
    """With what is otherwise judged when the transaction ends."""
    make()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_every_constraint_refuses_what_it_is_there_for(rows):
    made = {model: model._default_manager.create(**facts) for model, facts in rows.items()}
    for name, model in TWICE.items():
        refused(name, lambda model=model: model._default_manager.create(**rows[model]))  # type: ignore[misc]
    for name, (model, changes) in BROKEN.items():
        for change in changes:
            row = model._default_manager.filter(pk=made[model].pk)
            facts = {key: getattr(made[model], said) if key == "manager" else said for key, said in change.items()}
            refused(name, lambda row=row, facts=facts: row.update(**facts))  # type: ignore[misc]
    other = {**rows[WantedSkill], "skill": SkillFactory()}
    refused("wanted_rank_once", lambda: WantedSkill.objects.create(**other))


def test_every_constraint_is_looked_at():
    models = apps.get_app_config("participants").get_models()
    names = {each.name for model in models for each in model._meta.constraints}
    assert names == set(TWICE) | set(BROKEN) | {"wanted_rank_once"} | ELSEWHERE
