"""The short version of ``make faults``: two loops without Celery or Redis, killed and cut off while messages leave."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random

import pytest
from django.db import DatabaseError, connection

import clock
from mentoring.faults import errand
from mentoring.faults.account import Account, Fault, read_taken, read_told, rows_of_the_outbox
from mentoring.faults.site import CHECKOUT
from mentoring.local import processes
from mentoring.local.processes import Child
from mentoring.tests.journey import database_url
from notifications import kinds
from notifications.models import Notice
from people.models import Person

MESSAGES, LEASE = 240, 3.0


class Loops:
    """Two processes that deliver, and begin again when they are killed, and a mail server on a bad day."""

    def __init__(self, folder, port: int) -> None:
        self.folder, self.port = folder, port
        self.env = os.environ | {
            "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "mentoring.faults.settings",
            "UPWELL_SMTP_HOST": "127.0.0.1", "UPWELL_SMTP_PORT": str(port), "FAULTS_LEASE": str(LEASE),
            "REDIS_URL": "redis://127.0.0.1:1/0",
        }  # fmt: skip
        self.loops = [self.begin(), self.begin()]
        self.faults: list[Fault] = []

    def begin(self) -> Child:
        command = [sys.executable, "manage.py", "deliver_due", "--loop", "--every", "1"]
        return processes.start("loop", command, env=self.env, cwd=CHECKOUT, log=self.folder / f"{time.time()}.log")

    def kill(self, number: int) -> None:
        self.faults.append(Fault(time.time(), f"kill -9 loop {number}", kills=True))
        self.loops[number].process.kill()
        self.loops[number].process.wait()
        self.loops[number] = self.begin()

    def cut_off(self) -> None:
        """As a crash of PostgreSQL: every session but ours ends in the middle of what it does."""
        self.faults.append(Fault(time.time(), "every session of the database ended"))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_whatever_dies_nothing_is_lost_and_nothing_comes_twice_that_nobody_died_over(tmp_path, monkeypatch):
    monkeypatch.setattr(kinds, "_register", {**kinds._register})
    errand.register()
    port, taken = processes.free_port(), tmp_path / "taken"
    sink = processes.start(
        "sink", [sys.executable, "-m", "mentoring.faults.sink", str(port), str(taken), "3", "calm"], cwd=CHECKOUT
    )
    people = errand.some_people(MESSAGES // len(errand.OF_ONE_PERSON))
    loops = Loops(tmp_path, port)
    owing = threading.Thread(target=owe_all, args=(people,))
    owing.start()
    try:
        storm, dice = taken.with_suffix(".storm"), Random(5)
        for number, some in enumerate((25, 75)):
            comes_true(partial(has_taken, taken, some))
            time.sleep(dice.random() / 20)
            loops.kill(number % 2)
            if number % 2:
                loops.cut_off()
        storm.touch()
        time.sleep(0.3)
        storm.unlink()
        comes_true(lambda: not owing.is_alive())
        comes_true(lambda: not Notice.objects.unfinished().exists())
    finally:
        owing.join()
        processes.stop([*loops.loops, sink])
    told = read_told(taken)
    account = Account(MESSAGES, rows_of_the_outbox(), read_taken(taken), frozenset(), loops.faults, [], told)
    assert account.judge() == []
    assert {len(numbers) for ways in told.values() for numbers in ways} == {1, 3}, "each person has two messages"
    assert len(account.copies()) <= 2 * sum(fault.kills for fault in loops.faults)


def has_taken(file: Path, some: int) -> bool:
    return len(read_taken(file)) >= some


def owe_all(people: list[Person]) -> None:
    for place, person in enumerate(people):
        while True:
            try:
                errand.owe_one_person(person, place, messages=MESSAGES, at=clock.now())
                break
            except DatabaseError:
                connection.close()
        time.sleep(0.02)
    connection.close()


def comes_true(question: Callable[[], bool], *, patience: float = 120.0) -> None:
    deadline = time.monotonic() + patience
    while not question():
        assert time.monotonic() < deadline, "It took too long."
        time.sleep(0.05)
