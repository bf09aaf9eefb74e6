"""The pages that are measured, each as the persona who opens it most."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pairings.models import Pairing
from people.models import Person
from programs.choices import Stage
from programs.models import Program

MINA, EVA, CORA = "N-0101", "N-0003", "N-0103"


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    persona: str
    path: Callable[[], str]

    def queries(self) -> int:
        """How many times the page asks the database."""
        client = Client(headers={"host": "localhost"})
        client.force_login(Person.objects.get(employee_number=self.persona))
        client.get(self.path())
        with CaptureQueriesContext(connection) as captured:
            client.get(self.path())
        return len(captured)


def _pair_page() -> str:
    return reverse("pairings:detail", args=[Pairing.objects.get(mentor__person__employee_number=MINA).pk])


def _progress_page() -> str:
    return reverse("dashboards:program_progress", args=[Program.objects.get(stage=Stage.RUNNING).pk])


def _matching_page() -> str:
    return reverse("matching:runs", args=[Program.objects.get(stage=Stage.RUNNING).pk])


PAGES = (
    Page("home", MINA, lambda: reverse("dashboards:home")),
    Page("pair page", MINA, _pair_page),
    Page("progress of a program", EVA, _progress_page),
    Page("programs", MINA, lambda: reverse("participants:programs")),
    Page("desk", CORA, lambda: reverse("admin:index")),
    Page("matching", CORA, _matching_page),
)
