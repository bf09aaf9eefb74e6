from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

import clock


@pytest.fixture
def demo(settings, tmp_path):
    settings.DEMO = True
    settings.DEMO_FOLDER = tmp_path
    return settings


def about_now() -> datetime:
    return datetime.now(UTC)


def test_outside_the_demo_the_clock_is_the_machines_and_cannot_be_moved(demo):
    clock.move_to_shift(timedelta(days=3))
    demo.DEMO = False
    assert abs(clock.now() - about_now()) < timedelta(seconds=5)
    with pytest.raises(PermissionError):
        clock.move_to_shift(timedelta(days=4))


def test_the_demo_moves_its_clock_for_every_process_that_reads_the_file(demo, tmp_path):
    clock.move_to_shift(timedelta(days=14))
    assert (tmp_path / "clock").read_text() == "1209600"
    assert abs(clock.now() - about_now() - timedelta(days=14)) < timedelta(seconds=5)


def test_time_never_runs_backwards(demo):
    clock.move_to_shift(timedelta(days=2))
    with pytest.raises(ValueError, match="forward"):
        clock.move_to_shift(timedelta(days=1))


def test_today_is_the_date_on_the_wall_there(demo):
    # 26 hours apart, so that the dates differ at every hour of the day.
    first, last = ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Etc/GMT+12")
    assert clock.today(first) == clock.now().astimezone(first).date()
    assert clock.today(first) > clock.today(last)
