"""A coordinator sets up a program in a real browser."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Locator, Page, expect

from people.models import Person
from people.tests.factories import (
    PASSWORD,
    CoraFactory,
    EvaFactory,
    OttoFactory,
    PersonFactory,
    SiaFactory,
    SkillFactory,
)
from programs import actions
from programs.choices import About, Duty, Stage
from programs.models import Program
from programs.tests.factories import ladder, program_with

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in(context: BrowserContext, person: Person, url: str) -> None:
    client = Client()
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])


@pytest.fixture
def cora(browser_context, live_server) -> Person:
    cora: Person = CoraFactory()
    sign_in(browser_context, cora, live_server.url)
    return cora


def test_the_count_follows_while_the_rules_are_edited(live_server, page: Page, cora, good_page):
    SiaFactory()
    PersonFactory.create_batch(2, rank=2)
    program = program_with(cora, supervisor=OttoFactory(manager=None), stage=Stage.DRAFT)
    page.goto(f"{live_server.url}/desk/programs/program/{program.pk}/change/")
    count = page.locator("#eligibility")
    expect(count).to_contain_text("3 mentors")
    expect(count).to_contain_text("3 possible pairs")

    page.get_by_label("Levels between mentor and mentee").fill("4")
    expect(count).to_contain_text("2 possible pairs")
    page.get_by_label("Mentors are at most at level").select_option(label="Level 1")
    expect(count).to_contain_text("0 mentors")
    page.get_by_label("Levels between mentor and mentee").fill("")
    expect(count).to_contain_text("This can be counted once these are answered")
    assert Program.objects.get().level_gap == 2
    good_page()


def test_a_program_is_made_and_opened(live_server, page: Page, cora, good_page):
    ladder()
    SiaFactory(), OttoFactory(), PersonFactory(rank=1)
    page.goto(f"{live_server.url}/desk/programs/program/add/")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_role("alert")).to_contain_text("Name")
    good_page()

    page.get_by_label("Name", exact=True).fill("Two-Way 2026")
    page.get_by_label("Purpose").select_option(label="Digital skills")
    page.get_by_label("What it is for").fill("Leaders learn what newer colleagues know.")
    page.get_by_label("Starts on").fill("2098-01-06")
    page.get_by_label("Ends on").fill("2099-01-06")
    page.get_by_label("Mentors are at most at level").select_option(label="Level 3")
    page.get_by_label("Mentees are at least at level").select_option(label="Level 5")
    expect(page.locator("#eligibility")).to_contain_text("possible pair")
    # Enter in a field saves, though the button that counts comes first on the page.
    page.get_by_label("Name", exact=True).press("Enter")
    expect(page).not_to_have_url(re.compile(r"/add/$"))
    program = Program.objects.get()
    page.goto(f"{live_server.url}/desk/programs/program/{program.pk}/change/")
    expect(page.get_by_text("There is no objective yet.")).to_be_visible()
    good_page()

    page.get_by_label("Measure").first.select_option(label="Pairs formed (number)")
    page.get_by_label("Target").first.fill("5")
    page.get_by_label("By when").first.fill("2098-06-01")
    page.get_by_label("Person").last.fill("sia@example.org")
    page.get_by_label("Duty").last.select_option(label="Supervisor")
    page.get_by_role("button", name="Save and stay here").click()
    expect(page.get_by_text("There is no objective yet.")).to_have_count(0)
    expect(page.get_by_text("There is no topic yet.")).to_be_visible()
    assert re.fullmatch(r".*/change/", page.url)
    assert program.duties.count() == 2


class Hand:
    """Whoever sits before the page: each click, each field filled in and each choice is one thing to do."""

    def __init__(self) -> None:
        self.done = 0

    def click(self, on: Locator) -> None:
        self.done += 1
        on.click()

    def fill(self, field: Locator, words: str) -> None:
        self.done += 1
        field.fill(words)

    def choose(self, field: Locator, label: str) -> None:
        self.done += 1
        field.select_option(label=label)


def test_a_coordinator_without_training_opens_enrolment_in_at_most_25_steps(live_server, page: Page, good_page, axe):
    ladder()
    cora, sia, eva = CoraFactory(signs_in=True), SiaFactory(), EvaFactory()
    OttoFactory(), PersonFactory(rank=1)
    SkillFactory(name="Social media")
    hand = Hand()
    page.goto(f"{live_server.url}/desk/")
    hand.fill(page.get_by_label("Work e-mail"), cora.email)
    hand.fill(page.get_by_label("Password"), PASSWORD)
    hand.click(page.get_by_role("button", name="Sign in"))
    programs = page.get_by_role("listitem").filter(has=page.get_by_role("link", name="Programs", exact=True))
    programs.get_by_role("link", name="Add").wait_for()
    axe(page)
    hand.click(programs.get_by_role("link", name="Add"))

    hand.fill(page.get_by_label("First day of the program"), "2098-01-06")
    axe(page)
    hand.click(page.get_by_role("button", name=re.compile("Start from it.*Digital skills")))
    expect(page.get_by_label("Starts on")).to_have_value("2098-01-06")
    expect(page.get_by_text("The form below is filled in.")).to_be_visible()
    expect(page.get_by_label("Topics that are not in the list")).to_have_value(re.compile("\\n"))
    hand.fill(page.get_by_label("Name", exact=True), "Two-Way 2098")
    hand.choose(page.get_by_label("Mentors are at most at level"), "Level 3")
    hand.choose(page.get_by_label("Mentees are at least at level"), "Level 5")
    expect(page.locator("#eligibility")).to_contain_text("possible pair")
    for place, person in enumerate((sia, eva)):
        hand.fill(page.get_by_label("Person").nth(place), person.email)
    good_page()
    hand.click(page.get_by_role("button", name="Save", exact=True).last)

    opening = page.get_by_role("button", name="Open enrolment")
    opening.wait_for()
    axe(page)
    hand.click(opening)
    expect(page.get_by_text("Two-Way 2098 is now at the stage “Enrolment”.")).to_be_visible()
    axe(page)

    assert hand.done <= 25
    program = Program.objects.get()
    assert program.stage == Stage.ENROLMENT
    assert {(duty.person, duty.duty) for duty in program.duties.all()} == {
        (cora, Duty.COORDINATOR), (sia, Duty.SUPERVISOR), (eva, Duty.SPONSOR),
    }  # fmt: skip
    assert all((program.purpose, program.description, program.out_of_bounds, program.charter))
    assert all(program.starts_on < objective.by <= program.ends_on for objective in program.objectives.all())
    assert program.objectives.count() >= 2
    assert "Social media" in {topic.skill.name for topic in program.topics.all()}
    assert program.topics.count() > 1


def test_a_conflict_is_declared_for_oneself_and_at_the_desk(live_server, page: Page, cora, good_page, axe):
    mina, otto = PersonFactory(rank=2), PersonFactory(rank=6)
    page.goto(f"{live_server.url}/conflicts/")
    page.get_by_label("In your own words").fill("We are siblings.")
    page.get_by_role("button", name="Declare this").click()
    expect(page.get_by_role("alert")).to_contain_text("Your colleague")
    expect(page.get_by_label("In your own words")).to_have_value("We are siblings.")
    page.get_by_label("Your colleague").fill(otto.email)
    page.get_by_label("Family or a close relationship").check()
    page.get_by_role("button", name="Declare this").click()
    expect(page.get_by_role("alert")).to_have_count(0)  # the form that kept the words is gone
    expect(page.get_by_text("We are siblings.")).to_be_visible()
    good_page()

    page.get_by_role("link", name="Declare a conflict between two others").click()
    page.get_by_label("One of the two").fill(mina.employee_number)
    page.get_by_label("The other one").fill(otto.email)
    page.get_by_label("A promotion panel").check()
    page.get_by_role("button", name="Declare this").click()
    expect(page.get_by_text(mina.name).first).to_be_visible()
    good_page()
    page.get_by_role("link", name="Withdraw").click()
    page.get_by_role("button", name="Withdraw").wait_for()
    axe(page)
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("Nothing.")).to_be_visible()


def test_what_a_pilot_taught_is_read_and_stands_beside_the_wider_program(live_server, page: Page, cora, good_page):
    pilot = program_with(cora, stage=Stage.REVIEW, is_pilot=True)
    noted = "Three weeks apart was too rare."
    actions.add_learning(pilot, about=About.GUIDELINES, words=noted, by=cora, at=datetime(2026, 12, 7, tzinfo=UTC))
    page.goto(f"{live_server.url}{reverse('dashboards:review', args=[pilot.pk])}")
    expect(page.get_by_text(noted, exact=True)).to_be_visible()
    good_page()
    page.get_by_role("link", name="Grow into the wider program").click()
    expect(page.get_by_text(noted)).to_be_visible()
    good_page()
