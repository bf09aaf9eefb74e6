from __future__ import annotations

from datetime import date, timedelta

import pytest

from pairings import rules
from pairings.choices import GoalState
from pairings.models import Goal, Pairing
from programs.models import Program

START = date(2027, 1, 4)


def a_pairing(**fields):
    program = Program(first_check_in_days=14, check_in_every_days=45, ends_on=date(2027, 12, 7), meet_every_days=21)
    return Pairing(**{"program": program, "started_on": START, "runs_until": date(2027, 7, 5), **fields})


class TestTheTerm:
    @pytest.mark.parametrize(
        ("on", "is_open"), [(START, True), (date(2027, 7, 5), True), (date(2027, 7, 6), False)]
    )  # fmt: skip
    def test_a_pair_is_over_because_its_last_day_has_passed(self, on, is_open):
        assert rules.is_open(a_pairing(), on=on) is is_open

    def test_a_pair_that_was_ended_is_over_on_that_day(self):
        ended = a_pairing(ended_on=date(2027, 3, 1))
        assert not rules.is_open(ended, on=date(2027, 3, 1))
        assert ended.last_day == date(2027, 3, 1)

    def test_a_page_is_readable_for_thirty_days_after_the_last_one(self):
        last = date(2027, 7, 5) + timedelta(days=30)
        assert rules.is_readable(a_pairing(), on=last)
        assert not rules.is_readable(a_pairing(), on=last + timedelta(days=1))

    def test_a_pair_can_go_on_only_inside_its_program(self):
        assert rules.may_extend(a_pairing(), on=START)
        assert not rules.may_extend(a_pairing(runs_until=date(2027, 12, 7)), on=START)
        with pytest.raises(rules.ExtensionTooLong):
            rules.insist_may_extend(a_pairing(), until=date(2027, 12, 8), on=START)
        with pytest.raises(rules.ExtensionTooShort):
            rules.insist_may_extend(a_pairing(), until=date(2027, 7, 5), on=START)
        rules.insist_may_extend(a_pairing(), until=date(2027, 12, 7), on=START)


class TestCheckIns:
    def test_days_follow_from_the_start_and_the_cadence(self):
        assert rules.check_in_days(a_pairing()) == (
            date(2027, 1, 18), date(2027, 3, 4), date(2027, 4, 18), date(2027, 6, 2),
        )  # fmt: skip

    def test_no_check_in_lies_after_the_last_day(self):
        assert rules.check_in_days(a_pairing(ended_on=date(2027, 3, 4))) == (date(2027, 1, 18), date(2027, 3, 4))

    @pytest.mark.parametrize(
        ("on", "due"),
        [(date(2027, 1, 17), None), (date(2027, 1, 18), date(2027, 1, 18)), (date(2027, 3, 3), date(2027, 1, 18)),
         (date(2027, 3, 4), date(2027, 3, 4)), (date(2027, 7, 6), None)],
    )  # fmt: skip
    def test_the_latest_one_whose_day_has_come_asks(self, on, due):
        assert rules.check_in_due(a_pairing(), on=on) == due


class TestRhythm:
    def test_half_a_rhythm_is_left_for_a_meeting_that_moved(self):
        assert rules.expected_meetings(START, START + timedelta(days=30), rhythm=21) == 0
        assert rules.expected_meetings(START, START + timedelta(days=31), rhythm=21) == 1
        assert rules.expected_meetings(START, START + timedelta(days=52), rhythm=21) == 2

    def test_a_new_pair_is_expected_nowhere_yet(self):
        assert rules.expected_meetings(START, START, rhythm=21) == 0

    @pytest.mark.parametrize(("rhythm", "days"), [(3, 6), (14, 18), (21, 28), (42, 56)])
    def test_a_pair_is_quiet_a_third_of_its_rhythm_late(self, rhythm, days):
        assert rules.quiet_from(START, rhythm=rhythm) == START + timedelta(days=days)

    @pytest.mark.parametrize(
        ("days", "words"), [(7, "Every week"), (14, "Every two weeks"), (10, "Every 10 days"), (42, "Every six weeks")]
    )
    def test_rhythms_read_as_people_say_them(self, days, words):
        assert rules.rhythm_in_words(days) == words


class TestMeetings:
    @pytest.mark.parametrize(
        ("held_on", "minutes", "refusal"),
        [
            (START - timedelta(days=1), 60, rules.MeetingOutsideTerm),
            (date(2027, 2, 2), 60, rules.MeetingInTheFuture),
            (START, 4, rules.MinutesOutOfBounds),
            (START, 481, rules.MinutesOutOfBounds),
        ],
    )
    def test_a_meeting_lies_in_the_term_and_in_the_past_and_lasts_a_sensible_time(self, held_on, minutes, refusal):
        with pytest.raises(refusal):
            rules.insist_held(a_pairing(), held_on=held_on, minutes=minutes, on=date(2027, 2, 1))

    @pytest.mark.parametrize("minutes", [5, 480])
    def test_the_bounds_themselves_are_fine(self, minutes):
        rules.insist_held(a_pairing(), held_on=START, minutes=minutes, on=START)


class TestGoals:
    @pytest.mark.parametrize("now", GoalState)
    @pytest.mark.parametrize("to", GoalState)
    def test_a_closed_goal_is_opened_before_it_is_closed_another_way(self, now, to):
        allowed = now == to or GoalState.OPEN in (now, to)
        assert rules.may_move(Goal(state=now), to) is allowed


def test_every_refusal_is_a_sentence():
    sentences = [kind.sentence for kind in rules.Refused.__subclasses__() if kind.sentence]
    assert len(sentences) > 10
    assert all(sentence.endswith(".") and "!" not in sentence for sentence in sentences)
