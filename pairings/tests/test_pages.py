"""The pages of a pair in a real browser: axe in light and dark, three widths, no error in the console."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from pairings import actions
from pairings.choices import Fit, Kind
from pairings.models import Agreement, Goal, Meeting, Pairing
from pairings.tests.conftest import DAY, as_seen_by
from pairings.tests.factories import STARTED_ON, drafted, met, noon, signed
from participants.choices import Way
from participants.tests.factories import MentorFactory, with_skills

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def come_in(live_server, browser_context):
    """Sign somebody in in the browser, as a session cookie."""

    def as_person(person):
        session = as_seen_by(person).cookies["sessionid"].value
        browser_context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])

    return as_person


@pytest.fixture
def story(pairing):
    """A pair in the middle of its life."""
    mina, otto = pairing.mentor.person, pairing.mentee.person
    with_skills(pairing.mentor, offered=["Short video"], wanted=["Negotiation"])
    signed(pairing)
    for number in (2, 5, 19):
        met(pairing, STARTED_ON + timedelta(days=number), topics="The night shift")
    for title in ("A night shift", "Three reports rewritten"):
        goal = actions.set_goal(pairing, by=mina, at=noon(DAY), on=DAY, title=title, due_on=DAY + timedelta(days=30))
        actions.add_task(goal, by=mina, at=noon(DAY), on=DAY, title="Find a night that suits the depot and us both")
    planned = actions.plan_meeting(
        pairing, by=mina, at=noon(STARTED_ON), starts_at=noon(DAY), zone=mina.zone, minutes=45, kind=Kind.MENTOR_LED,
        way=Way.VIDEO,
    )  # fmt: skip
    actions.cancel_meeting(planned, by=otto, at=noon(STARTED_ON), based_on=1)
    drafted(pairing, by=mina, meet_every_days=28)
    drafted(pairing, by=otto, meet_every_days=21)
    return pairing


def test_the_page_of_a_pair_and_what_leads_away_from_it(live_server, page, good_page, come_in, story):
    come_in(story.mentor.person)
    pages = ["detail", "agreement", "set_goal", "log_meeting", "check_in", "skills", "extend", "end"]
    for name in pages:
        page.goto(live_server.url + reverse(f"pairings:{name}", args=[story.pk]))
        good_page()
    rows = {"goal": Goal.objects.earliest("set_at").pk, "take_back_meeting": Meeting.objects.earliest("held_on").pk}
    for name, row in rows.items():
        page.goto(live_server.url + reverse(f"pairings:{name}", args=[story.pk, row]))
        good_page()


def test_a_refused_form_and_a_page_that_has_ended(live_server, page, good_page, come_in, story):
    mina = story.mentor.person
    come_in(mina)
    page.goto(live_server.url + reverse("pairings:log_meeting", args=[story.pk]))
    page.get_by_label("Date").fill("2027-03-01")
    page.get_by_role("button", name="Save this meeting").click()
    expect(page.get_by_role("alert")).to_contain_text("This day has not come yet.")
    good_page()
    actions.end_pairing(story, by=story.mentee.person, at=noon(DAY), on=DAY)
    for person in (mina, story.mentee.person):
        actions.reflect(story, by=person, at=noon(DAY), on=DAY, words="Thank you.", shared=True)
    for name in ("detail", "reflect"):
        page.goto(live_server.url + reverse(f"pairings:{name}", args=[story.pk]))
        good_page()


def test_what_a_supervisor_reads_of_pairs_by_keyboard_too(live_server, page, good_page, come_in, story, sia):
    actions.plan_meeting(
        story, by=story.mentor.person, at=noon(DAY), starts_at=noon(DAY + timedelta(days=3)),
        zone=story.mentor.person.zone, minutes=45, kind=Kind.MENTOR_LED, way=Way.VIDEO,
    )  # fmt: skip
    come_in(sia)
    page.goto(live_server.url + "/")
    page.get_by_role("link", name="Who is paired in").click()
    good_page()
    page.get_by_label("Find a name").focus()
    page.keyboard.type("nobody")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nobody of that name")).to_be_visible()
    good_page()
    page.get_by_label("Find a name").fill("mentor")
    page.keyboard.press("Enter")
    pair = page.get_by_role("link", name=f"{story.mentor.person.name} and {story.mentee.person.name}")
    pair.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(story.mentee.person.name)
    expect(page.get_by_text("Planned", exact=True)).to_be_visible()
    good_page()


def test_answers_over_time_a_circle_and_what_may_be_kept(live_server, page, good_page, come_in, story, cora):
    mina = story.mentor.person
    for number, point in ((14, 2), (59, 4)):
        on = STARTED_ON + timedelta(days=number)
        actions.answer_check_in(
            story, by=mina, at=noon(on), on=on, fit=Fit.NOT_A_FIT, meeting=point, getting=point, speaking=point,
            worth=point,
        )  # fmt: skip
    members = [story.mentor, *(MentorFactory(program=story.program) for _ in range(4))]
    circle = actions.form_circle(
        story.program, members=[each.pk for each in members], by=cora, at=noon(DAY), on=DAY
    )  # fmt: skip
    for day in (DAY, DAY + timedelta(days=9)):
        actions.set_circle_day(circle, day=day, by=cora, at=noon(DAY), on=DAY)

    def look(name, about):
        page.goto(live_server.url + reverse(f"pairings:{name}", args=[about]))
        good_page()

    come_in(mina)
    look("check_in", story.pk)
    look("circle", circle.pk)
    actions.end_pairing(story, by=story.mentee.person, at=noon(DAY), on=DAY)
    actions.reflect(story, by=story.mentee.person, at=noon(DAY), on=DAY, words="Thank you.", shared=True)
    look("certificate", story.pk)
    come_in(cora)
    look("circles_at_desk", story.program_id)
    look("circle_at_desk", circle.pk)


def test_a_pair_goes_its_way_by_hand(live_server, page, come_in, pairing):
    """Write, sign, log, answer, end, with nothing but what the pages offer."""
    come_in(pairing.mentor.person)
    page.goto(live_server.url + reverse("pairings:detail", args=[pairing.pk]))
    page.get_by_role("link", name="Write your agreement").click()
    page.get_by_text("Every two weeks").click()
    page.get_by_label("The number one thing").fill("One film a month")
    page.get_by_role("button", name="Save and sign").click()
    expect(page.get_by_role("status")).to_contain_text("It holds once Otto signs too")
    page.goto(live_server.url + reverse("pairings:detail", args=[pairing.pk]))
    page.get_by_label("Date").fill("2027-01-20")
    page.get_by_label("What did you talk about?").fill("Depots")
    page.get_by_role("button", name="Save this meeting").click()
    expect(page.get_by_role("status")).to_contain_text("Logged.")
    page.get_by_role("link", name="Add a goal").click()
    page.get_by_label("What do you want to reach?").fill("A night shift")
    page.get_by_role("button", name="Add this goal").click()
    expect(page.get_by_role("status")).to_contain_text("The goal stands on your page.")
    come_in(pairing.mentee.person)
    page.goto(live_server.url + reverse("pairings:agreement", args=[pairing.pk]))
    page.get_by_role("button", name="Sign this version").click()
    expect(page.get_by_role("status")).to_contain_text("Your agreement holds.")
    page.goto(live_server.url + reverse("pairings:check_in", args=[pairing.pk]))
    for group in page.get_by_role("main").get_by_role("group").all():
        choice = group.get_by_label("Mostly").or_(group.get_by_label("Still deciding"))
        choice.check()
    page.get_by_role("button", name="Save my answers").click()
    expect(page.get_by_role("status")).to_contain_text("Only you see these answers.")
    page.goto(live_server.url + reverse("pairings:end", args=[pairing.pk]))
    page.get_by_role("button", name="End the pair").click()
    expect(page.get_by_role("status")).to_contain_text("You have closed the pair.")
    assert Agreement.objects.get().is_signed
    assert Meeting.objects.get().minutes == 60
    assert Pairing.objects.get().ended_on == DAY
