"""Everything a worker does, without Celery or Redis."""

from __future__ import annotations

import logging
import os
import socket
import time
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

import clock
from matching.actions import solve_waiting_runs
from mentoring.tasks import ROUND, keep_house, look_after_everything
from notifications import heartbeats
from notifications.choices import Hand
from notifications.delivery import Delivery

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Send every message that is due and solve searches that wait, then stop. With --loop, look again every minute."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="keep looking until interrupted")
        parser.add_argument("--every", type=int, default=60, metavar="SECONDS", help="how often --loop looks")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["loop"]:
            self._tell(look_after_everything(), solve_waiting_runs(at=clock.now()))
            return
        name, patience = f"{socket.gethostname()}:{os.getpid()}", ROUND + timedelta(seconds=options["every"])
        while True:
            begun = time.monotonic()
            close_old_connections()
            try:
                heartbeats.note(Hand.LOOP, name, again_within=patience + heartbeats.SILENT_AFTER)
                self._tell(*keep_house())
            except Exception:
                # A database that restarts, or one thing that went wrong, must not end the loop everything hangs on.
                log.exception("This round failed; the next one tries again.")
            time.sleep(max(0.0, options["every"] - (time.monotonic() - begun)))

    def _tell(self, delivery: Delivery, runs: int) -> None:
        self.stdout.write(
            f"{delivery.sent} sent, {delivery.cancelled} no longer needed, {delivery.missed} too late, "
            f"{delivery.put_off} put off, {delivery.unknown} perhaps arrived, {delivery.failed} refused; "
            f"{runs} searches solved."
        )
