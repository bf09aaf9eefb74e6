from __future__ import annotations

from datetime import date, timedelta

import pytest

from pairings.actions import end_pairing
from pairings.activity import check_in_answers, paired_since, program_activity, skill_growth
from pairings.choices import Moment
from pairings.models import Agreement, CheckIn, Goal, Meeting, SkillRating
from pairings.tests.factories import STARTED_ON, PairingFactory, noon
from participants.tests.factories import MenteeFactory
from people.tests.factories import SkillFactory
from programs.choices import Stage
from programs.tests.factories import ProgramFactory

ON = STARTED_ON + timedelta(days=70)
"""A Monday, ten complete weeks in; a pair that meets every three weeks would have met twice or three times."""
FEW = "fewer than 5"


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


def words(*figures):
    return [figure.words for figure in figures]


def states(program, on=ON):
    shown = program_activity(program, on)
    return words(shown.pairs_formed, shown.pairs_under_way, shown.pairs_completed, shown.pairs_ended_early)


class TestPairs:
    def test_pairs_are_counted_by_where_they_stand(self, program):
        pairs(program, 6)
        pairs(program, 5, runs_until=ON - timedelta(days=9))
        pairs(program, 4, ended_on=ON - timedelta(days=9))
        assert states(program) == ["15", "6", "5", "4"]

    def test_two_pairs_are_four_people_and_too_few_to_speak_about(self, program):
        pairs(program, 2)
        assert states(program) == [FEW] * 4

    def test_the_words_are_the_same_whoever_shares_pairs(self, program):
        """One mentor with three mentees is four people. No other number than the threshold is ever named."""
        first = PairingFactory(program=program)
        for place in (2, 3):
            PairingFactory(program=program, mentor=first.mentor, mentor_place=place)
        assert states(program) == [FEW] * 4
        PairingFactory(program=program, mentor=first.mentor, mentor_place=4, mentee=MenteeFactory(program=program))
        assert states(program) == ["4", "4", "0", "0"]

    def test_two_who_are_paired_again_are_still_one_pair(self, program):
        for each in pairs(program, 3, runs_until=STARTED_ON + timedelta(days=30)):
            again = {"mentor": each.mentor, "mentee": each.mentee, "started_on": STARTED_ON + timedelta(days=40)}
            PairingFactory(program=program, **again)
        assert states(program) == ["3", "3", "0", "0"]

    def test_a_single_end_changes_no_figure(self, program):
        nine = pairs(program, 9)
        before = program_activity(program, ON)
        nine[0].ended_on = ON - timedelta(days=3)
        nine[0].save()
        assert program_activity(program, ON) == before

    def test_ends_are_counted_once_three_pairs_ended(self, program):
        for number, each in enumerate(pairs(program, 9)[:3]):
            each.ended_on = STARTED_ON + timedelta(weeks=number, days=2)
            each.save()
        shown = [states(program, STARTED_ON + timedelta(weeks=week))[1:] for week in (1, 2, 3)]
        assert shown == [["9", "0", "0"], ["9", "0", "0"], ["6", "0", "3"]]

    def test_nobody_is_left_behind_alone(self, program):
        """Of nine pairs eight end; the ninth would be known by itself, so two wait with it."""
        for each in pairs(program, 9)[:8]:
            each.ended_on = STARTED_ON + timedelta(days=2)
            each.save()
        assert states(program) == ["9", "3", "0", "6"]

    def test_pairs_that_begin_later_and_those_of_other_programs_do_not_count(self, program):
        pairs(program, 6)
        pairs(program, 3, started_on=ON + timedelta(days=1))
        PairingFactory()
        assert states(program)[0] == "6"

    def test_a_program_without_pairs_reads_like_one_with_few(self, program):
        empty = program_activity(program, ON)
        pairs(program, 1)
        assert program_activity(program, ON) == empty
        assert empty.weeks == []
        assert not any(figure.is_shown for figure in (empty.meeting_as_agreed, empty.hours_per_pair, empty.places_met))


class TestWeeks:
    """Figures are of complete weeks."""

    def test_everything_of_the_running_week_waits_for_its_sunday(self, program):
        for each in pairs(program, 7):
            meet(each, 1)
            agree(each)
        wednesday, sunday, monday = (STARTED_ON + timedelta(days=days) for days in (2, 6, 7))
        assert program_activity(program, wednesday).as_of == STARTED_ON - timedelta(days=1)
        assert not program_activity(program, wednesday).pairs_formed.is_shown
        assert not program_activity(program, sunday).pairs_formed.is_shown
        shown = program_activity(program, monday)
        assert shown.as_of == sunday
        assert words(shown.pairs_formed, shown.meetings_held, shown.places_met) == ["7", "7", "14"]

    def test_a_meeting_counts_in_the_week_in_which_it_was_logged(self, program):
        """Otherwise a figure on show would change by one meeting."""
        seven = pairs(program, 7)
        for each in seven:
            meet(each, 1)
        before = program_activity(program, ON)
        Meeting.objects.create(
            pairing=seven[0], held_on=STARTED_ON + timedelta(days=3), minutes=60, logged_by=seven[0].mentor.person,
            logged_at=noon(ON - timedelta(days=2)),
        )  # fmt: skip
        assert program_activity(program, ON) == before

    def test_weeks_show_meetings_and_what_the_rhythm_would_bring(self, program):
        for each in pairs(program, 9):
            meet(each, 8)
        weeks = program_activity(program, ON).weeks
        assert [(week.monday, week.held.words, week.expected.words) for week in weeks] == [
            (STARTED_ON, "0", "3"),
            (STARTED_ON + timedelta(days=7), "9", "3"),
        ]

    def test_one_pair_that_meets_every_day_is_not_seen(self, program):
        pairs(program, 5)
        meet(PairingFactory(program=program), *range(14))
        shown = program_activity(program, ON)
        assert not any(week.held.number for week in shown.weeks)
        assert words(shown.meetings_held, shown.hours_together) == ["0", "0\u00a0h"]

    def test_a_week_of_few_cannot_be_worked_out_from_the_sum(self, program):
        """Three meetings in the second week, then nine: both weeks come together, and neither is told alone."""
        nine = pairs(program, 9)
        for each in nine:
            meet(each, 1)
        for each in nine[:3]:
            meet(each, 8)
        for each in nine:
            meet(each, 15)
        early = program_activity(program, STARTED_ON + timedelta(days=14))
        assert (early.meetings_held.number, [week.held.words for week in early.weeks]) == (9, ["9"])
        late = program_activity(program, STARTED_ON + timedelta(days=21))
        assert late.meetings_held.number == 21
        assert [week.held.words for week in late.weeks] == ["9", FEW, "hidden to protect others"]

    def test_one_pair_that_met_twice_is_not_told_from_the_others(self, program):
        """Eight meetings beside seven pairs that met would say that exactly one pair met again."""
        seven = pairs(program, 7)
        for each in seven:
            agree(each)
            meet(each, 1)
        meet(seven[0], 3)
        shown = program_activity(program, STARTED_ON + timedelta(days=7))
        assert words(shown.places_met, shown.meetings_held) == ["0", "8"]
        for each in seven[1:6]:
            meet(each, 8)
        shown = program_activity(program, STARTED_ON + timedelta(days=14))
        assert words(shown.places_met, shown.meetings_held) == ["14", "13"]


class TestMeetings:
    def test_a_pair_meets_as_agreed_when_it_is_not_behind_its_own_rhythm(self, program):
        """Sixty-nine days at 21 days between meetings: two are expected; at the 42 days some agreed on, one is."""
        for each in pairs(program, 6):
            meet(each, 10, 30)
        for each in pairs(program, 10):
            meet(each, 10)
        slow = pairs(program, 4)
        for each in slow:
            agree(each, every=42)
            meet(each, 10)
        assert program_activity(program, ON).meeting_as_agreed.number == 50

    def test_a_pair_too_young_to_have_met_is_not_counted_against_anybody(self, program):
        for each in pairs(program, 6):
            meet(each, 10, 30)
        pairs(program, 6, started_on=ON - timedelta(days=10))
        assert program_activity(program, ON).meeting_as_agreed.number == 100

    def test_averages_are_divided_from_the_figures_on_show(self, program):
        for number, each in enumerate(pairs(program, 10)):
            meet(each, *range(3, 3 + 2 * (number % 2) + 1), minutes=90)
        shown = program_activity(program, ON)
        assert (shown.meetings_held.number, shown.hours_together.number) == (20, 30)
        assert (shown.meetings_per_pair.number, shown.hours_per_pair.number) == (2.0, 3.0)

    def test_four_pairs_are_too_few_for_sums_and_averages(self, program):
        for each in pairs(program, 4):
            meet(each, 3)
        shown = program_activity(program, ON)
        assert words(shown.meetings_held, shown.hours_per_pair) == ["0", "0.0"]


class TestGoalsAndAgreements:
    def test_goals_met_of_all_that_were_not_dropped_to_the_nearest_ten(self, program):
        for number, each in enumerate(pairs(program, 12)):
            set_goal(each, "met" if number < 5 else "open")
            set_goal(each, "dropped")
        assert program_activity(program, ON).goals_met.words == "40%"

    def test_many_goals_of_few_pairs_stay_hidden(self, program):
        for each in pairs(program, 4):
            for state in ("met", "met", "open"):
                set_goal(each, state)
        assert program_activity(program, ON).goals_met.words == FEW

    def test_goals_met_by_a_few_pairs_stay_hidden(self, program):
        for number, each in enumerate(pairs(program, 12)):
            set_goal(each, "met" if number < 4 else "open")
        assert program_activity(program, ON).goals_met.words == "hidden to protect others"

    def test_an_agreement_counts_once_both_have_signed(self, program):
        for number, each in enumerate(pairs(program, 10)):
            agree(each, both=number < 5)
        shown = program_activity(program, ON)
        assert words(shown.agreements_signed, shown.places_agreed) == ["50%", "10"]


class TestCheckIns:
    JANUARY, FEBRUARY, MARCH = date(2027, 1, 18), date(2027, 2, 18), date(2027, 3, 18)
    IN_FEBRUARY, IN_MARCH, IN_APRIL = date(2027, 2, 1), date(2027, 3, 1), date(2027, 4, 1)

    def test_answers_are_shown_by_side_with_rare_ones_beside_their_neighbours(self, program):
        for number, each in enumerate(pairs(program, 12)):
            check_in(each, each.mentor.person, self.JANUARY, point=4 if number < 6 else 2 if number < 9 else 3)
            check_in(each, each.mentee.person, self.JANUARY, point=5 if number < 3 else 4 if number < 6 else 3)
        found = check_in_answers(program, self.IN_FEBRUARY)
        assert found.groups["Mentor"].n.number == 12
        assert [(bar.label, bar.count.words) for bar in found.groups["Mentee"].bars] == [
            ("Partly or less", "6"),
            ("Mostly or fully", "6"),
        ]

    def test_the_running_month_waits_for_its_end(self, program):
        for number, each in enumerate(pairs(program, 12)):
            check_in(each, each.mentor.person, self.JANUARY, point=4 if number % 2 else 2)
        assert check_in_answers(program, date(2027, 1, 31)).total.n.number == 0
        assert check_in_answers(program, self.IN_FEBRUARY).total.n.number == 12

    def test_a_side_waits_for_five_of_its_own(self, program):
        """January 12 mentees; February five mentors and one mentee. His answer must not follow by subtraction."""
        some = pairs(program, 13)
        for number, each in enumerate(some[:12]):
            check_in(each, each.mentee.person, self.JANUARY, point=4 if number % 2 else 2)
        january = check_in_answers(program, self.IN_FEBRUARY)
        for number, each in enumerate(some[:10]):
            check_in(each, each.mentor.person, self.FEBRUARY, point=4 if number % 2 else 2)
        check_in(some[12], some[12].mentee.person, self.FEBRUARY, point=1)
        february = check_in_answers(program, self.IN_MARCH)
        assert (january.groups["Mentee"].n.number, february.groups["Mentee"].n.number) == (12, 12)
        assert february.groups["Mentor"].n.number == 10

    def test_five_answers_of_whom_two_changed_a_bar_are_held(self, program):
        """Every new batch is compared with the one on show: five answers, and yet a bar moves by two people."""
        some = pairs(program, 20)
        for number, each in enumerate(some):
            check_in(each, each.mentor.person, self.JANUARY, point=5 if number % 2 else 2)
        before = check_in_answers(program, self.IN_FEBRUARY)
        for number, each in enumerate(some[:6]):
            was = 5 if number % 2 else 2
            check_in(each, each.mentor.person, self.FEBRUARY, point=(2 if was == 5 else 5) if number < 2 else was)
        assert check_in_answers(program, self.IN_MARCH) == before

    def test_waiting_answers_are_released_together_with_enough_others(self, program):
        eight = pairs(program, 12)
        for number, each in enumerate(eight):
            check_in(each, each.mentor.person, self.JANUARY, point=4 if number % 2 else 2)
        check_in(eight[0], eight[0].mentee.person, self.FEBRUARY)
        for number, each in enumerate(eight[1:]):
            check_in(each, each.mentee.person, self.MARCH, point=4 if number % 2 else 2)
        assert check_in_answers(program, self.IN_MARCH).total.n.number == 12
        assert check_in_answers(program, self.IN_APRIL).total.n.number == 24


def test_everybody_who_ever_had_a_pair_is_known_with_the_first_day(program):
    first = PairingFactory(program=program)
    later = STARTED_ON + timedelta(days=9)
    second = PairingFactory(program=program, mentor=first.mentor, mentor_place=2, started_on=later)
    assert paired_since(program) == {
        first.mentor.person_id: STARTED_ON, first.mentee.person_id: STARTED_ON, second.mentee.person_id: later
    }  # fmt: skip


@pytest.mark.parametrize("number", [1, 3])
def test_it_costs_the_same_with_one_pair_and_three(program, number, django_assert_num_queries):
    for each in pairs(program, number):
        meet(each, 3)
        agree(each)
        set_goal(each, "met")
        check_in(each, each.mentor.person, STARTED_ON)
    with django_assert_num_queries(4):
        program_activity(program, ON)
    with django_assert_num_queries(1):
        check_in_answers(program, ON)


class TestGrowth:
    """Pairs that ended on 20 January close their pages on 20 February; their ratings are told from 1 March on."""

    ENDED_ON, TOLD_ON = date(2027, 1, 20), date(2027, 3, 1)

    def rated(self, program, *ratings, ended_on=ENDED_ON):
        """A pair of which each gives ``(start, end)`` for each skill; an end of 0 is not given."""
        pairing = PairingFactory(program=program, ended_on=ended_on)
        for person, said in zip((pairing.mentor.person, pairing.mentee.person), ratings, strict=False):
            for start, end in said:
                skill = SkillFactory()
                for moment, mastery in ((Moment.START, start), (Moment.END, end)):
                    if mastery:
                        SkillRating.objects.create(
                            pairing=pairing, person=person, skill=skill, moment=moment, mastery=mastery,
                            rated_at=noon(ended_on),
                        )  # fmt: skip
        return pairing

    def eight(self, program):
        """Of both sides five grow a step and more, three grow by half a step, fall back, or know it all already."""
        for grew in ([(1, 2)], [(1, 3), (4, 4)], [(2, 4)], [(1, 5)], [(3, 4)]):
            self.rated(program, grew, grew)
        for stood in ([(1, 2), (2, 2)], [(3, 2)], [(5, 5)]):
            self.rated(program, stood, stood)

    def test_a_mean_step_over_all_skills_counts_of_those_who_rated_twice(self, program):
        self.eight(program)
        self.rated(program, [(1, 0)], [(2, 0)])
        found = skill_growth(program, self.TOLD_ON)
        assert words(found.total, found.rated_twice) == ["62%", "16"]
        assert [bar.label for bar in found.by_side.total.bars] == ["Less than a step", "A step or more"]

    def test_nothing_is_told_while_a_page_is_open_or_its_month_runs(self, program):
        self.eight(program)
        for day in (self.TOLD_ON - timedelta(days=1), date(2027, 2, 19)):
            assert words(*vars_of(skill_growth(program, day))) == [FEW, FEW]

    def test_four_who_rated_twice_are_too_few(self, program):
        for _ in range(2):
            self.rated(program, [(1, 2)], [(2, 2)])
        assert words(*vars_of(skill_growth(program, self.TOLD_ON))) == [FEW, FEW]

    def test_when_all_grew_it_is_not_told(self, program):
        for _ in range(8):
            self.rated(program, [(1, 2)], [(1, 3)])
        assert not skill_growth(program, self.TOLD_ON).total.is_shown

    def test_a_few_more_wait_for_others(self, program):
        self.eight(program)
        self.rated(program, [(1, 4)], [(1, 4)], ended_on=date(2027, 2, 20))
        later = skill_growth(program, date(2027, 4, 1))
        assert later.rated_twice.words == "16"

    def test_it_costs_one_query(self, program, django_assert_num_queries):
        self.eight(program)
        with django_assert_num_queries(1):
            skill_growth(program, self.TOLD_ON)


def vars_of(growth):
    return growth.total, growth.rated_twice


def test_a_pair_that_is_ended_on_its_last_day_ran_to_it(program):
    last = STARTED_ON + timedelta(days=30)
    for pairing in pairs(program, 5, runs_until=last):
        end_pairing(pairing, by=pairing.mentor.person, at=noon(last), on=last)
    activity = program_activity(program, ON)
    assert words(activity.pairs_completed, activity.pairs_ended_early) == ["5", "0"]
