"""How many pairs the rules would allow among as many people as said they are interested."""

from __future__ import annotations

from datetime import date

import pytest

from matching.forecast import Interested, forecast
from people.tests.factories import PersonFactory
from programs.choices import Stage
from programs.models import Program
from programs.tests.factories import ProgramFactory

ON = date(2027, 3, 1)


@pytest.fixture
def program(db) -> Program:
    return ProgramFactory(stage=Stage.INTEREST, level_gap=2, different_function=False, different_line_of_business=False)


def company(*ranks: int) -> None:
    for rank in ranks:
        PersonFactory(rank=rank)


def test_people_in_between_are_put_where_they_are_missing():
    assert Interested(10, 4, 6).sides == (10, 10)
    assert Interested(4, 10, 3).sides == (7, 10)
    assert Interested(5, 5, 3).sides == (7, 6)
    assert Interested(0, 0, 4).sides == (2, 2)


def test_where_the_rules_let_everybody_meet_there_are_as_many_pairs_as_the_smaller_side_has_people(program):
    company(*[2] * 12, *[6] * 12)
    found = forecast(program, Interested(8, 6, 0), on=ON, seed=1)
    assert (found.middle, found.nearly_always) == (6, 6)


def test_nobody_to_draw_from_makes_no_pairs(program):
    found = forecast(program, Interested(8, 6, 2), on=ON, seed=1)
    assert (found.middle, found.nearly_always, found.changes) == (0, 0, ())


def test_a_rule_that_keeps_people_apart_lowers_the_forecast_and_is_named_as_what_would_change_it(program):
    people = [PersonFactory(rank=rank) for rank in [2] * 10 + [6] * 10]
    functions = [people[0].function, people[1].function]
    for person in people:
        person.function = functions[0]
        person.save()
    program.different_function = True
    found = forecast(program, Interested(6, 6, 0), on=ON, seed=1)
    assert found.middle == 0
    assert dict(found.changes) == {"partners of the same function": 6}


def test_the_same_people_and_seed_give_the_same_forecast_and_nothing_is_changed(program):
    company(*[2] * 9, *[3] * 5, *[4] * 6, *[6] * 7)
    one = forecast(program, Interested(7, 6, 3), on=ON, seed=3)
    assert forecast(program, Interested(7, 6, 3), on=ON, seed=3) == one
    program.refresh_from_db()
    assert program.level_gap == 2
    assert one.nearly_always <= one.middle <= 8


def test_ten_more_of_the_smaller_side_are_tried(program):
    company(*[2] * 20, *[6] * 20)
    found = forecast(program, Interested(3, 12, 0), on=ON, seed=1)
    assert found.middle == 3
    assert ("10 more mentors", 12) in found.changes
