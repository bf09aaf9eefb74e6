"""Check the proof of a search again, with the checker that shares nothing with the search."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from matching import certificates
from matching.models import MatchingRun


class Command(BaseCommand):
    help = "Checks that the stored pairs of a search are proven optimal, or its stated gap. Ends with 1 where not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("run", type=UUID, help="the search, as the board names it")

    def handle(self, *args: Any, run: UUID, **options: Any) -> None:
        found = MatchingRun.objects.filter(pk=run).first()
        if found is None:
            raise CommandError(f"There is no search {run}.")
        try:
            verdict = certificates.check_run(found)
        except certificates.NothingToCheck:
            raise CommandError("This search has not come to an end, so there is nothing to check.") from None
        if not verdict.ok:
            raise CommandError("The proof does not hold. " + " ".join(verdict.problems))
        if verdict.gap:
            self.stdout.write(
                f"The stated gap holds: {verdict.size} pairs with a total of {verdict.total:,}. No set has more "
                f"than {verdict.most_pairs} pairs, or as many as this one and more than {verdict.most_total:,}; "
                f"checked against {verdict.pairs_checked:,} combinations."
            )
            return
        self.stdout.write(
            f"Proven optimal: {verdict.size} pairs with a total of {verdict.total:,}, "
            f"checked against {verdict.pairs_checked:,} combinations."
        )
