"""Celery's processes tell that they are at work, in the database that everybody asks."""

from __future__ import annotations

import os
import signal
import sys
import time

import pytest
from django.test import Client

import clock
from matching.choices import RunState
from matching.models import MatchingRun
from matching.tests.factories import MatchingRunFactory, program_of_cora
from mentoring.local import processes
from mentoring.tests import journey
from notifications import heartbeats, kinds
from notifications.actions import owe
from notifications.choices import Hand
from notifications.models import Notice
from people.tests.factories import PersonFactory


def hands() -> set[str]:
    return {each.hand for each in heartbeats.pulses()}


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
            assert comes_true(lambda: hands() == {Hand.WORKER, Hand.SEARCHES, Hand.ROUND}), "it hears both bells"
        finally:
            worker.stop()
        assert hands() == {Hand.ROUND}


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_a_loop_that_ends_as_it_is_asked_to_is_not_missed(tmp_path, asked):
    loop = processes.start(
        "loop", [sys.executable, "manage.py", "deliver_due", "--loop"], cwd=journey.CHECKOUT, log=tmp_path / "loop.log",
        env={**os.environ, "DATABASE_URL": journey.database_url()},
    )  # fmt: skip
    try:
        assert comes_true(lambda: Hand.ROUND in hands()), loop.last_words()
        assert Hand.LOOP in hands()
        loop.process.send_signal(asked)
        assert loop.process.wait(20) == 0
        assert hands() == {Hand.ROUND}
    finally:
        processes.stop([loop])


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_searches_hold_up_no_mail_for_workers_of_their_own_carry_them_out(tmp_path):
    """And each process is heard of, and not missed once it ends."""
    program, cora = program_of_cora()
    kind = next(kind.name for kind in kinds.all_kinds() if kind.urgency is kinds.Urgency.AT_ONCE)
    with journey.a_broker(tmp_path) as broker:
        variables = {"DATABASE_URL": journey.database_url(), "UPWELL_TICK_SECONDS": "1", **broker}
        delivers, searches = journey.Worker(tmp_path, variables), journey.Worker(tmp_path / "other", variables)
        searches.folder.mkdir()
        try:
            delivers.begin(queues="celery")
            run = MatchingRunFactory(program=program, requested_by=cora)
            owe(kind=kind, subject=1, person=PersonFactory(is_active=False), at=clock.now())
            owed = Notice.objects.unfinished().filter(kind=kind)
            assert comes_true(lambda: not owed.exists()), delivers.last_words
            assert comes_true(lambda: hands() == {Hand.WORKER, Hand.BEAT, Hand.ROUND}), delivers.last_words
            assert not MatchingRun.objects.exclude(pk=run.pk, state=RunState.QUEUED).exists()
            searches.begin(beat=False, queues="searches")
            assert comes_true(lambda: MatchingRun.objects.filter(finished_at__isnull=False).exists()), (
                delivers.last_words + searches.last_words
            )
            assert hands() == {Hand.WORKER, Hand.SEARCHES, Hand.BEAT, Hand.ROUND}
            assert [each for each in heartbeats.pulses() if each.is_silent] == []
            assert Client().get("/healthz/ready").status_code == 200
            delivers.stop()
            assert hands() == {Hand.SEARCHES, Hand.ROUND}
            assert Client().get("/healthz/ready").json()["worker"] is False, "one that searches delivers nothing"
            searches.stop()
            assert hands() == {Hand.ROUND}
        finally:
            delivers.stop()
            searches.stop()


def comes_true(question) -> bool:
    deadline = time.monotonic() + 30
    while not question():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
