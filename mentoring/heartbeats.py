"""The heartbeats of Celery's processes; ``notifications.heartbeats`` keeps them.

A worker beats from the loop in which it hears the bell, and beat from the loop in which it rings. So a process that is
alive and no longer does either falls silent, too.

With each heartbeat a worker that delivers asks whether something could leave, and rings for itself if so. Then nothing
waits for the next minute: not what a crash held up, not what was due while no beat was alive.
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
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

# Celery names the class of its scheduler and imports this module before Django is ready.
EVERY: Final = 15.0


class WorkerHeartbeat(bootsteps.StartStopStep):
    requires = ("celery.worker.components:Timer",)

    def __init__(self, worker: Any, **kwargs: Any) -> None:
        super().__init__(worker, **kwargs)
        self._entries: list[Any] = []

    def start(self, worker: Any) -> None:
        beat = (_beat_of_a_worker, (worker.app, _hands_of(worker), worker.hostname))
        self._entries = [worker.timer.call_after(0.0, *beat), worker.timer.call_repeatedly(EVERY, *beat)]

    def stop(self, worker: Any) -> None:
        for entry in self._entries:
            entry.cancel()
        for hand in _hands_of(worker):
            _forget(hand, worker.hostname)


def _hands_of(worker: Any) -> list[Any]:
    """What it has a hand in, by the queues it hears: one that only searches delivers nothing."""
    from notifications.choices import Hand

    heard = worker.app.amqp.queues.consume_from
    return [hand for queue, hand in (("celery", Hand.WORKER), ("searches", Hand.SEARCHES)) if queue in heard]


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


def _beat_of_a_worker(app: Any, hands: list[Any], name: str) -> None:
    from notifications.choices import Hand
    from notifications.heartbeats import note

    for hand in hands:
        _kept(note, hand, name)
    if Hand.WORKER in hands:
        _kept(_ring_if_something_waits, app, name)


def _ring_if_something_waits(app: Any, name: str) -> None:
    import clock
    from notifications.models import Notice

    if not Notice.objects.due(clock.now()).exists():
        return
    try:
        app.send_task("mentoring.tick", expires=EVERY, retry=False)
    except OperationalError as away:
        log.warning("%s could not ring: %s.", name, type(away).__name__)


def _note(hand: Any, name: str) -> None:
    from notifications.heartbeats import note

    _kept(note, hand, name)


def _forget(hand: Any, name: str) -> None:
    from notifications.heartbeats import forget

    _kept(forget, hand, name)


def _kept(work: Any, what: Any, name: str) -> None:
    """A database that is away stops nobody. The connection is not kept, for a worker forks."""
    try:
        work(what, name)
    except (DatabaseError, InterfaceError) as away:
        log.warning("The database is away from %s: %s.", name, type(away).__name__)
    finally:
        connection.close()
