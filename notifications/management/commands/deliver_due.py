"""Deliver what is due without Celery or Redis."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

import clock
from notifications import actions


class Command(BaseCommand):
    help = "Send every notice that is due, then stop. With --loop, look again every minute until interrupted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="keep looking, once a minute")
        parser.add_argument("--every", type=int, default=60, metavar="SECONDS", help="how often --loop looks")

    def handle(self, *args: Any, **options: Any) -> None:
        while True:
            delivery = actions.deliver_due(clock=clock.now, limit=1_000_000)
            self.stdout.write(
                f"{delivery.sent} sent, {delivery.cancelled} no longer needed, {delivery.missed} too late, "
                f"{delivery.put_off} put off, {delivery.failed} refused."
            )
            if not options["loop"]:
                return
            close_old_connections()
            time.sleep(options["every"])
