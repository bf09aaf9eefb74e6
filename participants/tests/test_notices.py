from __future__ import annotations

from datetime import timedelta

import pytest

from notifications import kinds
from notifications.models import Notice
from participants import actions
from participants.tests.conftest import NOON
from programs.choices import Side, Stage


@pytest.fixture
def volunteer(program, mina):
    return lambda **told: actions.volunteer(program=program, side=Side.MENTOR, by=mina, at=NOON, **told)


def composed():
    notice = Notice.objects.latest("pk")
    return kinds.named(notice.kind).compose(notice, NOON + timedelta(days=3))


def test_a_volunteer_is_told_that_they_are_in_the_pool(volunteer, program):
    volunteer(charter_agreed=True)
    message = composed()
    assert message.subject == "You are in the pool of Two-Way Northwind"
    assert message.link == f"/programs/{program.pk}/"


def test_no_message_names_what_somebody_told(volunteer, told):
    volunteer(**told)
    text = repr(composed())
    assert "Two-Way Northwind" in text
    for private in ("CANARY", "nurse", "heard once", "Budgeting", "Social media", "Rowing"):
        assert private not in text


def test_who_withdrew_is_written_nothing(volunteer, mina):
    participation = volunteer(charter_agreed=True)
    actions.withdraw(participation, by=mina, at=NOON)
    assert composed() is None


def test_the_reminder_of_the_charter_is_for_those_who_left_it_open(volunteer, program, mina):
    participation = volunteer()
    assert composed().link == f"/programs/{program.pk}/charter/"
    reminder = Notice.objects.get()
    actions.change_profile(participation, by=mina, at=NOON, charter_agreed=True)
    assert kinds.named(reminder.kind).compose(reminder, NOON) is None


def test_the_reminder_of_the_charter_ends_with_enrolment(volunteer, program):
    volunteer()
    program.stage = Stage.MATCHING
    program.save()
    assert composed() is None
