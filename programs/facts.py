"""What the rules for a pair look at, as columns: one place in each array for one person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    """Equally long columns. ``enter`` and ``leave`` place a person in the reporting line (people.reporting_line).

    A rule holds the columns of two sides against each other place by place, as numpy broadcasts them.
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

    def as_rows(self) -> Self:
        """The same people one below the other, so that rules hold each of them against everybody of the other side."""
        return self.part((slice(None), None))

    def part(self, where: slice | NDArray[np.intp] | tuple[slice, None]) -> Self:
        return replace(self, **{name: getattr(self, name)[where] for name in COLUMNS})


COLUMNS = tuple(each.name for each in fields(Facts) if each.name != "conflicts")


Row = tuple[int, int, int, int]
"""Person, rank of their level, function, line of business."""

WALK_UP = 200
"""Up to so many people it is cheaper to walk up their lines than to read the whole directory."""


def facts_of_sides(mentors: Sequence[Person], mentees: Sequence[Person], *, on: date) -> tuple[Facts, Facts]:
    """The facts of both sides on that day, in their order: three queries, however many they are.

    Both come from one look at the reporting lines, so that an edit of the directory cannot fall in between.
    """
    rows = _rows([*mentors, *mentees])
    one_side, other_side = sides_without_conflicts(rows[: len(mentors)], rows[len(mentors) :])
    declared = _conflicts(rows, on)
    return replace(one_side, conflicts=declared), replace(other_side, conflicts=declared)


def sides_without_conflicts(mentors: Sequence[Row], mentees: Sequence[Row]) -> tuple[Facts, Facts]:
    """What the directory says of both sides: enough to count, and never enough to pair two people."""
    few = len(mentors) + len(mentees) <= WALK_UP
    line = people.reporting_line(among=[row[0] for row in (*mentors, *mentees)] if few else None)
    return _facts(mentors, line), _facts(mentees, line)


def _rows(people_asked: Sequence[Person]) -> list[Row]:
    levels = {person.level_id for person in people_asked if person.level_id is not None}
    ranks: dict[int | None, int] = dict(Level.objects.filter(pk__in=levels).values_list("pk", "rank"))
    return [
        (
            person.pk,
            ranks.get(person.level_id, UNKNOWN),
            UNKNOWN if person.function_id is None else person.function_id,
            UNKNOWN if person.line_of_business_id is None else person.line_of_business_id,
        )
        for person in people_asked
    ]


def _conflicts(rows: Sequence[Row], on: date) -> Pairs:
    asked = [row[0] for row in rows]
    declared = DeclaredConflict.objects.in_force(on).filter(Q(one__in=asked) | Q(other__in=asked))
    pairs = np.array(list(declared.order_by().values_list("one_id", "other_id")), dtype=np.int64).reshape(-1, 2)
    return np.concatenate((pairs, pairs[:, ::-1]))


def _facts(rows: Sequence[Row], line: people.ReportingLine) -> Facts:
    table = np.array(rows, dtype=np.int32).reshape(-1, len(COLUMNS) - 2)
    values: list[NDArray[np.integer]] = [*table.T, *line.places_of(table[:, 0])]
    columns = {name: np.ascontiguousarray(column, dtype=np.int32) for name, column in zip(COLUMNS, values, strict=True)}
    return Facts(**columns, conflicts=NO_PAIRS)


def declared_between(mentors: Facts, mentees: Facts) -> Iterator[tuple[int, int]]:
    """The places of each mentor and mentee between whom a conflict is declared."""
    row, column = ({person: place for place, person in enumerate(side.person.tolist())} for side in (mentors, mentees))
    for one, other in mentors.conflicts.tolist():
        if one in row and other in column:
            yield row[one], column[other]
