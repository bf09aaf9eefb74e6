"""Two hundred people send their answers to one survey at the same instant."""

from __future__ import annotations

import http.client
import os
import re
import statistics
import threading
import time
import urllib.parse
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.test import Client
from django.urls import reverse

import clock
from people.models import Person
from programs.choices import Duty, Stage
from programs.models import Program
from surveys import actions
from surveys.choices import QuestionKind, SurveyKind, Whom
from surveys.models import Answer, Invitation, Survey

PEOPLE: Final = 200
FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Answered:
    """What came back: ``took`` in milliseconds from sending to the page of thanks, by person; what else came back."""

    took: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def report(address: str) -> list[str]:
    survey, load = _survey(), os.getloadavg()[0]
    begun = time.perf_counter()
    found = _send_at_once(address, survey)
    seconds = time.perf_counter() - begun
    stored = Answer.objects.filter(survey=survey).count()
    noted = Invitation.objects.filter(survey=survey, answered=True).count()
    if found.errors or not len(found.took) == stored == noted == PEOPLE:
        raise RuntimeError(f"{stored} answers and {noted} notes for {PEOPLE} people; errors: {found.errors[:3]}.")
    ordered = sorted(found.took)
    median, late, last = statistics.median(ordered), ordered[int(0.95 * PEOPLE)], ordered[-1]
    return [
        f"## {PEOPLE} people who answer a survey at once",
        "",
        "Each has the page open; all send in the same instant, to gunicorn with 2 workers of 4 threads. Each answer",
        "rewrites those before it and all invitations in a random order, so they come one after another.",
        "",
        f"{PEOPLE} answered, none with an error, {PEOPLE} answers stored, in {seconds:.1f} s with opening the page.",
        f"From sending to the page of thanks: median {median:.0f} ms, p95 {late:.0f} ms, slowest {last:.0f} ms.",
        f"Load before: {load:.2f}.",
    ]


def _survey() -> Survey:
    """Open for two hundred people of the demo, drawn by chance."""
    program = Program.objects.get(stage=Stage.RUNNING)
    cora = Person.objects.filter(duties__program=program, duties__duty=Duty.COORDINATOR).order_by("pk")[0]
    today = clock.today(cora.zone)
    survey = actions.start_survey(
        program, SurveyKind.OWN, by=cora, opens_on=today - timedelta(days=1), closes_on=today + timedelta(days=9)
    )
    Survey.objects.filter(pk=survey.pk).update(asks=Whom.MAY_TAKE_PART, sample=PEOPLE)
    invited = actions.open_survey(survey, by=cora, at=clock.now())
    if len(invited) != PEOPLE:
        raise RuntimeError(f"Only {len(invited)} people may take part in this program.")
    return Survey.objects.get(pk=survey.pk)


def _send_at_once(address: str, survey: Survey) -> Answered:
    path = reverse("surveys:answer", args=[survey.pk])
    point = next(each for each in survey.questions.all() if each.kind == QuestionKind.SCALE)
    found, barrier = Answered(), threading.Barrier(PEOPLE)
    cookies = [_signed_in(invitation.person) for invitation in survey.invitations.select_related("person")]

    def somebody(cookie: str, chosen: int) -> None:
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(address).netloc, timeout=300)
        connection.request("GET", path, headers={"Cookie": cookie})
        page = connection.getresponse()
        text, given = page.read().decode(), page.headers.get_all("Set-Cookie") or []
        typed = dict(re.findall(r'name="(csrfmiddlewaretoken|receipt|page)" value="([^"]*)"', text))
        headers = {
            **FORM,
            "Cookie": "; ".join([cookie, *(each.split(";", 1)[0] for each in given)]),
            "Referer": address,
        }
        body = urllib.parse.urlencode({**typed, "go": "send", f"q{point.pk}": chosen})
        connection.close()
        barrier.wait(timeout=300)
        begun = time.perf_counter()
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        thanks = "Your answers are in" in answer.read().decode()
        if answer.status == 200 and thanks:
            found.took.append((time.perf_counter() - begun) * 1000)
        else:
            found.errors.append(f"status {answer.status}")

    threads = [threading.Thread(target=somebody, args=(cookie, n % 5 + 1)) for n, cookie in enumerate(cookies)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def _signed_in(person: Person) -> str:
    client = Client()
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"
