"""What the beat sets off."""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

import clock
from matching.tests.factories import ProposalFactory
from mentoring import tasks
from mentoring.tasks import keep_house, look_after_everything, tick
from mentoring.tests.journey import database_url
from notifications import kinds
from notifications.actions import owe
from notifications.models import Notice
from notifications.tests.conftest import Errand
from participants.actions import withdraw
from participants.choices import WaitOutcome
from participants.models import Draft, WaitListEntry
from participants.rules import DRAFT_KEPT, KEPT_AFTER_WITHDRAWING, WAIT_KEPT
from people.tests.factories import PersonFactory


@pytest.fixture
def owed(monkeypatch, any_time) -> Callable[[int], None]:
    """owed(3): so many messages are due."""
    kind = kinds.Kind(name="tests.errand", description="A thing to do", compose=Errand().compose)
    monkeypatch.setattr(kinds, "_register", {**kinds._register, kind.name: kind})

    def owe_some(count: int) -> None:
        for _ in range(count):
            owe(kind=kind.name, subject=1, person=PersonFactory(), at=clock.now())

    return owe_some


@pytest.mark.django_db
def test_the_tick_closes_what_somebody_who_withdrew_would_have_answered_and_forgets_what_is_old():
    now = clock.now()
    proposal = ProposalFactory(proposed_at=now, expires_at=now + timedelta(days=7))
    mentor = proposal.mentor
    mentor.hobbies = ["Chess"]
    mentor.save()
    withdraw(mentor, by=mentor.person, at=now)

    look_after_everything()
    proposal.refresh_from_db()
    mentor.refresh_from_db()
    assert proposal.closed_at is not None
    assert mentor.hobbies == ["Chess"]

    mentor.withdrawn_at = now - KEPT_AFTER_WITHDRAWING
    mentor.save()
    old = {"program": mentor.program, "person": mentor.person, "side": mentor.side}
    Draft.objects.create(**old, saved_at=now - DRAFT_KEPT, data_key=None, answers=None)
    ended = now - WAIT_KEPT
    WaitListEntry.objects.create(**old, asked_at=ended, ended_at=ended, outcome=WaitOutcome.LEFT)
    look_after_everything()
    mentor.refresh_from_db()
    assert mentor.hobbies == []
    assert (Draft.objects.count(), WaitListEntry.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_a_chore_that_fails_keeps_no_mail_from_leaving_and_is_told(owed, mailoutbox, monkeypatch):
    def fall_over(*, at):
        raise RuntimeError("something with this chore")

    monkeypatch.setattr(tasks, "CHORES", (fall_over, *tasks.CHORES))
    owed(1)
    with pytest.raises(ExceptionGroup) as told:
        look_after_everything()
    assert [str(error) for error in told.value.exceptions] == ["something with this chore"]
    assert len(mailoutbox) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_ticks_at_once_one_looks_after_everything_and_the_other_delivers_meanwhile(
    owed, mailoutbox, monkeypatch
):
    """As of two beats, or of a tick that comes while one is held up. A third has nothing to do."""
    under_way, other_is_done, begun = threading.Event(), threading.Event(), []

    def wait(*, at):
        begun.append(at)
        under_way.set()
        assert other_is_done.wait(20)

    monkeypatch.setattr(tasks, "CHORES", (wait,))
    owed(3)

    told = {}

    def first():
        told["first"] = tick()
        connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert under_way.wait(20)
    assert keep_house()[0].sent == 3
    assert len(begun) == 1, "nobody else looks after everything"
    with somebody_else_holding(tasks.THE_HELP):
        owed(1)
        assert keep_house()[0].handled == 0
    other_is_done.set()
    thread.join()
    assert (told["first"]["sent"], len(mailoutbox)) == (1, 4)

    owed(1)
    assert tick()["sent"] == 1
    assert Notice.objects.unfinished().count() == 0


@contextmanager
def somebody_else_holding(what: int) -> Iterator[None]:
    """As another process would, over a connection of its own."""
    line = psycopg2.connect(database_url())
    with line, line.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [what])
        yield
    line.close()


def test_there_is_one_beat_a_minute_in_utc():
    assert (list(settings.CELERY_BEAT_SCHEDULE), settings.CELERY_TIMEZONE, settings.CELERY_ENABLE_UTC) == (
        ["tick"], "UTC", True,
    )  # fmt: skip
    assert settings.CELERY_BEAT_SCHEDULE["tick"]["schedule"] == timedelta(minutes=1)


def test_nothing_waits_in_the_broker_for_its_time():
    """A task with an ETA or a countdown is done twice once it waits longer than the broker's patience. When something
    is due stands in the database."""
    waiting = {"eta", "countdown", "autoretry_for", "retry_backoff", "default_retry_delay"}
    base = Path(settings.BASE_DIR)
    ours = {path.name for path in base.iterdir() if (path / "__init__.py").exists()}
    calls = [
        (path, call)
        for room in sorted(ours)
        for path in sorted((base / room).rglob("*.py"))
        if "tests" not in path.parts
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
    ]
    assert len(calls) > 1_000
    found = [f"{path}:{call.lineno}" for path, call in calls if waiting & {word.arg for word in call.keywords}]
    assert found == []
    assert settings.CELERY_BEAT_SCHEDULE["tick"]["options"] == {"expires": 60}
