from __future__ import annotations

from datetime import date, timedelta

import pytest

from pairings.activity import program_activity
from pairings.staying import Stay, still_here, told_by, year_after
from pairings.tests.factories import STARTED_ON, PairingFactory
from people.models import Person
from programs.choices import Stage
from programs.rules import STILL_HERE_KNOWN_AFTER
from programs.tests.factories import ProgramFactory

COUNTED_ON = STARTED_ON + timedelta(days=6)
KNOWN_ON = COUNTED_ON + STILL_HERE_KNOWN_AFTER
A_WEEK = timedelta(weeks=1)
K = 5


def stays(here: int, gone: int, *, first: int = 0, later: timedelta = timedelta(0)) -> list[Stay]:
    began, counted = STARTED_ON + later, COUNTED_ON + later
    left = [None] * here + [began + timedelta(days=200)] * gone
    return [Stay(first + number, began, counted, left_on) for number, left_on in enumerate(left)]


def words(some: list[Stay], on: date = KNOWN_ON) -> str:
    return still_here(some, on, k=K).words


@pytest.mark.parametrize(
    ("here", "gone", "said"),
    [
        (30, 10, "75%"),
        (31, 9, "80%"),
        (36, 4, "88% or more"),
        (40, 0, "88% or more"),
        (4, 30, "fewer than 5"),
        (4, 0, "fewer than 5"),
        (5, 0, "20% or more"),
    ],
)
def test_the_share_to_the_nearest_five_or_what_fewer_than_five_leave_of_it(here, gone, said):
    assert words(stays(here, gone)) == said


def test_a_lower_bound_is_never_above_the_share_and_the_same_whoever_is_gone():
    for people in range(5, 200):
        said = {still_here(stays(people - gone, gone), KNOWN_ON, k=K).number or 0 for gone in range(min(5, people - 4))}
        assert len(said) == 1
        assert 0 < said.pop() <= 100 * (people - min(4, people - 5)) / people


def test_nobody_counts_before_a_year_and_some_weeks_have_passed():
    assert words(stays(30, 10), KNOWN_ON - A_WEEK) == "fewer than 5"


def test_whoever_left_after_the_year_was_still_here():
    year = [Stay(number, STARTED_ON, COUNTED_ON, STARTED_ON + timedelta(days=days)) for number, days in (
        *enumerate([365] * 10), *enumerate([366] * 10, start=10),
    )]  # fmt: skip
    assert words(year) == "50%"


def test_a_year_after_the_29th_of_february_is_the_28th():
    assert year_after(date(2028, 2, 29)) == date(2029, 2, 28)
    assert year_after(date(2027, 2, 28)) == date(2028, 2, 28)


class TestGrowing:
    """Who kept the last figure learns of no fewer than five people from the next one."""

    def told(self, *more: Stay) -> int:
        return len(told_by([*stays(30, 10), *more], KNOWN_ON + A_WEEK, k=K))

    @pytest.mark.parametrize(
        ("here", "gone", "told"), [(4, 0, 40), (5, 0, 45), (5, 1, 40), (9, 4, 40), (0, 5, 45), (4, 5, 40), (5, 5, 50)]
    )
    def test_more_people_wait_until_they_are_enough_on_both_sides(self, here, gone, told):
        assert self.told(*stays(here, gone, first=100, later=A_WEEK)) == told

    def test_those_who_wait_come_with_the_next(self):
        waiting = stays(5, 3, first=100, later=A_WEEK)
        later = KNOWN_ON + 2 * A_WEEK
        assert len(told_by([*stays(30, 10), *waiting, *stays(5, 2, first=200, later=2 * A_WEEK)], later, k=K)) == 55

    def test_while_fewer_than_five_are_gone_any_five_may_follow(self):
        some = [*stays(36, 4), *stays(3, 2, first=100, later=A_WEEK)]
        assert len(told_by(some, KNOWN_ON + A_WEEK, k=K)) == 45


@pytest.fixture
def program(db):
    return ProgramFactory(stage=Stage.RUNNING)


def test_the_figure_follows_the_directory_and_counts_somebody_in_two_pairs_once(program):
    pairs = [PairingFactory(program=program) for _ in range(10)]
    PairingFactory(program=program, mentor=pairs[0].mentor, mentor_place=2, mentee=pairs[1].mentee, mentee_place=2)
    leaving = [pair.mentee.person_id for pair in pairs[:5]]
    Person.objects.filter(pk__in=leaving).update(left_on=STARTED_ON + timedelta(days=90))
    assert program_activity(program, KNOWN_ON).still_here.words == "fewer than 5"
    assert program_activity(program, KNOWN_ON + timedelta(days=1)).still_here.words == "75%"


def test_pairs_that_were_not_counted_as_formed_a_year_before_do_not_count(program):
    """Two pairs a week later wait for a third before they count as formed, and as long again here."""
    for _ in range(10):
        PairingFactory(program=program)
    for _ in range(2):
        late = PairingFactory(program=program, started_on=STARTED_ON + A_WEEK)
    people = [late.mentor.person_id, late.mentee.person_id]
    before = program_activity(program, KNOWN_ON + 3 * A_WEEK)
    Person.objects.filter(pk__in=people).update(left_on=STARTED_ON + timedelta(days=90))
    assert program_activity(program, KNOWN_ON + 3 * A_WEEK) == before
    assert before.still_here.words == "73% or more"
