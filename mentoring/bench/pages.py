"""The pages that are measured, each as the persona who opens it most."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mentoring.bench import load
from pairings.models import Pairing
from people.models import Person
from programs.choices import Stage
from programs.models import Program

REQUESTS, CLIENTS = 400, 4
ALONE = 120
"""Requests by one reader, for how long a page takes where nobody waits for anybody."""

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


def report(address: str) -> list[str]:
    """Each page by readers who ask again as soon as they were answered: one alone, then several at once."""
    cookies = {number: load.sign_in(address, number) for number in {page.persona for page in PAGES}}
    bare = load.drive(address, "/bare/", "", requests=REQUESTS, clients=CLIENTS)
    lone = load.drive(address, "/bare/", "", requests=ALONE, clients=1)
    what = (
        f"Gunicorn with 2 workers of 4 threads. First one reader, who asks {ALONE} times; then {CLIENTS} readers, who "
        f"ask {REQUESTS} times. Each asks again as soon as they were answered: {CLIENTS} keep both cores busy."
    )
    head = (
        f"| page | one reader: median ms | p95 ms | {CLIENTS} readers: requests/s | median ms | p95 ms | kB "
        "| of the bare view's rate | queries |"
    )
    first = (
        f"| a bare view | {lone.median:.1f} | {lone.p95:.1f} | {bare.rate:.0f} | {bare.median:.1f} | {bare.p95:.1f} "
        f"| {bare.size:.1f} | 1 | 0 |"
    )
    lines = [
        "## Pages, with 400 employees", "", what, "", f"Load before: {os.getloadavg()[0]:.2f}.", "", head,
        "|---|---|---|---|---|---|---|---|---|", first,
    ]  # fmt: skip
    for page in PAGES:
        alone = load.drive(address, page.path(), cookies[page.persona], requests=ALONE, clients=1)
        found = load.drive(address, page.path(), cookies[page.persona], requests=REQUESTS, clients=CLIENTS)
        lines.append(
            f"| {page.name} | {alone.median:.1f} | {alone.p95:.1f} | {found.rate:.0f} | {found.median:.1f} "
            f"| {found.p95:.1f} | {found.size:.1f} | {found.rate / bare.rate:.2f} | {page.queries()} |"
        )
    return lines
