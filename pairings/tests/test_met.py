"""“Did you meet?” from a mail: opening it writes nothing, one tap logs, and the link is good once and for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from notifications.actions import deliver_due
from pairings import actions, met, rules
from pairings.choices import Kind, PlanState
from pairings.models import Meeting
from pairings.tests.conftest import DAY
from pairings.tests.factories import met as logged
from pairings.tests.factories import noon
from participants.choices import Way

AT = noon(DAY)
STARTS = AT + timedelta(days=1)
NEXT_DAY = DAY + timedelta(days=2)


@pytest.fixture
def pairing(pair_alone, today):
    return pair_alone


@pytest.fixture
def planned(pairing):
    return actions.plan_meeting(
        pairing, by=pairing.mentor.person, at=AT, starts_at=STARTS, zone=pairing.mentor.person.zone, minutes=45,
        kind=Kind.RECIPROCAL, way=Way.WALK,
    )  # fmt: skip


def link_in_the_mail(at: datetime, subject: str) -> str:
    deliver_due(clock=lambda: at)
    [message] = [each for each in mail.outbox if subject in each.subject]
    assert "works once and for two weeks" in " ".join(message.body.split())
    assert "works once and for two weeks" in message.message().as_string().replace("=\n", "").partition("<footer>")[2]
    [link] = {word for word in message.body.split() if "/pairs/met/" in word}
    return "/" + link.split("/", 3)[3]


def test_from_the_mail_to_a_logged_meeting_in_one_tap(planned, pairing, today):
    today(NEXT_DAY)
    link = link_in_the_mail(noon(NEXT_DAY), "Did you meet Mina on 25 January 2027?")
    browser = Client(enforce_csrf_checks=True)
    for _ in range(2):
        page = browser.get(link)
        assert page.status_code == 200
    assert Meeting.objects.count() == 0
    assert page.content.decode().count('<button class="btn btn-primary">Yes, we met</button>') == 1
    assert 'value="45"' in page.content.decode()
    assert browser.post(link, {"minutes": "45"}).status_code == 403  # nothing on another site can press it
    token = browser.cookies["csrftoken"].value
    for _ in range(2):
        answer = browser.post(link, {"minutes": "45", "csrfmiddlewaretoken": token}, follow=True)
        assert "Your meeting is logged" in answer.content.decode()
    meeting = Meeting.objects.get()
    assert (meeting.held_on, meeting.minutes, meeting.kind, meeting.way, meeting.logged_by) == (
        STARTS.date(), 45, Kind.RECIPROCAL, Way.WALK, pairing.mentee.person,
    )  # fmt: skip
    planned.refresh_from_db()
    assert planned.state == PlanState.HELD
    actions.take_back_meeting(meeting, by=pairing.mentee.person, at=noon(NEXT_DAY), on=NEXT_DAY)
    spent = Client().post(link, {"minutes": "45"})
    assert (spent.status_code, "This link has ended" in spent.content.decode()) == (422, True)
    assert Meeting.objects.count() == 0


@pytest.mark.parametrize(("days", "status"), [(14, 302), (15, 422)], ids=["on the last day it works", "then no more"])
def test_it_is_good_for_two_weeks(planned, pairing, today, days, status):
    link = met.link_about(planned, pairing.mentor.person, on=NEXT_DAY)
    today(NEXT_DAY + timedelta(days=days))
    assert Client().post(link, {"minutes": "45"}).status_code == status
    assert Meeting.objects.count() == (status == 302)


def test_it_stands_for_that_meeting_as_it_was_planned(planned, pairing, today):
    link = met.link_about(planned, pairing.mentor.person, on=NEXT_DAY)
    assert Client().post(link, {"minutes": "45"}).status_code == 422  # its time has not come
    actions.move_meeting(
        planned, by=pairing.mentee.person, at=AT, based_on=1, starts_at=STARTS + timedelta(hours=2),
        zone=pairing.mentee.person.zone, minutes=45, kind=Kind.RECIPROCAL, way=Way.WALK,
    )  # fmt: skip
    today(NEXT_DAY)
    assert Client().post(link, {"minutes": "45"}).status_code == 422
    assert Meeting.objects.count() == 0


def test_nobody_else_s_and_no_other_link_works(planned, pairing, today):
    today(NEXT_DAY)
    stranger = pair_of_nobody()
    link = met.link_about(planned, pairing.mentor.person, on=NEXT_DAY)
    gone = met.link_about(planned, pairing.mentee.person, on=NEXT_DAY)
    type(stranger).objects.filter(pk=pairing.mentee.person_id).update(left_on=DAY)
    for wrong in (
        link[:-2] + "/",
        link.replace("planned", "rhythm"),
        met.link_about(planned, stranger, on=NEXT_DAY),
        gone,
    ):
        assert Client().get(wrong).status_code == Client().post(wrong, {"minutes": "45"}).status_code == 404
    actions.end_pairing(pairing, by=pairing.mentor.person, at=AT, on=DAY)
    today(DAY + timedelta(days=31))
    assert Client().get(link).status_code == 404


def pair_of_nobody():
    from people.tests.factories import StenFactory

    return StenFactory()


def test_where_nothing_was_planned_the_mail_of_the_rhythm_logs_too(pairing, today):
    logged(pairing, DAY - timedelta(days=10))
    quiet = DAY + timedelta(days=18)
    today(quiet)
    link = link_in_the_mail(noon(quiet), "Time to meet again, Mina and you")
    page = Client().get(link).content.decode()
    assert f'value="{DAY + timedelta(days=11)}"' in page  # three weeks after the last one
    wrong = Client().post(link, {"minutes": "60", "held_on": "2099-01-01"})
    assert (wrong.status_code, "This day has not come yet" in wrong.content.decode()) == (422, True)
    sent = {"minutes": "60", "held_on": str(DAY + timedelta(days=9))}
    assert Client().post(link, sent).status_code == 302
    assert "Your meeting is logged" in Client().get(link).content.decode()
    latest = Meeting.objects.latest("held_on")
    assert (latest.held_on, latest.logged_by, latest.way) == (DAY + timedelta(days=9), pairing.mentee.person, Way.VIDEO)
    assert Client().post(link, {**sent, "held_on": str(DAY + timedelta(days=12))}).status_code == 200
    assert Meeting.objects.count() == 2


def test_the_link_of_the_rhythm_logs_one_meeting_whatever_its_day(pairing, today):
    mina, otto = pairing.mentor.person, pairing.mentee.person

    def link(person, since, meetings):
        return met.link_about_rhythm(pairing, person, since=since, rhythm=21, meetings=meetings, on=DAY)

    first, partner_s = (link(person, pairing.started_on, 0) for person in (otto, mina))
    assert Client().post(first, {"minutes": "60", "held_on": str(pairing.started_on)}).status_code == 302
    for spent in (first, partner_s):
        assert "Your meeting is logged" in Client().get(spent).content.decode()
        assert Client().post(spent, {"minutes": "60", "held_on": str(DAY)}).status_code == 200
    logged(pairing, DAY)
    pairing.refresh_from_db()
    next_one = link(otto, DAY, 2)
    earlier = {"minutes": "60", "held_on": str(DAY - timedelta(days=3))}
    assert Client().post(next_one, earlier).status_code == 302
    assert Client().post(next_one, {**earlier, "held_on": str(DAY - timedelta(days=4))}).status_code == 200
    assert Meeting.objects.count() == 3
    given = {"by": otto, "at": AT, "on": DAY, "held_on": DAY - timedelta(days=5), "minutes": 60, "way": Way.VIDEO}
    with pytest.raises(rules.LinkSpent):  # as when both press at once
        actions.log_next_meeting(pairing, times_logged=2, **given)
    before = met._link("rhythm", str(pairing.pk), f"{DAY}_21", otto, DAY)
    assert Client().get(before).status_code == 404  # such as left before the meetings were counted


def test_a_spent_link_stays_spent_when_its_meeting_is_taken_back(pairing, today):
    otto = pairing.mentee.person
    link = met.link_about_rhythm(pairing, otto, since=pairing.started_on, rhythm=21, meetings=0, on=DAY)
    sent = {"minutes": "60", "held_on": str(DAY)}
    assert Client().post(link, sent).status_code == 302
    actions.take_back_meeting(Meeting.objects.get(), by=otto, at=AT, on=DAY)
    told = Client().get(link).content.decode()
    assert "This link has ended" in told
    assert "Yes, we met" not in told
    assert Client().post(link, sent).status_code == 422
    assert Meeting.objects.count() == 0
    pairing.refresh_from_db()
    next_one = met.link_about_rhythm(pairing, otto, since=pairing.started_on, rhythm=21, meetings=0, on=DAY)
    assert Client().post(next_one, sent).status_code == 302


def test_a_link_is_asked_of_a_constant_number_of_rows(planned, pairing, today, django_assert_num_queries):
    today(NEXT_DAY)
    link = met.link_about(planned, pairing.mentor.person, on=NEXT_DAY)
    with django_assert_num_queries(1):
        Client().get(link)
    assert reverse("pairings:met", args=["x"]).startswith("/pairs/met/")
