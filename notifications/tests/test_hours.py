"""When somebody can be written to."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from notifications.hours import FARTHEST, Hours
from notifications.models import DayOff, MessageHours
from notifications.wanted import hours_of
from people.tests.factories import PersonFactory

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Hours(BERLIN, (0, 1, 2, 3, 4), time(9), time(18))


def berlin(day, hour, minute=0, month=11):
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        (berlin(23, 8, 59), berlin(23, 9)),  # a Monday
        (berlin(23, 9), berlin(23, 9)),
        (berlin(23, 17, 59), berlin(23, 17, 59)),
        (berlin(23, 18), berlin(24, 9)),
        (berlin(27, 19), berlin(30, 9)),  # from Friday evening to Monday
        (berlin(28, 12), berlin(30, 9)),
    ],
)
def test_messages_wait_for_the_morning_of_a_working_day(at, opens):
    assert OFFICE.next_opening(at) == opens


def test_a_day_off_and_a_day_that_had_its_message_are_passed_over():
    away = Hours(BERLIN, (0, 1, 2, 3, 4), time(9), time(18), ((date(2026, 11, 24), date(2026, 11, 25)),))
    taken = frozenset({date(2026, 11, 23), date(2026, 11, 26)})
    assert away.next_opening(berlin(23, 10), taken=taken) == berlin(27, 9)
    assert away.next_opening(berlin(24, 10)) == berlin(26, 9)


def test_a_night_shift_on_the_day_the_clocks_change_has_hours_on_its_wall():
    early = Hours(BERLIN, tuple(range(7)), time(2, 30), time(6))
    assert early.next_opening(berlin(28, 1, month=3)) == datetime(2026, 3, 28, 1, 30, tzinfo=UTC)
    skipped = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert early.next_opening(skipped) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC), "as much later as the clocks skip"


@pytest.mark.django_db
def test_on_a_public_holiday_nobody_is_written_to_whatever_they_chose(settings):
    settings.MESSAGE_WEEKDAYS, settings.MESSAGE_HOURS = (0, 1, 2, 3, 4), (time(9), time(18))
    settings.PUBLIC_HOLIDAYS = ((date(2026, 11, 23), date(2026, 11, 24)),)
    mina, otto = PersonFactory(time_zone="Europe/Berlin"), PersonFactory(time_zone="Europe/Berlin")
    MessageHours.objects.create(person=otto, weekdays=[0, 1, 2], first=time(6), last=time(20), gathered=True)
    DayOff.objects.create(person=otto, first_on=date(2026, 11, 25), last_on=date(2026, 11, 29))
    assert hours_of(mina, at=berlin(23, 10)).next_opening(berlin(23, 10)) == berlin(25, 9)
    assert hours_of(otto, at=berlin(23, 10)).next_opening(berlin(23, 10)) == berlin(30, 6), "beside their own days off"


def test_whoever_is_never_here_is_written_to_all_the_same():
    gone = Hours(BERLIN, (0,), time(9), time(18), ((date.min, date.max),))
    assert gone.next_opening(berlin(23, 3)) == berlin(23, 3)
    assert FARTHEST.days > 180


def test_whoever_is_never_here_is_written_to_on_the_first_day_that_had_no_message():
    gone = Hours(BERLIN, (0,), time(9), time(18), ((date.min, date.max),))
    had = frozenset({date(2026, 11, 23), date(2026, 11, 24)})
    assert gone.next_opening(berlin(23, 10), taken=had) == berlin(25, 9)
    assert gone.next_opening(berlin(25, 10), taken=had) == berlin(25, 10)


def test_days_on_which_somebody_is_not_written_to_are_counted_in_a_row():
    spans = ((date(2026, 11, 24), date(2026, 11, 27)), (date(2026, 11, 30), date(2026, 12, 1)))
    away = Hours(BERLIN, (0, 1, 2, 3, 4), time(9), time(18), spans)
    for day in (date(2026, 11, 24), date(2026, 11, 28), date(2026, 12, 1)):
        assert away.days_closed_around(day, since=date(2026, 11, 1)) == 8
    assert away.days_closed_around(date(2026, 11, 28), since=date(2026, 11, 27)) == 5
    assert away.days_closed_around(date(2026, 11, 23), since=date(2026, 11, 1)) == 0
    last = Hours(BERLIN, (0,), time(9), time(18), ((date(9999, 12, 30), date.max),))
    assert last.days_closed_around(date.max, since=date(9999, 12, 28)) == 4, "the calendar ends"
