"""Everything a worker does, without Celery or Redis."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from argparse import ArgumentParser
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

from django.core.management.base import BaseCommand
from django.db import close_old_connections, connection

import clock
from matching.actions import solve_waiting_runs
from mentoring.tasks import ROUND, Trouble, deliver_a_round, do_chores
from notifications import heartbeats
from notifications.choices import Hand
from notifications.claims import DATABASE_AWAY
from notifications.delivery import Delivery, deliver_due
from notifications.models import Notice

log = logging.getLogger(__name__)

ENDINGS: Final = (signal.SIGTERM, signal.SIGINT)
SOON: Final = 15.0
"""Seconds until the loop looks again where something could leave already: after a crash, or when time ran out."""


class Command(BaseCommand):
    help = (
        "Send every message that is due and solve searches that wait, then stop. With --loop, look again every minute."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="keep looking until interrupted")
        parser.add_argument("--every", type=int, default=60, metavar="SECONDS", help="how often --loop looks")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["loop"]:
            trouble = Trouble()
            do_chores(trouble)
            with trouble.noted("delivery"):
                self._tell(deliver_due(clock=clock.now))
            with trouble.noted("searches"):
                self._tell_searches(solve_waiting_runs(at=clock.now()))
            trouble.tell()
            return
        name, asked_to_end = f"{socket.gethostname()}:{os.getpid()}", threading.Event()
        before = {number: signal.getsignal(number) for number in ENDINGS}

        def end(*_: object) -> None:
            """Whoever presses Ctrl-C again does not want to wait for what is in hand."""
            asked_to_end.set()
            signal.signal(signal.SIGINT, before[signal.SIGINT])

        for number in ENDINGS:
            signal.signal(number, end)
        try:
            self._loop(float(options["every"]), name, asked_to_end)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        with suppress(*DATABASE_AWAY):
            heartbeats.forget(Hand.LOOP, name)

    def _loop(self, every: float, name: str, asked_to_end: threading.Event) -> None:
        """Until somebody asks it to end; then what it has in hand is still sent and noted."""
        searching = threading.Thread()
        while not asked_to_end.is_set():
            begun = time.monotonic()
            close_old_connections()
            wait, trouble = every, Trouble()
            # A database that restarts, or one thing that went wrong, must not end the loop everything hangs on.
            with trouble.noted("a round of the loop"):
                patience = ROUND + timedelta(seconds=every) + heartbeats.SILENT_AFTER
                heartbeats.note(Hand.LOOP, name, again_within=patience)
                self._tell(deliver_a_round(trouble, asked_to_end))
                if Notice.objects.due(clock.now()).exists():
                    wait = min(every, SOON)
            if trouble.failed:
                wait = min(every, SOON)
            if not searching.is_alive():  # a search may last half an hour, and messages do not wait for it
                searching = threading.Thread(target=self._search, daemon=True)
                searching.start()
            asked_to_end.wait(max(0.0, wait - (time.monotonic() - begun)))

    def _search(self) -> None:
        try:
            self._tell_searches(solve_waiting_runs(at=clock.now()))
        except Exception:
            log.exception("A search failed; the next round takes it up.")
        finally:
            connection.close()

    def _tell(self, delivery: Delivery) -> None:
        self.stdout.write(
            f"{delivery.sent} sent, {delivery.cancelled} no longer needed, {delivery.missed} too late, "
            f"{delivery.put_off} put off, {delivery.unknown} perhaps arrived, {delivery.failed} refused."
        )

    def _tell_searches(self, solved: int) -> None:
        if solved:
            self.stdout.write(f"{solved} {'search' if solved == 1 else 'searches'} solved.")
