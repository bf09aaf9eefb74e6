"""What happens to the directory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from people import queries, rules
from people.directory_import import PLACES, Plan, Planned
from people.models import Function, Level, LineOfBusiness, Person, Site, sort_key
from people.references import Place, references_to

AT_A_TIME: Final = 2_000
LISTS: Final[dict[str, type[Any]]] = {"function": Function, "line_of_business": LineOfBusiness, "site": Site}


@transaction.atomic
def keep_person(*, person: Person, by: Person) -> Person:
    """Add somebody to the directory or change their entry."""
    rules.insist_keeps_directory(Person.objects.get(pk=by.pk))
    rules.insist_stays_administrator(person, by)
    _hold_directory()
    if person.manager is not None:
        rules.insist_no_circle(person, person.manager)
    person.save()
    return person


@transaction.atomic
def set_password(*, person: Person, password: str, by: Person) -> None:
    """Give somebody a first or a new password; sessions that began with the old one end."""
    rules.insist_keeps_directory(by)
    person.set_password(password)
    person.save(update_fields=["password"])


@transaction.atomic
def merge_places(*, kept: Place, dropped: Place, by: Person) -> Place:
    """Let everything that points at ``dropped`` point at ``kept``, which stays as it is, and delete ``dropped``.

    Of two merges at once that touch the same entry, the second waits and then judges what the first has left.
    """
    rules.insist_keeps_directory(Person.objects.get(pk=by.pk))
    rules.insist_two_entries(kept, dropped)
    _hold_directory()
    entries = type(kept).objects.select_for_update().order_by("pk").in_bulk([kept.pk, dropped.pk])
    if len(entries) < 2:
        raise rules.CannotMerge("One of the two entries is not there any more. Nothing was changed.")
    kept, dropped = entries[kept.pk], entries[dropped.pk]
    references = references_to(kept)
    for reference in references:
        reference.move(kept, dropped)
    dropped.delete()
    for reference in references:
        reference.judge(kept)
    return kept


@transaction.atomic
def import_directory(*, plan: Plan, by: Person | None) -> None:
    """Carry out the whole plan or nothing of it. ``by`` is None for the command line, whose user holds the machine.

    Refuses a plan with problems, and one that was made from a directory that has changed since.
    """
    if by is not None:
        rules.insist_keeps_directory(by)
    _hold_directory()
    rules.insist_importable(plan, queries.directory().mark)
    Level.objects.bulk_create(Level(name=name, rank=rank) for name, rank in plan.levels.items())
    for kind, names in plan.places.items():
        LISTS[kind].objects.bulk_create(LISTS[kind](name=name) for name in names)
    places = {kind: {place.name: place for place in model.objects.all()} for kind, model in LISTS.items()}
    places["level"] = {level.name: level for level in Level.objects.all()}

    newcomers = [_filled(Person(), planned, places) for planned in plan.new]
    for newcomer, planned in zip(newcomers, plan.new, strict=True):
        newcomer.set_unusable_password()
        if "time_zone" not in planned.values and newcomer.site is not None:
            newcomer.time_zone = newcomer.site.time_zone
    _free_addresses(plan)
    Person.objects.bulk_create(newcomers, batch_size=AT_A_TIME)
    _change(plan.changed, places)
    _set_managers((*plan.new, *plan.changed))


def _hold_directory() -> None:
    """Until the transaction ends nobody else changes people, so no two changes can close a circle of managers."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE people_person IN SHARE ROW EXCLUSIVE MODE")


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


def _free_addresses(plan: Plan) -> None:
    """Two people may swap addresses, or one take over what another gives up: first nobody has them."""
    giving_up = [planned.number for planned in plan.changed if "email" in planned.values]
    nobody = Concat(Value("changing-"), Cast("pk", CharField()), Value("@invalid.invalid"))
    Person.objects.filter(employee_number__in=giving_up).update(email=nobody)


def _change(changed: Iterable[Planned], places: Mapping[str, Mapping[str, Any]]) -> None:
    planned = {each.number: each for each in changed}
    fields = {name for each in planned.values() for name in each.values} - {"manager"}
    if not fields:
        return
    people = [
        _filled(person, planned[person.employee_number], places)
        for person in Person.objects.filter(employee_number__in=planned)
    ]
    Person.objects.bulk_update(people, [*sorted(fields), "sort_name"], batch_size=AT_A_TIME)


def _set_managers(changed: Iterable[Planned]) -> None:
    managers = {planned.number: planned.values["manager"] for planned in changed if "manager" in planned.values}
    keys = dict(Person.objects.values_list("employee_number", "pk"))
    people = [
        Person(pk=keys[number], manager_id=None if manager is None else keys[str(manager)])
        for number, manager in managers.items()
    ]
    Person.objects.bulk_update(people, ["manager"], batch_size=AT_A_TIME)
