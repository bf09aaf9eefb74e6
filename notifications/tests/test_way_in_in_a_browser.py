"""Coming in by a link in the mail, as a person does it. Axe looks at every page."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

import clock
from notifications.actions import deliver_due
from people.tests.factories import MinaFactory

CHOSEN = "a boat on the river Aire"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_mina_has_no_password_and_comes_in(live_server, page, good_page):
    mina = MinaFactory()
    page.goto(f"{live_server.url}/sign-in/")
    page.get_by_role("link", name="Have a link sent").click()
    page.get_by_label("Work e-mail").fill("mina")
    page.get_by_role("button", name="Send me a link").click()
    expect(page.get_by_label("Work e-mail")).to_have_value("mina")
    good_page()
    page.get_by_label("Work e-mail").fill(mina.email)
    page.get_by_role("button", name="Send me a link").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    good_page()

    deliver_due(clock=clock.now)
    found = re.search(r"/way-in/\d+/\S+", str(mail.outbox[0].body))
    assert found
    page.goto(f"{live_server.url}{found[0]}")
    assert found[0] not in page.url, "the token has left the address"
    page.get_by_label("Password", exact=True).fill("short")
    page.get_by_label("Password again").fill("short")
    page.get_by_role("button", name="Set password and sign in").click()
    good_page()
    page.get_by_label("Password", exact=True).fill(CHOSEN)
    page.get_by_label("Password again").fill(CHOSEN)
    page.get_by_role("button", name="Set password and sign in").click()
    expect(page.get_by_text("Your password is set, and you are signed in.")).to_be_visible()

    page.goto(f"{live_server.url}{found[0]}")
    expect(page.get_by_role("heading", name="This link works no longer")).to_be_visible()
    good_page()
