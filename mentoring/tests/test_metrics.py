"""Numbers for Prometheus, for whoever knows the token."""

from __future__ import annotations

import re

import pytest

import clock
from notifications import heartbeats
from notifications.actions import owe
from notifications.choices import Hand
from notifications.models import Host, Notice
from people.tests.factories import AdaFactory, MinaFactory

pytestmark = pytest.mark.django_db
TOKEN = "spoken-to-prometheus-alone"
ALLOWED = {"Authorization": f"Bearer {TOKEN}"}
SAMPLE = re.compile(r'([a-z_]+)(\{[a-z]+="(?:[^"\\\n]|\\[\\"n])*"(?:,[a-z]+="(?:[^"\\\n]|\\[\\"n])*")*\})? (\S+)')


def samples(text: str) -> dict[str, float]:
    """Every sample by its name and labels, by the rules of Prometheus's text format 0.0.4."""
    found: dict[str, float] = {}
    typed: set[str] = set()
    assert text.endswith("\n")
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            name, kind = line.removeprefix("# TYPE ").split(" ")
            assert (name in typed, kind) == (False, "gauge")
            typed.add(name)
        elif not line.startswith("# HELP "):
            match = SAMPLE.fullmatch(line)
            assert match is not None, line
            assert match[1] in typed
            assert match[1] + (match[2] or "") not in found
            found[match[1] + (match[2] or "")] = float(match[3])
    return found


@pytest.mark.parametrize("said", [{}, {"Authorization": "Bearer "}, {"Authorization": "Bearer wrong"},
                                  {"Authorization": "Bearer ä"}])  # fmt: skip
@pytest.mark.parametrize("token", ["", TOKEN])
@pytest.mark.parametrize("method", ["get", "post"])
def test_without_the_token_there_is_nothing_not_even_for_an_administrator(client, settings, said, token, method):
    settings.METRICS_TOKEN = token
    client.force_login(AdaFactory())
    assert getattr(client, method)("/metrics", headers=said).status_code == 404


def test_the_numbers_can_be_read_and_name_nobody(client, settings):
    settings.METRICS_TOKEN = TOKEN
    mina = MinaFactory()
    owe(kind="pairings.check_in", subject=1, person=mina, at=clock.now())
    heartbeats.note(Hand.WORKER, 'celery@"here"\\\n')
    Host.objects.create(name="mail:25", failures=2)
    answer = client.get("/metrics", headers=ALLOWED)
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    told = samples(answer.text)
    assert told['upwell_messages{state="due"}'] == 1
    assert told['upwell_messages{state="settled"}'] == 0
    assert 0 <= told["upwell_oldest_wait_seconds"] < 60
    assert told['upwell_server_failures{server="mail:25"}'] == 2
    assert told[r'upwell_heartbeat_silent{hand="worker",name="celery@\"here\"\\\n"}'] == 0
    for word in (mina.given_name, mina.family_name, mina.email, "check_in", Notice.objects.get().message_id):
        assert word not in answer.text
    assert client.post("/metrics", headers=ALLOWED).status_code == 405
