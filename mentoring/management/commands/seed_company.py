"""Fill an empty database with the demo company."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

import clock
from mentoring.demo.company import found, invent
from mentoring.demo.history import History
from people.models import Person


class Command(BaseCommand):
    help = "Invent a company and what has happened in it so far. The same seed and day give the same company."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--employees", type=int, default=400)
        parser.add_argument("--seed", type=int, default=7)

    def handle(self, *args: Any, **options: Any) -> None:
        if not 60 <= options["employees"] <= 200_000:
            raise CommandError("Choose from 60 to 200,000 employees.")
        if Person.objects.exists():
            raise CommandError("The directory is not empty. The demo company is only ever put into an empty one.")
        today = clock.today(ZoneInfo("Europe/London"))
        company = invent(options["employees"], seed=options["seed"], on=today)
        with transaction.atomic():
            people = found(company)
            History(people, today=today, seed=options["seed"]).write()
        self.stdout.write(f"{len(people)} people work here now.")
