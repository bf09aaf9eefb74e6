"""A guideline, not a schedule: now and then the mentee shares too."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from pairings import rules
from pairings.choices import Kind
from pairings.tests.factories import STARTED_ON, met, pair
from programs.models import Program
from programs.tests.factories import TopicFactory

LED, BOTH = Kind.MENTOR_LED, Kind.RECIPROCAL


@pytest.mark.parametrize(
    ("every", "kinds", "hint"),
    [
        (0, [LED] * 9, ""),
        (4, [], ""),
        (4, [LED, LED], ""),
        (4, [LED, LED, LED],
         "Your last 3 meetings were led by the mentor. This could be one in which the mentee shares too."),
        (4, [LED, LED, LED, BOTH], ""),
        (4, [BOTH, LED, LED, LED, LED],
         "Your last 4 meetings were led by the mentor. This could be one in which the mentee shares too."),
        (2, [BOTH, LED], "Your last meeting was led by the mentor. This could be one in which the mentee shares too."),
        (1, [BOTH], "This could be one in which the mentee shares too."),
    ],
)  # fmt: skip
def test_the_hint_follows_the_meetings_held(every, kinds, hint):
    assert rules.reciprocal_hint(Program(reciprocal_every=every), kinds) == hint


@pytest.mark.django_db
def test_the_pair_reads_the_idea_where_it_logs_and_is_bound_to_nothing(client):
    pairing = pair(reciprocal_every=2)
    TopicFactory(program=pairing.program, skill__name="Night shifts")
    met(pairing, STARTED_ON)
    client.force_login(pairing.mentee.person)
    page = reverse("pairings:detail", args=[pairing.pk])
    idea = "Your last meeting was led by the mentor. This could be one in which the mentee shares too."
    log = reverse("pairings:log_meeting", args=[pairing.pk])
    assert "Night shifts" in client.get(page).text
    for url in (page, log):
        assert idea in client.get(url).text
    day = STARTED_ON + timedelta(days=1)
    sent = {"held_on": day.isoformat(), "minutes": "50", "way": "video", "topics": ""}
    assert client.post(log, {**sent, "kind": "mentor_led"}).status_code in (302, 422)


@pytest.mark.django_db
def test_the_program_says_it_is_an_idea(client):
    pairing = pair(reciprocal_every=4)
    client.force_login(pairing.mentor.person)
    page = client.get(reverse("participants:program", args=[pairing.program_id])).text
    assert "In about one meeting in four the mentee shares too" in page
    assert "It is an idea, not a schedule." in page
