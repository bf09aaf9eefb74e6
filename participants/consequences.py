"""What a change of the directory means for those who take part; registered with ``people.consequences``."""

from __future__ import annotations

from datetime import datetime

from participants import queries
from participants.actions import ask_manager, move_wait_lists_on
from people.consequences import Consequence, follow_changes
from people.models import PersonQuerySet

Managers = dict[int, int | None]


def look(at: datetime) -> Managers:
    """Of everybody whom line managers hear of: who that is, by primary key."""
    return queries.managers_of_those_who_take_part(on=at.date())


def act(before: Managers, at: datetime) -> None:
    """A new line manager is asked for the time, as the former one was."""
    for person, manager in look(at).items():
        if manager is not None and before.get(person, manager) != manager:
            ask_manager(person_id=person, at=at)


def look_at_nothing(at: datetime) -> None:
    """Wait lists need no before: what is free is free."""


def pass_places_on(before: None, at: datetime) -> None:
    """Whoever left holds no place any more: the next in line is offered it."""
    move_wait_lists_on(at=at)


def foresee(leaving: PersonQuerySet, moved: bool, at: datetime) -> list[str]:
    return []


def register() -> None:
    follow_changes(Consequence(look, act, foresee))
    follow_changes(Consequence(look_at_nothing, pass_places_on, foresee))
