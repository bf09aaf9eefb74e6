"""Carry out what a file would do to the directory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from secrets import token_hex
from typing import Any, Final, Self, TypeVar

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.db.models import CharField
from django.db.models import Value as Literal
from django.db.models.functions import Cast, Concat

from people import queries, rules
from people.actions.directory import hold_directory
from people.actions.rows import change_rows, insert_rows, reserve_keys
from people.consequences import carried
from people.directory_import import PLACES, Plan, Planned, plain
from people.models import Function, Level, LineOfBusiness, Person, Site, sort_key

AT_A_TIME: Final = 1_000
LISTS: Final[dict[str, type[Any]]] = {
    "function": Function, "line_of_business": LineOfBusiness, "site": Site, "level": Level,
}  # fmt: skip
T = TypeVar("T")
Tell = Callable[[int, int], None]


@transaction.atomic
def import_directory(*, plan: Plan, by: Person | None, at: datetime, tell: Tell = lambda done, of: None) -> None:
    """Carry out the whole plan or nothing of it. ``by`` is None for the command line, whose user holds the machine.

    Refuses a plan with problems, and one that was made from a directory that has changed since. ``tell`` hears how many
    people are written, of how many.
    """
    if by is not None:
        rules.insist_keeps_directory(by)
    hold_directory()
    rules.insist_importable(plan, queries.directory().mark)
    with carried(at):
        write_plan(plan, tell)


def write_plan(plan: Plan, tell: Tell) -> None:
    """Write a plan that was judged while the directory is held: see :func:`import_directory`."""
    Level.objects.bulk_create(Level(name=name, rank=rank) for name, rank in plan.levels.items())
    for kind, names in plan.places.items():
        LISTS[kind].objects.bulk_create(LISTS[kind](name=name) for name in names)
    # Their keys are known before they are written, so that managers may stand in any order.
    newcomers = dict(zip((planned.number for planned in plan.new), reserve_keys(Person, len(plan.new)), strict=True))
    keys = Keys.of_everybody(and_of=newcomers)
    zones = dict(Site.objects.values_list("pk", "time_zone"))
    nothing_said = {str(field.column): field.get_default() for field in Person._meta.concrete_fields}

    free_addresses(plan.changed)
    written, of = 0, len(plan.new) + len(plan.changed)
    for some in batched(plan.new):
        insert_rows(Person, [_newcomer(planned, keys, nothing_said, zones) for planned in some])
        tell(written := written + len(some), of)
    for some in batched(plan.changed):
        change_people(some, keys)
        tell(written := written + len(some), of)


@dataclass(frozen=True, slots=True)
class Keys:
    """The primary key of every entry of HR's lists, by list and name, and of everybody, by employee number."""

    places: Mapping[str, Mapping[str, int]]
    people: Mapping[str, int]

    @classmethod
    def of_everybody(cls, *, and_of: Mapping[str, int]) -> Self:
        """``and_of``: people who are about to be written."""
        places = {kind: dict(model.objects.values_list("name", "pk")) for kind, model in LISTS.items()}
        return cls(places, {**dict(Person.objects.values_list("employee_number", "pk")), **and_of})


def batched(things: Iterable[T]) -> Iterator[Sequence[T]]:
    rest = iter(things)
    while some := list(islice(rest, AT_A_TIME)):
        yield some


def _columns(planned: Planned, keys: Keys) -> dict[str, Any]:
    """The planned values as the columns of a row, as JSON holds them."""
    columns: dict[str, Any] = {"employee_number": planned.number}
    for name, value in planned.values.items():
        if name == "manager":
            columns["manager_id"] = None if value is None else keys.people[str(value)]
        elif name in PLACES:
            columns[f"{name}_id"] = None if value is None else keys.places[name][str(value)]
        else:
            columns[name] = plain(value)
    return columns


def _newcomer(
    planned: Planned, keys: Keys, nothing_said: Mapping[str, Any], zones: Mapping[int, str]
) -> dict[str, Any]:
    columns = dict(nothing_said) | _columns(planned, keys)
    columns["id"] = keys.people[planned.number]
    columns["sort_name"] = sort_key(columns["given_name"], columns["family_name"])
    # What Django's set_unusable_password makes, which draws each of forty letters by itself: seconds for a large file.
    columns["password"] = UNUSABLE_PASSWORD_PREFIX + token_hex(20)
    if "time_zone" not in planned.values and columns["site_id"] is not None:
        columns["time_zone"] = zones[columns["site_id"]]
    return columns


def free_addresses(changed: Iterable[Planned], *, and_of: Iterable[str] = ()) -> None:
    """Two people may swap addresses, or one take over what another gives up: first nobody has them.

    ``and_of``: employee numbers of people who are about to be deleted.
    """
    giving_up = [*(planned.number for planned in changed if "email" in planned.values), *and_of]
    nobody = Concat(Literal("changing-"), Cast("pk", CharField()), Literal("@invalid.invalid"))
    Person.objects.filter(employee_number__in=giving_up).update(email=nobody)


def change_people(changed: Sequence[Planned], keys: Keys) -> None:
    """Write the planned values of people who are there already."""
    rows = [_columns(planned, keys) for planned in changed]
    renamed = {row["employee_number"]: row for row in rows if row.keys() & {"given_name", "family_name"}}
    names = Person.objects.filter(employee_number__in=renamed).values_list(
        "employee_number", "given_name", "family_name"
    )
    for number, given_name, family_name in names:
        row = renamed[number]
        row["sort_name"] = sort_key(row.get("given_name", given_name), row.get("family_name", family_name))
    change_rows(Person, rows, known_by="employee_number")
