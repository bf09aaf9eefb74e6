from __future__ import annotations

from datetime import date, timedelta

import pytest

from pairings.activity import QUESTIONS, people_of_pairs, program_activity
from pairings.models import Agreement, CheckIn, Goal, Meeting
from pairings.tests.factories import STARTED_ON, PairingFactory, noon
from participants.tests.factories import MenteeFactory
from programs.choices import Stage
from programs.tests.factories import ProgramFactory

ON = STARTED_ON + timedelta(days=70)
"""Ten complete weeks in; a pair that meets every three weeks would have met twice or three times."""


@pytest.fixture
def program(db):
    return ProgramFactory(stage=Stage.RUNNING, meet_every_days=21)


def pairs(program, number, **fields):
    return [PairingFactory(program=program, **fields) for _ in range(number)]


def meet(pairing, *days, minutes=60):
    for each in days:
        Meeting.objects.create(
            pairing=pairing, held_on=STARTED_ON + timedelta(days=each), minutes=minutes,
            logged_by=pairing.mentor.person, logged_at=noon(STARTED_ON),
        )  # fmt: skip


def agree(pairing, *, every=21, both=True):
    Agreement.objects.create(
        pairing=pairing, version=1, words=b"", meet_every_days=every, meeting_minutes=60, arranged_by="mentee",
        drafted_by=pairing.mentor.person, drafted_at=noon(STARTED_ON), mentor_signed_at=noon(STARTED_ON),
        mentee_signed_at=noon(STARTED_ON) if both else None,
    )  # fmt: skip


def set_goal(pairing, state):
    Goal.objects.create(
        pairing=pairing, title=b"", due_on=ON, state=state, set_by=pairing.mentor.person, set_at=noon(STARTED_ON)
    )  # fmt: skip


def check_in(pairing, person, on, point=4):
    CheckIn.objects.create(
        pairing=pairing, person=person, due_on=on, answered_at=noon(on), meeting=point, getting=point, speaking=point,
        worth=point,
    )  # fmt: skip


class TestPairs:
    def test_pairs_are_counted_by_where_they_stand(self, program):
        pairs(program, 6)
        pairs(program, 5, runs_until=ON - timedelta(days=1))
        pairs(program, 4, ended_on=ON - timedelta(days=9))
        shown = program_activity(program, ON)
        counts = (shown.pairs_formed, shown.pairs_under_way, shown.pairs_completed, shown.pairs_ended_early)
        assert [figure.number for figure in counts] == [15, 6, 5, 4]

    def test_two_pairs_are_too_few_to_speak_about(self, program):
        pairs(program, 2)
        shown = program_activity(program, ON)
        assert not shown.pairs_formed.is_shown
        assert not shown.pairs_under_way.is_shown

    def test_a_single_early_end_cannot_be_worked_out_from_the_others(self, program):
        pairs(program, 9)
        pairs(program, 1, ended_on=ON - timedelta(days=9))
        shown = program_activity(program, ON)
        known = [figure.is_shown for figure in (shown.pairs_formed, shown.pairs_under_way, shown.pairs_completed)]
        assert not shown.pairs_ended_early.is_shown
        assert not all(known)

    def test_three_pairs_of_one_mentor_are_four_people_and_stay_hidden(self, program):
        first = PairingFactory(program=program)
        for place in (2, 3):
            PairingFactory(program=program, mentor=first.mentor, mentor_place=place)
        assert not program_activity(program, ON).pairs_under_way.is_shown
        PairingFactory(program=program, mentor=first.mentor, mentor_place=4, mentee=MenteeFactory(program=program))
        assert program_activity(program, ON).pairs_under_way.number == 4

    def test_pairs_that_begin_later_and_those_of_other_programs_do_not_count(self, program):
        pairs(program, 6)
        pairs(program, 3, started_on=ON + timedelta(days=1))
        PairingFactory()
        assert program_activity(program, ON).pairs_formed.number == 6

    def test_a_program_without_pairs_has_nothing_to_show_and_does_not_fail(self, program):
        shown = program_activity(program, ON)
        assert shown.weeks == []
        assert not shown.meeting_as_agreed.is_shown
        assert not shown.hours_per_pair.is_shown


class TestMeetings:
    def test_a_pair_meets_as_agreed_when_it_is_not_behind_its_own_rhythm(self, program):
        """Seventy days at 21 days between meetings: two are expected; at the 42 days some agreed on, one is."""
        for each in pairs(program, 6):
            meet(each, 10, 30)
        for each in pairs(program, 8):
            meet(each, 10)
        slow = pairs(program, 2)
        for each in slow:
            agree(each, every=42)
            meet(each, 10)
        assert program_activity(program, ON).meeting_as_agreed.number == 50

    def test_a_pair_too_young_to_have_met_is_not_counted_against_anybody(self, program):
        for each in pairs(program, 6):
            meet(each, 10, 30)
        pairs(program, 6, started_on=ON - timedelta(days=10))
        assert program_activity(program, ON).meeting_as_agreed.number == 100

    def test_hours_and_meetings_a_pair(self, program):
        for number, each in enumerate(pairs(program, 6)):
            meet(each, *range(3, 3 + 2 * (number % 2) + 1), minutes=90)
        shown = program_activity(program, ON)
        assert (shown.meetings_per_pair.number, shown.hours_per_pair.number) == (2.0, 3.0)
        assert (shown.meetings_held.number, shown.hours_together.number) == (12, 18)

    def test_four_pairs_are_too_few_for_an_average(self, program):
        for each in pairs(program, 4):
            meet(each, 3)
        shown = program_activity(program, ON)
        assert not shown.hours_per_pair.is_shown
        assert not shown.meeting_as_agreed.is_shown

    def test_weeks_are_whole_iso_weeks_with_what_the_rhythms_would_have_brought(self, program):
        for each in pairs(program, 7):
            meet(each, 8)
        meet(PairingFactory(program=program), 15)
        weeks = program_activity(program, ON).weeks
        assert [week.monday for week in weeks] == [STARTED_ON + timedelta(weeks=number) for number in range(10)]
        assert weeks[1].held.number == 7
        assert not weeks[2].held.is_shown
        assert weeks[1].expected.number == pytest.approx(8 * 7 / 21, abs=0.5)

    def test_the_running_week_is_not_shown_half_full(self, program):
        for each in pairs(program, 7):
            meet(each, 70)
        weeks = program_activity(program, ON + timedelta(days=3)).weeks
        assert weeks[-1].monday == STARTED_ON + timedelta(weeks=9)


class TestGoalsAndAgreements:
    def test_goals_met_of_all_that_were_not_dropped(self, program):
        for number, each in enumerate(pairs(program, 12)):
            set_goal(each, "met" if number < 6 else "open")
            set_goal(each, "dropped")
        assert program_activity(program, ON).goals_met.number == 50

    def test_many_goals_of_few_pairs_stay_hidden(self, program):
        for each in pairs(program, 4):
            for state in ("met", "met", "open"):
                set_goal(each, state)
        assert not program_activity(program, ON).goals_met.is_shown

    def test_an_agreement_counts_once_both_have_signed(self, program):
        for number, each in enumerate(pairs(program, 10)):
            agree(each, both=number < 5)
        assert program_activity(program, ON).agreements_signed.number == 50


class TestCheckIns:
    JANUARY, FEBRUARY = date(2027, 1, 18), date(2027, 2, 18)

    def answers(self, program, on, words=QUESTIONS["worth"]):
        return program_activity(program, on).check_ins[words]

    def test_answers_are_shown_by_side_for_five_or_more(self, program):
        for number, each in enumerate(pairs(program, 12)):
            check_in(each, each.mentor.person, self.JANUARY, point=4 if number % 2 else 2)
            check_in(each, each.mentee.person, self.JANUARY, point=5 if number % 2 else 3)
        found = self.answers(program, date(2027, 2, 1))
        assert found.groups["Mentor"].n.number == 12
        assert found.groups["Mentee"].mean.number == 4.0

    def test_the_running_month_waits_for_its_end(self, program):
        for each in pairs(program, 8):
            check_in(each, each.mentor.person, self.JANUARY)
            check_in(each, each.mentee.person, self.JANUARY, point=3)
        assert self.answers(program, date(2027, 1, 31)).total.n.number == 0
        assert self.answers(program, date(2027, 2, 1)).total.n.number == 16

    def test_a_month_that_adds_a_single_answer_changes_nothing_yet(self, program):
        eight = pairs(program, 8)
        for number, each in enumerate(eight):
            check_in(each, each.mentor.person, self.JANUARY, point=4 if number % 2 else 2)
        before = self.answers(program, date(2027, 2, 1))
        check_in(eight[0], eight[0].mentor.person, self.FEBRUARY, point=1)
        check_in(eight[1], eight[1].mentee.person, self.FEBRUARY, point=1)
        assert self.answers(program, date(2027, 3, 1)) == before

    def test_waiting_answers_are_released_together_with_enough_others(self, program):
        eight = pairs(program, 8)
        for number, each in enumerate(eight):
            check_in(each, each.mentor.person, self.JANUARY, point=4 if number % 2 else 2)
        check_in(eight[0], eight[0].mentee.person, self.FEBRUARY)
        for number, each in enumerate(eight[1:]):
            check_in(each, each.mentee.person, date(2027, 3, 18), point=4 if number % 2 else 2)
        assert self.answers(program, date(2027, 3, 1)).total.n.number == 8
        assert self.answers(program, date(2027, 4, 1)).total.n.number == 16


def test_people_are_counted_once_however_many_pairs_they_are_in(program):
    first = PairingFactory(program=program)
    second = PairingFactory(program=program, mentor=first.mentor, mentor_place=2)
    meet(second, 3)
    people = people_of_pairs(program, ON)
    assert people.paired == {first.mentor.person_id, first.mentee.person_id, second.mentee.person_id}
    assert people.met == {first.mentor.person_id, second.mentee.person_id}
    assert people.agreed == frozenset()


@pytest.mark.parametrize("number", [1, 3])
def test_it_costs_the_same_with_one_pair_and_three(program, number, django_assert_num_queries):
    for each in pairs(program, number):
        meet(each, 3)
        agree(each)
        set_goal(each, "met")
        check_in(each, each.mentor.person, STARTED_ON)
    with django_assert_num_queries(5):
        program_activity(program, ON)
