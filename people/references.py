"""Who refers to an entry of the company's lists, and how that moves to another entry when two become one.

Topics, wishes and the levels of programs belong to apps above this one. Each adds its references once, when Django
starts, so a merge is whole and this app still imports nothing from above. A reference nobody told of is safe: the
database refuses to delete what something still points at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from people.models import Function, Level, LineOfBusiness, Person, Site, Skill

Place = Function | LineOfBusiness | Site | Level | Skill


def _nothing(kept: Any) -> None:
    """Most moves leave nothing to judge."""


@dataclass(frozen=True, slots=True)
class Reference:
    """``count`` says how many point at an entry, as ``noun`` or ``nouns``; ``move`` lets them point at another.

    ``judge`` looks at the outcome, once the other entry is gone, and may refuse the whole merge. Without ``is_told``
    nobody reads how many there are, because a few of them would speak about a few people.
    """

    noun: str
    nouns: str
    count: Callable[[Any], int]
    move: Callable[[Any, Any], None]
    judge: Callable[[Any], None] = _nothing
    is_told: bool = True

    def words(self, entry: Place) -> str:
        number = self.count(entry)
        return f"{number:,} {self.noun if number == 1 else self.nouns}"


_references: Final[dict[type[Any], list[Reference]]] = defaultdict(list)


def follow(place: type[Any], reference: Reference) -> None:
    """Let ``reference`` move along when two entries of ``place`` become one."""
    if reference not in _references[place]:
        _references[place].append(reference)


def references_to(entry: Place) -> tuple[Reference, ...]:
    return tuple(_references[type(entry)])


def _of_people(column: str) -> Reference:
    def move(kept: Any, dropped: Any) -> None:
        Person.objects.filter(**{column: dropped}).update(**{column: kept})

    return Reference("person", "people", lambda entry: Person.objects.filter(**{column: entry}).count(), move)


for _place, _column in (
    (Function, "function"),
    (LineOfBusiness, "line_of_business"),
    (Site, "site"),
    (Level, "level"),
):
    follow(_place, _of_people(_column))
