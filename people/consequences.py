"""What follows from a change of the directory, for apps above this one.

A pair rests when one of the two leaves, and a coordinator hears when a new manager stands above both: pairs know that,
and the directory does not know pairs. So each app adds what it follows once, when Django starts. It looks before the
change and acts after it, in the same transaction, whichever way the change came in: an import, its undoing, the command
line or an edit on the desk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from people.models import Person, PersonQuerySet


@dataclass(frozen=True, slots=True)
class Consequence:
    """``act`` gets what ``look`` saw before the change, and writes what is owed for the difference.

    ``foresee`` says in sentences what will follow, before anything is changed, to an administrator: of people who are
    about to leave, and of whether others get another place in the company. It may tell no more of pairs than an
    administrator may know.
    """

    look: Callable[[datetime], Any]
    act: Callable[[Any, datetime], None]
    foresee: Callable[[PersonQuerySet, bool, datetime], list[str]]


_followed: Final[list[Consequence]] = []


def follow_changes(consequence: Consequence) -> None:
    if consequence not in _followed:
        _followed.append(consequence)


@contextmanager
def carried(at: datetime) -> Iterator[None]:
    """Around every write that changes people, inside its transaction and while the directory is held."""
    seen = [(each, each.look(at)) for each in _followed]
    yield
    for each, before in seen:
        each.act(before, at)


def foreseen(leaving: PersonQuerySet, *, moved: bool, at: datetime) -> list[str]:
    return [sentence for each in _followed for sentence in each.foresee(leaving, moved, at)]


# Passwords that somebody else sets

_told_of_passwords: Final[list[Callable[[Person, Person, datetime], None]]] = []


def hear_of_passwords(listener: Callable[[Person, Person, datetime], None]) -> None:
    """Let ``listener`` know whose password was set, and by whom, in the transaction in which it is."""
    if listener not in _told_of_passwords:
        _told_of_passwords.append(listener)


def tell_of_password(person: Person, by: Person, at: datetime) -> None:
    for listener in _told_of_passwords:
        listener(person, by, at)
