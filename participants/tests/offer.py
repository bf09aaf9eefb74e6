"""Volunteering as a browser does it: one step after the other."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from participants.choices import Step
from programs.models import Program


def step_url(program: Program, side: str, step: str) -> str:
    return reverse("participants:volunteer_step", args=[program.pk, side, step])


def send_offer(client: Client, program: Program, side: str, **whole: Any) -> Any:
    """Each step takes its own fields from ``whole``. The answer to the first that is refused, or to the last."""
    for step in Step:
        answer = client.post(step_url(program, side, step), whole)
        if answer.status_code != 302:
            break
    return answer
