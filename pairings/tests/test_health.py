"""How a pair is doing follows from facts, and each state says which; a pair that is fine is left in peace."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.urls import reverse

from notifications.actions import deliver_due
from pairings import actions, rules
from pairings.choices import Agreeing, Fit, Health, Kind
from pairings.models import Pairing
from pairings.queries import at_home, pair_page, pairs_doing
from pairings.tests.conftest import DAY, as_seen_by, pair_beside
from pairings.tests.factories import STARTED_ON, drafted, met, noon, signed
from pairings.tests.instant import at_the_same_instant
from participants.choices import Way


def day(number):
    return STARTED_ON + timedelta(days=number)


def health(pairing, cora, on):
    [doing] = pairs_doing([pairing.program], cora, at=noon(on))
    return doing.health


def told(pairing, cora, on):
    found = health(pairing, cora, on)
    return found.state, [fact.words for fact in found.facts]


def plan(pairing, starts_at: datetime, at: datetime, by=None):
    return actions.plan_meeting(
        pairing, by=by or pairing.mentee.person, at=at, starts_at=starts_at, zone=pairing.mentor.person.zone,
        minutes=60, kind=Kind.MENTOR_LED, way=Way.VIDEO,
    )  # fmt: skip


def cancel(pairing, *, by, at, before=timedelta(days=3)):
    planned = plan(pairing, at + before, at)
    return actions.cancel_meeting(planned, by=by, at=at, based_on=1)


class TestTheState:
    def test_days_without_a_meeting_and_a_missing_signature_speak_louder_with_time(self, pairing, cora):
        began = "The pair began on 4 January 2027; the program suggests every three weeks."
        assert told(pairing, cora, day(6)) == (Health.ON_TRACK, [f"No meeting yet. {began}"])
        assert told(pairing, cora, day(7)) == (
            Health.QUIET, [f"No meeting yet. {began}", "No agreement is written yet."],
        )  # fmt: skip
        drafted(pairing, by=pairing.mentor.person)
        state, facts = told(pairing, cora, day(21))
        assert (state, facts[1]) == (Health.STUCK, "The mentor has signed the agreement; the mentee has not yet.")
        actions.sign_agreement(pairing, by=pairing.mentee.person, at=noon(day(21)), on=day(21), version=1)
        agreed = "No meeting yet. The pair began on 4 January 2027; they agreed to meet every two weeks."
        assert told(pairing, cora, day(17)) == (Health.ON_TRACK, [agreed])
        assert told(pairing, cora, day(18)) == (Health.QUIET, [agreed])
        assert told(pairing, cora, day(31)) == (Health.QUIET, [agreed])
        assert told(pairing, cora, day(32)) == (Health.STUCK, [agreed])

    def test_a_meeting_planned_soon_takes_a_step_off_and_one_far_away_does_not(self, pairing, cora):
        signed(pairing)
        plan(pairing, noon(day(33)), noon(day(10)))
        assert health(pairing, cora, day(18)).state == Health.QUIET
        state, facts = told(pairing, cora, day(19))
        assert (state, facts[-1]) == (Health.ON_TRACK, "The next meeting is planned for 6 February 2027.")

    def test_who_cancelled_and_how_long_before(self, pairing, cora):
        signed(pairing)
        met(pairing, day(10))
        mina, otto = pairing.mentor.person, pairing.mentee.person
        cancel(pairing, by=mina, at=noon(day(9)))  # before they met
        cancel(pairing, by=otto, at=noon(day(11)))
        cancel(pairing, by=mina, at=noon(day(12)), before=timedelta(minutes=30))
        state, facts = told(pairing, cora, day(13))
        assert state == Health.QUIET
        assert facts[1:] == [
            "The mentor has cancelled one meeting since, less than an hour beforehand.",
            "The mentee has cancelled one meeting since, three days beforehand.",
        ]
        cancel(pairing, by=otto, at=noon(day(13)), before=timedelta(hours=5))
        state, facts = told(pairing, cora, day(14))
        assert state == Health.STUCK
        assert facts[2] == "The mentee has cancelled two meetings since, one three days and one five hours beforehand."

    def test_what_was_cancelled_along_with_a_rest_is_nobody_s(self, pairing, cora):
        signed(pairing)
        met(pairing, day(10))
        for number in (14, 15, 16):
            plan(pairing, noon(day(number)), noon(day(11)))
        mina = pairing.mentor.person
        type(mina).objects.filter(pk=mina.pk).update(left_on=day(12))
        assert actions.clear_calendars_at_rest(at=noon(day(12))) == 3
        type(mina).objects.filter(pk=mina.pk).update(left_on=None)
        assert told(pairing, cora, day(13)) == (
            Health.ON_TRACK, ["They last met on 14 January 2027; they agreed to meet every two weeks."],
        )  # fmt: skip
        assert nudges(28, 35, "Time to meet again") == [(28, "otto"), (35, "mina")]

    def test_days_are_those_where_the_two_live(self, pairing, cora):
        """At seven in the evening of UTC it is the next morning in Auckland."""
        zone, evening = ZoneInfo("Pacific/Auckland"), timedelta(hours=7)
        people = type(pairing.mentor.person).objects.filter(pk__in=[pairing.mentor.person_id, pairing.mentee.person_id])
        people.update(time_zone=zone.key)
        pairing = Pairing.objects.with_people().get()
        signed(pairing)
        met(pairing, day(10))
        cancel(pairing, by=pairing.mentor.person, at=noon(day(10)) + evening)
        actions.propose_extension(
            pairing, by=pairing.mentor.person, at=noon(day(10)) + evening, on=day(11),
            until=pairing.runs_until + timedelta(days=7),
        )  # fmt: skip
        _, facts = told(pairing, cora, day(12))
        assert facts[1:3] == [
            "The mentor has cancelled one meeting since, three days beforehand.",
            "The mentor asked to go on, on 15 January 2027; the mentee has not answered.",
        ]
        shown = pair_page(pairing, pairing.mentee.person, day(12), at=noon(day(12))).health
        assert shown is not None
        assert [fact.words for fact in shown.facts] == facts

    def test_what_nobody_answers(self, pairing, cora):
        signed(pairing)
        met(pairing, day(10))
        plan(pairing, noon(day(12)), noon(day(11)))
        actions.propose_extension(
            pairing, by=pairing.mentor.person, at=noon(day(11)), on=day(11),
            until=pairing.runs_until + timedelta(days=7),
        )  # fmt: skip
        state, facts = told(pairing, cora, day(13))
        assert state == Health.ON_TRACK
        assert facts[1:] == [
            "Nobody has said whether the meeting planned for 16 January 2027 took place.",
            "The mentor asked to go on, on 15 January 2027; the mentee has not answered.",
        ]
        assert health(pairing, cora, day(20)).state == Health.QUIET

    def test_no_word_and_no_check_in_answer_makes_a_difference(self, pairing, cora):
        signed(pairing)
        met(pairing, day(13))
        before = told(pairing, cora, day(15))
        actions.answer_check_in(
            pairing, by=pairing.mentee.person, at=noon(day(15)), on=day(15), fit=Fit.NOT_A_FIT,
            **dict.fromkeys(("meeting", "getting", "speaking", "worth"), Agreeing.NOT_AT_ALL),
        )  # fmt: skip
        assert told(pairing, cora, day(15)) == before


class TestTheQueue:
    def test_the_worst_come_first_and_one_s_own_and_those_at_rest_are_not_in_it(
        self, pairing, cora, django_assert_num_queries
    ):
        signed(pairing)
        met(pairing, day(15))
        other, resting = pair_beside(pairing), pair_beside(pairing)
        type(cora).objects.filter(pk=resting.mentor.person_id).update(left_on=day(1))
        pairs_doing([pairing.program], cora, at=noon(DAY))
        with django_assert_num_queries(4):
            found = pairs_doing([pairing.program], cora, at=noon(day(21)))
        assert [(each.pairing, each.health.state) for each in found] == [
            (other, Health.STUCK), (pairing, Health.ON_TRACK),
        ]  # fmt: skip
        own = pairs_doing([pairing.program], other.mentor.person, at=noon(day(21)))
        assert [each.pairing for each in own] == [pairing]
        actions.say_fine(other, by=other.mentor.person, at=noon(day(21)), on=day(21), until=day(30))
        with django_assert_num_queries(4):  # who said that they are fine is among what was read
            found = pairs_doing([pairing.program], cora, at=noon(day(22)))
        assert ["fine" in each.health.facts[0].words for each in found if each.pairing == other] == [True]

    def test_coordinators_read_the_facts_of_those_who_may_need_them(self, pairing, cora, today):
        signed(pairing)
        today(day(40))
        client = as_seen_by(cora)
        page = client.get(reverse("pairings:doing", args=[pairing.program_id])).content.decode()
        assert "Mina Mentor and Otto" in page
        assert "On track: 0, Quiet: 0, Stuck: 1" in page
        assert "No meeting yet. The pair began on 4 January 2027; they agreed to meet every two weeks." in page
        for one in (pairing.mentor.person, pairing.mentee.person):
            assert f'href="mailto:{one.email}"' in page
        assert reverse("admin:pairings_pairing_change", args=[pairing.pk]) in page
        assert "1 pair is stuck" in client.get(reverse("admin:index")).content.decode()
        assert "Leeds" not in page
        actions.say_fine(
            pairing, by=pairing.mentee.person, at=noon(day(40)), on=day(40), until=day(50)
        )  # fmt: skip
        page = client.get(reverse("pairings:doing", args=[pairing.program_id])).content.decode()
        assert "Mina Mentor" not in page
        assert "1 pair is stuck" not in client.get(reverse("admin:index")).content.decode()


class TestPeace:
    def test_the_two_read_what_coordinators_are_told_and_say_that_they_are_fine(self, pairing, mina, otto, today):
        today(day(40))
        address = reverse("pairings:fine", args=[pairing.pk])
        assert "Stuck" in mina.get(address).content.decode()
        assert "Log a meeting with Mina" in waiting_at_home(pairing.mentee.person, day(40))
        for _ in range(2):
            assert otto.post(address, {"until": str(day(50))}).status_code == 302
        assert "Log a meeting with Mina" not in waiting_at_home(pairing.mentee.person, day(40))
        pairing.refresh_from_db()
        assert (pairing.fine_until, pairing.fine_said_by) == (day(50), pairing.mentee.person)
        page = reverse("pairings:detail", args=[pairing.pk])
        for client, who in ((otto, "You"), (mina, "Otto")):
            assert (
                f"{who} said that you two are fine. No nudge to meet comes until 23 February." in client.get(page).text
            )
        told = "The mentee said that the two are fine, and asked that they be left in peace until 23 February 2027."
        assert told in mina.get(address).text
        for wrong in (day(40), day(40) + rules.MOST_PEACE + timedelta(days=1)):
            refused = otto.post(address, {"until": str(wrong)})
            assert (refused.status_code, "Choose a day from tomorrow on" in refused.text) == (422, True)
        assert mina.post(address, {"do": "take_back"}).status_code == 302
        pairing.refresh_from_db()
        assert (pairing.fine_until, pairing.fine_said_by) == (None, None)
        plan(pairing, noon(day(44)), noon(day(40)))
        assert "Log a meeting with Mina" not in waiting_at_home(pairing.mentee.person, day(40))

    def test_it_is_taken_back_too_late_where_the_partner_ends_the_pair_that_very_moment(self, pairing, otto, meanwhile):
        by = pairing.mentor.person
        meanwhile(3, lambda: actions.end_pairing(pairing, by=by, at=noon(DAY), on=DAY))
        late = otto.post(reverse("pairings:fine", args=[pairing.pk]), {"do": "take_back"}, follow=True)
        assert "This pair has ended" in late.content.decode()
        assert "Taken back." not in late.content.decode()

    def test_it_ends_by_itself(self, pairing, cora):
        pairing = fine(pairing, until=day(40), on=day(10))
        page = pair_page(pairing, pairing.mentee.person, day(40), at=noon(day(40)))
        assert page.health is not None
        assert page.health.fine_until == day(40)
        assert health(pairing, cora, day(41)).state == Health.STUCK


def waiting_at_home(person, on):
    return [item.what for item in at_home(person, on).waiting]


def fine(pairing, *, until, on):
    return actions.say_fine(pairing, by=pairing.mentee.person, at=noon(on), on=on, until=until)


def nudges(first, last, words):
    """On which days somebody hears these words in a subject."""
    found = []
    for number in range(first, last + 1):
        mail.outbox.clear()
        deliver_due(clock=partial(noon, day(number)))
        found += [
            (number, message.to[0].partition("@")[0]) for message in mail.outbox if words in message.subject
        ]  # fmt: skip
    return found


class TestNudges:
    @pytest.fixture
    def pairing(self, pairing):
        signed(pairing)
        return pairing

    def test_whoever_cancelled_hears_first_also_where_it_is_the_mentor(self, pairing):
        met(pairing, day(10))
        cancel(pairing, by=pairing.mentor.person, at=noon(day(11)))
        assert nudges(12, 26, "Another day with") == [(14, "mina"), (21, "otto")]

    def test_and_nobody_once_another_day_is_planned(self, pairing):
        met(pairing, day(10))
        cancel(pairing, by=pairing.mentee.person, at=noon(day(11)))
        plan(pairing, noon(day(30)), noon(day(12)))
        assert nudges(12, 28, "Another day with") == []
        assert nudges(28, 30, "Time to meet again") == []

    def test_nor_while_the_two_are_left_in_peace(self, pairing):
        met(pairing, day(10))
        cancel(pairing, by=pairing.mentor.person, at=noon(day(11)))
        fine(pairing, until=day(17), on=day(12))
        assert nudges(12, 26, "Another day with") == [(21, "otto")]

    def test_of_a_pair_that_went_quiet_the_mentee_hears_first(self, pairing):
        met(pairing, day(10))
        assert nudges(11, 40, "Time to meet again") == [(28, "otto"), (35, "mina")]

    def test_unless_the_mentor_cancelled(self, pairing):
        met(pairing, day(10))
        cancel(pairing, by=pairing.mentor.person, at=noon(day(27)))
        assert nudges(28, 40, "Time to meet again") == [(35, "mina")]

    def test_after_one_that_did_not_take_place_whoever_s_day_has_passed_is_nudged_again(self, pairing):
        met(pairing, day(10))
        planned = plan(pairing, noon(day(29)), noon(day(20)))
        assert nudges(21, 30, "Time to meet again") == []
        for _ in range(2):
            actions.note_not_held(planned, by=pairing.mentor.person, at=noon(day(30)), on=day(30))
        assert nudges(31, 41, "Time to meet again") == [(33, "otto"), (35, "mina")]
        second = plan(pairing, noon(day(44)), noon(day(41)))
        actions.note_not_held(second, by=pairing.mentee.person, at=noon(day(45)), on=day(45))
        fine(pairing, until=day(49), on=day(46))
        assert nudges(46, 60, "Time to meet again") == [(50, "otto"), (57, "mina")]
        third = plan(pairing, noon(day(61)), noon(day(60)))
        actions.note_not_held(third, by=pairing.mentee.person, at=noon(day(62)), on=day(62))
        before = plan(pairing, noon(day(63)), noon(day(62)))
        met(pairing, day(64))
        assert nudges(64, 91, "Time to meet again") == [(82, "otto"), (89, "mina")]
        actions.note_not_held(before, by=pairing.mentee.person, at=noon(day(91)), on=day(91))
        assert nudges(91, 102, "Time to meet again") == []

    def test_also_where_the_mentor_cancelled_another_long_before(self, pairing):
        met(pairing, day(10))
        cancel(pairing, by=pairing.mentor.person, at=noon(day(11)))
        planned = plan(pairing, noon(day(29)), noon(day(12)))
        actions.note_not_held(planned, by=pairing.mentor.person, at=noon(day(30)), on=day(30))
        assert nudges(30, 40, "Time to meet again") == [(33, "otto"), (35, "mina")]

    def test_a_pair_that_is_fine_is_left_in_peace_until_the_day_after(self, pairing):
        met(pairing, day(10))
        fine(pairing, until=day(30), on=day(20))
        assert nudges(21, 40, "Time to meet again") == [(31, "otto"), (38, "mina")]

    def test_a_short_peace_changes_nothing_of_a_nudge_that_comes_later(self, pairing):
        met(pairing, day(10))
        fine(pairing, until=day(24), on=day(20))
        assert nudges(21, 40, "Time to meet again") == [(28, "otto"), (35, "mina")]

    def test_taken_back_it_comes_on_the_next_day(self, pairing):
        met(pairing, day(10))
        fine(pairing, until=day(45), on=day(20))
        assert nudges(21, 30, "Time to meet again") == []
        actions.take_fine_back(pairing, by=pairing.mentor.person, at=noon(day(30)), on=day(30))
        assert nudges(31, 50, "Time to meet again") == [(31, "otto"), (35, "mina")]


@pytest.mark.django_db(transaction=True)
def test_said_ten_times_at_once_it_is_said_once():
    from pairings.tests.factories import pair

    pairing = pair()
    outcomes = at_the_same_instant(*[lambda: fine(pairing, until=day(30), on=day(20))] * 10)
    assert {type(each) for each in outcomes} == {Pairing}
    pairing.refresh_from_db()
    assert pairing.fine_until == day(30)
