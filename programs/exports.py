"""What programs tell somebody about themselves; registered with ``people.exports``."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import Q
from django.views.decorators.debug import sensitive_variables

from people.exports import LeftOut, Part, Record, Value, columns, register, told
from people.models import Person
from programs.models import (
    CharterVersion,
    DeclaredConflict,
    Learning,
    Program,
    ProgramDuty,
    ProgramTemplate,
    Rewording,
)
from programs.queries import reason_of

DUTY: Final = ("program", "duty")
CONFLICT: Final = ("kind", "declared_at", "until", "withdrawn_at")
LEARNING: Final = ("program", "about", "words", "written_at")


def _duties(person: Person, at: datetime) -> list[Record]:
    return [told(each, *DUTY) for each in ProgramDuty.objects.filter(person=person).select_related("program")]


@sensitive_variables()
def _conflicts(person: Person, at: datetime) -> list[Record]:
    """What this person declared, and nothing that others declared, also where it is about them."""
    mine = DeclaredConflict.objects.declared_by(person).select_related("one", "other", "data_key")
    return [
        {"between": [str(each.one), str(each.other)], **told(each, *CONFLICT), "reason": reason_of(each)}
        for each in mine
    ]


def _configured(person: Person, at: datetime) -> list[Record]:
    """What and when. Who else worked on it is not told."""
    found: list[Record] = []

    def add(did: str, what: object, when: Value) -> None:
        found.append({"did": did, "what": str(what), "at": when})

    for program in Program.objects.filter(Q(created_by=person) | Q(changed_by=person)):
        if program.created_by_id == person.pk:
            add("Created a program", program, program.created_at)
        if program.changed_by_id == person.pk:
            add("Last changed a program", program, program.changed_at)
    for template in ProgramTemplate.objects.filter(Q(saved_by=person) | Q(changed_by=person)):
        if template.saved_by_id == person.pk:
            add("Kept a template", template, template.saved_at)
        if template.changed_by_id == person.pk:
            add("Last changed a template", template, None)
    for rewording in Rewording.objects.filter(changed_by=person).select_related("program"):
        add("Put a reminder into other words", rewording, rewording.changed_at)
    for version in CharterVersion.objects.filter(made_by=person).select_related("program"):
        add("Wrote a version of a charter", version, version.made_at)
    return found


def _learnings(person: Person, at: datetime) -> list[Record]:
    return [told(each, *LEARNING) for each in Learning.objects.filter(written_by=person).select_related("program")]


PARTS: Final = (
    Part(
        "duties",
        "What you do for programs",
        "As a coordinator, a supervisor or a sponsor.",
        _duties,
        columns(ProgramDuty, "person", *DUTY),
    ),
    Part(
        "conflicts",
        "Conflicts of interest you declared",
        "With the reasons you wrote, which only you can read.",
        _conflicts,
        columns(DeclaredConflict, "one", "other", "reason", "declared_by", *CONFLICT),
    ),
    Part(
        "configured",
        "What you set up at the desk",
        "Programs, templates, charters and words of reminders, and when.",
        _configured,
        columns(Program, "created_by", "created_at", "changed_by", "changed_at")
        | columns(ProgramTemplate, "saved_by", "saved_at", "changed_by")
        | columns(CharterVersion, "made_by")
        | columns(Rewording, "changed_by"),
    ),
    Part(
        "learnings",
        "What you noted about programs",
        "Notes for the next program.",
        _learnings,
        columns(Learning, "written_by", "words", "written_at"),
    ),
)
LEFT_OUT: Final = (
    LeftOut("When a template was archived", "It says nothing of a person.", columns(ProgramTemplate, "archived_at")),
)


def register_own() -> None:
    register(*PARTS, leave_out=LEFT_OUT)
