"""An administrator merges two entries in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from people.models import Site
from people.tests.factories import AdaFactory, SiteFactory


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_two_entries_become_one(live_server, page, good_page, client, browser_context):
    ada, kept = AdaFactory(), SiteFactory(name="Leeds, UK")
    client.force_login(ada)
    session = client.cookies["sessionid"].value
    browser_context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}/desk/people/site/{ada.site_id}/change/")
    page.get_by_role("link", name="Merge into…").click()
    page.get_by_label("Merge into").select_option(label="Leeds, UK")
    page.get_by_role("button", name="See what will happen").click()
    expect(page.get_by_text("“Leeds, UK” takes over 1 person.")).to_be_visible()
    good_page()
    page.get_by_role("button", name="Merge into “Leeds, UK”").click()
    expect(page.get_by_text("“Leeds” is now “Leeds, UK” everywhere.")).to_be_visible()
    assert Site.objects.get() == kept
