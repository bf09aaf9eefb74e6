from __future__ import annotations

from datetime import timedelta

import pytest

from pairings import actions
from pairings.page import lead_of
from pairings.tests.factories import STARTED_ON, met, noon, pair


@pytest.fixture
def pairing(pair_alone):
    return pair_alone


def day(number):
    return STARTED_ON + timedelta(days=number)


class TestLead:
    def lead(self, pairing, number, person=None):
        meetings = list(pairing.meetings.all())
        return lead_of(pairing, meetings, on=day(number), person=person or pairing.mentor.person)

    def test_it_counts_weeks_and_meetings(self, pairing):
        assert self.lead(pairing, 3).startswith("You have just begun, no meetings held.")
        met(pairing, day(8))
        assert self.lead(pairing, 8).startswith("One week in, one meeting held.")

    def test_before_the_first_day_it_says_when(self, db):
        early = pair(on=STARTED_ON - timedelta(days=60))
        words = lead_of(early, [], on=STARTED_ON - timedelta(days=60), person=early.mentor.person)
        assert words == "You begin on 7 December 2026. Your last day is 7 June 2027."

    def test_after_an_end_each_reads_their_own_sentence(self, pairing):
        ended = actions.end_pairing(pairing, by=pairing.mentor.person, at=noon(day(3)), on=day(3))
        assert self.lead(ended, 4).startswith("Your pair ended on 7 January 2027, with no meetings held.")
        assert self.lead(ended, 4, pairing.mentee.person) == (
            "Mina has closed the pair. Thank you for the time you gave each other."
        )
