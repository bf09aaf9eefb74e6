"""What the rules for a pair look at, as columns: one place in each array for one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Self

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from people import queries as people
from people.models import Level, Person
from programs.models import DeclaredConflict

UNKNOWN = -1
"""Stands where the directory says nothing."""

Column = NDArray[np.int32]

Pairs = NDArray[np.int64]
"""People as rows of two: whoever stands first must not be paired with whoever stands second."""

NO_PAIRS: Pairs = np.zeros((0, 2), dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """Equally long columns. ``enter`` and ``leave`` place a person in the reporting line (people.queries).

    ``conflicts`` is no column: it holds each declared conflict of anybody here, in both orders.
    """

    person: Column
    level_rank: Column
    function: Column
    line_of_business: Column
    enter: Column
    leave: Column
    conflicts: Pairs = field(default_factory=lambda: NO_PAIRS)

    def __len__(self) -> int:
        return len(self.person)

    def part(self, where: slice | NDArray[np.intp]) -> Self:
        return replace(self, **{name: getattr(self, name)[where] for name in COLUMNS})


COLUMNS = tuple(each.name for each in fields(Facts) if each.name != "conflicts")


Row = tuple[int, int | None, int | None, int | None]
"""Person, rank of their level, function, line of business."""

WALK_UP = 200
"""Up to so many people it is cheaper to walk up their lines than to read the whole directory."""


def facts_of(people_asked: Sequence[Person], *, on: date) -> Facts:
    """The facts of ``people_asked`` on that day, in their order, in three queries however many they are.

    Compare two calls only while nobody edits the directory between them; :func:`facts_of_sides` reads both at once.
    """
    rows = _rows(people_asked)
    return _facts(rows, people.reporting_intervals(), _conflicts(rows, on))


def facts_of_sides(mentors: Sequence[Person], mentees: Sequence[Person], *, on: date) -> tuple[Facts, Facts]:
    """The facts of both sides on that day, from one look at the reporting lines."""
    rows = _rows([*mentors, *mentees])
    one_side, other_side = sides_without_conflicts(rows[: len(mentors)], rows[len(mentors) :])
    declared = _conflicts(rows, on)
    return replace(one_side, conflicts=declared), replace(other_side, conflicts=declared)


def sides_without_conflicts(mentors: Sequence[Row], mentees: Sequence[Row]) -> tuple[Facts, Facts]:
    """What the directory says of both sides: enough to count, and never enough to pair two people."""
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


def _conflicts(rows: Sequence[Row], on: date) -> Pairs:
    asked = [row[0] for row in rows]
    declared = DeclaredConflict.objects.in_force(on).filter(Q(one__in=asked) | Q(other__in=asked))
    pairs = np.array(list(declared.order_by().values_list("one_id", "other_id")), dtype=np.int64).reshape(-1, 2)
    return np.concatenate((pairs, pairs[:, ::-1]))


def _facts(rows: Sequence[Row], intervals: dict[int, tuple[int, int]], conflicts: Pairs = NO_PAIRS) -> Facts:
    filled = [(*(UNKNOWN if value is None else value for value in row), *intervals[row[0]]) for row in rows]
    table = np.array(filled, dtype=np.int32).reshape(-1, 6)
    columns = {name: np.ascontiguousarray(column) for name, column in zip(COLUMNS, table.T, strict=True)}
    return Facts(**columns, conflicts=conflicts)
