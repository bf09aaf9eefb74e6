"""Guidance, and what becomes of having read it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from participants import actions, queries
from participants.models import TrainingDone
from participants.tests.conftest import NOON, TODAY
from participants.tests.factories import MenteeFactory, MentorFactory
from people.tests.factories import PersonFactory
from programs.choices import Side, Stage
from programs.tests.factories import DutyFactory
from programs.training import pieces

LIST = reverse("participants:guidance")


def titles(person) -> set[str]:
    return {state.piece.name for state in queries.training_of(person, on=TODAY).mine}


def page_of(name: str) -> str:
    return reverse("participants:piece", args=[name])


def test_each_reads_what_is_meant_for_them(program, mina, otto, bo, sten):
    mentor = MentorFactory(program=program, person=mina)
    MenteeFactory(program=program, person=otto)
    assert "feedback-upward" in titles(mina)
    assert "out-of-the-lead" not in titles(mina)
    assert "out-of-the-lead" in titles(otto)
    assert "feedback-upward" not in titles(otto)
    assert titles(mina) & titles(otto) == {"listening-and-asking", "confidentiality", "across-differences"}
    assert titles(bo) == {"for-line-managers"}
    assert titles(sten) == set()
    mentor.withdrawn_at = NOON
    mentor.save()
    assert titles(mina) == set()
    program.stage = Stage.CLOSED
    program.save()
    assert titles(otto) == titles(bo) == set()


def test_mina_reads_a_piece_and_says_so_once(client, program, mina):
    row = MentorFactory(program=program, person=mina)
    client.force_login(mina)
    assert "0 of 4 done" in client.get(LIST).text
    page = client.get(page_of("confidentiality"))
    assert "<strong>Danger to a person.</strong>" in page.text
    assert "I have read this" in page.text
    for _ in range(2):
        assert "1 of 4 done" in client.post(page_of("confidentiality"), follow=True).text
    assert TrainingDone.objects.count() == 1
    assert "You read this on" in client.get(page_of("confidentiality")).text
    assert "1 of 4 done" in client.get(reverse("participants:program", args=[row.program_id])).text


def test_saying_so_again_keeps_the_first_day(mina):
    for later in (0, 5):
        actions.finish_piece(pieces()[0], by=mina, at=NOON + timedelta(days=later))
    assert TrainingDone.objects.get().done_at == NOON


def test_a_piece_that_has_changed_is_read_again(program, mina):
    MentorFactory(program=program, person=mina)
    TrainingDone.objects.create(person=mina, piece="confidentiality", version=0, done_at=NOON)
    assert queries.training_of(mina, on=TODAY).words == "0 of 4 done"


def test_what_is_not_there_is_not_found(client, mina):
    client.force_login(mina)
    for name in ("nowhere", "README"):
        assert client.get(page_of(name)).status_code == 404
        assert client.post(page_of(name)).status_code == 404
    assert not TrainingDone.objects.exists()


def test_the_desk_reads_how_many_and_not_which(client, program, mina, cora):
    row = MentorFactory(program=program, person=mina)
    actions.finish_piece(next(each for each in pieces() if each.name == "confidentiality"), by=mina, at=NOON)
    assert queries.training_as(mina, Side.MENTOR).words == "1 of 4 done"
    client.force_login(cora)
    page = client.get(reverse("admin:participants_participation_change", args=[row.pk])).text
    assert "1 of 4 done" in page
    assert "confidentiality" not in page
    kim = PersonFactory(is_coordinator=True)
    DutyFactory(program=program, person=kim)
    MentorFactory(program=program, person=kim)
    client.force_login(kim)
    assert "1 of 4 done" not in client.get(reverse("admin:participants_participation_change", args=[row.pk])).text


def test_the_list_needs_as_many_queries_with_three_done_as_with_one(client, program, mina):
    MentorFactory(program=program, person=mina)
    client.force_login(mina)
    counts = []
    for some in (pieces()[:1], pieces()[1:3]):
        for piece in some:
            actions.finish_piece(piece, by=mina, at=NOON)
        with CaptureQueriesContext(connection) as asked:
            client.get(LIST)
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_guidance_in_a_browser(live_server, page, good_page, client, browser_context, program, mina):
    MentorFactory(program=program, person=mina)
    client.force_login(mina)
    session = client.cookies["sessionid"].value
    browser_context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}{LIST}")
    good_page()
    page.get_by_role("link", name="Giving feedback upward").click()
    page.get_by_role("button", name="I have read this").wait_for()
    good_page()
    page.get_by_role("button", name="I have read this").click()
    page.get_by_text("1 of 4 done").wait_for()
