"""Let time pass in the demo."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

import clock
from mentoring.demo.clock import let_pass


class Command(BaseCommand):
    help = (
        "Move the demo's clock forward, as in: manage.py demo_clock +14d (or +6h). Without an argument: say the time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("by", nargs="?", default="", metavar="+14d")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Only the demo can move its clock.")
        if options["by"]:
            passed = let_pass(_span(options["by"]))
            self.stdout.write(f"{passed.sent} messages were sent meanwhile.")
        self.stdout.write(f"It is {clock.now():%A, %d %B %Y, %H:%M} UTC.")


def _span(words: str) -> timedelta:
    match = re.fullmatch(r"\+(\d{1,4})([dh])", words)
    if match is None:
        raise CommandError("Write how far, as +14d or +6h.")
    amount = int(match[1])
    try:
        span = timedelta(days=amount) if match[2] == "d" else timedelta(hours=amount)
    except OverflowError:
        raise CommandError("That is too far.") from None
    if span > timedelta(days=400) or not span:
        raise CommandError("Move it by at least an hour and at most 400 days at a time.")
    return span
