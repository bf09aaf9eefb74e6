"""What the rules for a pair look at, as columns: one place in each array for one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from people import queries as people
from people.models import Level, Person

UNKNOWN = -1
"""Stands where the directory says nothing."""

Column = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """Equally long columns. ``enter`` and ``leave`` place a person in the reporting line (people.queries)."""

    person: Column
    level_rank: Column
    function: Column
    line_of_business: Column
    enter: Column
    leave: Column

    def __len__(self) -> int:
        return len(self.person)

    def part(self, where: slice | NDArray[np.intp]) -> Self:
        return type(self)(*(getattr(self, field.name)[where] for field in fields(self)))


Row = tuple[int, int | None, int | None, int | None]
"""Person, rank of their level, function, line of business."""

WALK_UP = 200
"""Up to so many people it is cheaper to walk up their lines than to read the whole directory."""


def facts_of(people_asked: Sequence[Person]) -> Facts:
    """The facts of ``people_asked``, in their order, in two queries however many they are.

    Compare two calls only while nobody edits the directory between them; :func:`facts_of_sides` reads both at once.
    """
    return _facts(_rows(people_asked), people.reporting_intervals())


def facts_of_sides(mentors: Sequence[Person], mentees: Sequence[Person]) -> tuple[Facts, Facts]:
    """The facts of both sides, from one look at the reporting lines."""
    rows = _rows([*mentors, *mentees])
    return sides_from_rows(rows[: len(mentors)], rows[len(mentors) :])


def sides_from_rows(mentors: Sequence[Row], mentees: Sequence[Row]) -> tuple[Facts, Facts]:
    asked = [row[0] for row in (*mentors, *mentees)]
    intervals = people.reporting_intervals(among=asked if len(asked) <= WALK_UP else None)
    return _facts(mentors, intervals), _facts(mentees, intervals)


def _rows(people_asked: Sequence[Person]) -> list[Row]:
    levels = {person.level_id for person in people_asked if person.level_id is not None}
    ranks = dict(Level.objects.filter(pk__in=levels).values_list("pk", "rank"))
    return [
        (
            person.pk,
            None if person.level_id is None else ranks[person.level_id],
            person.function_id,
            person.line_of_business_id,
        )
        for person in people_asked
    ]


def _facts(rows: Sequence[Row], intervals: dict[int, tuple[int, int]]) -> Facts:
    filled = [(*(UNKNOWN if value is None else value for value in row), *intervals[row[0]]) for row in rows]
    table = np.array(filled, dtype=np.int32).reshape(-1, 6)
    return Facts(*(np.ascontiguousarray(column) for column in table.T))
