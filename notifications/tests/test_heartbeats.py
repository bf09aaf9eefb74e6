"""Who is at work, by the clock of the database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F

from notifications import heartbeats
from notifications.choices import Hand
from notifications.models import Heartbeat

pytestmark = pytest.mark.django_db


def pass_by(span: timedelta) -> None:
    Heartbeat.objects.update(seen_at=F("seen_at") - span, expected_by=F("expected_by") - span)


@pytest.mark.parametrize("hand", [Hand.WORKER, Hand.LOOP])
def test_somebody_delivers_until_it_falls_silent_or_ends(hand):
    assert not heartbeats.somebody_delivers()
    heartbeats.note(hand, "one@here")
    assert heartbeats.somebody_delivers()
    pass_by(heartbeats.SILENT_AFTER + timedelta(seconds=1))
    assert not heartbeats.somebody_delivers()
    (pulse,) = heartbeats.pulses()
    assert (pulse.hand, pulse.name, pulse.is_silent) == (hand, "one@here", True)
    assert timedelta(seconds=45) < pulse.ago < timedelta(minutes=1)
    heartbeats.note(hand, "one@here")
    assert heartbeats.somebody_delivers()
    heartbeats.forget(hand, "one@here")
    assert heartbeats.pulses() == []


@pytest.mark.parametrize("hand", [Hand.BEAT, Hand.ROUND])
def test_a_bell_without_hands_delivers_nothing(hand):
    heartbeats.note(hand, "one")
    assert not heartbeats.somebody_delivers()


def test_each_has_a_row_of_its_own_and_what_died_long_ago_goes():
    for name in ("one", "other"):
        heartbeats.note(Hand.WORKER, name)
    assert [each.name for each in heartbeats.pulses()] == ["one", "other"]
    pass_by(heartbeats.FORGOTTEN_AFTER + heartbeats.SILENT_AFTER)
    heartbeats.note(Hand.WORKER, "new")
    assert [each.name for each in heartbeats.pulses()] == ["new"]
