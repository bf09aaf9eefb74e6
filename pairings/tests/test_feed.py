"""A private calendar address: made by its person, kept as a hash, read by whoever has it, and ended for good."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import ics
import pytest
import vobject
from django.conf import settings
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from pairings import actions, feeds, rules
from pairings.choices import Kind
from pairings.models import CalendarFeed
from pairings.tests.conftest import DAY, as_seen_by, pair_beside
from pairings.tests.factories import noon, pair
from pairings.tests.instant import at_the_same_instant
from participants.choices import Way

AT = noon(DAY)
NONCE = "a-form-of-minas"
PAGE = "pairings:calendar"


@pytest.fixture
def pairing(pair_alone, today):
    return pair_alone


@pytest.fixture
def mina(pairing):
    return pairing.mentor.person


def plan(pairing, starts_at):
    return actions.plan_meeting(
        pairing, by=pairing.mentor.person, at=AT, starts_at=starts_at, zone=pairing.mentor.person.zone, minutes=60,
        kind=Kind.MENTOR_LED, way=Way.VIDEO,
    )  # fmt: skip


def make(person, based_on=0, nonce=NONCE, at=AT):
    return actions.make_feed(by=person, at=at, based_on=based_on, nonce=nonce)


def read(token, **headers):
    return Client().get(reverse("pairings:feed", args=[token]), headers=headers)


def test_it_tells_one_s_own_planned_meetings_to_three_readers(pairing, mina):
    mine = plan(pairing, AT + timedelta(days=2))
    cancelled = plan(pairing, AT + timedelta(days=5))
    actions.cancel_meeting(cancelled, by=mina, at=AT, based_on=1)
    other = pair_beside(pairing)
    plan(other, AT + timedelta(days=3))
    answer = read(make(mina))
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert "no-store" in answer["Cache-Control"]
    text = answer.content.decode()
    event: Any
    [event] = Calendar.from_ical(text).walk("VEVENT")
    assert (str(event["uid"]).partition("@")[0], event["dtstart"].dt) == (str(mine.pk), mine.starts_at)
    assert str(event["summary"]) == f"Mentoring meeting with {pairing.mentee.person.name}"
    second = vobject.readOne(text)
    second.validate(raiseException=True)
    assert [each.dtstart.value for each in second.vevent_list] == [mine.starts_at]
    assert [each.begin.datetime for each in ics.Calendar(text).events] == [mine.starts_at]
    unfolded = text.replace("\r\n ", "")
    for word in (pairing.program.name, pairing.mentee.person.email, "ATTENDEE", "ORGANIZER", "DESCRIPTION"):
        assert word not in unfolded


def test_what_has_not_changed_is_not_sent_again(pairing, mina):
    plan(pairing, AT + timedelta(days=2))
    token = make(mina)
    etag = read(token)["ETag"]
    again = read(token, if_none_match=etag)
    assert (again.status_code, again.content) == (304, b"")
    plan(pairing, AT + timedelta(days=4))
    changed = read(token, if_none_match=etag)
    assert changed.status_code == 200
    assert changed["ETag"] != etag


def test_the_token_is_kept_as_a_hash_and_another_ends_it(pairing, mina):
    token = make(mina)
    own = CalendarFeed.objects.get()
    assert own.token_hash == feeds.hash_of(token)
    assert token not in repr(vars(own))
    assert make(mina) == token  # a second click
    with pytest.raises(rules.FeedChanged):
        make(mina, nonce="of-another-window")
    with pytest.raises(rules.FeedChanged):
        make(mina, at=AT + timedelta(minutes=6))  # shown no more
    newer = make(mina, based_on=1, nonce="a-new-form-of-hers")
    assert read(token).status_code == 404
    assert read(newer).status_code == 200
    actions.stop_feed(by=mina)
    actions.stop_feed(by=mina)
    assert read(newer).status_code == 404
    for based_on in (0, 1):  # no old form brings it back
        with pytest.raises(rules.FeedChanged):
            make(mina, based_on=based_on)


@pytest.mark.parametrize("gone", ["account", "company", "everything"])
def test_it_ends_with_the_account_with_the_last_day_and_with_leaving(pairing, mina, gone):
    token = make(mina)
    if gone == "everything":
        actions.leave(by=mina, end=[], at=AT, on=DAY)
    else:
        type(mina).objects.filter(pk=mina.pk).update(
            **({"is_active": False} if gone == "account" else {"left_on": DAY})
        )
    assert read(token).status_code == 404


def test_wrong_addresses_are_not_there(pairing, mina):
    token = make(mina)
    for wrong in (token[:-1], token + "0", token.upper(), feeds.hash_of(token), "x"):
        assert read(wrong).status_code == 404
    assert Client().post(reverse("pairings:feed", args=[token])).status_code == 405


def test_the_page_shows_an_address_once(pairing, mina):
    client = as_seen_by(mina)
    page = client.get(reverse(PAGE)).content.decode()
    sent = dict(re.findall(r'name="(based_on|nonce)" value="([^"]+)"', page))
    answer = client.post(reverse(PAGE), sent).content.decode()
    [address] = re.findall(rf"{re.escape(settings.BASE_URL)}/pairs/calendars/\w+/mentoring.ics", answer)
    assert address in client.post(reverse(PAGE), sent).content.decode()  # a second click says the same
    assert Client().get(address.removeprefix(settings.BASE_URL)).status_code == 200
    later = client.get(reverse(PAGE)).content.decode()
    assert "You have an address" in later
    assert "/pairs/calendars/" not in later
    stale = client.post(reverse(PAGE), {**sent, "nonce": "another-window-of-hers"})
    assert (stale.status_code, "changed meanwhile" in stale.content.decode()) == (422, True)
    assert client.post(reverse(PAGE), {"do": "stop"}).status_code == 302
    assert read(address.split("/")[-2]).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_it_costs_the_same_whatever_is_planned(pairing, mina, number, django_assert_num_queries):
    for each in range(number):
        plan(pairing, AT + timedelta(days=1 + each))
    token = make(mina)
    with django_assert_num_queries(2):
        assert read(token).content.count(b"BEGIN:VEVENT") == number


def test_a_meeting_leaves_the_feed_after_a_month(pairing, mina, today):
    plan(pairing, AT + timedelta(days=2))
    token = make(mina)
    today(DAY + timedelta(days=32))
    assert read(token).content.count(b"BEGIN:VEVENT") == 1
    today(DAY + timedelta(days=33))
    assert read(token).content.count(b"BEGIN:VEVENT") == 0


@pytest.mark.django_db(transaction=True)
def test_fifty_clicks_make_one_address():
    pairing = pair(on=date(2027, 1, 4))
    mina = pairing.mentor.person
    outcomes = {token for _ in range(5) for token in at_the_same_instant(*[lambda: make(mina)] * 10)}
    assert len(outcomes) == CalendarFeed.objects.count() == 1
    assert CalendarFeed.objects.get().version == 1
