"""Participations for tests: signed, in the pool, with one place, unless told otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import factory
from factory.django import DjangoModelFactory

from participants.choices import Way
from participants.models import CharterSignature, OfferedSkill, Participation, WantedSkill
from people.models import Skill
from people.tests.factories import PersonFactory, SkillFactory
from privacy.models import DataKey
from privacy.sealing import seal
from programs.choices import Side
from programs.tests.factories import ProgramFactory

VOLUNTEERED_AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class ParticipationFactory(DjangoModelFactory):
    class Meta:
        model = Participation

    program = factory.SubFactory(ProgramFactory)
    person = factory.SubFactory(PersonFactory)
    side = Side.MENTOR
    volunteered_at = VOLUNTEERED_AT
    charter_signed_at = VOLUNTEERED_AT
    """Has agreed to the charter in force at that instant; ``None`` leaves it open."""

    @classmethod
    def _create(cls, model_class: Any, *args: Any, charter_signed_at: datetime | None, **kwargs: Any) -> Participation:
        made: Participation = super()._create(model_class, *args, **kwargs)
        if charter_signed_at is not None:
            agree(made, charter_signed_at)
        return made

    languages = factory.LazyFunction(lambda: ["en"])
    ways = factory.LazyFunction(lambda: [Way.VIDEO.value])


class MentorFactory(ParticipationFactory):
    """Somebody on level 2 who mentors."""

    person = factory.SubFactory(PersonFactory, rank=2)


class MenteeFactory(ParticipationFactory):
    """Somebody on level 6 who is mentored."""

    side = Side.MENTEE
    person = factory.SubFactory(PersonFactory, rank=6)


def agree(participation: Participation, at: datetime) -> None:
    """To the charter in force."""
    version = participation.program.charter_versions.first()
    assert version is not None
    CharterSignature.objects.create(
        participation=participation, version=version, joined_at=participation.volunteered_at, signed_at=at
    )


def with_skills(
    participation: Participation, *, offered: Sequence[str | Skill] = (), wanted: Sequence[str | Skill] = ()
) -> Participation:
    """Let somebody offer and want skills, given as skills or by name; the dearest wish first."""
    for skill in offered:
        OfferedSkill.objects.create(participation=participation, skill=_skill(skill))
    for rank, skill in enumerate(wanted, start=1):
        WantedSkill.objects.create(participation=participation, skill=_skill(skill), rank=rank)
    return participation


def with_not_discussed(participation: Participation, words: str) -> Participation:
    """Seal topics this person will not discuss."""
    participation.data_key = DataKey.objects.mint()
    participation.not_discussed = seal(words, key=participation.data_key, row=participation.row("not_discussed"))
    participation.save()
    return participation


def _skill(skill: str | Skill) -> Skill:
    return SkillFactory(name=skill) if isinstance(skill, str) else skill
