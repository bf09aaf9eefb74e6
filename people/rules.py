"""Judgement about the directory."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from people import queries
from people.directory_import import Plan
from people.models import Person


class NotTheAdministrator(ValidationError):
    """Only an administrator keeps the directory."""


def keeps_directory(person: Person) -> bool:
    return person.is_active and person.is_administrator


def insist_keeps_directory(person: Person) -> None:
    if not keeps_directory(person):
        raise NotTheAdministrator("Only an administrator can change the directory.")


class LocksOneselfOut(ValidationError):
    """An administrator would lose the desk by this very change."""


def insist_stays_administrator(person: Person, by: Person) -> None:
    """Nobody takes their own administration away: the last one could not come back."""
    if person.pk == by.pk and not keeps_directory(person):
        raise LocksOneselfOut(
            {"is_administrator": "You cannot take this away from yourself. Another administrator can."}
        )


class ManagersInCircle(ValidationError):
    """Following the managers upwards would come back to the person."""


def would_close_circle(person: Person, manager: Person) -> bool:
    """Whether ``person`` would come to stand above or below themselves with this manager."""
    return person.pk is not None and (person.pk == manager.pk or queries.is_above(person, manager))


def insist_no_circle(person: Person, manager: Person) -> None:
    if would_close_circle(person, manager):
        if person.pk == manager.pk:
            raise ManagersInCircle({"manager": "Nobody can be their own manager."})
        raise ManagersInCircle(
            {"manager": f"{manager.name} reports to {person.name}, directly or through others. Choose somebody else."}
        )


class CannotMerge(ValidationError):
    """These two entries cannot become one."""


def insist_two_entries(kept: object, dropped: object) -> None:
    if kept == dropped:
        raise CannotMerge({"kept": "This is the same entry. Choose another one."})


class ImportRefused(ValidationError):
    """The plan cannot be carried out."""


def insist_importable(plan: Plan, mark: str) -> None:
    """Refuse a plan with problems, and one made from a directory that has changed since."""
    if plan.problems:
        raise ImportRefused("The file has problems. Nothing was changed.")
    if plan.mark != mark:
        raise ImportRefused("The directory has changed since this file was checked. Check it again.")
