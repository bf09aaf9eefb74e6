"""What happens to a program."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from people.models import Person, Skill
from programs import rules
from programs.choices import Duty
from programs.models import Program, ProgramDuty, Topic


@transaction.atomic
def create_program(program: Program, *, topics: Iterable[Skill] = (), by: Person) -> Program:
    """Keep a new program; whoever makes it is its first coordinator."""
    program.created_by = by
    program.save(force_insert=True)
    ProgramDuty.objects.create(program=program, person=by, duty=Duty.COORDINATOR)
    _set_topics(program, topics)
    return program


@transaction.atomic
def change_program(*, program: Program, topics: Iterable[Skill], by: Person) -> Program:
    """Keep what a coordinator changed. The stage is not among it: only :func:`move_to` touches that."""
    rules.insist_coordinates(by, program)
    columns = {field.name for field in Program._meta.concrete_fields} - {"id", "stage", "created_by", "created_at"}
    program.save(update_fields=columns)
    _set_topics(program, topics)
    return program


def _set_topics(program: Program, topics: Iterable[Skill]) -> None:
    """These and no others; a topic that stays keeps its row."""
    wanted = list(topics)
    program.topics.exclude(skill__in=wanted).delete()
    Topic.objects.bulk_create((Topic(program=program, skill=skill) for skill in wanted), ignore_conflicts=True)


@transaction.atomic
def move_to(program: Program, *, stage: str, by: Person, at: datetime) -> Program:
    """Take the program to its next stage, or back where nothing was promised.

    A second press of the same button finds the program there already and changes nothing.
    """
    locked = Program.objects.select_for_update(of=("self",)).get(pk=program.pk)
    rules.insist_coordinates(by, locked)
    if locked.stage != stage:
        rules.insist_may_move(locked, stage, on=at.astimezone(by.zone).date())
        locked.stage = stage
        locked.save(update_fields=["stage"])
    program.stage = locked.stage
    return program
