"""The week at the desk, by mail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dashboards.digest import DIGEST, owe_digests
from notifications import kinds
from notifications.models import Notice
from people.tests.factories import CoraFactory, PersonFactory, SiaFactory
from programs.choices import Duty, Stage
from programs.tests.factories import program_with

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


@pytest.fixture
def program():
    return program_with(CoraFactory(time_zone="UTC"), SiaFactory(), stage=Stage.ENROLMENT)


def composed(at=FRIDAY):
    notice = Notice.objects.filter(kind=DIGEST).latest("due_on")
    return kinds.named(DIGEST).compose(notice, at)


def test_each_coordinator_is_owed_one_for_each_monday_however_often_the_tick_comes(program):
    for hours in range(0, 200, 5):
        owe_digests(at=FRIDAY + timedelta(hours=hours))
    owed = Notice.objects.filter(kind=DIGEST).values_list("person__given_name", "due_on")
    assert sorted((name, str(day)) for name, day in owed) == [("Cora", "2026-11-30"), ("Cora", "2026-12-07")]
    assert owe_digests(at=FRIDAY + timedelta(hours=199)) == 0


def test_it_says_what_asks_something_and_names_nobody(program):
    owe_digests(at=FRIDAY)
    message = composed()
    assert message is not None
    assert message.subject == "Your week at the desk: one thing needs you"
    assert "volunteered so far" in message.paragraphs[0]
    assert str(program) in message.paragraphs[0]


def test_nothing_leaves_where_nothing_asks_or_the_program_sends_none(program):
    owe_digests(at=FRIDAY)
    type(program).objects.update(weekly_digest=False)
    assert composed() is None
    Notice.objects.all().delete()
    assert owe_digests(at=FRIDAY) == 0


def test_whoever_coordinates_only_closed_programs_is_left_alone(program):
    closed = program_with(PersonFactory(is_coordinator=True), PersonFactory(), stage=Stage.CLOSED)
    assert closed.duties.filter(duty=Duty.COORDINATOR).exists()
    owe_digests(at=FRIDAY)
    assert [notice.person.given_name for notice in Notice.objects.filter(kind=DIGEST)] == ["Cora"]
    type(program).objects.update(stage=Stage.CLOSED)
    Notice.objects.all().delete()
    assert owe_digests(at=FRIDAY) == 0
