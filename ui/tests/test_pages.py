"""The look, in a real browser: every component, a form in each state, charts."""

from __future__ import annotations

import os
import re

import pytest
from playwright.sync_api import expect

from people.models import Level, Person, Site, Skill

pytestmark = [pytest.mark.browser, pytest.mark.urls("ui.tests.urls")]


def keep_picture(page, name):
    """For people who work on the look: UPWELL_PICTURES names a folder for screenshots."""
    folder = os.environ.get("UPWELL_PICTURES")
    if folder:
        for width in (1280, 375):
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                page.set_viewport_size({"width": width, "height": 900})
                page.screenshot(path=f"{folder}/{name}-{width}-{scheme}.png", full_page=True)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.parametrize("where", ["", "form/", "charts/"])
def test_every_component_is_accessible_in_light_and_dark_and_fits_a_phone(live_server, page, good_page, where):
    page.goto(f"{live_server.url}/{where}")
    keep_picture(page, where.strip("/") or "components")
    good_page()


def test_inline_style_and_script_are_stopped_and_noticed(live_server, browser_context, complaints_about):
    page = browser_context.new_page()
    complaints = complaints_about(page)
    page.goto(f"{live_server.url}/breach/")
    page.get_by_text("One.").click()
    assert page.evaluate("window.breached") is None
    assert page.locator("p").evaluate("p => getComputedStyle(p).display") == "block"
    assert len([text for text in complaints if "Content Security Policy" in text]) == 4


def test_the_checks_themselves_find_what_they_look_for(live_server, browser_context, axe, fits):
    page = browser_context.new_page()
    page.goto(f"{live_server.url}/breach/")
    with pytest.raises(AssertionError, match="document-title"):
        axe(page)
    fits(page)
    page.evaluate("document.querySelector('p').style.width = '400px'")
    with pytest.raises(AssertionError, match="in a window of 320"):
        fits(page)


def test_one_of_many_that_look_alike_is_found_when_it_turns_pale(live_server, page, axe):
    page.goto(f"{live_server.url}/pages/404/")
    page.evaluate("""() => {
        const item = words => Object.assign(document.createElement("li"), {textContent: words});
        for (const words of [["One.", "Two."], ["Three.", "Four."]]) {
            const list = document.createElement("ul");
            list.append(...words.map(item));
            document.querySelector("main").append(list);
        } }""")
    axe(page, colours_only=True)
    last = page.locator("main li").last
    for pale in ("color: #999", "background: #444", "opacity: .4", "position: absolute; z-index: 1; color: #999"):
        for spoilt in (last, last.locator("..")):
            spoilt.evaluate("(each, pale) => { each.style.cssText = pale; }", pale)
            with pytest.raises(AssertionError, match="color-contrast"):
                axe(page, colours_only=True)
            spoilt.evaluate("each => { each.style.cssText = ''; }")
    axe(page, colours_only=True)


def test_a_refused_form_takes_the_reader_to_its_summary_and_stays_accessible(live_server, page, good_page):
    page.goto(f"{live_server.url}/form/")
    page.get_by_label("What would you rather not discuss?").fill("My health in spring, and why I changed teams.")
    expect(page.get_by_text("45 of 40 characters")).to_be_visible()
    page.get_by_role("button", name="Send my offer").click()
    expect(page).to_have_title("Error: Volunteer – Upwell")
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("link", name="What would you rather not discuss? This is 45").click()
    expect(page.get_by_label("What would you rather not discuss?")).to_be_focused()
    keep_picture(page, "refused")
    good_page()


@pytest.mark.django_db(transaction=True)
def test_the_reader_chooses_dark_without_a_script_and_it_stays(live_server, browser, signed_in):
    context = browser.new_context(java_script_enabled=False)
    cookie = {"name": "sessionid", "value": signed_in.session, "url": live_server.url}
    context.add_cookies([cookie])
    page = context.new_page()
    page.goto(f"{live_server.url}/form/")
    page.get_by_text("Ada Nwosu").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert page.url == f"{live_server.url}/form/"
    context.close()


def test_the_way_in_and_the_pages_for_what_went_wrong(live_server, page, good_page):
    for where in ("sign-in/", "sign-in/?refused=1", "pages/404/", "pages/403/", "pages/400/", "pages/500/"):
        page.goto(f"{live_server.url}/{where}")
        keep_picture(page, where.replace("/", "-").strip("-").replace("?", ""))
        good_page()


@pytest.mark.django_db(transaction=True)
def test_the_head_with_its_menu_open(live_server, page, good_page, signed_in):
    page.goto(f"{live_server.url}/form/")
    page.get_by_text("Ada Nwosu").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    keep_picture(page, "menu")
    good_page()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(page.locator("summary").first).to_be_focused()


@pytest.fixture
def signed_in(live_server, browser_context, client, db):
    """Ada, with a session in the browser."""
    ada = Person.objects.create(
        employee_number="9", email="ada@example.org", given_name="Ada", family_name="Nwosu", is_administrator=True
    )
    client.force_login(ada)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    browser_context.add_cookies([cookie])
    ada.session = cookie["value"]
    return ada


@pytest.fixture
def site(db):
    for number in range(3):
        Skill.objects.create(name=f"Skill {number}")
    Level.objects.create(name="Associate", rank=1)
    sites = [Site.objects.create(name=name, time_zone="Europe/London") for name in ("York", "Leeds", "Hull")]
    Person.objects.create(
        employee_number="1", email="mina@example.org", given_name="Mina", family_name="Rao", site=sites[0]
    )
    return sites[0]


@pytest.mark.django_db(transaction=True)
def test_the_desk_is_accessible_in_light_and_dark_and_fits_a_phone(live_server, page, good_page, site, signed_in):
    for where in ("", "people/site/", "people/site/{}/change/", "people/skill/", "people/site/add/"):
        page.goto(f"{live_server.url}/desk/{where.format(site.pk)}")
        keep_picture(page, "desk-" + (where.replace("/", "-").strip("-{}") or "index"))
        good_page()

    # What was refused stands above the form.
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_title(re.compile("^Error: "))
    assert page.get_by_role("alert").get_by_role("link").all_inner_texts() == ["Name: Please answer this."]
    keep_picture(page, "desk-refused")
    good_page()
