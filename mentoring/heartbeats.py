"""The heartbeats of Celery's processes; ``notifications.heartbeats`` keeps them.

A worker beats from the loop in which it hears the bell, and beat from the loop in which it rings. So a process that is
alive and no longer does either falls silent, too.
"""

from __future__ import annotations

import logging
import os
import socket
import time
from typing import Any, Final

from celery import bootsteps
from celery.beat import PersistentScheduler
from django.db import DatabaseError, InterfaceError, connection

log = logging.getLogger(__name__)

# Celery names the class of its scheduler and imports this module before Django is ready.
EVERY: Final = 15.0


class WorkerHeartbeat(bootsteps.StartStopStep):
    requires = ("celery.worker.components:Timer",)

    def __init__(self, worker: Any, **kwargs: Any) -> None:
        super().__init__(worker, **kwargs)
        self._entries: list[Any] = []

    def start(self, worker: Any) -> None:
        from notifications.choices import Hand

        beat = (_note, (Hand.WORKER, worker.hostname))
        self._entries = [worker.timer.call_after(0.0, *beat), worker.timer.call_repeatedly(EVERY, *beat)]

    def stop(self, worker: Any) -> None:
        from notifications.choices import Hand

        for entry in self._entries:
            entry.cancel()
        _forget(Hand.WORKER, worker.hostname)


class Scheduler(PersistentScheduler):
    """Celery's own, and a heartbeat."""

    _noted = 0.0
    _name = f"{socket.gethostname()}:{os.getpid()}"

    def tick(self, *args: Any, **kwargs: Any) -> float:
        from notifications.choices import Hand

        wait: float = super().tick(*args, **kwargs)
        if time.monotonic() - self._noted >= EVERY:
            self._noted = time.monotonic()
            _note(Hand.BEAT, self._name)
        return min(wait, EVERY)

    def close(self) -> None:
        from notifications.choices import Hand

        _forget(Hand.BEAT, self._name)
        super().close()


def _note(hand: Any, name: str) -> None:
    from notifications.heartbeats import note

    _kept(note, hand, name)


def _forget(hand: Any, name: str) -> None:
    from notifications.heartbeats import forget

    _kept(forget, hand, name)


def _kept(write: Any, hand: Any, name: str) -> None:
    """A database that is away stops nobody. The connection is not kept, for a worker forks."""
    try:
        write(hand, name)
    except (DatabaseError, InterfaceError) as away:
        log.warning("The heartbeat of %s could not be noted: %s.", name, type(away).__name__)
    finally:
        connection.close()
