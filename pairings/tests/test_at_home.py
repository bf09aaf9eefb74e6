from __future__ import annotations

from datetime import timedelta

import pytest

from pairings import actions
from pairings.at_home import at_home
from pairings.choices import Fit
from pairings.tests.factories import STARTED_ON, drafted, met, noon, pair, signed
from participants.tests.factories import MenteeFactory
from people.tests.factories import MinaFactory, StenFactory
from programs.choices import Stage
from programs.tests.factories import ProgramFactory


@pytest.fixture
def pairing(pair_alone):
    return pair_alone


def day(number):
    return STARTED_ON + timedelta(days=number)


def waiting(person, number):
    return [item.what for item in at_home(person, day(number)).waiting]


class TestWhatWaits:
    def test_an_agreement_nobody_has_written(self, pairing):
        assert waiting(pairing.mentor.person, 0) == ["Write your agreement with Otto"]

    def test_a_version_to_sign_waits_for_the_partner_alone(self, pairing):
        drafted(pairing, by=pairing.mentor.person)
        assert waiting(pairing.mentor.person, 0) == []
        assert waiting(pairing.mentee.person, 0) == ["Mina has written the agreement"]

    def test_a_change_to_sign(self, pairing):
        signed(pairing)
        drafted(pairing, by=pairing.mentee.person, meet_every_days=7)
        assert waiting(pairing.mentor.person, 0) == ["Otto has written a change to your agreement"]

    def test_a_check_in_until_it_is_answered(self, pairing):
        signed(pairing)
        assert waiting(pairing.mentor.person, 14) == ["How is it going with Otto?"]
        actions.answer_check_in(
            pairing, by=pairing.mentor.person, at=noon(day(14)), on=day(14), meeting=3, getting=3, speaking=3,
            worth=3, fit=Fit.GOOD,
        )  # fmt: skip
        assert waiting(pairing.mentor.person, 14) == []
        assert waiting(pairing.mentee.person, 14) == ["How is it going with Mina?"]

    def test_a_meeting_to_log_counts_from_the_latest_one(self, pairing):
        signed(pairing, meet_every_days=7)
        assert waiting(pairing.mentor.person, 7) == []
        assert waiting(pairing.mentor.person, 8) == ["Log a meeting with Otto"]
        met(pairing, day(8))
        assert waiting(pairing.mentor.person, 13) == []

    def test_the_end_asks_for_a_decision_once(self, pairing):
        signed(pairing, meet_every_days=120)
        met(pairing, day(140))
        last = (pairing.runs_until - STARTED_ON).days
        for number in (14, 59, 104, 149):
            actions.answer_check_in(
                pairing, by=pairing.mentor.person, at=noon(day(number)), on=day(number), meeting=3, getting=3,
                speaking=3, worth=3, fit=Fit.GOOD,
            )  # fmt: skip
        assert waiting(pairing.mentor.person, last - 29) == []
        assert waiting(pairing.mentor.person, last - 28) == ["Your pair with Otto ends on 5 July 2027"]
        actions.propose_extension(
            pairing, by=pairing.mentee.person, at=noon(day(last - 28)), on=day(last - 28), until=day(last + 9)
        )
        assert waiting(pairing.mentor.person, last - 28) == ["Otto would like to go on until 14 July 2027"]
        assert "ends on" not in " ".join(waiting(pairing.mentee.person, last - 28))

    def test_closing_words_after_the_end(self, pairing):
        actions.end_pairing(pairing, by=pairing.mentee.person, at=noon(day(3)), on=day(3))
        assert waiting(pairing.mentor.person, 4) == ["A few closing words on your time with Otto"]
        actions.reflect(pairing, by=pairing.mentor.person, at=noon(day(4)), on=day(4), words="Thanks", shared=False)
        assert waiting(pairing.mentor.person, 4) == []
        assert waiting(pairing.mentee.person, 33) == ["A few closing words on your time with Mina"]
        assert waiting(pairing.mentee.person, 34) == []

    def test_nothing_for_a_stranger(self, pairing):
        assert waiting(StenFactory(), 14) == []


def mentor_of(number):
    """Mina with so many mentees at a time."""
    program = ProgramFactory(stage=Stage.RUNNING)
    first = pair(MinaFactory(), program=program)
    first.mentor.places = number
    first.mentor.save()
    for _ in range(number - 1):
        other = MenteeFactory(program=program)
        actions.open_pairing(
            mentor=first.mentor, mentee=other, by=first.mentor.person, at=noon(STARTED_ON), on=STARTED_ON
        )  # fmt: skip
    return first.mentor.person


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 3])
def test_home_costs_the_same_with_one_pair_and_three(number, django_assert_num_queries):
    mina = mentor_of(number)
    with django_assert_num_queries(8):
        home = at_home(mina, day(20))
    assert (len(home.waiting), len(home.cards)) == (2 * number, number)


class TestCurrentPairs:
    def test_each_of_the_two_sees_the_other(self, pairing):
        (mine,) = at_home(pairing.mentor.person, day(20)).cards
        (theirs,) = at_home(pairing.mentee.person, day(20)).cards
        assert (mine.partner.given_name, theirs.partner.given_name) == ("Otto", "Mina")
        assert mine.url == f"/pairs/{pairing.pk}/"
        assert mine.is_open

    def test_a_pair_that_ended_stays_for_a_while_behind_the_open_ones(self, pairing):
        last = (pairing.runs_until - STARTED_ON).days
        assert [card.is_open for card in at_home(pairing.mentor.person, day(last + 30)).cards] == [False]
        assert at_home(pairing.mentor.person, day(last + 31)).cards == []
