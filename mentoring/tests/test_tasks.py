"""What the beat sets off."""

from __future__ import annotations

import ast
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path

import psycopg2
import pytest
from celery.signals import before_task_publish
from django.conf import settings
from django.core.management import call_command
from django.db import connection

import clock
from matching.choices import RunState
from matching.models import MatchingRun
from matching.tests.factories import MatchingRunFactory, ProposalFactory, program_of_cora
from mentoring import tasks
from mentoring.tasks import look_after_everything, tick
from mentoring.tests.journey import database_url
from notifications import heartbeats, kinds
from notifications.actions import deliver_due, owe
from notifications.choices import Hand
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


def fall_over(**kwargs):
    raise RuntimeError("something went wrong")


@pytest.fixture
def rung() -> Iterator[list[tuple[str, str]]]:
    """Which queue heard of which task."""
    heard: list[tuple[str, str]] = []

    def hear(sender: str, routing_key: str, **kwargs: object) -> None:
        heard.append((routing_key, sender))

    before_task_publish.connect(hear)
    yield heard
    before_task_publish.disconnect(hear)


@pytest.fixture
def waiting_run() -> MatchingRun:
    program, cora = program_of_cora()
    run: MatchingRun = MatchingRunFactory(program=program, requested_by=cora)
    return run


@pytest.mark.django_db
def test_after_a_chore_that_fails_the_tick_tells_of_its_round_and_rings_for_searches_and_for_what_is_left(
    owed, mailoutbox, monkeypatch, rung, waiting_run, django_capture_on_commit_callbacks
):
    def deliver_while_more_comes(**kwargs):
        delivery = deliver_due(**kwargs)
        owed(1)
        return delivery

    monkeypatch.setattr(tasks, "CHORES", (fall_over,))
    monkeypatch.setattr(tasks, "deliver_due", deliver_while_more_comes)
    owed(1)
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ExceptionGroup):
        tick()
    assert len(mailoutbox) == 1
    assert [each.hand for each in heartbeats.pulses()] == [Hand.ROUND]
    assert sorted(rung) == [("celery", "mentoring.tick"), ("searches", "matching.solve_run")]
    waiting_run.refresh_from_db()
    assert waiting_run.state == RunState.QUEUED, "no tick is held up by a search"


@pytest.mark.django_db
def test_where_delivery_fails_searches_are_rung_for_all_the_same(
    monkeypatch, rung, waiting_run, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(tasks, "deliver_due", fall_over)
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ExceptionGroup):
        tick()
    assert heartbeats.pulses() == [], "nothing was delivered"
    assert rung == [("searches", "matching.solve_run")]


@pytest.mark.django_db
def test_the_command_searches_although_a_chore_fails(monkeypatch, waiting_run):
    monkeypatch.setattr(tasks, "CHORES", (fall_over,))
    with pytest.raises(ExceptionGroup):
        call_command("deliver_due", stdout=StringIO())
    waiting_run.refresh_from_db()
    assert waiting_run.finished_at is not None


@pytest.mark.django_db
def test_the_command_tells_what_it_sent_although_a_chore_fails(owed, mailoutbox, monkeypatch):
    monkeypatch.setattr(tasks, "CHORES", (fall_over,))
    owed(2)
    said = StringIO()
    with pytest.raises(ExceptionGroup) as told:
        call_command("deliver_due", stdout=said)
    assert [str(error) for error in told.value.exceptions] == ["something went wrong"]
    assert said.getvalue().startswith("2 sent,")


@pytest.mark.django_db(transaction=True)
def test_a_loop_that_is_interrupted_twice_ends_at_once(monkeypatch):
    went_on = []

    def interrupted(*, at):
        os.kill(os.getpid(), signal.SIGINT)
        went_on.append("once")
        os.kill(os.getpid(), signal.SIGINT)
        raise SystemExit("went on twice")

    monkeypatch.setattr(tasks, "CHORES", (interrupted,))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # as in a terminal
    try:
        with pytest.raises(KeyboardInterrupt):
            call_command("deliver_due", "--loop", stdout=StringIO())
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
    assert went_on == ["once"]


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
    assert tick()["sent"] == 3
    assert len(begun) == 1, "nobody else looks after everything"
    with somebody_else_holding(tasks.THE_HELP):
        owed(1)
        assert tick()["sent"] == 0
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
