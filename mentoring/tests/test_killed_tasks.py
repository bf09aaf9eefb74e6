"""Every task run twice, by two at once, and by a worker that dies at any of its statements comes to the same end.

A worker that dies says nothing more to the database, and what it had not committed is taken back. Here it dies inside
of a transaction of the test, so that each death begins from the same world; real processes die in ``mentoring.faults``.
"""

from __future__ import annotations

import json
import os
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction

import clock
from matching.actions import request_run
from matching.tasks import solve_run
from mentoring.access import Who
from mentoring.celery import app
from mentoring.tasks import tick
from mentoring.tests.world import World, build
from participants.actions import withdraw
from participants.models import Draft
from people import actions as people
from people.directory_import import Options
from people.models import DirectoryImport
from people.tasks import carry_out_import
from programs.choices import Stage
from programs.models import Program

LATER = timedelta(minutes=20)
"""By then every lease has run out."""
EVERY_STATEMENT = bool(os.environ.get("UPWELL_LONG_PROOFS"))
MANY = 8
"""The short version dies before the first statement of each kind that changes a row; of more than so many, before each
second."""


def a_tick(world: World) -> Callable[[], Any]:
    """With something to do for it: a proposal nobody can answer any more, a draft to forget, an import and messages."""
    withdraw(world.proposal.mentor, by=world.proposal.mentor.person, at=clock.now())
    Draft.objects.create(
        program=world.elsewhere, person=world.people[Who.STRANGER], side="mentor", answers=None, data_key=None,
        saved_at=clock.now() - timedelta(days=900),
    )  # fmt: skip
    an_import(world)
    return tick


def a_search(world: World) -> Callable[[], Any]:
    Program.objects.filter(pk=world.program.pk).update(stage=Stage.MATCHING)
    world.program.refresh_from_db()
    run = request_run(world.program, by=world.people[Who.COORDINATOR], at=clock.now())
    return lambda: solve_run(str(run.pk))


def an_import(world: World) -> Callable[[], Any]:
    DirectoryImport.objects.all().delete()
    ada, file = (
        world.people[Who.ADMINISTRATOR],
        b"employee_id,first_name,last_name,email\nN-1,Nia,New,nia@example.org\n",
    )
    found = people.upload_import(file_name="people.csv", content=file, by=ada, at=clock.now())
    found = people.request_import(people.check_import(found, options=Options(), by=ada), by=ada)
    return lambda: carry_out_import(str(found.pk))


TASKS: dict[str, Callable[[World], Callable[[], Any]]] = {
    "mentoring.tick": a_tick, "matching.solve_run": a_search, "people.carry_out_import": an_import,
}  # fmt: skip


def test_no_task_is_forgotten():
    app.loader.import_default_modules()
    assert sorted(name for name in app.tasks if not name.startswith("celery.")) == sorted(TASKS)


class Dies(BaseException):
    """What no handler catches."""


@dataclass
class Worker:
    """Counts the statements that go to the database, and falls silent before one of them."""

    dies_before: int | None = None
    said: list[str] = field(default_factory=list)
    changes: dict[str, int] = field(default_factory=dict)
    """Where the first of each kind stands that changed a row."""
    is_dead: bool = False

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")):
            return execute(sql, params, many, context)  # the edges of transactions, nested in the test's own
        if self.is_dead or len(self.said) == self.dies_before:
            self.is_dead = True
            raise Dies
        self.said.append(sql)
        answer = execute(sql, params, many, context)
        if sql.startswith(("INSERT", "UPDATE", "DELETE", "WITH")) and context["cursor"].rowcount:
            self.changes.setdefault(sql[:80], len(self.said) - 1)
        return answer


@pytest.fixture
def time(monkeypatch) -> Callable[[timedelta], None]:
    """time(passes): the clock of the site stands so much after the beginning."""
    begun = clock.now()

    def stand(after: timedelta) -> None:
        monkeypatch.setattr(clock, "now", lambda: begun + after)

    stand(timedelta(0))
    return stand


@pytest.fixture
def numbers(transactional_db) -> Iterator[None]:
    """Numbers go on afterwards where they stood before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema()")
        stood = cursor.fetchall()
    yield
    with connection.cursor() as cursor:
        for name, last in stood:
            cursor.execute("SELECT setval(quote_ident(%s), %s, %s)", [name, last or 1, last is not None])


@pytest.fixture(params=sorted(TASKS))
def task(request, time, settings, numbers, any_time) -> Callable[[], Any]:
    """At any hour and one by one: what a day's message gathers depends on when it leaves, and so on who died before."""
    settings.MAIL_LINES = 1  # one thread, whose statements can be counted
    return TASKS[request.param](build())


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        numbers_from_a_million()
        yield
        transaction.set_rollback(True)
    let_go()


def numbers_from_a_million() -> None:
    """What a task adds gets numbers that can be told from those of the world."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(quote_ident(schemaname) || '.' || quote_ident(sequencename), 1000000)"
            " FROM pg_sequences WHERE schemaname = current_schema()"
        )


def worker_of(task: Callable[[], Any], dies_before: int | None = None) -> Worker:
    worker = Worker(dies_before)
    with connection.execute_wrapper(worker), transactions_of_their_own(), suppress(Dies):
        task()
    let_go()
    return worker


@contextmanager
def transactions_of_their_own() -> Iterator[None]:
    """Where Django lets a block share the transaction around it, there is none around it in a worker, so that what
    dies in it is taken back alone. Here there is the test's."""
    begin = transaction.Atomic.__init__
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            transaction.Atomic, "__init__", lambda self, using, savepoint, durable: begin(self, using, True, durable)
        )
        yield


def let_go() -> None:
    """What the database does itself when a session ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock_all()")


def the_end(task: Callable[[], Any], time: Callable[[timedelta], None]) -> dict[str, list[str]]:
    """After the task has been run again (in the long version twice), whatever became of it before: every row, without
    what is only a matter of when and how often."""
    for place in (1, 2) if EVERY_STATEMENT else (1,):
        time(place * LATER)
        task()
    time(timedelta(0))
    with connection.cursor() as cursor:
        found = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT row_to_json(each) FROM {connection.ops.quote_name(table)} AS each")  # noqa: S608
            found[table] = sorted(told(row) for (row,) in cursor.fetchall())
    return found


PASSING = {
    "attempts",
    "in_doubt",
    "again_at",
    "leased_until",
    "take_up_at",
    "message_id",
    "seconds",
    "sort_name",
    "password",
}
NUMBERS = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.\d]*(?:[+Z][\d:]*)?"
    r"|\b1\d{6}\b|\\\\x[0-9a-f]{40,}"
)


def told(row: Any) -> str:
    row = json.loads(row) if isinstance(row, str) else row
    return NUMBERS.sub("…", json.dumps({name: row[name] for name in row if name not in PASSING}, sort_keys=True))


def copies() -> Counter[str]:
    return Counter(str(message.extra_headers["Message-ID"]) for message in mail.outbox)


def places(worker: Worker) -> list[int]:
    """Before which statements it is to die."""
    if EVERY_STATEMENT:
        return list(range(len(worker.said)))
    changing = list(worker.changes.values())
    return sorted({*changing[:: 2 if len(changing) > MANY else 1], len(worker.said) - 1})


@pytest.mark.django_db(transaction=True)
def test_a_task_comes_to_the_same_end_however_often_it_is_run_and_wherever_it_dies(task, time):
    with taken_back():
        whole = worker_of(task)
        assert len(whole.said) > 3
        end = the_end(task, time)
        left = copies()
        assert the_end(task, time) == end, "run again"
    assert set(left.values()) <= {1}

    deaths = 0
    for place in places(whole):
        mail.outbox.clear()
        with taken_back():
            deaths += worker_of(task, dies_before=place).is_dead  # a search says how far it is by the clock on the wall
            assert the_end(task, time) == end, f"it died before: {whole.said[place]}"
        assert sum(count - 1 for count in copies().values()) <= 1, "one message was in its hands"
        assert set(copies()) == set(left)
    assert deaths > 2

    mail.outbox.clear()
    numbers_from_a_million()
    barrier = threading.Barrier(2)

    def at_once() -> None:
        barrier.wait()
        task()
        connection.close()

    threads = [threading.Thread(target=at_once) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert the_end(task, time) == end, "two at once"
    assert copies() == left
