"""How many pairs the rules would allow among as many people as said they are interested."""

from __future__ import annotations

from copy import copy
from datetime import date

import pytest
from django.db import connection
from django.db.models.base import ModelState
from django.test.utils import CaptureQueriesContext

from matching.forecast import Interested, forecast
from people.models import Person
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


def test_the_directory_is_read_once_however_often_is_drawn_and_whatever_is_tried(program):
    company(*[2] * 6, *[6] * 6)
    program.different_function = program.different_line_of_business = True
    with CaptureQueriesContext(connection) as asked:
        forecast(program, Interested(5, 5, 0), on=ON, seed=1)
    assert len(asked) <= 6, [each["sql"][:80] for each in asked]


def test_of_a_great_many_a_part_stands_for_the_whole(program, monkeypatch):
    company(*[2] * 30, *[6] * 36)
    whole = forecast(program, Interested(24, 30, 0), on=ON, seed=1)
    monkeypatch.setattr("matching.forecast.MOST_DRAWN", 10)
    assert whole.middle == forecast(program, Interested(24, 30, 0), on=ON, seed=1).middle == 24


def test_more_interest_than_people_who_may_take_part_makes_no_more_pairs_than_there_are_people(program, monkeypatch):
    company(*[2] * 12, *[6] * 12)
    monkeypatch.setattr("matching.forecast.MOST_DRAWN", 6)
    assert forecast(program, Interested(90, 90, 0), on=ON, seed=1).middle == 12


def crowd(rank: int, number: int) -> None:
    like = PersonFactory(rank=rank)
    people = []
    for each in range(number - 1):
        person = copy(like)
        person.pk, person._state = None, ModelState()
        person.email, person.employee_number = f"{like.pk}.{each}@example.org", f"{like.pk}.{each}"
        people.append(person)
    Person.objects.bulk_create(people)


@pytest.mark.parametrize(
    ("mentors", "mentees", "most_drawn"), [(1300, 20, 1000), (3000, 10, 1000), (1100, 5, 100), (110, 12, 10)]
)
def test_where_many_want_to_nobody_of_the_smaller_side_is_lost_to_rounding(
    program, monkeypatch, mentors, mentees, most_drawn
):  # fmt: skip
    crowd(2, mentors)
    crowd(6, mentees)
    monkeypatch.setattr("matching.forecast.MOST_DRAWN", most_drawn)
    found = forecast(program, Interested(mentors, mentees, 0), on=ON, seed=1)
    assert (found.middle, found.nearly_always) == (mentees, mentees)
    assert ("10 more mentors", mentees) not in found.changes


def test_where_five_hundred_want_to_five_hundred_pairs_can_be_forecast(program):
    crowd(2, 500)
    crowd(6, 500)
    assert forecast(program, Interested(500, 500, 0), on=ON, seed=1).nearly_always == 500
