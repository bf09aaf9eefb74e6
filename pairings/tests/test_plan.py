"""Meetings that are planned: what both calendars are told, and what stays as a fact."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import ics
import pytest
import vobject
from django.core import mail
from django.urls import reverse
from icalendar import Calendar

from notifications.actions import deliver_due
from notifications.choices import NoticeState
from notifications.models import Notice
from pairings import actions, notices, rules
from pairings.choices import Kind, PlanState
from pairings.met import link_about, occasion_of
from pairings.models import Meeting, PlannedMeeting
from pairings.tests.conftest import DAY
from pairings.tests.factories import STARTED_ON, met, noon, pair
from pairings.tests.instant import at_the_same_instant
from pairings.wall_clock import FIRST, SECOND, instant
from participants.choices import Way
from people.tests.factories import MinaFactory, OttoFactory, StenFactory

AT = noon(DAY)
LONDON = ZoneInfo("Europe/London")
TUESDAY = datetime(2027, 2, 2, 14, tzinfo=UTC)
LATER = TUESDAY + timedelta(days=2)
GIVEN: dict[str, Any] = {"minutes": 60, "kind": Kind.MENTOR_LED, "way": Way.VIDEO}


def plan(pairing, *, by=None, starts_at=TUESDAY, at=AT, zone=LONDON, **fields):
    return actions.plan_meeting(
        pairing, by=by or pairing.mentor.person, at=at, starts_at=starts_at, zone=zone, **{**GIVEN, **fields}
    )


def move(planned, *, by, based_on, starts_at=LATER, at=AT, **fields):
    return actions.move_meeting(
        planned, by=by, at=at, based_on=based_on, starts_at=starts_at, zone=LONDON, **{**GIVEN, **fields}
    )


def delivered(at=AT):
    """What leaves at this instant, by whom it reaches."""
    mail.outbox.clear()
    deliver_due(clock=lambda: at)
    return {message.to[0].partition("@")[0]: message for message in mail.outbox}


def invitation_in(message):
    """The calendar part of a mail as it leaves, and its method; the file that goes along says the same."""
    parts = list(message.message().walk())
    part = next(each for each in parts if each.get_content_type() == "text/calendar")
    file = next(each for each in parts if each.get_content_type() == "application/ics")
    content = part.get_payload(decode=True)
    assert content.split() == file.get_payload(decode=True).split()
    return content.decode(), part.get_param("method")


def event_in(content) -> Any:
    [event] = Calendar.from_ical(content).walk("VEVENT")
    return event


def read_by_three(content):
    """UID, sequence, start and whether it is cancelled, as three libraries read them; they must agree."""
    one = Calendar.from_ical(content)
    event = event_in(content)
    found = [(str(event["uid"]), int(event["sequence"]), event["dtstart"].dt, str(event["status"]) == "CANCELLED")]
    other = vobject.readOne(content)
    other.validate(raiseException=True)
    of_other = other.vevent
    found.append(
        (of_other.uid.value, int(of_other.sequence.value), of_other.dtstart.value, of_other.status.value == "CANCELLED")
    )
    (third,) = ics.Calendar(content).events
    sequence = next(int(line.value) for line in third.extra if line.name == "SEQUENCE")
    found.append((third.uid, sequence, third.begin.datetime, third.status == "CANCELLED"))
    assert [found[0]] * 3 == found
    assert str(one["method"]) == other.method.value
    return found[0]


@pytest.fixture
def pairing(pair_alone):
    return pair_alone


@pytest.fixture
def mina(pairing):
    return pairing.mentor.person


@pytest.fixture
def otto(pairing):
    return pairing.mentee.person


class TestCalendars:
    def test_a_request_an_update_and_a_cancellation_as_three_libraries_read_them(self, pairing, mina, otto):
        planned = plan(pairing)
        read = {name: invitation_in(message) for name, message in delivered().items()}
        assert {name: method for name, (_, method) in read.items()} == {"mina": "REQUEST", "otto": "REQUEST"}
        first = {read_by_three(content) for content, _ in read.values()}
        assert first == {(f"{planned.pk}@{uid_host()}", 0, TUESDAY, False)}
        move(planned, by=otto, based_on=1)
        assert {read_by_three(invitation_in(each)[0]) for each in delivered().values()} == {
            (f"{planned.pk}@{uid_host()}", 1, LATER, False)
        }
        actions.cancel_meeting(planned, by=mina, at=AT, based_on=2)
        sent = delivered()
        assert {invitation_in(each)[1] for each in sent.values()} == {"CANCEL"}
        assert {read_by_three(invitation_in(each)[0]) for each in sent.values()} == {
            (f"{planned.pk}@{uid_host()}", 2, LATER, True)
        }
        assert "You have cancelled your meeting" in sent["mina"].body
        assert "Mina has cancelled your meeting" in sent["otto"].body

    @pytest.mark.parametrize(
        ("zone", "day", "wall"),
        [
            ("Europe/London", date(2027, 3, 28), time(0, 30)),
            ("Europe/London", date(2027, 6, 30), time(9)),
            ("America/New_York", date(2027, 3, 14), time(3)),
            ("Australia/Lord_Howe", date(2027, 4, 4), time(1, 45)),
        ],
    )
    def test_the_hour_is_right_around_clock_changes(self, pairing, mina, zone, day, wall):
        there = ZoneInfo(zone)
        for which in (FIRST, SECOND) if zone == "Australia/Lord_Howe" else (None,):
            planned = plan(pairing, starts_at=instant(day, wall, there, which=which), zone=there)
            content, _ = invitation_in(delivered()["mina"])
            _, _, starts, _ = read_by_three(content)
            shown = starts.astimezone(there)
            assert (shown.date(), shown.time(), shown.fold) == (day, wall, which or 0)
            assert planned.day == day
            end = event_in(content)["dtend"].dt
            assert end - starts == timedelta(hours=1)
            actions.cancel_meeting(planned, by=mina, at=AT, based_on=1)
            delivered()

    def test_an_entry_names_neither_topic_nor_partner_and_comes_from_the_system(self, pairing, settings):
        plan(pairing, kind=Kind.RECIPROCAL)
        content, _ = invitation_in(delivered()["mina"])
        unfolded = content.replace("\r\n ", "").replace("\n ", "")
        assert "SUMMARY:Mentoring meeting\r\n" in content
        assert "CLASS:PRIVATE" in content
        assert "mailto:mina@" in unfolded
        for word in ("Otto", "otto@", pairing.program.name, "ecipro", "DESCRIPTION", "LOCATION"):
            assert word not in unfolded
        organiser = event_in(content)["organizer"]
        assert str(organiser).removeprefix("mailto:") in settings.DEFAULT_FROM_EMAIL

    def test_each_reads_it_in_their_own_zone(self, db):
        pairing = pair(MinaFactory(time_zone="Europe/London"), OttoFactory(time_zone="America/New_York"))
        plan(pairing)
        sent = delivered()
        assert "14:00 to 15:00 (Europe/London)" in " ".join(sent["mina"].body.split())
        assert "For Otto that is Tuesday 2 February 2027, 09:00 to" in " ".join(sent["mina"].body.split())
        assert sent["otto"].subject == "Your meeting with Mina: Tuesday 2 February 2027, 09:00"

    def test_only_the_newest_version_leaves_and_whoever_was_never_invited_hears_of_no_cancellation(
        self, pairing, mina, otto
    ):
        planned = plan(pairing)
        move(planned, by=mina, based_on=1)
        assert len(delivered()) == 2  # one each
        actions.cancel_meeting(plan(pairing, starts_at=TUESDAY), by=otto, at=AT, based_on=1)
        assert delivered() == {}
        assert Notice.objects.filter(state=NoticeState.SENT, kind=notices.PLANNED).count() == 2


def states(*some):
    return [PlannedMeeting.objects.get(pk=each.pk).state for each in some]


def uid_host():
    from urllib.parse import urlsplit

    from django.conf import settings

    return urlsplit(settings.BASE_URL).hostname


class TestPlanning:
    def test_the_same_meeting_posted_twice_is_one_and_owes_once(self, pairing, mina, otto):
        assert plan(pairing) == plan(pairing) == plan(pairing, by=otto)
        assert PlannedMeeting.objects.count() == 1
        assert Notice.objects.filter(kind=notices.PLANNED).count() == 2

    def test_what_cannot_be_planned(self, pairing, mina):
        plan(pairing)
        for refusal, fields in (
            (rules.DayPlanned, {"minutes": 30}),
            (rules.DayPlanned, {"starts_at": TUESDAY + timedelta(hours=3)}),
            (rules.TimeHasPassed, {"starts_at": AT}),
            (rules.PlannedOutsideTerm, {"starts_at": noon(pairing.last_day) + timedelta(days=1)}),
            (rules.MinutesOutOfBounds, {"starts_at": LATER, "minutes": 4}),
            (rules.NotYourPair, {"by": StenFactory()}),
        ):
            with pytest.raises(refusal):
                plan(pairing, **fields)
        for number in range(1, rules.MOST_PLANNED):
            plan(pairing, starts_at=TUESDAY + timedelta(days=number))
        with pytest.raises(rules.EnoughPlanned):
            plan(pairing, starts_at=TUESDAY + timedelta(days=40))
        assert PlannedMeeting.objects.count() == rules.MOST_PLANNED

    def test_the_partner_s_change_is_not_overwritten(self, pairing, mina, otto):
        planned = plan(pairing)
        move(planned, by=otto, based_on=1)
        assert move(planned, by=otto, based_on=1).version == 2  # posted twice
        for change in (
            lambda: move(planned, by=mina, based_on=1, starts_at=LATER + timedelta(days=1)),
            lambda: actions.cancel_meeting(planned, by=mina, at=AT, based_on=1),
        ):
            with pytest.raises(rules.PlanChanged, match="Otto has changed this meeting"):
                change()
        planned.refresh_from_db()
        assert (planned.starts_at, planned.version, planned.state) == (LATER, 2, PlanState.PLANNED)

    def test_who_cancelled_and_how_long_before_stay_as_facts(self, pairing, mina, otto):
        planned = plan(pairing)
        actions.cancel_meeting(planned, by=otto, at=AT, based_on=1)
        again = actions.cancel_meeting(planned, by=mina, at=AT + timedelta(hours=1), based_on=1)
        assert (again.state, again.settled_by, again.starts_at, again.settled_at) == (
            PlanState.CANCELLED, otto, TUESDAY, AT,
        )  # fmt: skip
        with pytest.raises(rules.PlanSettled, match="cancelled meanwhile"):
            move(planned, by=mina, based_on=2)

    def test_one_tap_logs_it_and_the_partner_s_tap_finds_it_logged(self, pairing, mina, otto):
        planned = plan(pairing, minutes=45, kind=Kind.RECIPROCAL)
        after = TUESDAY + timedelta(hours=2)
        with pytest.raises(rules.MeetingHasNotBegun):
            actions.note_held(planned, by=otto, at=AT, on=DAY, minutes=45)
        logged = actions.note_held(planned, by=otto, at=after, on=after.date(), minutes=45)
        assert actions.note_held(planned, by=mina, at=after, on=after.date(), minutes=60) == logged
        assert (logged.held_on, logged.minutes, logged.kind, logged.logged_by) == (
            date(2027, 2, 2), 45, Kind.RECIPROCAL, otto,
        )  # fmt: skip
        planned.refresh_from_db()
        assert (planned.state, planned.settled_by) == (PlanState.HELD, otto)
        actions.take_back_meeting(logged, by=otto, at=after, on=after.date())
        planned.refresh_from_db()
        assert (planned.state, planned.version) == (PlanState.PLANNED, 2)

    def test_logging_the_day_by_hand_settles_what_was_planned_for_it(self, pairing, mina):
        planned = plan(pairing)
        after = TUESDAY + timedelta(hours=2)
        actions.note_not_held(planned, by=mina, at=after, on=after.date())
        actions.log_meeting(pairing, by=mina, at=after, on=after.date(), held_on=after.date(), **GIVEN)
        planned.refresh_from_db()
        assert planned.state == PlanState.HELD

    def test_a_day_that_has_its_meeting_leaves_no_plan_without_a_word(self, pairing, mina, otto):
        missed = plan(pairing)
        second = plan(pairing, starts_at=TUESDAY + timedelta(hours=4), at=TUESDAY + timedelta(hours=2))
        said: dict[str, Any] = {"at": TUESDAY + timedelta(hours=20), "on": date(2027, 2, 3)}
        logged = actions.note_held(missed, by=otto, minutes=45, **said)
        assert actions.note_held(second, by=mina, minutes=60, **said) == logged
        assert states(missed, second) == [PlanState.HELD, PlanState.HELD]
        actions.take_back_meeting(logged, by=otto, **said)
        assert states(missed, second) == [PlanState.PLANNED, PlanState.PLANNED]
        actions.note_not_held(missed, by=otto, **said)
        actions.note_held(second, by=otto, minutes=45, **said)
        assert states(missed, second) == [PlanState.NOT_HELD, PlanState.HELD]

    def test_what_was_logged_by_hand_before_its_time_is_the_meeting_that_was_planned(self, pairing, mina, otto):
        planned = plan(pairing)
        before = TUESDAY - timedelta(hours=2)
        by_hand = actions.log_meeting(pairing, by=mina, at=before, on=before.date(), held_on=before.date(), **GIVEN)
        with pytest.raises(rules.MeetingHasNotBegun):
            actions.note_held(planned, by=otto, at=before, on=before.date(), minutes=45)
        after = TUESDAY + timedelta(hours=2)
        for by in (otto, mina):
            assert actions.note_held(planned, by=by, at=after, on=after.date(), minutes=45) == by_hand
        planned.refresh_from_db()
        assert (planned.state, planned.settled_by) == (PlanState.HELD, otto)

    def test_the_day_on_the_wall_of_either_is_the_day_of_what_was_planned(self, pairing, mina, otto):
        type(otto).objects.filter(pk=otto.pk).update(time_zone="America/New_York")
        late = datetime(2027, 2, 3, 1, tzinfo=UTC)  # the evening before, where Otto lives
        planned, after = plan(pairing, starts_at=late), late + timedelta(hours=9)
        link = link_about(planned, otto, on=date(2027, 2, 3))
        occasion = occasion_of(link.split("/")[3], at=after)
        assert occasion is not None
        assert occasion.day == date(2027, 2, 2)
        by_hand = actions.log_meeting(
            pairing, by=otto, at=after, on=after.date(), held_on=date(2027, 2, 2), **GIVEN
        )  # fmt: skip
        assert states(planned) == [PlanState.HELD]
        assert actions.note_held(planned, by=mina, at=after, on=after.date(), minutes=60) == by_hand
        actions.take_back_meeting(by_hand, by=otto, at=after, on=after.date())
        assert states(planned) == [PlanState.PLANNED]
        actions.note_held(planned, by=mina, at=after, on=after.date(), minutes=60)
        other = actions.log_meeting(
            pairing, by=otto, at=after, on=after.date(), held_on=date(2027, 2, 2), **GIVEN
        )  # fmt: skip
        actions.take_back_meeting(other, by=otto, at=after, on=after.date())
        assert states(planned) == [PlanState.HELD]

    def test_the_mentee_is_asked_first_and_nobody_once_it_is_said(self, pairing, mina):
        planned = plan(pairing)
        delivered()
        assert [*delivered(datetime(2027, 2, 3, 10, tzinfo=UTC))] == ["otto"]
        assert [*delivered(datetime(2027, 2, 4, 10, tzinfo=UTC))] == ["mina"]
        other = plan(pairing, starts_at=TUESDAY + timedelta(days=9), at=datetime(2027, 2, 4, 10, tzinfo=UTC))
        after = other.ends_at
        actions.note_held(other, by=mina, at=after, on=after.date(), minutes=60)
        deliver_due(clock=lambda: after)
        assert delivered(after + timedelta(days=1)) == {}
        planned.refresh_from_db()
        assert planned.state == PlanState.PLANNED

    @pytest.mark.parametrize("why", ["peace", "rest", "end"])
    def test_and_nobody_whose_pair_is_in_peace_rests_or_has_ended(self, pairing, mina, otto, why):
        plan(pairing)
        after = noon(date(2027, 2, 3))
        if why == "peace":
            actions.say_fine(pairing, by=otto, at=after, on=after.date(), until=date(2027, 2, 20))
        elif why == "rest":
            type(mina).objects.filter(pk=mina.pk).update(left_on=after.date())
        else:
            actions.end_pairing(pairing, by=mina, at=after, on=after.date())
        assert not [each for each in mail_of(after + timedelta(days=1)) if "Did you meet" in each.subject]

    def test_a_cancellation_minutes_before_still_leaves(self, pairing, mina):
        planned = plan(pairing)
        assert len(delivered()) == 2
        late = TUESDAY - timedelta(minutes=2)
        actions.cancel_meeting(planned, by=mina, at=late, based_on=1)
        sent = delivered(TUESDAY + timedelta(minutes=1))
        assert {"Cancelled" in each.subject for each in sent.values()} == {True}
        assert {*sent} == {"mina", "otto"}

    def test_ending_takes_what_lies_ahead_out_of_both_calendars(self, pairing, mina, otto):
        passed = plan(pairing, starts_at=AT + timedelta(minutes=1))
        planned = plan(pairing)
        delivered()
        now = AT + timedelta(hours=1)
        actions.end_pairing(pairing, by=otto, at=now, on=DAY)
        sent = [each for each in mail_of(now) if "meeting" in each.subject]
        assert {each.to[0].partition("@")[0] for each in sent} == {"mina", "otto"}
        assert {invitation_in(each)[1] for each in sent} == {"CANCEL"}
        for each in (planned, passed):
            each.refresh_from_db()
        assert (planned.state, planned.settled_by) == (PlanState.CANCELLED, None)
        assert passed.state == PlanState.PLANNED  # they may still log it
        with pytest.raises(rules.PairingEnded):
            plan(pairing, at=now)


def test_a_pair_that_rests_keeps_nothing_in_its_calendars_from_that_day_on(pairing, mina):
    planned = plan(pairing)
    delivered()
    last = DAY + timedelta(days=3)
    type(mina).objects.filter(pk=pairing.mentee.person_id).update(left_on=last)
    assert actions.clear_calendars_at_rest(at=AT) == 0  # the partner hears of it on the day, and not by a calendar
    assert actions.clear_calendars_at_rest(at=noon(last)) == 1
    assert actions.clear_calendars_at_rest(at=noon(last)) == 0
    planned.refresh_from_db()
    assert (planned.state, planned.settled_by) == (PlanState.CANCELLED, None)
    assert "CANCEL" in {invitation_in(each)[1] for each in delivered(noon(last)).values()}


def test_the_day_of_rest_is_the_leaver_s_own(pairing, mina, otto):
    planned = plan(pairing)
    type(otto).objects.filter(pk=otto.pk).update(left_on=DAY + timedelta(days=1))
    for zone, hours in (("America/New_York", 29), ("Pacific/Auckland", 11)):
        type(otto).objects.filter(pk=otto.pk).update(time_zone=zone)
        begins = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC) + timedelta(hours=hours)
        assert actions.clear_calendars_at_rest(at=begins - timedelta(minutes=1)) == 0
        assert actions.clear_calendars_at_rest(at=begins) == 1
        PlannedMeeting.objects.update(state=PlanState.PLANNED, settled_at=None)
    assert PlannedMeeting.objects.get() == planned


def mail_of(at):
    mail.outbox.clear()
    deliver_due(clock=lambda: at)
    return list(mail.outbox)


@pytest.mark.django_db(transaction=True)
class TestAtTheSameInstant:
    def test_fifty_identical_plans_are_one(self, pairing):
        for _ in range(5):
            outcomes = at_the_same_instant(*[lambda: plan(pairing)] * 10)
            assert {type(each).__name__ for each in outcomes} == {"PlannedMeeting"}
        assert PlannedMeeting.objects.count() == 1
        assert Notice.objects.filter(kind=notices.PLANNED).count() == 2

    def test_two_who_move_it_at_once_end_with_one_of_the_two_times(self, pairing, mina, otto):
        planned = plan(pairing)
        times = (LATER, LATER + timedelta(days=1))
        outcomes = at_the_same_instant(
            partial(move, planned, by=mina, based_on=1, starts_at=times[0]),
            partial(move, planned, by=otto, based_on=1, starts_at=times[1]),
        )
        assert sorted(type(each).__name__ for each in outcomes) == ["PlanChanged", "PlannedMeeting"]
        planned.refresh_from_db()
        assert planned.version == 2

    def test_both_say_at_once_that_they_met(self, pairing, mina, otto):
        planned = plan(pairing)
        after = TUESDAY + timedelta(hours=1)
        outcomes = at_the_same_instant(
            *[
                partial(actions.note_held, planned, by=each, at=after, on=after.date(), minutes=60)
                for each in (mina, otto)
            ]
        )
        assert outcomes == [Meeting.objects.get()] * 2


PLAN = {"day": "2027-02-02", "time": "14:00", "minutes": "50", "way": "video", "kind": "mentor_led"}


def url(view, *args):
    return reverse(f"pairings:{view}", args=args)


class TestPages:
    """Mina and Otto read London time."""

    @pytest.fixture
    def pairing(self, pair_alone, today):
        return pair_alone

    @pytest.fixture
    def clients(self, pairing):
        from pairings.tests.conftest import as_seen_by

        return as_seen_by(pairing.mentor.person), as_seen_by(pairing.mentee.person)

    def test_a_meeting_from_planning_to_logging(self, clients, pairing, today):
        mina, otto = clients
        assert mina.get(url("plan_meeting", pairing.pk)).status_code == 200
        for _ in range(2):
            answer = mina.post(url("plan_meeting", pairing.pk), PLAN)
            planned = PlannedMeeting.objects.get()
            assert answer.url == url("planned_meeting", pairing.pk, planned.pk)
        page = otto.get(answer.url).content.decode()
        assert "Tuesday 2 February 2027, 14:00 to 14:50" in page
        same = otto.post(answer.url, {**PLAN, "based_on": "1"}, follow=True).content.decode()
        assert "Nothing has changed." in same
        changed = {**PLAN, "based_on": "1", "time": "15:00"}
        assert otto.post(answer.url, changed).status_code == 302
        refused = mina.post(answer.url, {**PLAN, "based_on": "1", "minutes": "30"})
        text = refused.content.decode()
        assert (refused.status_code, "Otto has changed this meeting meanwhile" in text) == (422, True)
        assert 'value="30"' in text  # what was typed stays, and the next attempt builds on the newer version
        assert 'name="based_on" value="2"' in text
        assert "15:00 to 15:50" in text
        assert mina.post(url("cancel_meeting", pairing.pk, planned.pk), {"based_on": "1"}).url == answer.url
        assert mina.get(url("cancel_meeting", pairing.pk, planned.pk)).status_code == 200
        today(date(2027, 2, 3))
        page = otto.get(answer.url).content.decode()
        assert "Yes, we met" in page
        assert otto.post(url("say_what_became", pairing.pk, planned.pk), {"minutes": "55"}).status_code == 302
        assert Meeting.objects.get().minutes == 55
        assert mina.post(answer.url, changed).status_code == 302  # too late, and said so
        assert "It took place, and is logged." in mina.get(answer.url).content.decode()

    def test_what_went_with_the_pair_was_cancelled_by_nobody(self, clients, pairing):
        mina, _ = clients
        planned = plan(pairing)
        actions.end_pairing(pairing, by=pairing.mentee.person, at=AT, on=DAY)
        told = mina.post(url("cancel_meeting", pairing.pk, planned.pk), {"based_on": "1"}, follow=True)
        assert "It had been cancelled already." in told.content.decode()

    def test_a_time_that_does_not_exist_is_refused_and_one_that_comes_twice_is_asked(self, clients, pairing):
        mina, _ = clients
        skipped = mina.post(url("plan_meeting", pairing.pk), {**PLAN, "day": "2027-03-28", "time": "01:30"})
        assert skipped.status_code == 422
        assert "01:30 does not exist on 28 March 2027 in Europe/London" in skipped.content.decode()
        pairing.program.ends_on = pairing.runs_until = date(2027, 12, 31)
        pairing.program.save()
        pairing.save()
        twice = {**PLAN, "day": "2027-10-31", "time": "01:30"}
        asked = mina.post(url("plan_meeting", pairing.pk), twice)
        assert asked.status_code == 422
        assert "01:30 comes twice on that day" in asked.content.decode()
        assert PlannedMeeting.objects.count() == 0
        assert mina.post(url("plan_meeting", pairing.pk), {**twice, "which": "1"}).status_code == 302
        planned = PlannedMeeting.objects.get()
        assert planned.starts_at == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
        page = mina.get(url("planned_meeting", pairing.pk, planned.pk)).content.decode()
        assert "01:30 to 02:20 (UTC+00:00)" in page
        assert "Which do you mean?" in page  # and moving it elsewhere does not lose which it was

    def test_what_nobody_would_type_is_refused_too(self, clients, pairing):
        mina, _ = clients
        for wrong in ({"day": "9999-12-31"}, {"day": "0001-01-01"}, {"time": "25:00"}, {"minutes": "0"}, {"day": ""}):
            assert mina.post(url("plan_meeting", pairing.pk), {**PLAN, **wrong}).status_code == 422
        assert PlannedMeeting.objects.count() == 0

    def test_home_asks_the_day_after(self, clients, pairing, today):
        from pairings.queries import at_home

        plan(pairing)
        otto = pairing.mentee.person
        for held in (STARTED_ON, DAY):
            met(pairing, held)
        today(date(2027, 2, 2))
        assert not [item for item in at_home(otto, date(2027, 2, 2)).waiting if "Did you meet" in item.what]
        [item] = [item for item in at_home(otto, date(2027, 2, 3)).waiting if "Did you meet" in item.what]
        assert item.what == "Did you meet Mina on 2 February 2027?"
