"""The form in a real browser, as a person fills it in: one walk, because a browser is slow to start."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from participants.models import Participation
from people.tests.factories import MinaFactory, SkillFactory
from programs.tests.factories import TopicFactory


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_mina_is_refused_once_then_volunteers_and_withdraws(
    live_server, page, good_page, axe, client, browser_context, program
):
    TopicFactory(program=program, skill=SkillFactory(name="Data and dashboards"))
    SkillFactory(name="Welding")
    client.force_login(MinaFactory())
    session = client.cookies["sessionid"].value
    browser_context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}/programs/")
    page.get_by_role("link", name="Read and volunteer").click()
    page.get_by_role("link", name="Volunteer as a mentor").click()
    page.get_by_label("Data and dashboards").check()
    page.get_by_label("By video").check()
    page.get_by_label("The number one thing you want out of it").fill("Say the Friday thing out loud, once.")
    page.get_by_role("button", name="Send my offer").click()

    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator(".uw-errors")).to_be_focused()
    assert page.get_by_label("The number one thing you want out of it").input_value() == (
        "Say the Friday thing out loud, once."
    )
    good_page()
    page.get_by_role("link", name="We can only match people who agree").click()
    page.get_by_label("I agree to the charter").check()
    page.get_by_role("button", name="Send my offer").click()
    page.get_by_text("You are in the pool as a mentor.").wait_for()
    axe(page)
    assert Participation.objects.taking_part().count() == 1

    page.get_by_role("link", name="Withdraw").click()
    page.get_by_role("button", name="Withdraw").wait_for()
    axe(page)
    page.get_by_role("button", name="Withdraw").click()
    page.get_by_role("heading", name="You have withdrawn").wait_for()
    assert Participation.objects.taking_part().count() == 0
