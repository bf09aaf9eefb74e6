"""What is owed follows its person, and the rules of their zone."""

from __future__ import annotations

import shutil
import zoneinfo
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from notifications import actions, planning
from notifications.choices import NoticeState
from notifications.models import DayOff, Notice, ZoneData
from people.actions import import_directory, keep_person
from people.directory_import import Plan, Planned
from people.queries import directory
from people.rules import ImportRefused
from people.tests.factories import AdaFactory, PersonFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
DAY = date(2026, 12, 1)
KOLKATA, BERLIN = datetime(2026, 12, 1, 3, 30, tzinfo=UTC), datetime(2026, 12, 1, 8, 0, tzinfo=UTC)


def owe(person, **kwargs):
    actions.owe(kind="tests.errand", subject=1, person=person, at=AT, due_on=DAY, **kwargs)


def deliver(at):
    return actions.deliver_due(clock=lambda: at)


def test_whoever_moves_gets_what_is_owed_at_the_same_time_of_day_where_they_are_now(errand, mailbox):
    ada, mover, stays = AdaFactory(), PersonFactory(time_zone="Europe/Berlin"), PersonFactory(time_zone="Europe/Berlin")
    for person in (mover, stays):
        owe(person, good_for=timedelta(days=2))
    actions.owe(kind="tests.errand", subject=2, person=mover, at=AT, wait=timedelta(hours=1))
    mover.time_zone = "Asia/Kolkata"
    keep_person(person=mover, by=ada, at=AT)

    planned = Notice.objects.filter(due_on=DAY)
    moved = planned.get(person=mover)
    assert (moved.due_at, moved.not_after) == (KOLKATA, KOLKATA + timedelta(days=2))
    assert planned.get(person=stays).due_at == BERLIN
    assert Notice.objects.get(subject="2").due_at == AT + timedelta(hours=1), "an hour is an hour anywhere"

    Notice.objects.filter(subject="2").delete()
    assert deliver(KOLKATA - timedelta(minutes=1)).sent == 0
    assert deliver(KOLKATA).sent == 1
    mover.time_zone = "America/Los_Angeles"
    keep_person(person=mover, by=ada, at=KOLKATA)
    assert deliver(BERLIN).sent == 1
    assert deliver(BERLIN + timedelta(days=1)).sent == 0, "what was sent is not owed again, wherever its person goes"


def test_an_import_that_moves_somebody_plans_anew_and_one_that_is_refused_does_not(errand):
    mover = PersonFactory(time_zone="Europe/Berlin")
    owe(mover)
    moves = Planned(2, mover.employee_number, "", {"time_zone": "Asia/Kolkata"}, {"time_zone": "Europe/Berlin"})
    plan = Plan((), (moves,), 0, 0, {}, {}, (), directory().mark)
    with pytest.raises(ImportRefused):
        import_directory(plan=replace(plan, mark="of another day"), by=None, at=AT)
    assert Notice.objects.get().due_at == BERLIN
    import_directory(plan=plan, by=None, at=AT)
    assert Notice.objects.get().due_at == KOLKATA


def test_what_waits_for_its_reader_goes_on_waiting_when_they_move_or_zones_change(errand, mailbox, own_zone_data):
    """Planned anew to a day long past, it would be put off once more from there, and be too late when they are back."""
    planning.replan_after_new_zone_data(at=AT)
    mover, stays = PersonFactory(time_zone="Europe/Berlin"), PersonFactory(time_zone="Europe/Berlin")
    back = datetime(2026, 12, 21, 8, 0, tzinfo=UTC)
    for person in (mover, stays):
        DayOff.objects.create(person=person, first_on=DAY, last_on=date(2026, 12, 20))
        actions.owe(kind="tests.waits", subject=1, person=person, at=AT, due_on=DAY)
    assert deliver(BERLIN).handled == 0
    mover.time_zone = "Europe/Athens"
    keep_person(person=mover, by=AdaFactory(), at=BERLIN + timedelta(days=1))
    assert deliver(BERLIN + timedelta(days=1)).handled == 0
    shutil.copy(own_zone_data / "Europe" / "Athens", own_zone_data / "Europe" / "Berlin")
    assert planning.replan_after_new_zone_data(at=BERLIN + timedelta(days=9)) == 1
    for days in range(9, 20):
        assert deliver(BERLIN + timedelta(days=days)).handled == 0, "they are away"
    assert deliver(back - timedelta(hours=1)).sent == 1, "nine in Athens"
    assert deliver(back).sent == 1


def test_what_was_tried_keeps_its_next_try_and_what_is_past_leaves_at_once(errand):
    tried, late = PersonFactory(time_zone="Europe/Berlin"), PersonFactory(time_zone="Europe/Berlin")
    owe(tried)
    owe(late)
    Notice.objects.filter(person=tried).update(attempts=1)
    for person in (tried, late):
        person.time_zone = "Pacific/Kiritimati"
        person.save()
    assert planning.replan(type(late).objects.all()) == 1
    assert Notice.objects.get(person=tried).due_at == BERLIN
    assert Notice.objects.get(person=late).due_at == datetime(2026, 11, 30, 19, 0, tzinfo=UTC)


@pytest.fixture
def own_zone_data(tmp_path):
    """A copy of this machine's time zone data that a test may change."""
    source = next(Path(folder) for folder in zoneinfo.TZPATH if Path(folder, "Europe/Berlin").is_file())
    copy = tmp_path / "zones"
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("posix", "right"))
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath([str(copy)])
    zoneinfo.ZoneInfo.clear_cache()
    yield copy
    zoneinfo.reset_tzpath(before)
    zoneinfo.ZoneInfo.clear_cache()


def test_new_rules_of_a_zone_move_what_is_owed_there_once(errand, own_zone_data):
    owe(PersonFactory(time_zone="Europe/Berlin"))
    owe(PersonFactory(time_zone="Asia/Kolkata"))
    assert planning.replan_after_new_zone_data(at=AT) == 0
    assert ZoneData.objects.get().planned_at == AT

    shutil.copy(own_zone_data / "Asia" / "Kolkata", own_zone_data / "Europe" / "Berlin")
    later = AT + timedelta(minutes=1)
    assert planning.replan_after_new_zone_data(at=later) == 1
    assert set(Notice.objects.values_list("due_at", flat=True)) == {KOLKATA}
    assert planning.replan_after_new_zone_data(at=later + timedelta(minutes=1)) == 0
    assert ZoneData.objects.get().planned_at == later


@pytest.mark.parametrize(
    ("day", "at", "due"),
    [
        (date(2027, 3, 28), time(2, 30), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),  # a gap: half past three
        (date(2027, 10, 31), time(2, 30), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),  # a fold: the first of the two
    ],
)
def test_one_message_leaves_where_the_clocks_skip_its_time_or_have_it_twice(errand, mailbox, day, at, due):
    actions.owe(
        kind="tests.errand", subject=1, person=PersonFactory(time_zone="Europe/Berlin"), at=AT, due_on=day, due_time=at
    )
    left = [minute for minute in range(-90, 150, 30) if deliver(due + timedelta(minutes=minute)).sent]
    assert left == [0]
    assert [notice.state for notice in Notice.objects.all()] == [NoticeState.SENT]
