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
    live_server, page, good_page, axe, client, browser_context, program, otto
):
    TopicFactory(program=program, skill=SkillFactory(name="Data and dashboards"))
    for name in ("Welding", *(f"Skill {number}" for number in range(12))):
        SkillFactory(name=name)
    client.force_login(MinaFactory())
    session = client.cookies["sessionid"].value
    browser_context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}/programs/")
    page.get_by_role("link", name="Read and volunteer").click()
    page.get_by_role("link", name="Volunteer as a mentor").click()
    page.get_by_label("Data and dashboards").check()
    # A long list can be typed into; what is not on it is not sent, and not lost.
    wish = page.get_by_label("First wish")
    wish.press_sequentially("weld")
    page.get_by_role("button", name="Next: about you").click()
    assert wish.evaluate("input => input.validationMessage") == "Choose one of the list, or leave it empty."
    assert wish.input_value() == "weld"
    wish.press_sequentially("ing")
    good_page()
    page.get_by_role("button", name="Next: about you").click()
    page.get_by_label("Welding").wait_for()
    page.get_by_label("Data and dashboards").select_option("Sure of it")
    page.get_by_label("The number one thing you want out of it").fill("Say the Friday thing out loud, once.")
    good_page()
    page.get_by_role("button", name="Save and finish later").click()
    page.get_by_role("link", name="Go on with my offer").click()
    assert page.get_by_label("The number one thing you want out of it").input_value() == (
        "Say the Friday thing out loud, once."
    )
    page.get_by_role("button", name="Next: ways of working").click()
    page.get_by_label("By video").check()
    page.get_by_label("On a walk").press("Space")
    good_page()
    page.get_by_role("button", name="Next: boundaries").click()
    # The beginning of a name brings up the address.
    page.get_by_label("Somebody you would rather not be paired with").press_sequentially("ott")
    page.locator("datalist option").first.wait_for(state="attached")
    assert page.locator("datalist option").first.get_attribute("value") == otto.email
    page.get_by_label("Somebody you would rather not be paired with").fill("")
    page.get_by_role("button", name="Send my offer").click()

    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator(".uw-errors")).to_be_focused()
    good_page()
    page.get_by_role("link", name="We can only match people who agree").click()
    page.get_by_label("I agree to the charter").check()
    page.get_by_role("button", name="Send my offer").click()
    page.get_by_text("You are in the pool as a mentor.").wait_for()
    axe(page)
    assert [str(each.skill) for each in Participation.objects.taking_part().get().wanted.all()] == ["Welding"]

    page.get_by_role("link", name="Withdraw").click()
    page.get_by_role("button", name="Withdraw").wait_for()
    axe(page)
    page.get_by_role("button", name="Withdraw").click()
    page.get_by_role("heading", name="You have withdrawn").wait_for()
    assert Participation.objects.taking_part().count() == 0
