"""What happens to people and to the lists of places."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q

from people import rules, way_in
from people.consequences import carried, tell_of_password
from people.models import Person, Skill
from people.references import Place, references_to


@transaction.atomic
def keep_person(*, person: Person, changed: Collection[str] | None = None, by: Person, at: datetime) -> Person:
    """Add somebody to the directory or change their entry, and owe what follows from it.

    ``changed`` names the fields that somebody changed, where that is known. What an import wrote of the others while
    this waited for it stays.
    """
    rules.insist_keeps_directory(Person.objects.get(pk=by.pk))
    rules.insist_stays_administrator(person, by)
    hold_directory()
    if changed is not None and person.pk is not None:
        there = Person.objects.select_related("manager").get(pk=person.pk)
        for name in changed:
            setattr(there, name, getattr(person, name))
        there.validate_constraints()
        person = there
    if person.manager is not None:
        rules.insist_no_circle(person, person.manager)
    with carried(at):
        person.save()
    return person


@transaction.atomic
def set_password(*, person: Person, password: str, by: Person, at: datetime) -> None:
    """Give somebody a first or a new password; sessions that began with the old one end. They are told by whom:
    whoever knows it can sign in as them."""
    rules.insist_keeps_directory(by)
    person.set_password(password)
    person.save(update_fields=["password"])
    if person.pk != by.pk:
        tell_of_password(person, by, at)


@transaction.atomic
def choose_password(*, person: Person, token: str, password: str, at: datetime) -> Person:
    """By the link somebody was sent, which is used up by it. Of two clicks at once the second meets a used link."""
    held: Person = Person.objects.select_for_update().get(pk=person.pk)
    if not way_in.opens(token, held, at=at):
        raise rules.LinkIsOver("This link works no longer.")
    held.set_password(password)
    held.save(update_fields=["password"])
    return held


@transaction.atomic
def merge_places(*, kept: Place, dropped: Place, by: Person) -> Place:
    """Let everything that points at ``dropped`` point at ``kept``, which stays as it is, and delete ``dropped``.

    Of two merges at once that touch the same entry, the second waits and then judges what the first has left.
    """
    rules.insist_keeps_directory(Person.objects.get(pk=by.pk))
    rules.insist_two_entries(kept, dropped)
    hold_directory()
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


def hold_directory() -> None:
    """Until the transaction ends nobody else changes people, so no two changes can close a circle of managers."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE people_person IN SHARE ROW EXCLUSIVE MODE")


def list_skills(names: Iterable[str]) -> list[Skill]:
    """The skills of these names; those that are new join the list of the company. Case does not tell two apart."""
    wanted = list(names)
    Skill.objects.bulk_create([Skill(name=name) for name in wanted], ignore_conflicts=True)
    called = Q(pk=None)
    for name in wanted:
        called |= Q(name__iexact=name)
    return list(Skill.objects.filter(called).order_by("name"))


def hold_skills(skills: Collection[Skill]) -> list[Skill]:
    """Those that are still in the list. Until the transaction ends nobody merges them away."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM people_skill WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE", [[each.pk for each in skills]]
        )
        there = {key for (key,) in cursor.fetchall()}
    return [skill for skill in skills if skill.pk in there]
