"""Everything a worker does, without Celery or Redis."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any, Final

from django.core.management.base import BaseCommand
from django.db import close_old_connections, connection

import clock
from matching.actions import solve_waiting_runs
from mentoring.tasks import ROUND, deliver_a_round, look_after_everything
from notifications import heartbeats
from notifications.choices import Hand
from notifications.delivery import Delivery
from notifications.models import Notice

log = logging.getLogger(__name__)

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
            self._tell(look_after_everything())
            self._tell_searches(solve_waiting_runs(at=clock.now()))
            return
        every, name = float(options["every"]), f"{socket.gethostname()}:{os.getpid()}"
        searching = threading.Thread()
        while True:
            begun = time.monotonic()
            close_old_connections()
            wait = every
            try:
                patience = ROUND + timedelta(seconds=every) + heartbeats.SILENT_AFTER
                heartbeats.note(Hand.LOOP, name, again_within=patience)
                self._tell(deliver_a_round())
                if Notice.objects.due(clock.now()).exists():
                    wait = min(every, SOON)
            except Exception:
                # A database that restarts, or one thing that went wrong, must not end the loop everything hangs on.
                log.exception("This round failed; the next one tries again.")
                wait = min(every, SOON)
            if not searching.is_alive():  # a search may last half an hour, and messages do not wait for it
                searching = threading.Thread(target=self._search, daemon=True)
                searching.start()
            time.sleep(max(0.0, wait - (time.monotonic() - begun)))

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
