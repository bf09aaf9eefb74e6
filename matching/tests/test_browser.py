"""The pages of matching in a real browser: a search seen to its end, and two people who say yes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

import clock
from matching.actions import publish, solve_run
from matching.models import MatchingRun, Proposal
from matching.tests.factories import mina_and_otto, pool, program_of_cora
from people.models import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in(page: Page, live_server: Any, person: Person) -> None:
    client = Client()
    client.force_login(person)
    page.context.clear_cookies()
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )


def test_a_coordinator_starts_a_search_sees_it_end_and_sends_it(page: Page, live_server: Any, good_page: Any) -> None:
    program, cora = program_of_cora()
    mina_and_otto(program)
    pool(program, 4, 7)
    sign_in(page, live_server, cora)
    page.goto(live_server.url + reverse("matching:runs", args=[program.pk]))
    good_page()

    page.get_by_role("button", name="Start the search").click()
    expect(page.get_by_role("heading", name="Searching")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_be_visible()
    good_page()

    assert solve_run(MatchingRun.objects.get().pk, at=clock.now())
    expect(page.get_by_role("heading", name="Proven optimal")).to_be_visible()  # nobody touched the page
    good_page()

    page.get_by_role("link", name="Why not these two?").click()
    page.get_by_label("Mentor", exact=True).select_option(index=1)
    page.get_by_label("Mentee", exact=True).select_option(index=1)
    page.get_by_role("button", name="Weigh this pair").click()
    expect(page.get_by_role("heading", name="Decide")).to_be_visible()
    good_page()
    page.get_by_role("button", name="Never pair them").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    assert solve_run(MatchingRun.objects.order_by("-requested_at")[0].pk, at=clock.now())
    expect(page.get_by_role("heading", name="Decided by hand")).to_be_visible()
    good_page()

    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("proposals sent. Each goes to both of the two.")).to_be_visible()
    good_page()


def test_two_people_read_why_and_say_yes(page: Page, live_server: Any, good_page: Any) -> None:
    program, cora = program_of_cora()
    mina, otto = mina_and_otto(program)
    run = MatchingRun.objects.create(program=program, requested_by=cora, requested_at=clock.now())
    assert solve_run(run.pk, at=clock.now())
    proposal: Proposal = publish(run, by=cora, at=clock.now())[0]
    address = live_server.url + reverse("matching:proposal", args=[proposal.pk])

    sign_in(page, live_server, mina.person)
    page.goto(address)
    good_page()
    page.get_by_role("button", name="Yes, let us meet").click()
    expect(page.get_by_text("You said yes.")).to_be_visible()

    sign_in(page, live_server, otto.person)
    page.goto(address)
    page.get_by_role("button", name="Yes, let us meet").click()
    expect(page).to_have_url(re.compile(r"/pairs/[0-9a-f-]+/$"))
    proposal.refresh_from_db()
    assert page.url == live_server.url + reverse("pairings:detail", args=[proposal.pairing_id])
