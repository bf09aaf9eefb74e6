"""What the application holds of one person, gathered from every app for that person alone.

Each app says once, when Django starts, which parts it has, and which columns it leaves out and why. So an export is
whole and this app imports nothing from above; a test fails on a personal column that is neither told nor left out.
What somebody else said in confidence, or may not be known to have said, is left out, with a sentence for the reader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db import models
from django.views.decorators.debug import sensitive_variables

from people.choices import ImportState, LineKind
from people.models import DirectoryImport, ImportLine, Person
from privacy.models import DataKey

Value = str | int | bool | None | date | datetime | Sequence[str] | Sequence["Record"]
Record = Mapping[str, Value]
"""One thing that is told, under plain names; lists hold words, or records of their own."""

Columns = frozenset[str]
"""As ``participants.Participation.hobbies``."""


@dataclass(frozen=True, slots=True)
class Part:
    """``gather`` reads what is told of somebody at an instant, for nobody but them; ``tells`` are the columns it reads.

    ``name`` is its name in the JSON; ``title`` and ``about`` stand above it on the page.
    """

    name: str
    title: str
    about: str
    gather: Callable[[Person, datetime], list[Record]] = field(repr=False)
    tells: Columns = frozenset()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What is not told, and why, in sentences for whoever reads the export."""

    what: str
    why: str
    columns: Columns


@dataclass(frozen=True, slots=True)
class Gathered:
    part: Part
    records: list[Record] = field(repr=False)


_parts: Final[list[Part]] = []
_left_out: Final[list[LeftOut]] = []


def register(*parts: Part, leave_out: Iterable[LeftOut] = ()) -> None:
    """Apps register from the top of the house down, so whatever lies lower is read first."""
    new = [part for part in parts if part not in _parts]
    if {part.name for part in new} & {part.name for part in _parts}:
        raise ValueError("Two parts of an export have the same name.")
    _parts[:0] = new
    _left_out[:0] = [each for each in leave_out if each not in _left_out]


def all_parts() -> tuple[Part, ...]:
    return tuple(_parts)


def all_left_out() -> tuple[LeftOut, ...]:
    return tuple(_left_out)


@sensitive_variables()
def gathered_for(person: Person, *, at: datetime) -> list[Gathered]:
    """Everything, the directory first. Only ever for the person who asks."""
    return [Gathered(part, part.gather(person, at)) for part in _parts]


def columns(model: type[models.Model], *names: str) -> Columns:
    """Columns by their full names; refuses one that the model does not have."""
    return frozenset(f"{model._meta.label}.{model._meta.get_field(name).name}" for name in names)


def told(row: models.Model, *names: str) -> dict[str, Value]:
    """Plain columns of a row: choices in words, and what they point at by its name. Sealed text is opened elsewhere."""
    return {name: _told(row, row._meta.get_field(name)) for name in names}


def _told(row: models.Model, column: Any) -> Value:
    if isinstance(column, models.BinaryField):
        raise TypeError(f"{column} holds bytes.")
    value = getattr(row, column.name)
    if isinstance(column, models.ForeignKey):
        return None if value is None else str(value)
    if isinstance(value, list):
        words = dict(column.base_field.flatchoices)
        return [str(words.get(each, each)) for each in value]
    if column.flatchoices:
        return None if value is None else str(dict(column.flatchoices).get(value, value))
    said: Value = value
    return said


# What this app itself tells

DIRECTORY: Final = (
    "employee_number", "email", "given_name", "family_name", "sort_name", "job_title", "function", "line_of_business",
    "level", "site", "time_zone", "languages", "manager", "hired_on", "left_on", "is_active", "is_executive",
    "is_coordinator", "is_administrator", "last_login",
)  # fmt: skip
UPLOADED: Final = ("file_name", "state", "uploaded_at", "started_at", "finished_at")


def _directory(person: Person, at: datetime) -> list[Record]:
    row = Person.objects.with_place().select_related("manager").get(pk=person.pk)
    return [told(row, *DIRECTORY)]


def _last_import(person: Person, at: datetime) -> list[Record]:
    """Only of a file that was carried out: one that was not may tell of what is still being decided."""
    lines = ImportLine.objects.filter(
        directory_import__state=ImportState.DONE,
        number=person.employee_number,
        kind__in=[LineKind.NEW, LineKind.CHANGED, LineKind.LEAVING],
    ).select_related("directory_import")
    return [
        {
            "carried_out_at": line.directory_import.finished_at,
            "row": line.row,
            "employee_number": line.number,
            "name": line.name,
            "kind": line.get_kind_display(),
            "changes": [f"{label}: {before}, then {after}" for label, before, after in line.differences],
        }
        for line in lines
    ]


def _uploads(person: Person, at: datetime) -> list[Record]:
    return [
        told(each, *UPLOADED) for each in DirectoryImport.objects.filter(uploaded_by=person).defer("content", "options")
    ]


PARTS: Final = (
    Part(
        "directory",
        "Your entry in the directory",
        "What the company’s directory says of you. Every colleague may know most of it.",
        _directory,
        columns(Person, *DIRECTORY),
    ),
    Part(
        "last_import",
        "The last file for the directory",
        "What the last file that was carried out changed in your entry. It is kept so that it can be taken back.",
        _last_import,
        columns(ImportLine, "directory_import", "kind", "row", "number", "name", "details"),
    ),
    Part(
        "uploads",
        "Files you uploaded for the directory",
        "Which files, and when.",
        _uploads,
        columns(DirectoryImport, "uploaded_by", *UPLOADED),
    ),
)
LEFT_OUT: Final = (
    LeftOut(
        "Your password",
        "It is kept only in a form from which nobody can read it, and which would help whoever finds this file.",
        columns(Person, "password"),
    ),
    LeftOut(
        "Keys of sealed texts",
        "They open the texts for you here, and would open them for whoever finds this file.",
        columns(DataKey, "wrapped"),
    ),
    LeftOut(
        "Files for the directory",
        "Their lines are about other people. What the last one changed of you is told above.",
        columns(DirectoryImport, "content", "options", "mark", "leased_until", "failure"),
    ),
)


def register_own() -> None:
    register(*PARTS, leave_out=LEFT_OUT)
