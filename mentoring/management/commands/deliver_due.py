"""Everything a worker does, without Celery or Redis."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from mentoring.tasks import look_after_everything

ALL = 1_000_000


class Command(BaseCommand):
    help = (
        "Send every message that is due and solve searches that wait, then stop. With --loop, look again every minute."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="keep looking until interrupted")
        parser.add_argument("--every", type=int, default=60, metavar="SECONDS", help="how often --loop looks")

    def handle(self, *args: Any, **options: Any) -> None:
        while True:
            delivery, runs = look_after_everything(limit=ALL)
            self.stdout.write(
                f"{delivery.sent} sent, {delivery.cancelled} no longer needed, {delivery.missed} too late, "
                f"{delivery.put_off} put off, {delivery.failed} refused; {runs} searches solved."
            )
            if not options["loop"]:
                return
            close_old_connections()
            time.sleep(options["every"])
