"""What happens to a program."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from people.models import Person
from programs import rules
from programs.choices import Duty
from programs.models import Program, ProgramDuty


@transaction.atomic
def create_program(program: Program, *, by: Person) -> Program:
    """Keep a new program; whoever makes it is its first coordinator."""
    program.created_by = by
    program.save(force_insert=True)
    ProgramDuty.objects.create(program=program, person=by, duty=Duty.COORDINATOR)
    return program


@transaction.atomic
def change_program(*, program: Program, by: Person) -> Program:
    """Keep what a coordinator changed. The stage is not among it: only :func:`move_to` touches that."""
    rules.insist_coordinates(by, program)
    columns = {field.name for field in Program._meta.concrete_fields} - {"id", "stage", "created_by", "created_at"}
    program.save(update_fields=columns)
    return program


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
