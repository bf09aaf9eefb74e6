"""Wrap every data key by the current master key, while the application runs."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from privacy import sealing
from privacy.models import DataKey


class Command(BaseCommand):
    help = (
        "Wraps every data key by the first key of UPWELL_SEALING_KEYS. Texts are not touched. Keep the former key in "
        "the list until this reports that nothing is left; then it may go. Safe to stop, to repeat and to run twice."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="keys in one transaction (default 500)")

    def handle(self, *args: Any, batch: int, **options: Any) -> None:
        if batch < 1:
            raise CommandError("A batch holds at least one key.")
        done, closed = 0, 0
        last = None
        while True:
            with transaction.atomic():
                # Keys in use elsewhere are skipped, not waited for; the count at the end says so.
                waiting = DataKey.objects.to_rewrap().select_for_update(skip_locked=True).order_by("pk")
                keys = list((waiting.filter(pk__gt=last) if last else waiting)[:batch])
                if not keys:
                    break
                last = keys[-1].pk
                rewrapped = [key for key in keys if _rewrapped(key)]
                DataKey.objects.bulk_update(rewrapped, ["wrapped", "master_key_id"])
            done += len(rewrapped)
            closed += len(keys) - len(rewrapped)
        left = DataKey.objects.to_rewrap().count()
        self.stdout.write(f"{done} rewrapped, {left} left under former master keys.")
        if closed:
            raise CommandError(
                f"{closed} could not be opened with the master keys given. Put their master key back into "
                "UPWELL_SEALING_KEYS and run this again; nothing was lost."
            )


def _rewrapped(key: DataKey) -> bool:
    try:
        key.rewrap()
    except sealing.CannotUnseal:
        return False
    return True
