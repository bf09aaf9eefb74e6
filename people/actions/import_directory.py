"""Carry out what a file would do to the directory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

from django.db import connection, transaction
from django.db.models import CharField
from django.db.models import Value as Literal
from django.db.models.functions import Cast, Concat

from people import queries, rules
from people.actions.directory import hold_directory
from people.directory_import import PLACES, Plan, Planned, Value
from people.models import Function, Level, LineOfBusiness, Person, Site, sort_key

AT_A_TIME: Final = 1_000
LISTS: Final[dict[str, type[Any]]] = {
    "function": Function, "line_of_business": LineOfBusiness, "site": Site, "level": Level,
}  # fmt: skip
T = TypeVar("T")
Tell = Callable[[int, int], None]


@transaction.atomic
def import_directory(*, plan: Plan, by: Person | None, tell: Tell = lambda done, of: None) -> None:
    """Carry out the whole plan or nothing of it. ``by`` is None for the command line, whose user holds the machine.

    Refuses a plan with problems, and one that was made from a directory that has changed since. ``tell`` hears how many
    people are written, of how many.
    """
    if by is not None:
        rules.insist_keeps_directory(by)
    hold_directory()
    rules.insist_importable(plan, queries.directory().mark)
    Level.objects.bulk_create(Level(name=name, rank=rank) for name, rank in plan.levels.items())
    for kind, names in plan.places.items():
        LISTS[kind].objects.bulk_create(LISTS[kind](name=name) for name in names)
    places = places_by_name()

    newcomers = [_filled(Person(), planned, places) for planned in plan.new]
    for newcomer, planned in zip(newcomers, plan.new, strict=True):
        newcomer.set_unusable_password()
        if "time_zone" not in planned.values and newcomer.site is not None:
            newcomer.time_zone = newcomer.site.time_zone
    free_addresses(plan.changed)
    written, of = 0, len(plan.new) + len(plan.changed)
    for some in batched(newcomers):
        Person.objects.bulk_create(some)
        tell(written := written + len(some), of)
    for several in batched(plan.changed):
        change_people(several, places)
        tell(written := written + len(several), of)
    both = (*plan.new, *plan.changed)
    set_managers({planned.number: planned.values["manager"] for planned in both if "manager" in planned.values})


def places_by_name() -> dict[str, dict[str, Any]]:
    """Every entry of HR's lists, by list and name."""
    return {kind: {place.name: place for place in model.objects.all()} for kind, model in LISTS.items()}


def batched(things: Iterable[T]) -> Iterator[Sequence[T]]:
    rest = iter(things)
    while some := list(islice(rest, AT_A_TIME)):
        yield some


def _filled(person: Person, planned: Planned, places: Mapping[str, Mapping[str, Any]]) -> Person:
    """``person`` with the planned values, all but the manager."""
    for name, value in planned.values.items():
        if name in PLACES:
            setattr(person, name, None if value is None else places[name][str(value)])
        elif name == "languages":
            person.languages = list(value or ())  # type: ignore[arg-type]
        elif name != "manager":
            setattr(person, name, value)
    person.sort_name = sort_key(person.given_name, person.family_name)
    return person


def free_addresses(changed: Iterable[Planned]) -> None:
    """Two people may swap addresses, or one take over what another gives up: first nobody has them."""
    giving_up = [planned.number for planned in changed if "email" in planned.values]
    nobody = Concat(Literal("changing-"), Cast("pk", CharField()), Literal("@invalid.invalid"))
    Person.objects.filter(employee_number__in=giving_up).update(email=nobody)


def change_people(changed: Iterable[Planned], places: Mapping[str, Mapping[str, Any]]) -> None:
    """Write the planned values of people who are there already, all but their managers."""
    planned = {each.number: each for each in changed}
    fields = {name for each in planned.values() for name in each.values} - {"manager"}
    if not fields:
        return
    people = [
        _filled(person, planned[person.employee_number], places)
        for person in Person.objects.filter(employee_number__in=planned)
    ]
    Person.objects.bulk_update(people, [*sorted(fields), "sort_name"])


def set_managers(managers: Mapping[str, Value | None]) -> None:
    """Give each person, by number, the manager with this number or none. One statement, however many there are."""
    numbers = list(managers)
    uppers = [None if manager is None else str(manager) for manager in managers.values()]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE people_person person SET manager_id = upper.id
            FROM unnest(%s::text[], %s::text[]) AS told (number, manager)
            LEFT JOIN people_person upper ON upper.employee_number = told.manager
            WHERE person.employee_number = told.number
            """,
            [numbers, uppers],
        )
