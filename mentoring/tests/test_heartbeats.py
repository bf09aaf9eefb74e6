"""Celery's processes tell that they are at work, in the database that everybody asks."""

from __future__ import annotations

import time

import pytest
from django.test import Client

import clock
from mentoring.tests import journey
from notifications import heartbeats, kinds
from notifications.actions import owe
from notifications.choices import Hand
from notifications.models import Notice
from people.tests.factories import PersonFactory


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_a_worker_and_a_beat_are_heard_of_and_not_missed_once_they_end(settings, tmp_path):
    with journey.a_scene(settings, tmp_path) as scene:
        wanted = {Hand.WORKER, Hand.BEAT, Hand.ROUND}
        assert comes_true(lambda: {each.hand for each in heartbeats.pulses()} == wanted), scene.worker.last_words
        assert [each for each in heartbeats.pulses() if each.is_silent] == []
        assert Client().get("/healthz/ready").status_code == 200
        scene.worker.stop()
        assert {each.hand for each in heartbeats.pulses()} == {Hand.ROUND}
        assert Client().get("/healthz/ready").json()["worker"] is False


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_a_worker_rings_for_itself_where_something_waits_and_no_beat_is_alive(tmp_path):
    """So nothing waits for the next minute after a crash, and a beat that is dead holds nothing up."""
    kind = next(kind.name for kind in kinds.all_kinds() if kind.urgency is kinds.Urgency.AT_ONCE)
    owe(kind=kind, subject=1, person=PersonFactory(is_active=False), at=clock.now())
    with journey.a_broker(tmp_path) as broker:
        worker = journey.Worker(tmp_path, {"DATABASE_URL": journey.database_url(), **broker})
        worker.begin(beat=False)
        try:
            assert comes_true(lambda: not Notice.objects.unfinished().exists()), worker.last_words
        finally:
            worker.stop()


def comes_true(question) -> bool:
    deadline = time.monotonic() + 30
    while not question():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
