"""What happens to people and to the lists of places."""

from __future__ import annotations

from django.db import connection, transaction

from people import rules
from people.models import Person


@transaction.atomic
def keep_person(*, person: Person, by: Person) -> Person:
    """Add somebody to the directory or change their entry."""
    rules.insist_keeps_directory(Person.objects.get(pk=by.pk))
    rules.insist_stays_administrator(person, by)
    hold_directory()
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


def hold_directory() -> None:
    """Until the transaction ends nobody else changes people, so no two changes can close a circle of managers."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE people_person IN SHARE ROW EXCLUSIVE MODE")
