"""“Your messages”: one's own, and nobody else's."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.urls import reverse

import clock
from notifications.models import DayOff, MessageHours
from people.tests.factories import BoFactory, MinaFactory

pytestmark = pytest.mark.django_db
PAGE = "/your-messages/"
HOURS = {"do": "hours", "weekdays": ["0", "2"], "first": "07:30", "last": "16:00", "gathered": "no"}


@pytest.fixture
def mina(client):
    person = MinaFactory(time_zone="UTC")
    client.force_login(person)
    return person


def test_who_has_said_nothing_reads_what_holds_for_everybody(client, mina):
    form = client.get(PAGE).context["hours_form"]
    assert (list(form["weekdays"].value()), form["first"].value(), form["last"].value(), form["gathered"].value()) == (
        [0, 1, 2, 3, 4], time(9), time(18), "yes",
    )  # fmt: skip
    assert not MessageHours.objects.exists()


def test_what_somebody_chooses_is_kept_and_shown(client, mina):
    assert client.post(PAGE, HOURS).status_code == 302
    assert MessageHours.objects.filter(person=mina).values_list("weekdays", "first", "last", "gathered").get() == (
        [0, 2], time(7, 30), time(16), False,
    )  # fmt: skip
    opens = client.get(PAGE).context["next_message"]
    assert opens.astimezone(mina.zone).weekday() in (0, 2)


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        ({"last": "07:30"}, "last", "Leave us an hour at least: choose 08:30 or later."),
        ({"last": "08:29:59"}, "last", "Leave us an hour at least: choose 08:30 or later."),
        ({"first": "23:30", "last": "23:59"}, "last", "There is less than an hour left of that day. Begin earlier."),
        ({"weekdays": []}, "weekdays", "Please choose at least one."),
        ({"weekdays": ["7"]}, "weekdays", "Please choose from these."),
        ({"first": "half past"}, "first", "Write the time as hours and minutes: 14:30."),
    ],
)
def test_a_refusal_names_its_place_and_loses_nothing(client, mina, change, place, words):
    answer = client.post(PAGE, HOURS | change)
    assert answer.status_code == 422
    assert answer.context["hours_form"].errors[place] == [words]
    assert answer.context["hours_form"]["gathered"].value() == "no"
    assert not MessageHours.objects.exists()


def test_days_off_are_noted_once_shown_and_taken_away(client, mina):
    today = clock.today(mina.zone)
    said = {"do": "days_off", "first_on": today.isoformat(), "last_on": (today + timedelta(days=9)).isoformat()}
    for _ in range(2):
        assert client.post(PAGE, said).status_code == 302
    (days,) = DayOff.objects.all()
    opens = client.get(PAGE).context["next_message"].astimezone(mina.zone).date()
    assert opens > days.last_on
    client.post(PAGE, {"do": "forget", "days": str(days.pk)})
    assert not DayOff.objects.exists()


def test_a_single_day_needs_one_date_and_a_past_or_endless_one_is_refused(client, mina):
    today = clock.today(mina.zone)
    client.post(PAGE, {"do": "days_off", "first_on": today.isoformat(), "last_on": ""})
    assert DayOff.objects.get().last_on == today
    for first, last, words in (
        (date(2020, 1, 1), date(2020, 1, 2), "These days are over."),
        (today, today - timedelta(days=1), "lies before"),
        (today, today + timedelta(days=400), "more than five months"),
    ):
        answer = client.post(PAGE, {"do": "days_off", "first_on": first.isoformat(), "last_on": last.isoformat()})
        assert answer.status_code == 422
        assert words in answer.context["days_off_form"].errors["last_on"][0]
        assert answer.context["days_off_form"]["first_on"].value() == first.isoformat()
    assert DayOff.objects.count() == 1


def test_days_off_that_leave_nobody_a_day_to_write_on_are_refused_together(client, mina, settings):
    today = clock.today(mina.zone)

    def note(first, last):
        days = {
            "first_on": (today + timedelta(days=first)).isoformat(),
            "last_on": (today + timedelta(days=last)).isoformat(),
        }
        return client.post(PAGE, {"do": "days_off"} | days)

    assert note(100, 270).status_code == 302
    for first, last in ((0, 99), (271, 285)):
        answer = note(first, last)
        assert answer.status_code == 422
        assert "With the days around them" in answer.context["days_off_form"].errors["last_on"][0]
        assert answer.context["days_off_form"]["first_on"].value() == (today + timedelta(days=first)).isoformat()
    settings.PUBLIC_HOLIDAYS = ((today + timedelta(days=280), today + timedelta(days=300)),)
    assert note(271, 279).status_code == 422, "public holidays are such days, too"
    assert DayOff.objects.count() == 1
    assert note(310, 480).status_code == 302, "there are days to write on between the two"
    assert note(0, 80).status_code == 302


def test_bo_sees_and_takes_away_nothing_of_mina(client, mina):
    today = clock.today(mina.zone)
    client.post(PAGE, {"do": "days_off", "first_on": today.isoformat(), "last_on": ""})
    days = DayOff.objects.get()
    client.force_login(BoFactory())
    assert list(client.get(PAGE).context["days_off"]) == []
    client.post(PAGE, {"do": "forget", "days": str(days.pk)})
    client.post(PAGE, {"do": "forget", "days": "9" * 40})
    assert DayOff.objects.get() == days


def test_more_days_off_cost_no_more_queries(client, mina, django_assert_max_num_queries):
    today = clock.today(mina.zone)
    for number in range(3):
        day = today + timedelta(days=number * 10)
        DayOff.objects.create(person=mina, first_on=day, last_on=day)
    with django_assert_max_num_queries(9):
        client.get(PAGE)


@pytest.mark.browser
def test_the_page_is_accessible_and_fits(live_server, page, good_page, client, mina):
    DayOff.objects.create(person=mina, first_on=clock.today(mina.zone), last_on=clock.today(mina.zone))
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page.goto(live_server.url + reverse("notifications:your_messages"))
    good_page()
