"""Nominal local times and what they mean, against Java."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from disclosure.tests.proofs import LONG
from notifications import rules
from notifications.tests import zones
from people.choices import TIME_ZONES

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
TABLE = list(zones.table())


def test_the_table_tells_of_every_zone_and_of_gaps_and_folds():
    named = {name for block in TABLE for name in block.names}
    assert len(named) > 550
    assert named >= TIME_ZONES, "the table knows nothing of a new zone: make it again"
    kinds = {run.kind for block in TABLE for change in block.changes for runs in change.days.values() for run in runs}
    assert kinds == {"", "g", "f"}


@pytest.mark.parametrize("block", TABLE, ids=lambda block: block.names[0])
def test_a_nominal_time_is_the_instant_java_says_it_is(block):
    """In a gap as much later as the clocks skip, in a fold the first of the two; else that very minute on the wall."""
    zone = block.zone()
    for change in block.changes:
        for day, runs in change.days.items():
            for at, run in zones.quarters(runs):
                if not (LONG or run.kind or at.minute == 0):
                    continue
                due = rules.due_at(day, zone=zone, not_before=LONG_AGO, time_of_day=at)
                nominal = datetime.combine(day, at, tzinfo=UTC)
                assert due == nominal - timedelta(minutes=run.behind), (day, at)
                skipped = timedelta(minutes=change.after - change.before) if run.kind == "g" else timedelta()
                on_the_wall = due.astimezone(zone).replace(tzinfo=None)
                assert on_the_wall == nominal.replace(tzinfo=None) + skipped, (day, at)
    if not block.changes:
        noon = datetime(2030, 7, 1, 12, tzinfo=UTC)
        due = rules.due_at(noon.date(), zone=zone, not_before=LONG_AGO, time_of_day=time(12))
        assert due == noon - timedelta(minutes=block.first)


def test_this_machine_knows_zones_as_java_does_where_their_rules_are_of_one_age():
    """A country may have changed its mind between the two; most have not."""
    agreeing = sum(_agrees(ZoneInfo(name), block) for block in TABLE for name in block.names if name in TIME_ZONES)
    assert agreeing > 0.9 * len(TIME_ZONES)


def _agrees(zone: ZoneInfo, block: zones.Zones) -> bool:
    return all(
        rules.due_at(day, zone=zone, not_before=LONG_AGO) == rules.due_at(day, zone=block.zone(), not_before=LONG_AGO)
        for change in block.changes[:4]
        for day in change.days
    )


def test_what_is_owed_after_its_time_of_day_is_due_at_once():
    noon = datetime(2026, 12, 1, 12, tzinfo=UTC)
    assert rules.due_at(date(2026, 12, 1), zone=ZoneInfo("UTC"), not_before=noon) == noon
