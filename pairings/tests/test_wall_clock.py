"""Times that clocks skip or show twice, on three continents; Lord Howe moves by half an hour."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from pairings.wall_clock import FIRST, SECOND, TimeComesTwice, TimeSkipped, instant, on_the_wall

SKIPPED = [
    ("Europe/London", date(2027, 3, 28), time(1), time(1, 59), time(2)),
    ("America/New_York", date(2027, 3, 14), time(2), time(2, 59), time(3)),
    ("Australia/Lord_Howe", date(2027, 10, 3), time(2), time(2, 29), time(2, 30)),
]
TWICE = [
    ("Europe/London", date(2027, 10, 31), time(1, 30), datetime(2027, 10, 31, 0, 30, tzinfo=UTC), 60),
    ("America/New_York", date(2027, 11, 7), time(1, 30), datetime(2027, 11, 7, 5, 30, tzinfo=UTC), 60),
    ("Australia/Lord_Howe", date(2027, 4, 4), time(1, 45), datetime(2027, 4, 3, 14, 45, tzinfo=UTC), 30),
]


@pytest.mark.parametrize(("zone", "day", "first", "last", "after"), SKIPPED)
def test_a_time_the_clocks_skip_is_refused(zone, day, first, last, after):
    there = ZoneInfo(zone)
    for skipped in (first, last):
        with pytest.raises(TimeSkipped, match=f"{skipped:%H:%M} does not exist on .* in {zone}"):
            instant(day, skipped, there)
    before = (datetime.combine(day, first) - timedelta(minutes=1)).time()
    assert instant(day, after, there) - instant(day, before, there) == timedelta(minutes=1)


@pytest.mark.parametrize(("zone", "day", "wall", "earlier", "apart"), TWICE)
def test_of_a_time_that_comes_twice_one_has_to_be_named(zone, day, wall, earlier, apart):
    there = ZoneInfo(zone)
    with pytest.raises(TimeComesTwice, match="comes twice"):
        instant(day, wall, there)
    assert instant(day, wall, there, which=FIRST) == earlier
    assert instant(day, wall, there, which=SECOND) == earlier + timedelta(minutes=apart)
    shown = {on_the_wall(instant(day, wall, there, which=which), 60, there).hours for which in (FIRST, SECOND)}
    assert len(shown) == 2  # the page tells them apart


def test_an_hour_stays_an_hour_over_a_change():
    shown = on_the_wall(datetime(2027, 3, 28, 0, 30, tzinfo=UTC), 60, ZoneInfo("Europe/London"))
    assert shown.words == "Sunday 28 March 2027, 00:30 to 02:30 (Europe/London)"


def test_an_ordinary_time_asks_nothing():
    assert instant(date(2027, 7, 1), time(9), ZoneInfo("Europe/London"), which=SECOND) == datetime(
        2027, 7, 1, 8, tzinfo=UTC
    )
