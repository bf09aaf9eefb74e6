"""Several people, or one impatient one, at the same instant."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from time import monotonic
from typing import Any

from django.db import connection


def at_once(*doings: Callable[[], Any]) -> list[Exception]:
    """Do these at the same moment, each in a connection of its own; what went wrong."""
    together, failures = Barrier(len(doings)), []

    def run(doing: Callable[[], Any]) -> None:
        together.wait(timeout=10)
        try:
            doing()
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[doing]) for doing in doings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def while_another_waits(doing: Callable[[], Any], *, then: Callable[[], Any] = lambda: None) -> Callable[[], list[Any]]:
    """Start it in a connection of its own until it waits for a lock that this one holds, and do ``then`` before that is
    given back. Call the answer afterwards: what was answered, or went wrong."""
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.append(doing())
        except Exception as failure:
            outcome.append(failure)
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    _wait_for_a_lock()
    then()

    def ended() -> list[Any]:
        thread.join()
        return outcome

    return ended


def _wait_for_a_lock(most_seconds: float = 20) -> None:
    until = monotonic() + most_seconds
    with connection.cursor() as cursor:
        while monotonic() < until:
            cursor.execute("select exists (select 1 from pg_locks where not granted)")
            if cursor.fetchone()[0]:
                return
    raise AssertionError("Nobody waits for what this connection holds.")
