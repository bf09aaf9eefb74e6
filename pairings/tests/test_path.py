from __future__ import annotations

from datetime import date, timedelta

from pairings.models import Pairing
from pairings.path import stops_of

START = date(2027, 1, 4)


def stops(held, *, on, rhythm=14, **fields):
    pairing = Pairing(started_on=START, **{"runs_until": START + timedelta(weeks=26), **fields})
    days = [START + timedelta(days=each) for each in held]
    found = stops_of(pairing, days, rhythm=rhythm, on=START + timedelta(days=on))
    return [(stop.label, stop.state) for stop in found]


def test_a_new_pair_sees_what_comes():
    assert stops([], on=0) == [("Next", "next"), *[("Later", "")] * 7]


def test_held_meetings_are_counted():
    assert stops([7, 21], on=22)[:3] == [("First", "held"), ("Second", "held"), ("Next", "next")]


def test_a_day_of_the_rhythm_that_passed_waits_to_be_logged():
    assert stops([7], on=22)[:3] == [("First", "held"), ("To log", "tolog"), ("Next", "next")]


def test_on_the_day_itself_the_meeting_is_still_to_come():
    assert stops([7], on=21)[:2] == [("First", "held"), ("Next", "next")]


def test_a_gap_between_two_meetings_reads_as_not_held():
    assert stops([7, 36], on=36)[:3] == [("First", "held"), ("Not held", "missed"), ("Second", "held")]


def test_of_several_days_that_passed_only_the_latest_waits():
    assert stops([7], on=50)[1:4] == [("Not held", "missed"), ("Not held", "missed"), ("To log", "tolog")]


def test_a_meeting_some_days_late_is_no_gap():
    assert stops([7, 27], on=27)[:2] == [("First", "held"), ("Second", "held")]


def test_a_long_story_shows_its_end_and_three_days_ahead():
    found = stops([7 + 14 * n for n in range(10)], on=134)
    assert len(found) == 8
    assert found[:5] == [(word, "held") for word in ("Sixth", "Seventh", "Eighth", "Ninth", "Tenth")]


def test_nothing_lies_behind_the_last_day():
    assert stops([], on=0, runs_until=START + timedelta(days=30)) == [("Next", "next"), ("Later", "")]


def test_a_pair_that_ended_has_no_next():
    assert stops([7], on=60, ended_on=START + timedelta(days=50)) == [("First", "held")]
