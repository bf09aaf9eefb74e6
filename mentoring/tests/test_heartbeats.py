"""Celery's processes tell that they are at work, in the database that everybody asks."""

from __future__ import annotations

import time

import pytest
from django.test import Client

from mentoring.tests import journey
from notifications import heartbeats
from notifications.choices import Hand


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


def comes_true(question) -> bool:
    deadline = time.monotonic() + 30
    while not question():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
