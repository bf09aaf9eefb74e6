from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.reporting_line import NOBODY, ReportingLine


def above(person: int, managers: dict[int, int]) -> set[int]:
    """Everybody met on the way up; a circle is walked once."""
    met: set[int] = set()
    upper = managers[person]
    while upper != NOBODY and upper not in met:
        met.add(upper)
        upper = managers[upper]
    return met


def nested(line: ReportingLine) -> dict[int, set[int]]:
    """For each person who is above them, by the numbers alone."""
    places = list(zip(line.person.tolist(), line.enter.tolist(), line.leave.tolist(), strict=True))
    return {
        lower: {upper for upper, enter, leave in places if enter < entered and left <= leave}
        for lower, entered, left in places
    }


companies = st.dictionaries(st.integers(1, 10**9), st.integers(-4, 30), max_size=20)
"""Opaque keys, each with the place of a manager among them or none."""


def managers_of(company: dict[int, int], *, circles: bool) -> dict[int, int]:
    people = sorted(company)
    managers = {}
    for place, person in enumerate(people):
        asked = company[person]
        possible = 0 <= asked < (len(people) if circles else place) and asked != place
        managers[person] = people[asked] if possible else NOBODY
    return managers


@given(companies)
def test_numbers_nest_exactly_where_somebody_is_above(company):
    managers = managers_of(company, circles=False)
    line = ReportingLine.of(sorted(managers.items()))
    assert nested(line) == {person: above(person, managers) for person in managers}


@given(companies)
def test_a_circle_is_opened_above_its_lowest_member_and_nothing_else_changes(company):
    managers = managers_of(company, circles=True)
    opened = dict(managers)
    for person in managers:
        if person in above(person, managers) and person == min(above(person, managers)):
            opened[person] = NOBODY
    line = ReportingLine.of(sorted(managers.items()))
    assert nested(line) == {person: above(person, opened) for person in opened}


@pytest.mark.parametrize(
    ("shape", "below_the_first"),
    [
        ({place: place - 1 for place in range(1, 5_001)}, 4_999),
        ({place: min(place - 1, 1) for place in range(1, 5_001)}, 4_999),
        (dict.fromkeys(range(1, 5001), NOBODY), 0),
    ],
    ids=["one line", "a star", "no managers"],
)
def test_no_shape_is_too_deep_or_too_wide(shape, below_the_first):
    line = ReportingLine.of(list(shape.items()))
    assert line.enter.tolist() == list(range(5_000))
    assert line.leave[0] - line.enter[0] - 1 == below_the_first


def test_places_come_in_the_order_in_which_people_are_asked_for():
    line = ReportingLine.of([(3, NOBODY), (5, 3), (9, 5)])
    enter, leave = line.places_of([9, 3])
    assert (enter.tolist(), leave.tolist()) == ([2, 0], [3, 3])


def test_a_company_of_nobody_has_an_empty_line():
    assert len(ReportingLine.of([]).person) == 0
