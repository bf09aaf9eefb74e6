"""Programs for tests: mentors up to level 3, mentees from level 5, a gap of two levels, on a ladder of seven."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from people.models import Level, Person
from people.tests.factories import MADE, LevelFactory, PersonFactory, SkillFactory
from programs.choices import Duty, Measure, Purpose, Stage
from programs.models import DEFAULT_CHARTER, CharterVersion, Objective, Program, ProgramDuty, ProgramQuestion, Topic

MADE_AT = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)


def ladder(ranks: int = 7) -> None:
    """Levels 1 to ``ranks``; a test about levels needs rungs that nobody stands on, too."""
    wanted = range(1, ranks + 1)
    known = Level.objects.in_bulk(field_name="rank")
    known |= {
        row.rank: row
        for row in Level.objects.bulk_create(LevelFactory.build(rank=rank) for rank in wanted if rank not in known)
    }
    MADE.update({(Level, rank): row for rank, row in known.items()})


class ProgramFactory(DjangoModelFactory):
    """In enrolment unless told otherwise, from 7 December 2026 on for a year."""

    class Meta:
        model = Program
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Two-Way {n}")
    purpose = Purpose.DIGITAL
    description = "Leaders learn what newer colleagues know."
    stage = Stage.ENROLMENT
    starts_on = date(2026, 12, 7)
    ends_on = date(2027, 12, 7)
    mentor_highest_level = factory.SubFactory(LevelFactory, rank=3)
    mentee_lowest_level = factory.SubFactory(LevelFactory, rank=5)

    @factory.post_generation
    def charter(self: Program, create: bool, words: str | None, **_: Any) -> None:
        """Its first version, in these words if any are given."""
        if create:
            CharterVersion.objects.create(
                program=self, number=1, words=words or DEFAULT_CHARTER.strip(), made_at=MADE_AT
            )


class ObjectiveFactory(DjangoModelFactory):
    class Meta:
        model = Objective

    program = factory.SubFactory(ProgramFactory)
    measure = Measure.PAIRS_FORMED
    target = Decimal("5")
    by = date(2027, 3, 7)


class TopicFactory(DjangoModelFactory):
    class Meta:
        model = Topic

    program = factory.SubFactory(ProgramFactory)
    skill = factory.SubFactory(SkillFactory)


class QuestionFactory(DjangoModelFactory):
    """A short text, put to both sides, unless told otherwise."""

    class Meta:
        model = ProgramQuestion

    program = factory.SubFactory(ProgramFactory)
    words = factory.Sequence(lambda n: f"What would you change first? ({n})")


class DutyFactory(DjangoModelFactory):
    class Meta:
        model = ProgramDuty
        skip_postgeneration_save = True

    program = factory.SubFactory(ProgramFactory)
    person = factory.SubFactory(PersonFactory)
    duty = Duty.COORDINATOR

    @factory.post_generation
    def may_open_the_desk(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        """As the form insists: only a coordinator in the directory is one of a program."""
        duty: Any = self
        if create and duty.duty == Duty.COORDINATOR and not duty.person.is_coordinator:
            duty.person.is_coordinator = True
            duty.person.save(update_fields=["is_coordinator"])


def program_with(coordinator: Person, supervisor: Person | None = None, **fields: Any) -> Program:
    """A program with an objective, a topic, this coordinator and, if given, this supervisor."""
    ladder()
    program: Program = ProgramFactory(**fields)
    ObjectiveFactory(program=program)
    TopicFactory(program=program)
    DutyFactory(program=program, person=coordinator, duty=Duty.COORDINATOR)
    if supervisor is not None:
        DutyFactory(program=program, person=supervisor, duty=Duty.SUPERVISOR)
    return program
